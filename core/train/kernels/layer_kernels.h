/** @file
 *  The arithmetic of training one recurrent layer: a table of functions per instruction set.
 *
 *  What lies next to what. A vector is `width` units of one sequence; a layer's units are padded
 *  with zeros from `hidden` to `units`, a multiple of it. Slots are the sums of a unit, and what
 *  becomes of them (model/cell_slots.h). From the outermost index to the innermost, which is
 *  contiguous:
 *
 *      h, c       (frames + 1, sequences, units)            frame 0: the state before the chunk
 *      gates      (frames, sequences, vectors, slots, width)    after activation, as
 *                                                           the cell's ..._gates.h says
 *      dz         (frames, sequences, dz_floats())          dL/d of the sums: as gates, with some
 *                                                           unused floats after each sequence
 *
 *      one sequence's gates of an LSTM in one frame, width 4:
 *
 *          | i0 i1 i2 i3 | f0 f1 f2 f3 | g0 .. g3 | o0 .. o3 | i4 i5 i6 i7 | f4 .. | ...
 *            slot i        slot f                              next vector of units
 *
 *  A sequence's result does not depend on the sequences beside it. Sums hold |error| <=
 *  (terms + 2) FLT_EPSILON sum |term|, activations TC_ACTIVATION_ERROR. Nothing here fails.
 *
 *  Where each cell's equations are: ..._gates.h, forward and backward of one vector of units. */
#ifndef TC_LAYER_KERNELS_H
#define TC_LAYER_KERNELS_H

#include "kernels/kernels.h"

/** Rows of values: row r of sequence b at frame t is at[t * frame + b * sequence + r * row]. */
struct tc_rows {
    float *at;
    size_t frame, sequence, row;
};

/** A layer at work on n_frames of a chunk. */
struct tc_layer_block {
    enum tc_cell cell;
    enum tc_activation activation;
    size_t inputs, hidden, units, sequences, n_frames;
    struct tc_rows x;             /* `inputs` rows: the layer's input */
    float *gates, *h, *c;         /* at the first of the frames; c of an LSTM only */
    const float *threshold;       /* (units) b_hh of TC_MODRELU, 0 in the padding */
    float *threshold_gradient;    /* (units) of TC_MODRELU: gradient() adds to it */
    float *dh;                    /* (n_frames, sequences, units): dL/dh by way of the layer's
                                     output; backward() adds what comes from the next frame */
    float *dz;                    /* one frame more: dz of the next frame, 0 after the last */
    float *carried_gradient;      /* (sequences, units): dL/d of the earlier frame's state that does
                                     not go through its sums: dL/dc of an LSTM, of a GRU dL/dh */
    const float *gradient_factor; /* (n_frames): factor on all that a frame receives from the next
                                     frame; NULL = 1 */
    float *scaled_gradient;       /* (sequences, units): scratch, where there are factors */
};

struct tc_layer_kernels {
    const char *name; /* as in tc_kernels */
    unsigned needs;   /* TC_CPU_* bits */
    size_t width;     /* floats in a vector */

    /** Floats of a layer's packed weights: for the forward pass (a gradient has the same), for the
     *  backward pass into the state, and into the input. */
    size_t (*forward_size)(const struct tc_layer_weights *weights);
    size_t (*state_size)(const struct tc_layer_weights *weights);
    size_t (*input_size)(const struct tc_layer_weights *weights);

    /** Floats of one sequence's gates in a frame, and of its dz; of the layer only cell and units
     *  are read. */
    size_t (*gates_floats)(const struct tc_layer_block *layer);
    size_t (*dz_floats)(const struct tc_layer_block *layer);

    /** Pack. `to` is aligned to 64 bytes, its padding 0. */
    void (*pack_forward)(float *to, const struct tc_layer_weights *weights);
    void (*pack_state)(float *to, const struct tc_layer_weights *weights);
    void (*pack_input)(float *to, const struct tc_layer_weights *weights);

    /** Add a packed gradient to gradients in the order of the weights; b_hh of TC_MODRELU is not in
     *  there, and `peephole` is left alone if the cell has none. */
    void (*unpack_gradient)(const struct tc_layer_weights *weights, const float *packed,
                            float *w_ih, float *w_hh, float *b_ih, float *b_hh, float *peephole);

    /** Frames in order: writes gates, h and c. */
    void (*forward)(const struct tc_layer_block *layer, const float *weights);

    /** Frames in reverse: completes dh (and may overwrite it then), writes dz, replaces
     *  carried_gradient, adds the biases' and peepholes' part to the packed gradient. `weights`:
     *  packed for the backward pass into the state. */
    void (*backward)(const struct tc_layer_block *layer, const float *weights, float *gradient);

    /** Add the matrices' part to the packed gradient, from dz, x and h, and the threshold's. */
    void (*gradient)(const struct tc_layer_block *layer, float *gradient);

    /** dx (n_frames, sequences, units of the layer below) = W_ih^T dz. */
    void (*input_gradient)(const struct tc_layer_block *layer, const float *weights, float *dx);

    /** Floats of a packed readout of `outputs` rows. */
    size_t (*readout_size)(size_t hidden, size_t outputs);
    void (*pack_readout)(float *to, const float *w, size_t hidden, size_t outputs);

    /** y = W h + b, `outputs` rows, of the states that the block's frames end in. */
    void (*readout)(const struct tc_layer_block *layer, const float *weights, const float *bias,
                    size_t outputs, struct tc_rows y);

    /** layer->dh = W^T dy, and gradient (outputs, units) += dy h^T. */
    void (*readout_backward)(const struct tc_layer_block *layer, const float *weights,
                             struct tc_rows dy, size_t outputs, float *gradient);
};

/** All tables compiled in, best first; the last is "c", which needs nothing. NULL ends the list. */
extern const struct tc_layer_kernels *const tc_layer_kernels_all[];

/** As tc_kernels_find(). */
const struct tc_layer_kernels *tc_layer_kernels_find(const char *name, unsigned features);

#endif
