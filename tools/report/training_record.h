/** @file
 *  What a model's metadata says of how it was made: data, options, alignment, score. Nothing in it
 *  depends on the clock or the machine, so that one seed gives one file. */
#ifndef TONECELL_TRAINING_RECORD_H
#define TONECELL_TRAINING_RECORD_H

#include "data/dataset.h"
#include "report/evaluation.h"

#include <jansson.h>

struct training_record {
    const struct tc_train_options *options;
    const struct dataset *data;
    const struct scores *baselines; /* of the validation clips */
};

/** The record as a JSON object, to be released by json_decref(). NULL without memory. */
json_t *training_record(const struct training_record *record, const struct tc_progress *progress);

#endif
