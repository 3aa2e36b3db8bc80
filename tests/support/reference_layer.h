/** @file
 *  One layer of the reference network with its values at n frames, for back-propagation through
 *  time. */
#ifndef REFERENCE_LAYER_H
#define REFERENCE_LAYER_H

#include "tonecell.h"

struct reference_layer {
    enum tc_cell cell;
    enum tc_activation activation;
    size_t inputs, hidden, gates;
    /* Offsets of the tensors in the parameters and their gradient; c0 follows h0. */
    size_t w_ih, w_hh, b_ih, b_hh, peephole, norm_gain, norm_bias, h0;
    double *h, *c;    /* (n + 1, hidden): frame 0 is the state before the first */
    double *gate;     /* (n, 4, hidden): lstm i, f, g, o; gru r, z, n, and U_n h + b_hn or, if it
                         resets before the product, r h; rnn the argument v of the activation */
    double *input;    /* (n, inputs): the layer input after dropout; not used of the lowest */
    double *output;   /* (n, hidden): h, plus the output of the layer below if it is residual */
    double *d_output; /* (hidden): dL/d output of a frame, from the layers above */
    double *dh, *dc;  /* (hidden): dL/dh and dL/dc of a frame, from the next frame and above */
    double *standardised, *deviation; /* (n, hidden), (n): of layer normalisation */
    bool residual, norm;
    const struct reference_layer *below; /* NULL of the lowest */
};

/** h, c and gates of frame t from input x (inputs) and the state before. p: all parameters. */
void reference_layer_forward(const struct reference_layer *layer, const double *p, const double *x,
                             size_t t);

/** The backward pass of frame t: from dL/dh and dL/dc after it to those before it; adds to the
 *  gradient of the layer's tensors and, unless it is NULL, to dx (inputs). */
void reference_layer_backward(const struct reference_layer *layer, const double *p, const double *x,
                              size_t t, double *dx, double *gradient);

/** The backward pass of y = W x + b, with W (rows, cols) at offset w and b at offset b:
 *      dW += dy x^T,   db += dy,   dx += W^T dy        dx may be NULL */
void reference_affine_backward(const double *p, double *gradient, size_t w, size_t b, size_t rows,
                               size_t cols, const double *dy, const double *x, double *dx);

#endif
