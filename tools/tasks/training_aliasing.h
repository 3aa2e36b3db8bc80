/** @file
 *  What --anti-alias has changed: the aliasing of the model that it started from, and of its
 *  own. */
#ifndef TONECELL_TRAINING_ALIASING_H
#define TONECELL_TRAINING_ALIASING_H

#include "tasks/training.h"

/** With --anti-alias, after the training: measure both models (aliasing_measure_sines()), and score
 *  them on the recorded targets, where there are some. False after talk_error(). */
bool training_aliasing_measure(struct training *training);

/** Print it to stdout, if it was measured, and to stderr whether the model is unchanged, or
 *  worse. */
void training_aliasing_print(const struct training *training);
void training_aliasing_warn(const struct training *training);

/** Append it to the result, if it was measured: "aliasing", an array of objects with "hz",
 *  "before_db" and "after_db", and "recorded_before" and "recorded_after", the scores on the
 *  recorded targets, null without these. */
void training_aliasing_add(const struct training *training, json_t *result);

#endif
