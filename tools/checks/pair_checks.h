/** @file
 *  All that is measured of a recording to find its faults. */
#ifndef TONECELL_PAIR_CHECKS_H
#define TONECELL_PAIR_CHECKS_H

#include "checks/aligned_pair.h"
#include "checks/decay.h"
#include "checks/direction.h"
#include "checks/dropouts.h"
#include "checks/hum.h"
#include "checks/repeats.h"
#include "data/findings.h"
#include "tonecell.h"

struct pair_checks {
    float input_peak, target_peak;
    double offset;       /* of the target, constant */
    double target_power; /* mean square without it */
    double noise_power;  /* noise_floor.h; NAN: unknown */
    double lowest_esr;   /* that noise allows; NAN: unknown */
    struct hum hum;
    struct repeats repeats;
    struct dropouts dropouts;
    struct decay decay;
    struct direction direction;
};

/** Measure all of it. Takes about 0.2 s for a minute of audio. Errors: TC_NO_MEMORY. */
enum tc_status pair_checks_run(const struct aligned_pair *pair, struct pair_checks *checks,
                               struct tc_error *error);

/** Where the frames of an aligned pair are in its files. */
struct pair_place {
    const char *input, *target;       /* the files */
    size_t input_start, target_start; /* the frame of each that is the pair's first */
    double rate_hz;
};

/** Add a finding for each fault. */
void pair_checks_report(const struct pair_checks *checks, const struct pair_place *place,
                        struct findings *findings);

#endif
