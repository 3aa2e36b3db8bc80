/** @file
 *  What a native model file says of its model beside the weights: the metadata of a safetensors
 *  header, all of it texts, and the same as the structs of tonecell.h.
 *
 *      architecture  {"audio_inputs": 1, "knobs": 1, "outputs": 1, "direct": 1.0,
 *                     "readout": "softmax", "residual": true,
 *                     "layers": [{"cell": "lstm", "hidden": 32, "activation": "tanh"}]};
 *                    readout is left out if linear, residual if false
 *      knobs         [{"name", "unit", "min", "max", "default", "at_min", "at_max"}]
 *      sample_rate, in_gain_db, out_gain_db, loudness_db, input_level_dbu, output_level_dbu:
 *                    a number each; absent = unknown, of the gains 0 dB
 *      name, author, licence, label, training, tonecell_version: texts */
#ifndef TC_METADATA_H
#define TC_METADATA_H

#include "formats/safetensors.h"

/** The architecture from its JSON text. A key or name that this version does not know may change
 *  the sound, so it is TC_UNSUPPORTED. Other errors: TC_BAD_FORMAT, TC_BAD_VALUE, TC_TOO_LARGE,
 *  TC_NO_MEMORY. */
enum tc_status tc_architecture_from_json(const char *text, struct tc_architecture *arch,
                                         struct tc_error *error);

/** The metadata of a file with an architecture of `knobs` knobs. Without the key `knobs` they are
 *  called Knob 1, Knob 2 and so on, from 0 to 1. meta->training lives in `file`.
 *  Errors: TC_BAD_FORMAT, TC_BAD_SHAPE, TC_BAD_VALUE, TC_TOO_LARGE, TC_NO_MEMORY. */
enum tc_status tc_metadata_from_file(const struct tc_safetensors *file, unsigned knobs,
                                     struct tc_metadata *meta, struct tc_error *error);

/** All keys of a model. Errors: TC_NO_MEMORY. */
enum tc_status tc_metadata_to_json(const struct tc_model *model, json_t **metadata,
                                   struct tc_error *error);

#endif
