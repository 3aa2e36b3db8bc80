/** @file
 *  Converts models for formats with fewer features. */
#ifndef TC_PLAIN_H
#define TC_PLAIN_H

#include "tonecell.h"

/** The same network with knobs from 0 to 1, whose scaling is folded into the weights. Unless
 *  `keep_gains`, the gains are folded into the weights and the direct path as well, and become 0
 * dB. Errors: as tc_model_new(). */
enum tc_status tc_model_plain(const struct tc_model *model, bool keep_gains,
                              struct tc_model **plain, struct tc_error *error);

/** The model's sample rate; 0 if it is unknown or only assumed: other formats could not say so. */
double tc_stated_rate_hz(const struct tc_model *model);

/** Has the model a direct path of gain 1, up to rounding? */
bool tc_model_has_residual(const struct tc_model *model);

/** Fail with TC_UNSUPPORTED if the outputs of the model are probabilities, which `format` lacks. */
enum tc_status tc_model_check_linear(const struct tc_model *model, const char *format,
                                     struct tc_error *error);

/** Fail with TC_UNSUPPORTED if `format` could not hold the model: probabilities, several audio
 *  inputs, a direct path of another gain than 1, a cell that the format lacks. */
enum tc_status tc_model_check_simple(const struct tc_model *model, enum tc_export format,
                                     struct tc_error *error);

/** "GuitarML", "Keras", "AIDA-X", "NAM", "ONNX", for messages. */
const char *tc_export_name(enum tc_export format);

#endif
