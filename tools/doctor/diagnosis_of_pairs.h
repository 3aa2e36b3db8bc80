/** @file
 *  What `tonecell doctor` says of recordings: measurements of each pair, the findings, a verdict.
 *  */
#ifndef TONECELL_DIAGNOSIS_OF_PAIRS_H
#define TONECELL_DIAGNOSIS_OF_PAIRS_H

#include "checks/linear_share.h"
#include "data/dataset.h"

enum verdict {
    VERDICT_GOOD,
    VERDICT_USABLE, /* with warnings */
    VERDICT_BAD     /* training makes no sense */
};

struct pair_diagnosis {
    const struct recording_pair *pair;
    long delay; /* frames by which the target is late */
    struct linear_share linear;
};

struct pairs_diagnosis {
    const struct dataset *data;
    struct pair_diagnosis *pair; /* [data->recordings.n_pairs] */
    enum verdict verdict;
};

/** Measure what the data set's own checks do not. pairs_diagnosis_free() in any case. Errors:
 *  TC_NO_MEMORY. */
enum tc_status pairs_diagnosis_make(struct pairs_diagnosis *diagnosis, const struct dataset *data,
                                    struct tc_error *error);

void pairs_diagnosis_free(struct pairs_diagnosis *diagnosis);

/** "good", "usable" or "bad". */
const char *verdict_name(enum verdict verdict);

void pairs_diagnosis_print(const struct pairs_diagnosis *diagnosis);

/** Print it as one JSON object. False without memory. */
bool pairs_diagnosis_print_json(const struct pairs_diagnosis *diagnosis);

/** Plot delay and levels over time, spectra and transfer curve of up to eight pairs, one below the
 *  other, into a file whose name ends in .svg or .png. Errors: TC_IO, TC_NO_MEMORY. */
enum tc_status pairs_diagnosis_plot(const struct pairs_diagnosis *diagnosis, const char *path,
                                    struct tc_error *error);

#endif
