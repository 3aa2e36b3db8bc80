/** @file
 *  The record of a training in a model's metadata: version, data, options, score. Nothing in it
 *  depends on the clock or the machine, so that one seed gives one file. */
#ifndef TONECELL_TRAINING_RECORD_H
#define TONECELL_TRAINING_RECORD_H

#include "tonecell-train.h"

#include <jansson.h>

/** The beginning of a record, a JSON object for json_decref(). NULL without memory. */
json_t *training_record_new(void);

/** Append what all tasks share, after what the task appended. */
void training_record_add(json_t *record, const struct tc_train_options *options,
                         const struct tc_progress *progress);

/** Append "first" to the record of a second training: the options of the first in which it
 *  differs. */
void training_record_add_first(json_t *record, const struct tc_train_options *first);

/** The delay, seconds, that all recordings of a model's training had; NAN if that is not known. */
double training_record_delay_s(const struct tc_metadata *meta);

/** Whether the delay of a recording of a model's training wandered, so that it was undone. */
bool training_record_has_flutter(const struct tc_metadata *meta);

#endif
