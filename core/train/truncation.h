/** @file
 *  Where the gradient is cut on its way back in time. Forms and formulas: enum tc_truncation. */
#ifndef TC_TRUNCATION_H
#define TC_TRUNCATION_H

#include "tonecell-train.h"
#include "train/data/random.h"

/** Whether coins decide. They are thrown once for all streams, since an update follows each cut. */
bool tc_truncation_is_random(const struct tc_train_options *options);

/** The chance that a coin cuts behind a frame which is the `span`-th since the last cut and the
 *  `gone`-th of its segment, both from 1. */
double tc_truncation_probability(const struct tc_train_options *options, size_t span, size_t gone);

/** Frames until the next cut, 1 to `left`, behind `gone` frames of a segment that has so many left.
 *  Where coins decide, pass (at least `left`) receives the factor on what each of these frames is
 *  given by the frame behind it: 1 / (1 - chance), and 0 for the last. Else it may be NULL. */
size_t tc_truncation_next(const struct tc_train_options *options, size_t gone, size_t left,
                          struct tc_random *random, float *pass);

/** Frames from one cut to the next on average, in segments of so many frames. */
double tc_truncation_mean(const struct tc_train_options *options, size_t segment_frames);

/** Frames that a shard must have room for. Longer stretches are gone through chunk by chunk. */
unsigned tc_truncation_max_frames(const struct tc_train_options *options);

/** Frames of those before an update's own through which its gradient goes, too. */
unsigned tc_truncation_recomputed(const struct tc_train_options *options);

#endif
