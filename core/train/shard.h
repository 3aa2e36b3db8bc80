/** @file
 *  Inside of a shard. A chunk is worked on in blocks of TC_BLOCK_FRAMES, all layers in turn, so
 *  that what one step leaves the next is still in cache. */
#ifndef TC_SHARD_H
#define TC_SHARD_H

#include "train/network.h"

enum { TC_BLOCK_FRAMES = 16 };

/** One recurrent layer's memory of a chunk, laid out as tc_batch says. */
struct tc_shard_layer {
    float *gates, *h, *c; /* frame 0 of h and c is the present state */
    float *said;          /* as h: what it hands on, if that is not h; frame 0 unused */
    float *dz;            /* TC_BLOCK_FRAMES + 1 frames */
    float *carry;
    float *gradient; /* packed */
    float *threshold_gradient;
    float *norm_gradient; /* (2, H) of gain and bias */
};

struct tc_shard {
    const struct tc_weights *weights;
    size_t lanes, max_frames, pitch; /* pitch: floats from one row of a signal to the next */
    struct tc_shard_layer layer[TC_MAX_LAYERS];
    float *x, *y, *dy; /* signals (lanes, rows, pitch): network input, output, dL/dy */
    float *passed;     /* (lanes, units) of the layer in work */
    float *dh;         /* a block's (frames, lanes, units) of the layer in work */
    float *around;     /* the same: what goes around a residual layer */
    float *left;       /* the same: what dropout leaves of what a layer hears */
    const float *behind[TC_MAX_LAYERS]; /* (lanes, units) what enters dh at the last frame; NULL */
    struct tc_dropout dropout;
    float *readout_gradient; /* (outputs, units) */
    float *memory;
    size_t memory_floats;
};

#endif
