/** @file
 *  Sequences for training: clips that are whole. */
#ifndef SEQUENCE_DATA_H
#define SEQUENCE_DATA_H

#include "tests/support/support.h"
#include "tonecell-train.h"

/** n sequences of equal length; all samples are initially 0. */
struct sequences {
    unsigned inputs, outputs;
    size_t n, frames;
    float *samples;    /* (n, inputs + outputs, frames) */
    const float **row; /* (n, inputs + outputs) */
    struct tc_clip *clip;
};

struct sequences sequences_new(size_t n, size_t frames, unsigned inputs, unsigned outputs);
void sequences_free(struct sequences *s);

/** The samples of one input, and of one target, writable. */
float *sequences_input(const struct sequences *s, size_t n, unsigned row);
float *sequences_target(const struct sequences *s, size_t n, unsigned row);

/** Loss in each sequence's last frame alone. */
void sequences_many_to_one(struct sequences *s);

/** The score of a model over the frames that have loss. */
struct tc_score sequences_score(const struct tc_model *model, const struct sequences *s);

/** The adding problem: input 0 is uniform in 0 to 1, input 1 marks two frames, and the target of
 *  the last frame is the sum of input 0 there. A constant output of 1 has a mean square error of
 *  1/6. From: Hochreiter & Schmidhuber 1997, in the form of Bai, Kolter & Koltun 2018. */
struct sequences sequences_adding(size_t n, size_t frames, struct support_random *random);

/** The copy memory: of 10 symbols, the first 10 frames show eight at random, `delay` - 1 frames
 *  show symbol 0 and eleven symbol 9; the target is 0 but for the last 10 frames, which repeat the
 *  first. Without memory the cross-entropy is 10 ln 8 / (delay + 20) per frame, at the best. From:
 *  Arjovsky, Shah & Bengio 2016. */
struct sequences sequences_copy(size_t n, size_t delay, struct support_random *random);

/** Timing: four spikes of 1, 49 or 50 frames apart, the first after 0 to 49 frames. In the last
 *  frame, which is that of the last spike, the target is 1 if it was 50. A constant output
 *  of 1/2 has a cross-entropy of ln 2. From: Gers, Schraudolph & Schmidhuber 2002, who measure
 *  spike delays. */
struct sequences sequences_timing(size_t n, struct support_random *random);

#endif
