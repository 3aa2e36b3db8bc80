/** @file
 *  Loudness and distortion of a model, as NAM's files define them. */
#ifndef TC_LOUDNESS_H
#define TC_LOUDNESS_H

#include "tonecell.h"

/** Play a model of one input and one output, without knobs:
 *
 *      loudness_db   20 log10 of the output's RMS
 *      gain          with y_k the RMS at k tenths of the input, and m = 11 y_10:
 *                    sum y_k / (m / 2) - 1 within 0 and 1: 0 if linear, 1 if all y_k are equal
 *
 *  Both NAN for a model that is silent, or whose output is not finite. The test
 *  signal is a second of pink noise, like NAM's: for six LSTMs and GRUs of other authors the
 * loudness is within 0.1 dB of that with NAM's signal, the gain within 0.003. Errors: TC_NO_MEMORY.
 */
enum tc_status tc_loudness_measure(const struct tc_model *model, float *loudness_db, float *gain,
                                   struct tc_error *error);

#endif
