/** @file
 *  The arithmetic of recurrent layers, one set of functions (kernels) per instruction set.
 *
 *  Kernels process a block of frames of several channels at once, which share each load of the
 *  weights. A frame of an array is one channel after the other. States are padded from `hidden` to
 *  `units`, a multiple of the set's vector width:
 *
 *      | channel 0: H values, padding | channel 1: H values, padding | ...      one frame of h
 *
 *  Padding starts at 0 and stays bounded unless an input is infinite or NaN, which may leave NaN in
 *  it; no unit depends on it. A channel's result is the same for any number of channels, and a
 *  frame's for any division into blocks. Nothing here fails. */
#ifndef TC_KERNELS_H
#define TC_KERNELS_H

#include "cells/activation.h"
#include "cells/layer_weights.h"

/** Instruction sets beyond what every CPU of the architecture has. */
enum { TC_CPU_AVX2 = 1, TC_CPU_AVX512 = 2, TC_CPU_NEON = 4 };

/** A layer packed for one kernel set. */
struct tc_packed_layer {
    enum tc_cell cell;
    enum tc_activation activation;
    size_t inputs, hidden, units; /* units: hidden, padded */
    enum tc_precision precision;
    size_t channels;
    const float *weights;   /* in the set's own order */
    const float *threshold; /* (units) b_hh of TC_MODRELU, 0 in the padding; it is not in weights */
};

/** A layer and a block of frames to advance it by. */
struct tc_forward_args {
    const struct tc_packed_layer *layer;
    size_t n_frames;
    const float *x; /* (n_frames, channels, x_pitch), the first `inputs` of a channel are read */
    size_t x_pitch;
    float *h; /* (n_frames + 1, channels, units): frame 0 the state before, the others written */
    float *c; /* (channels, units) the cell state of an LSTM, in and out */
    float *scratch; /* tc_kernels.scratch() floats */
};

/** Layer normalisation of a block of frames. */
struct tc_norm_args {
    size_t hidden, units;     /* as of the layer */
    const float *gain, *bias; /* (units), 0 in the padding */
    size_t n;                 /* rows: frames times channels */
    const float *s;           /* (n, units) */
    float *o;                 /* (n, units), padding 0; may be s */
};

struct tc_kernels {
    const char *name; /* "c", "avx2", "avx512", "neon" */
    unsigned needs;   /* TC_CPU_* bits */
    size_t width;     /* floats in a vector */

    /** Floats of packed weights, and of scratch memory of forward() with so many channels. */
    size_t (*packed_size)(const struct tc_layer_weights *layer);
    size_t (*scratch)(const struct tc_layer_weights *layer, size_t channels);

    /** Pack; `packed` has packed_size() floats, 0 and aligned to 64 bytes. */
    void (*pack)(float *packed, const struct tc_layer_weights *layer);

    /** Advance by n_frames, as tc_..._step() of the layer's cell (cells/cells.h) does by one. Sums
     * hold |error| <= (I + H + 2) FLT_EPSILON (|b| + sum |w x|), activations TC_ACTIVATION_ERROR.
     */
    void (*forward)(const struct tc_forward_args *args) TC_REALTIME;

    /** tc_norm_apply() (cells/layer_norm.h) of each row. */
    void (*norm)(const struct tc_norm_args *args) TC_REALTIME;

    /** y[t] = w . h[t * pitch] + b of n_frames frames, n a multiple of width, w and h aligned to 64
     *  bytes; the same bound. */
    void (*readout)(float *y, const float *w, const float *h, size_t pitch, float b, size_t n,
                    size_t n_frames) TC_REALTIME;

    /** sum_i w[i] x[i] of n values, n a multiple of TC_ALIGN_FLOATS; the same bound. */
    float (*weighted_sum)(const float *w, const float *x, size_t n) TC_REALTIME;
};

/** All sets compiled in, best first; the last is "c", which needs nothing. NULL ends the list. */
extern const struct tc_kernels *const tc_kernels_all[];

/** TC_CPU_* bits of what the CPU has and the operating system lets us use. */
unsigned tc_cpu_features(void);

/** The best set for these features; of the given name unless `name` is NULL, and then NULL if
 *  there is none. */
const struct tc_kernels *tc_kernels_find(const char *name, unsigned features);

/** The set that the environment variable TONECELL_KERNELS names, or else the best that this CPU
 *  has: a host must not lose its plugin by a name that is unknown here. */
const struct tc_kernels *tc_kernels_default(void);

/** hidden, padded for a set. */
static inline size_t tc_kernels_units(const struct tc_kernels *k, size_t hidden)
{
    return (hidden + k->width - 1) / k->width * k->width;
}

#endif
