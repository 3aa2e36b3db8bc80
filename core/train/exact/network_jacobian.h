/** @file
 *  The network of a model in double, a frame at a time, with the Jacobian of each frame.
 *
 *  The state s of a network is h, then c where the cell has one, of each layer in turn: n values.
 *  What layer l hands on is o_l: h_l, and o_(l-1) with it where the layer is residual, normalised
 *  where the network says so.
 *  One thread at a time. */
#ifndef TC_EXACT_NETWORK_H
#define TC_EXACT_NETWORK_H

#include "train/exact/cell_jacobian.h"

struct tc_exact {
    unsigned layers;
    size_t inputs, outputs, states; /* inputs: audio, then knobs; states: n */
    struct tc_exact_layer layer[TC_MAX_LAYERS];
    size_t offset[TC_MAX_LAYERS]; /* of a layer's h in the state */
    bool residual[TC_MAX_LAYERS];
    bool norm;
    const double *norm_gain[TC_MAX_LAYERS], *norm_bias[TC_MAX_LAYERS]; /* (H) if there is a norm */
    double *standard[TC_MAX_LAYERS];          /* (H) the last frame's standardised sums */
    double deviation[TC_MAX_LAYERS];          /* which they were divided by */
    const double *readout;                    /* (outputs, hidden of the last layer) */
    struct tc_exact_slopes of[TC_MAX_LAYERS]; /* a layer's, at the last frame */
    double *work[TC_MAX_LAYERS]; /* the last frame's values of a layer's gates (G, H) */
    double *said, *by_state;     /* the last frame's o of the last layer, and (units, n) do / ds */
    double *memory;
};

/** A model's network; the model may go. NULL if there is no memory. */
struct tc_exact *tc_exact_new(const struct tc_model *model);

/** Free it (NULL allowed). */
void tc_exact_free(struct tc_exact *exact);

/** Read the start state h0, c0 out of a vector of the model's parameters. */
void tc_exact_state(const struct tc_model *model, const float *parameters, double *state);

/** Advance the state by one frame of input, which is what the network hears: gain applied, knobs
 *  mapped. `jacobian` (n, n), row-major, receives ds'/ds; may be NULL. */
void tc_exact_frame(struct tc_exact *exact, const double *input, double *state, double *jacobian);

/** A gradient (H) by o_l of the last frame becomes the one by o_l as it is without normalisation:
 *  nothing changes where there is none. */
void tc_exact_norm_back(const struct tc_exact *exact, unsigned l, double *gradient);

#endif
