/** @file
 *  Where the backward pass cuts the gradient (TBPTT). Forms and formulas: enum tc_truncation. */
#ifndef TC_TRUNCATION_H
#define TC_TRUNCATION_H

#include "tonecell-train.h"
#include "train/data/random.h"

/** Whether cuts are random. They are the same for all sequences, as an update follows each. */
bool tc_truncation_is_random(const struct tc_train_options *options);

/** The probability of a cut after a frame which is the `span`-th since the last cut and the
 *  `elapsed`-th of its segment after the warm-up, both from 1. */
double tc_truncation_probability(const struct tc_train_options *options, size_t span,
                                 size_t elapsed);

/** Frames until the next cut, 1 to `remaining`: the frames that are left of a segment after
 *  `elapsed` ones. Where cuts are random, gradient_factor (at least `remaining`) receives the
 *  factor on the gradient that each of these frames gets from the next: 1 / (1 - probability), and
 *  0 for the last. Else it may be NULL. */
size_t tc_truncation_next(const struct tc_train_options *options, size_t elapsed, size_t remaining,
                          struct tc_random *random, float *gradient_factor);

/** Frames from one cut to the next on average, in segments of so many frames. */
double tc_truncation_mean(const struct tc_train_options *options, size_t segment_frames);

/** Frames that a shard needs memory for. Longer chunks are taken in parts. */
unsigned tc_truncation_max_frames(const struct tc_train_options *options);

/** Frames before an update's own that are recomputed, as its gradient goes back through them. */
unsigned tc_truncation_recomputed(const struct tc_train_options *options);

#endif
