/** @file
 *  Inside of a shard. A chunk is worked on in blocks of TC_BLOCK_FRAMES, all layers in turn, so
 *  that what one step leaves the next is still in cache.
 *
 *  shard.c           its memory, and the state of its streams
 *  shard_layer.c     a layer and its signals in a block, as the kernels take them
 *  shard_forward.c, shard_backward.c    the network */
#ifndef TC_SHARD_H
#define TC_SHARD_H

#include "train/network/network.h"

enum { TC_BLOCK_FRAMES = 16 };

/** One recurrent layer's memory of a chunk, laid out as tc_layer_block says. */
struct tc_shard_layer {
    float *gates, *h, *c; /* frame 0 of h and c is the present state */
    float *said;          /* as h: what it hands on, if that is not h; frame 0 unused */
    float *dz;            /* TC_BLOCK_FRAMES + 1 frames */
    float *carried_gradient;
    float *gradient; /* packed */
    float *threshold_gradient;
    float *norm_gradient; /* (2, H) of gain and bias */
};

struct tc_shard {
    const struct tc_weights *weights;
    size_t sequences, max_frames, pitch; /* pitch: floats from one row of a signal to the next */
    struct tc_shard_layer layer[TC_MAX_LAYERS];
    float *x, *y, *dy; /* signals (sequences, rows, pitch): network input, output, dL/dy */
    float *passed;     /* (sequences, units) of the layer in work */
    float *dh;         /* a block's (frames, sequences, units) of the layer in work */
    float *around;     /* the same: what goes around a residual layer */
    float *left;       /* the same: what dropout leaves of what a layer hears */
    const float
        *behind[TC_MAX_LAYERS]; /* (sequences, units) what enters dh at the last frame; NULL */
    struct tc_dropout dropout;
    float *readout_gradient; /* (outputs, units) */
    float *memory;
    size_t memory_floats;
};

/** Frames of a chunk. */
struct tc_block {
    size_t start, count;
};

static inline const struct tc_architecture *tc_shard_arch(const struct tc_shard *shard)
{
    return &shard->weights->arch;
}

static inline size_t tc_shard_input_rows(const struct tc_shard *shard)
{
    return tc_shard_arch(shard)->audio_inputs + tc_shard_arch(shard)->knobs;
}

/** Units of a layer, padded. */
static inline size_t tc_shard_units(const struct tc_shard *shard, unsigned l)
{
    const size_t width = shard->weights->k->width;

    return (tc_shard_arch(shard)->layer[l].hidden + width - 1) / width * width;
}

/** Floats of a layer's state in a block. */
size_t tc_shard_block_floats(const struct tc_shard *shard, unsigned l, struct tc_block block);

/** A signal's rows from frame t on. */
struct tc_rows tc_shard_rows(const struct tc_shard *shard, float *signal, size_t rows, size_t t);

/** What a layer hands on, from frame t - 1 of the chunk on; of t = 0 nothing is there. */
float *tc_shard_layer_output(const struct tc_shard *shard, unsigned l, size_t t);

/** sum (frames, sequences, units) = a layer's state, and of a residual one what it hears, too: what
 * it would hand on if there were no layer normalisation. */
void tc_shard_residual_sum(const struct tc_shard *shard, unsigned l, struct tc_block block,
                           float *sum);

/** A layer's shape, to ask the kernels for sizes. */
struct tc_layer_block tc_shard_shape(const struct tc_shard *shard, unsigned l);

/** A layer at work on a block: it hears what dropout leaves of what the one below hands on. */
struct tc_layer_block tc_shard_layer_block(const struct tc_shard *shard, unsigned l,
                                           struct tc_block block);

/** The last layer as the readout sees it. */
struct tc_layer_block tc_shard_readout_block(const struct tc_shard *shard, struct tc_block block);

/** Whether a layer misses some of what it hears, and a block of that (frames, sequences, units of
 * the layer below), or of its gradient, without it. */
bool tc_shard_has_dropout(const struct tc_shard *shard, unsigned l);
void tc_shard_apply_dropout(const struct tc_shard *shard, unsigned l, struct tc_block block,
                            float *values);

#endif
