/** @file
 *  The signals that a score is of, one clip after the other: input, target and a model's output. */
#ifndef TONECELL_SCORED_SIGNALS_H
#define TONECELL_SCORED_SIGNALS_H

#include "data/clip_set.h"

/** A clip among the signals. */
struct scored_part {
    size_t first, start; /* its first scored frame here, and in the input file */
    const struct clip_source *source;
};

/** Without the frames that warm up. Zeroed: empty. */
struct scored_signals {
    double rate_hz;
    size_t warmup;
    size_t n_frames;
    float *input, *target, *output; /* [n_frames] */
    bool *ignored;                  /* [n_frames] frames that do not count in the score */
    size_t n_parts;
    struct scored_part *part;
};

/** Memory for the clips of a set, without their first `warmup` frames each.
 *  Errors: TC_NO_MEMORY. */
enum tc_status scored_signals_init(struct scored_signals *signals, const struct clip_set *set,
                                   size_t warmup, double rate_hz, struct tc_error *error);

/** Append the next clip of the set with its source, which must outlive the signals, and with its
 *  output [clip->n_frames]. */
void scored_signals_add(struct scored_signals *signals, const struct tc_clip *clip,
                        const struct clip_source *source, const float *output);

void scored_signals_free(struct scored_signals *signals);

/** The part that a frame belongs to. */
const struct scored_part *scored_signals_part(const struct scored_signals *signals, size_t frame);

#endif
