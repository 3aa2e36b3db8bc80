/** @file
 *  How loud a model is and how much it distorts, as files of NAM say it. */
#ifndef TC_LOUDNESS_H
#define TC_LOUDNESS_H

#include "tonecell.h"

/** Play a model of one input and one output, without knobs:
 *
 *      loudness_db   20 log10 of the output's RMS
 *      gain          with y_k the RMS at k tenths of the input, and m = 11 y_10:
 *                    sum y_k / (m / 2) - 1 within 0 and 1: 0 if linear, 1 if it is all the same
 *
 *  Both NAN for a model that is silent, or whose output is not finite. NAM's own input is a second
 *  of pink noise, and so is this one: with it six LSTMs and GRUs of others are as loud as with that
 *  of NAM within 0.1 dB, and their gain is within 0.003. Errors: TC_NO_MEMORY. */
enum tc_status tc_loudness_measure(const struct tc_model *model, float *loudness_db, float *gain,
                                   struct tc_error *error);

#endif
