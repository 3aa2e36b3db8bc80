/** @file
 *  What a model's file does not say. */
#ifndef TONECELL_FINDINGS_H
#define TONECELL_FINDINGS_H

#include "report/settling.h"
#include "tonecell.h"

/** The start state is settled if the output then moves by less than this (-80 dB) on silence. */
#define SETTLED 1e-4

struct findings {
    size_t weights[TC_MAX_LAYERS + 1]; /* that training fits: of each layer, then of the readout */
    bool stored;                       /* the start state is not zero */
    double silence[TC_MAX_AUDIO];      /* mean output in the second half of a second of silence */
    double noise[TC_MAX_AUDIO];        /* RMS of what moves around that */
    double drift;                      /* how far the output moved within the whole second */
    double ns_per_sample, core_percent, rate_hz; /* the rate is a usual one if the file has none */
    struct settling settling;
    double half_esr; /* of half precision; 0 if no layer takes it */
};

/** Look at a model, and play it on one channel with its knobs at their initial values, which takes
 *  seconds. Errors: TC_NO_MEMORY and those of tc_player_new(). */
enum tc_status findings_measure(const struct tc_model *model, struct findings *found,
                                struct tc_error *error);

#endif
