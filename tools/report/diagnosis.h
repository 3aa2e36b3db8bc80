/** @file
 *  What tc_diagnose() found, told to people, to programs, and as a picture. */
#ifndef TONECELL_DIAGNOSIS_H
#define TONECELL_DIAGNOSIS_H

#include "tonecell-train.h"

struct diagnosis {
    const struct tc_diagnosis *found;
    const struct tc_model *model;
    const char *model_path, *signal_path;
    size_t frames; /* of the signal */
    double rate_hz;
    size_t reach;
};

enum { SENTENCE_SIZE = 256, ADVICE_MAX = 6 };

/** Words on how the gradient flows, and on what to change. */
struct diagnosis_words {
    const char *verdict;          /* "healthy", "vanishing", "exploding" */
    char headline[SENTENCE_SIZE]; /* "vanishing beyond 51 samples (1.06 ms)" */
    const char *meaning;          /* of that, as a clause */
    unsigned n_advice;
    char advice[ADVICE_MAX][SENTENCE_SIZE];
};

void diagnosis_word(const struct diagnosis *diagnosis, struct diagnosis_words *words);

/** "212 samples (4.8 ms)" */
const char *diagnosis_span(const struct diagnosis *diagnosis, double frames, char text[64]);

/** Print all of it for people. */
void diagnosis_print(const struct diagnosis *diagnosis);

/** Print one JSON object. False after a failure, which only want of memory is. */
bool diagnosis_print_json(const struct diagnosis *diagnosis);

/** Draw the curves into a file, as chart_write(). The name has an ending that is a format's. */
enum tc_status diagnosis_plot(const struct diagnosis *diagnosis, const char *path,
                              struct tc_error *error);

#endif
