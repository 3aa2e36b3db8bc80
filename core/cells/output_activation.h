/** @file
 *  The output activation of a readout, for streams and for training. */
#ifndef TC_OUTPUT_ACTIVATION_H
#define TC_OUTPUT_ACTIVATION_H

#include "tonecell.h"

#include <stddef.h>

/** Apply the output activation to the sums v, frame by frame.
 *
 *      linear     y = v
 *      logistic   y = 1 / (1 + exp(-v))                 each output by itself
 *      softmax    y = exp(v - m) / sum exp(v - m)       m: the largest v of the frame
 *
 *  v  [outputs] buffers; n_frames of each from `start` on
 *
 *  No finite v overflows. The error of a probability is (outputs + 6) FLT_EPSILON of its own size,
 *  or FLT_MIN; and of a softmax |v - m| FLT_EPSILON more, for the rounding of the difference. NaN
 *  and infinity give 0: in their output, or, of a softmax, in the whole frame; minus infinity in
 *  its output only. Cannot fail. Real-time safe. */
void tc_readout_apply(enum tc_readout readout, float *const *v, size_t outputs, size_t start,
                      size_t n_frames) TC_REALTIME;

#endif
