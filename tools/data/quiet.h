/** @file
 *  Parts of a recording without a signal: the recorder ran on, and what is left is noise. */
#ifndef TONECELL_QUIET_H
#define TONECELL_QUIET_H

#include "tonecell.h"

/** Frames from `start` to before `stop`. */
struct frame_range {
    size_t start, stop;
};

struct frame_ranges {
    size_t n;
    struct frame_range *range; /* in order, apart from one another; free() it */
};

/** Find the parts, of 1.5 s and more, in which the input is 40 dB below its loud parts or more, the
 *  target is no louder than its noise floor (6 dB above the median without input), and no linear
 *  filter makes the one from the other. A quarter of a second next to the signal is left out of
 *  them: short pauses and the ends of notes are signal, from which a model learns to be silent.
 *
 *  input, target  n_frames each, aligned
 *
 *  *ranges is written in any case. Errors: TC_NO_MEMORY. */
enum tc_status quiet_find(const float *input, const float *target, size_t n_frames, double rate_hz,
                          struct frame_ranges *ranges, struct tc_error *error);

#endif
