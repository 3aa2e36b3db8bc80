/** @file
 *  The health of a model in words, as text and as JSON. */
#ifndef TONECELL_HEALTH_REPORT_H
#define TONECELL_HEALTH_REPORT_H

#include "tonecell-health.h"

#include <jansson.h>

enum { HEALTH_FAULTS = 4, HEALTH_SENTENCE_SIZE = 256 };

/** A sentence for each fault, without a subject: "runs away: ...". */
struct health_sentences {
    unsigned n;
    char text[HEALTH_FAULTS][HEALTH_SENTENCE_SIZE];
};

void health_describe(const struct tc_architecture *arch, const struct tc_health *health,
                     struct health_sentences *sentences);

/** Write "forgets a loud burst in 0.034 s, sensitivity -67 dB". Returns text. */
const char *health_summary(const struct tc_health *health, char text[96]);

/** Print a line with a sensitivity in dB, measured on `signal`; none for NAN. */
void health_print_sensitivity(const char *name, double db, const char *signal);

/** Print lines of text, faults last. */
void health_print(const struct tc_architecture *arch, const struct tc_health *health);

/** An object: "faults", names of those found, and the values of struct tc_health. */
json_t *health_json(const struct tc_architecture *arch, const struct tc_health *health);

#endif
