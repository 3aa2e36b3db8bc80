/** @file
 *  Steps of the delay within a recording, where an audio interface lost or inserted frames. */
#ifndef TONECELL_DELAY_STEPS_H
#define TONECELL_DELAY_STEPS_H

#include "tonecell.h"

enum { MAX_DELAY_STEPS = 8, MAX_DELAY_SECTIONS = 8 };

struct delay_step {
    double after_s, before_s; /* it lies between these times of the input */
    long frames;              /* by which the target comes later from there on; negative: earlier */
};

struct delay_steps {
    size_t n;
    struct delay_step step[MAX_DELAY_STEPS];
    size_t n_sections;                        /* of equal length, from the start on */
    double section_s;                         /* length of each */
    double section_delay[MAX_DELAY_SECTIONS]; /* frames, at its start; NAN: not certain */
};

/** Align up to 4 s at the start of up to eight sections, each by itself, and report where the delay
 *  changes by 16 frames or more beyond what a drift explains, and two sections on either side
 *  agree.
 *
 *  input, target  [n_input], [n_target] as recorded
 *  delay          of the target at the start, frames; NAN: to be found, up to 30 s either way
 *
 *  Errors: TC_NO_MEMORY. */
enum tc_status delay_steps_find(const float *input, size_t n_input, const float *target,
                                size_t n_target, double rate_hz, double delay,
                                struct delay_steps *steps, struct tc_error *error);

#endif
