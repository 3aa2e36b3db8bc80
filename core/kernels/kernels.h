/** @file
 *  The arithmetic of recurrent layers, one table of functions per instruction set.
 *
 *  A table works on blocks of frames and on `lanes` channels at once, which share each load of the
 *  weights. A frame of an array is one lane after the other. States are padded from `hidden` to
 *  `units`, a multiple of the table's width, so that no vector has a tail: padding starts at 0,
 *  stays bounded but where an input is infinite or NaN, which may leave NaN in it, and no unit
 *  depends on it. A lane's result is the same for any number of lanes, and a frame's for any cut
 *  into blocks. Nothing here fails. */
#ifndef TC_KERNELS_H
#define TC_KERNELS_H

#include "model/cell.h"

/** Instruction sets beyond what every CPU of the architecture has. */
enum { TC_CPU_AVX2 = 1, TC_CPU_AVX512 = 2, TC_CPU_NEON = 4 };

/** A layer as PyTorch stores it, to be packed. */
struct tc_layer_weights {
    enum tc_cell cell;
    enum tc_activation activation;
    size_t inputs, hidden;
    const float *w_ih, *w_hh, *b_ih, *b_hh;
    enum tc_precision precision; /* half is taken where it is faster; the sums' bound then is that
                                    of the weights as precision.h stores them */
    const float *peephole;       /* (3, hidden) i, f, o, of an LSTM that has them */
};

/** A layer packed for one table. */
struct tc_packed_layer {
    enum tc_cell cell;
    enum tc_activation activation;
    size_t inputs, hidden, units; /* units: hidden, padded */
    enum tc_precision precision;
    size_t lanes;
    const float *weights;   /* in the table's own order */
    const float *threshold; /* (units) b_hh of TC_MODRELU, 0 in the padding; it is not in weights */
};

/** A layer's work on a block of frames. */
struct tc_layer_run {
    const struct tc_packed_layer *layer;
    size_t n_frames;
    const float *x; /* (n_frames, lanes, x_pitch), the first `inputs` of a lane are read */
    size_t x_pitch;
    float *h;       /* (n_frames + 1, lanes, units): frame 0 the state before, the others written */
    float *c;       /* (lanes, units) the cells of an LSTM, in and out */
    float *scratch; /* tc_kernels.scratch() floats */
};

/** A layer's normalisation of what it hands on. */
struct tc_norm_run {
    size_t hidden, units;     /* as of the layer */
    const float *gain, *bias; /* (units), 0 in the padding */
    size_t n;                 /* rows: frames times lanes */
    const float *s;           /* (n, units) */
    float *o;                 /* (n, units), padding 0; may be s */
};

struct tc_kernels {
    const char *name; /* "c", "avx2", "avx512", "neon" */
    unsigned needs;   /* TC_CPU_* bits */
    size_t width;     /* floats in a vector */

    /** Floats of packed weights, and of scratch memory in a run of so many lanes. */
    size_t (*packed_size)(const struct tc_layer_weights *layer);
    size_t (*scratch)(const struct tc_layer_weights *layer, size_t lanes);

    /** Pack; `packed` has packed_size() floats, 0 and aligned to 64 bytes. */
    void (*pack)(float *packed, const struct tc_layer_weights *layer);

    /** Advance by n_frames, as the tc_..._step() of the layer's cell does by one. Sums hold
     *  |error| <= (I + H + 2) FLT_EPSILON (|b| + sum |w x|), activations TC_ACTIVATION_ERROR. */
    void (*run)(const struct tc_layer_run *run) TC_REALTIME;

    /** tc_norm_apply() of each row. */
    void (*norm)(const struct tc_norm_run *run) TC_REALTIME;

    /** y[t] = w . h[t * pitch] + b of n_frames frames, n a multiple of width, w and h aligned to 64
     *  bytes; the same bound. */
    void (*readout)(float *y, const float *w, const float *h, size_t pitch, float b, size_t n,
                    size_t n_frames) TC_REALTIME;
};

/** Largest absolute error of an activation, over all floats. */
#define TC_ACTIVATION_ERROR 1e-6f

/** All tables compiled in, best first; the last is "c", which needs nothing. NULL ends the list. */
extern const struct tc_kernels *const tc_kernels_all[];

/** TC_CPU_* bits of what the CPU has and the operating system lets us use. */
unsigned tc_cpu_features(void);

/** The best table for these features; of the given name unless `name` is NULL, and then NULL if
 *  there is none. */
const struct tc_kernels *tc_kernels_find(const char *name, unsigned features);

/** hidden, padded for a table. */
static inline size_t tc_kernels_units(const struct tc_kernels *k, size_t hidden)
{
    return (hidden + k->width - 1) / k->width * k->width;
}

#endif
