/** @file
 *  What came of a training, for the user and for scripts. */
#ifndef TONECELL_TRAIN_REPORT_H
#define TONECELL_TRAIN_REPORT_H

#include "report/evaluation.h"
#include "tonecell-train.h"

#include <jansson.h>

struct train_report {
    const char *model; /* its file */
    const struct tc_progress *progress;
    const struct scores *baselines; /* of the validation clips */
    enum tc_train_end end;
};

/** To stdout, in words. */
void train_report_print(const struct train_report *report);

/** To stdout, beside what the record of the training has, which is released. */
void train_report_print_json(const struct train_report *report, json_t *record);

/** To stderr, what is wrong with the result. */
void train_report_warn(const struct train_report *report);

#endif
