/** @file
 *  What lies where in a shard. Private to the files shard*.c.
 *
 *      x, y, dy     signals (sequences, rows, pitch): the samples of a row are consecutive
 *      h, c, ...    (frames, sequences, units): a frame of all sequences is contiguous, each
 *                   sequence's units padded with zeros to whole vectors; layer_kernels.h has the
 *                   picture, and that of gates and dz
 *
 *  Whole chunks are stored of what the backward pass reads (gates, h, c, output), one block of what
 *  it writes (dh, dz), for the layer at work. */
#ifndef TC_SHARD_MEMORY_H
#define TC_SHARD_MEMORY_H

#include "train/network/shard.h"

/** Frames of a chunk that all layers work on in turn. */
enum { TC_BLOCK_FRAMES = 16 };

struct tc_block {
    size_t start, count; /* frames of the chunk */
};

/** The memory of one recurrent layer. */
struct tc_shard_layer {
    float *gates, *h, *c; /* of the chunk; frame 0 of h and c is the present state */
    float *output;        /* as h: the layer's output, if that is not h; frame 0 unused */
    float *dz;            /* TC_BLOCK_FRAMES + 1 frames: those of a block, and after them the first
                             of the next block. The backward pass leaves the block's own first frame
                             at the start, from where it is copied to the end of the block before */
    float *carried_gradient; /* as tc_layer_block has it; passed on from block to block */
    float *gradient;         /* of the weights, packed */
    float *threshold_gradient;
    float *norm_gradient; /* (2, H) of gain and bias */
};

struct tc_shard {
    const struct tc_weights *weights;
    size_t sequences, max_frames, pitch; /* pitch: floats from one row of a signal to the next */
    struct tc_shard_layer layer[TC_MAX_LAYERS];
    float *x, *y, *dy;          /* network input, output, dL/dy */
    float *symbols;             /* (sequences, pitch) indices, of an input of symbols */
    float *scaled_gradient;     /* (sequences, units) scratch of the kernels */
    float *dh;                  /* (frames, sequences, units) of a block, of the layer at work */
    float *residual_gradient;   /* the same: dL/d of the input that a residual layer adds */
    float *input_after_dropout; /* the same: the layer's input */
    const float *next_state_gradient[TC_MAX_LAYERS]; /* (sequences, units) dL/dh from beyond the
                                                        chunk's last frame; NULL: none */
    struct tc_dropout dropout;
    float *readout_gradient; /* (outputs, units) */
    float **dy_row;          /* (sequences, outputs) pointers to the rows of dy */
    const float **target;    /* (outputs) scratch, see tc_shard_targets() */
    float *memory;
    size_t memory_floats;
};

static inline const struct tc_architecture *tc_shard_arch(const struct tc_shard *shard)
{
    return &shard->weights->arch;
}

static inline size_t tc_shard_input_rows(const struct tc_shard *shard)
{
    return tc_layer_inputs(tc_shard_arch(shard), 0);
}

/** n values, padded to whole vectors. */
static inline size_t tc_shard_padded(const struct tc_shard *shard, size_t n)
{
    const size_t width = shard->weights->k->width;

    return (n + width - 1) / width * width;
}

/** Units of a layer, padded. */
static inline size_t tc_shard_units(const struct tc_shard *shard, unsigned l)
{
    return tc_shard_padded(shard, tc_shard_arch(shard)->layer[l].hidden);
}

/** Floats of a layer's state, in one frame and in a block. */
static inline size_t tc_shard_frame_floats(const struct tc_shard *shard, unsigned l)
{
    return shard->sequences * tc_shard_units(shard, l);
}

static inline size_t tc_shard_block_floats(const struct tc_shard *shard, unsigned l,
                                           struct tc_block block)
{
    return block.count * tc_shard_frame_floats(shard, l);
}

/** A layer's shape, to ask the kernels for sizes. */
struct tc_layer_block tc_shard_shape(const struct tc_shard *shard, unsigned l);

/** Floats of one frame of a layer's dz. */
size_t tc_shard_dz_floats(const struct tc_shard *shard, unsigned l);

/** Allocate a shard whose weights, sequences and max_frames are set. False: out of memory. */
bool tc_shard_allocate(struct tc_shard *shard);

#endif
