/** @file
 *  Test signals, and streams to run them through. */
#ifndef SUPPORT_SIGNALS_H
#define SUPPORT_SIGNALS_H

#include "tonecell.h"

/** Signals of one length, one after the other. */
struct support_signals {
    unsigned rows;
    size_t frames;
    float *samples; /* (rows, frames) */
};

/** Zeros. */
struct support_signals support_signals_new(unsigned rows, size_t frames);

/** White noise, uniform within +-amplitude. */
struct support_signals support_noise(unsigned rows, size_t frames, uint64_t seed, float amplitude);
void support_signals_free(struct support_signals *signals);

/** Pointers to frame `start` of each signal, for calls that take buffers. */
struct support_buffers {
    float *row[TC_MAX_CHANNELS];
};

struct support_buffers support_buffers(const struct support_signals *signals, size_t start);

/** The same as const buffers. */
const float *const *support_inputs(const struct support_buffers *buffers);

/** A stream of the model; the test fails if there is none. */
struct tc_stream *support_stream(const struct tc_model *model, unsigned channels);

/** Run n frames, from frame `start` on, of all signals through a stream. Knobs may have 0 rows. */
void support_play(struct tc_stream *stream, const struct support_signals *in,
                  const struct support_signals *knobs, const struct support_signals *out,
                  size_t start, size_t n);

#endif
