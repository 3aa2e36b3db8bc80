/** @file
 *  Runs in which each sample equals the one `lag` frames before it, and whether chance makes them:
 *  a lost block is such a run of lag 1, a block that was written twice one of its own length. */
#ifndef TONECELL_AGREEMENT_H
#define TONECELL_AGREEMENT_H

#include <stdbool.h>
#include <stddef.h>

struct agreement {
    size_t start, stop, lag; /* samples[i] == samples[i - lag] for start <= i < stop, which is as
                                long as can be */
};

/** The run of a lag around frame `at`, where the samples agree. */
struct agreement agreement_around(const float *samples, size_t n_frames, size_t at, size_t lag);

/** True if the recording as it is next to the run makes one of such a length, anywhere in n_frames,
 *  with a probability below 1e-6. Agreements there are taken as a Markov chain: with n frames of
 *  which b begin to agree and c go on,
 *
 *      n_frames (b + 1) / (n + 1) ((c + 1) / (b + c + 2))^(length - 1) < 1e-6
 *
 *  on both sides, over as many frames as the run has, 256 to 2048. The crest of a slow wave, which
 *  rounding makes flat, has steps next to it that are nearly as long, a sound that fades away in
 *  a few steps of the converter has its own runs there, and a tone agrees at its period before and
 *  after. False where less than that is left before or after. */
bool agreement_is_certain(const float *samples, size_t n_frames, struct agreement run);

/** The frames on either side of a run that are compared with it. */
size_t agreement_beside(struct agreement run);

#endif
