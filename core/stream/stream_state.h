/** @file
 *  Inside of a stream, for the files of this folder. */
#ifndef TC_STREAM_STATE_H
#define TC_STREAM_STATE_H

#include "kernels/kernels.h"
#include "model/model.h"
#include "stream/recurrence_delay.h"

#include <float.h>
#include <math.h>

/* A layer with the state of every channel, one channel after the other. */
struct stream_layer {
    struct tc_packed_layer packed;
    float *weights; /* what packed points into, and its threshold */
    float *threshold;
    float *h;                     /* (block + 1, channels, units): frame 0 is the state */
    float *c;                     /* (channels, units) of an LSTM */
    float *output;                /* (block, channels, units): the layer's output, if not h */
    float *norm_gain, *norm_bias; /* (units), of layer normalisation */
    const float *h0, *c0;         /* (H) in the model's parameters */
    /* With a delay: the states of the frames before a block, then its own; one step's h. */
    float *past_h, *past_c; /* (delay + block, channels, units) */
    float *step_h;          /* (2, channels, units) */
};

struct tc_stream {
    const struct tc_model *model;
    const struct tc_kernels *k;
    enum tc_precision precision;
    unsigned channels;
    size_t block;                     /* frames */
    struct tc_recurrence_delay delay; /* no taps: the states of the last frame are fed back */
    struct stream_layer layer[TC_MAX_LAYERS];
    float *readout_w;       /* (O, units) */
    const float *readout_b; /* (O) in the model's parameters */
    size_t buffers;         /* of a channel's input */
    size_t inputs;          /* of layer 0 */
    float *x;               /* (block, channels, inputs) the network's input */
    float *scratch;
    float in_gain, out_gain;
    bool hides_infinity; /* a state may be infinite and the output finite */
    uint64_t frame, recoveries;
    float *memory;
};

/** Restart the channels whose state is not finite. */
void tc_stream_recover(struct tc_stream *stream) TC_REALTIME;

/* Only these activations have no bounds. */
static inline bool is_unbounded(const struct tc_layer *layer)
{
    return layer->activation == TC_RELU || layer->activation == TC_IDENTITY ||
           layer->activation == TC_MODRELU || layer->activation == TC_ELU;
}

/* Integers as wide as floats, so that the compiler vectorises the comparisons. */
static inline bool all_finite(const float *v, size_t n)
{
    uint32_t bad = 0;

    for (size_t i = 0; i < n; ++i)
        bad |= fabsf(v[i]) <= FLT_MAX ? 0u : 1u;
    return !bad;
}

#endif
