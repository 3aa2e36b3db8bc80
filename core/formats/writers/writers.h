/** @file
 *  One writer for each format: a model as JSON, or as bytes that the caller frees. Errors:
 *  TC_UNSUPPORTED for what the format cannot represent, TC_NO_MEMORY. */
#ifndef TC_WRITERS_H
#define TC_WRITERS_H

#include "tonecell.h"

#include <jansson.h>

/** GuitarML's SimpleRNN: layers of one cell and width. */
enum tc_status tc_guitarml_write(const struct tc_model *model, json_t **json,
                                 struct tc_error *error);

/** RTNeural's JSON, in which a direct path becomes one more unit of an LSTM; with `aidax` for
 *  AIDA-X: one layer of a width that it supports, residual, gains, and test signals. */
enum tc_status tc_keras_write(const struct tc_model *model, bool aidax, json_t **json,
                              struct tc_error *error);

/** NAM 0.5.4: LSTM layers of one width, without knobs. An initial state of 0 becomes the state
 *  after a second of silence, as in NAM's trainer; a direct path becomes one more unit. */
enum tc_status tc_nam_write(const struct tc_model *model, json_t **json, struct tc_error *error);

/** ONNX, opset 14. Input (frames, 1, audio inputs and knobs), output (frames, 1, outputs); the
 *  state of each layer (1, 1, H) is an input h0_l0, c0_l0..., by default the initial state, and an
 *  output hn_l0, cn_l0... */
enum tc_status tc_onnx_write(const struct tc_model *model, unsigned char **bytes, size_t *size,
                             struct tc_error *error);

#endif
