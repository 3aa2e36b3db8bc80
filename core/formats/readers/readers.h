/** @file
 *  One reader for each format. All of them return a model, fill in `facts`, and share errors:
 *  TC_BAD_FORMAT, TC_BAD_SHAPE, TC_BAD_VALUE, TC_UNSUPPORTED, TC_TOO_LARGE, TC_NO_MEMORY, and
 *  TC_BAD_ARGUMENT where tc_model_new() refuses the file's values. */
#ifndef TC_READERS_H
#define TC_READERS_H

#include "tonecell.h"

#include <jansson.h>

/** safetensors: native files, and files of tensors with PyTorch's names. */
enum tc_status tc_native_read(struct tc_model **model, const unsigned char *bytes, size_t size,
                              struct tc_file_facts *facts, struct tc_error *error);

/** A plugin file of Tonecell: the model in it, with the plugin's label; without the record of its
 *  training. */
enum tc_status tc_plugin_read(struct tc_model **model, const unsigned char *bytes, size_t size,
                              struct tc_file_facts *facts, struct tc_error *error);

/** RTNeural, Keras, AIDA-X: `in_shape` and `layers`. */
enum tc_status tc_keras_read(struct tc_model **model, const json_t *json,
                             struct tc_file_facts *facts, struct tc_error *error);

/** GuitarML, CoreAudioML: `model_data` and `state_dict`, or their predecessor's header. */
enum tc_status tc_guitarml_read(struct tc_model **model, const json_t *json,
                                struct tc_file_facts *facts, struct tc_error *error);

/** An object that contains PyTorch's tensors only. */
enum tc_status tc_torch_json_read(struct tc_model **model, const json_t *json,
                                  struct tc_file_facts *facts, struct tc_error *error);

/** Neural Amp Modeler: `architecture`. `path` is that of the JSON, to find its weights in the same
 *  folder; NULL if it was read from memory. */
enum tc_status tc_nam_read(struct tc_model **model, const json_t *json, const char *path,
                           struct tc_file_facts *facts, struct tc_error *error);

#endif
