/** @file
 *  How a model does on recordings, beside what one gain and a 128-tap linear filter would. */
#ifndef TONECELL_MEASURE_H
#define TONECELL_MEASURE_H

#include "tonecell-train.h"

struct measure {
    struct tc_score score;
    struct tc_fir *gain, *fir;
};

/** The ESRs are NAN if the target is silent. */
struct results {
    double esr, esr_gain, esr_fir;
    double dc, max_error;
    uint64_t frames;
};

enum tc_status measure_init(struct measure *measure, struct tc_error *error);

/** Free what it holds; a zeroed one is allowed. */
void measure_done(struct measure *measure);

/** Add a mono clip to the baselines; its first `warmup` frames are heard, but not counted. */
void measure_baselines(struct measure *measure, const struct tc_clip *clip, size_t warmup);

/** Add all that another has of the baselines. */
void measure_merge_baselines(struct measure *measure, const struct measure *other);

enum tc_status measure_results(const struct measure *measure, struct results *results,
                               struct tc_error *error);

/** Ratio of energies in dB. */
double esr_db(double esr);

/** What an ESR sounds like, as a clause. */
const char *esr_words(double esr);

#endif
