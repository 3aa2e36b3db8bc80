/** @file
 *  The arithmetic of training a recurrent layer, one table of functions per instruction set.
 *
 *  A layer's units lie along the vectors, padded with zeros from `hidden` to `units`, a multiple
 *  of the table's width; a block is one vector of units. What a chunk leaves behind is kept frame
 *  by frame, in each frame lane by lane:
 *
 *      h, c     (frames + 1, lanes, units)             frame 0: the state before the chunk
 *      gates    (frames, lanes, blocks, slots, width)  after activation
 *      dz       (frames, lanes, dz_floats())           dL/d of the sums before activation: as
 *                                                      gates, with room behind each lane
 *
 *      slots    rnn 1;  lstm i, f, g, o;  gru n, r, z, q (q = U_n h + b_hn, a sum), or r h in its
 *               place with the reset before the product
 *
 *  A lane's result does not depend on the lanes beside it. Sums hold |error| <=
 *  (terms + 2) FLT_EPSILON sum |term|, activations TC_ACTIVATION_ERROR. Nothing here fails. */
#ifndef TC_LAYER_KERNELS_H
#define TC_LAYER_KERNELS_H

#include "kernels/kernels.h"

/** Rows of values: row r of lane l at frame t is at[t * frame + l * lane + r * row]. */
struct tc_rows {
    float *at;
    size_t frame, lane, row;
};

/** A layer at work on n_frames of a chunk. */
struct tc_layer_block {
    enum tc_cell cell;
    enum tc_activation activation;
    size_t inputs, hidden, units, sequences, n_frames;
    struct tc_rows x;          /* `inputs` rows: what the layer hears */
    float *gates, *h, *c;      /* at the first of the frames; c of an LSTM only */
    const float *threshold;    /* (units) b_hh of TC_MODRELU, 0 in the padding */
    float *threshold_gradient; /* (units) of TC_MODRELU: gradient() adds to it */
    float *dh;         /* (n_frames, lanes, units): dL/dh but for the ways through later frames;
                          backward() adds those through their sums */
    float *dz;         /* one frame more: dz of the first frame behind, 0 behind the last */
    float *carry;      /* (lanes, units): what goes back to the frame before beside the sums */
    const float *pass; /* (n_frames): factor on all that a frame is given by the frame behind it;
                          NULL = 1 */
    float *passed;     /* (lanes, units): scratch, where there are factors */
};

struct tc_layer_kernels {
    const char *name; /* as in tc_kernels */
    unsigned needs;   /* TC_CPU_* bits */
    size_t width;     /* floats in a vector */

    /** Floats of a layer's packed weights: of the forward pass (a gradient has the same), of the
     *  way back into the state, of the way back into the input. */
    size_t (*forward_size)(const struct tc_layer_weights *layer);
    size_t (*state_size)(const struct tc_layer_weights *layer);
    size_t (*input_size)(const struct tc_layer_weights *layer);

    /** Floats of a lane of gates, and of dz; of the layer, cell and units count. */
    size_t (*gates_floats)(const struct tc_layer_block *layer);
    size_t (*dz_floats)(const struct tc_layer_block *layer);

    /** Pack. `to` is aligned to 64 bytes, its padding 0. */
    void (*pack_forward)(float *to, const struct tc_layer_weights *layer);
    void (*pack_state)(float *to, const struct tc_layer_weights *layer);
    void (*pack_input)(float *to, const struct tc_layer_weights *layer);

    /** Add a packed gradient to gradients in the order of the weights; b_hh of TC_MODRELU is not in
     *  there, and `peephole` is left alone if the cell has none. */
    void (*unpack_gradient)(const struct tc_layer_weights *layer, const float *packed, float *w_ih,
                            float *w_hh, float *b_ih, float *b_hh, float *peephole);

    /** Frames in order: writes gates, h and c. */
    void (*forward)(const struct tc_layer_block *layer, const float *weights);

    /** Frames in reverse: completes dh (which is scratch then), writes dz, moves carry on, adds
     *  the biases' part to the packed gradient. `weights`: of the way back into the state. */
    void (*backward)(const struct tc_layer_block *layer, const float *weights, float *gradient);

    /** Add the matrices' part to the packed gradient, from dz, x and h, and the threshold's. */
    void (*gradient)(const struct tc_layer_block *layer, float *gradient);

    /** dx (n_frames, lanes, units of the layer below) = W_ih' dz. */
    void (*input_gradient)(const struct tc_layer_block *layer, const float *weights, float *dx);

    /** Floats of a packed readout of `outputs` rows. */
    size_t (*readout_size)(size_t hidden, size_t outputs);
    void (*pack_readout)(float *to, const float *w, size_t hidden, size_t outputs);

    /** y = W h + b, `outputs` rows, of the states that the block's frames end in. */
    void (*readout)(const struct tc_layer_block *layer, const float *weights, const float *bias,
                    size_t outputs, struct tc_rows y);

    /** layer->dh = W' dy, and gradient (outputs, units) += dy h'. */
    void (*readout_back)(const struct tc_layer_block *layer, const float *weights,
                         struct tc_rows dy, size_t outputs, float *gradient);
};

/** All tables compiled in, best first; the last is "c", which needs nothing. NULL ends the list. */
extern const struct tc_layer_kernels *const tc_layer_kernels_all[];

/** As tc_kernels_find(). */
const struct tc_layer_kernels *tc_layer_kernels_find(const char *name, unsigned features);

#endif
