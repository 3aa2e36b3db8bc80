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
 *  Both NAN for a model that is silent. The input is noise, since NAM's own recording
 *  cannot be had here. Of three models whose figures are known it gives the loudness within 0.2 dB
 *  and the gain within 0.12.
 *  Errors: TC_NO_MEMORY. */
enum tc_status tc_loudness_measure(const struct tc_model *model, float *loudness_db, float *gain,
                                   struct tc_error *error);

#endif
