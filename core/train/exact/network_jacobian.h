/** @file
 *  A model's network in double precision, one frame at a time, with the Jacobian of each frame.
 *
 *  This is the Jacobian ds_t/ds_(t-1) in double precision, for diagnose; the gradient that trains
 *  is in core/train/kernels.
 *
 *  The state s of a network is h, then c where the cell has one, of each layer in turn: n values.
 *  The output o_l of layer l is h_l, plus o_(l-1) where the layer is residual, normalised where the
 *  network has layer normalisation. One thread at a time. */
#ifndef TC_NETWORK_JACOBIAN_H
#define TC_NETWORK_JACOBIAN_H

#include "train/exact/cell_jacobian.h"

struct tc_jacobian_network {
    unsigned layers;
    size_t inputs, outputs, states; /* inputs: audio, knobs, then a symbol's vector; states: n */
    struct tc_jacobian_layer layer[TC_MAX_LAYERS];
    size_t offset[TC_MAX_LAYERS]; /* of a layer's h in the state */
    bool residual[TC_MAX_LAYERS];
    bool norm;                                                         /* layer normalisation */
    const double *norm_gain[TC_MAX_LAYERS], *norm_bias[TC_MAX_LAYERS]; /* (H) if there is a norm */
    const double *readout; /* (outputs, hidden of the last layer) */
    /* Of the last frame: */
    struct tc_jacobian_derivatives derivatives[TC_MAX_LAYERS];
    double *gates[TC_MAX_LAYERS];        /* (2 G, H) the gates' values first */
    double *standardised[TC_MAX_LAYERS]; /* (H) layer outputs minus mean, over deviation */
    double deviation[TC_MAX_LAYERS];
    double *output;          /* (units) o of the last layer computed */
    double *output_by_state; /* (units, n) its do / ds */
    double *memory;
};

/** The network of a model, which need not outlive it. NULL if there is no memory. */
struct tc_jacobian_network *tc_jacobian_network_new(const struct tc_model *model);

/** Free it (NULL allowed). */
void tc_jacobian_network_free(struct tc_jacobian_network *network);

/** Copy the initial state h0, c0 out of a vector of the model's parameters into state (n). */
void tc_jacobian_initial_state(const struct tc_model *model, const float *parameters,
                               double *state);

/** Advance the state by one frame of network input: audio with its gain applied, knobs mapped.
 *  `jacobian` (n, n), row-major, receives ds/ds'; may be NULL. */
void tc_jacobian_advance(struct tc_jacobian_network *network, const double *input, double *state,
                         double *jacobian);

/** The backward pass of layer l's normalisation at the last frame: the gradient (H) by o_l becomes
 *  that by o_l before normalisation. Changes nothing in a network without. */
void tc_jacobian_norm_backward(const struct tc_jacobian_network *network, unsigned l,
                               double *gradient);

#endif
