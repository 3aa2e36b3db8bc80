/** @file
 *  The report of `tonecell diagnose`: text, JSON and plot of a struct tc_diagnosis. */
#ifndef TONECELL_DIAGNOSIS_H
#define TONECELL_DIAGNOSIS_H

#include "tonecell-train.h"

struct diagnosis {
    const struct tc_diagnosis *result;
    const struct tc_model *model;
    const char *model_path, *signal_path;
    size_t frames; /* of the signal */
    double rate_hz;
    size_t min_memory; /* frames: the memory length that the model should have */
    struct tc_health health;
    double sensitivity_db; /* on the signal */
};

enum { SENTENCE_SIZE = 256, ADVICE_MAX = 6 };

/** Sentences on the gradient flow, and on what to change in the next training. */
struct diagnosis_summary {
    const char *verdict;          /* "healthy", "vanishing", "exploding" */
    char headline[SENTENCE_SIZE]; /* "vanishing beyond 51 samples (1.06 ms)" */
    const char *meaning;          /* what that means, as a clause */
    unsigned n_advice;
    char advice[ADVICE_MAX][SENTENCE_SIZE];
};

/** Choose the sentences. They are in the JSON result, too: changing them changes it. */
void diagnosis_summarise(const struct diagnosis *diagnosis, struct diagnosis_summary *summary);

/** Write a number of frames as "212 samples (4.8 ms)". Returns text. */
const char *diagnosis_span(const struct diagnosis *diagnosis, double frames, char text[64]);

/** Print it as text. */
void diagnosis_print(const struct diagnosis *diagnosis);

/** Print it as one JSON object. False without memory. */
bool diagnosis_print_json(const struct diagnosis *diagnosis);

/** Plot the curves into a file whose name ends in .svg or .png. Errors: as chart_write(). */
enum tc_status diagnosis_plot(const struct diagnosis *diagnosis, const char *path,
                              struct tc_error *error);

#endif
