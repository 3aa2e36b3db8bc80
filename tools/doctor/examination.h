/** @file
 *  What `tonecell doctor` prints of recordings: measurements of each pair, findings, a verdict. */
#ifndef TONECELL_EXAMINATION_H
#define TONECELL_EXAMINATION_H

#include "checks/linear_share.h"
#include "data/dataset.h"

enum verdict {
    VERDICT_GOOD,
    VERDICT_USABLE, /* with warnings */
    VERDICT_BAD     /* training makes no sense */
};

struct examined_pair {
    const struct recording_pair *pair;
    long delay; /* frames by which the target is late */
    struct linear_share linear;
};

struct examination {
    const struct dataset *data;
    struct examined_pair *pair; /* [data->recordings.n_pairs] */
    enum verdict verdict;
};

/** Measure what the data set's own checks do not. examination_free() in any case. Errors:
 *  TC_NO_MEMORY. */
enum tc_status examination_make(struct examination *examination, const struct dataset *data,
                                struct tc_error *error);

void examination_free(struct examination *examination);

/** "good", "usable" or "bad". */
const char *verdict_name(enum verdict verdict);

void examination_print(const struct examination *examination);

/** Print it as one JSON object. False without memory. */
bool examination_print_json(const struct examination *examination);

/** Plot delay and levels over time, spectra and transfer curve of up to eight pairs, one below the
 *  other, into a file whose name ends in .svg or .png. Errors: TC_IO, TC_NO_MEMORY. */
enum tc_status examination_plot(const struct examination *examination, const char *path,
                                struct tc_error *error);

#endif
