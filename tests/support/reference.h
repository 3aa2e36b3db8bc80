/** @file
 *  A reference of the network of tonecell.h and its gradient: double precision, one stream, both
 *  gains at 1, nothing shared with core/ but the list of tensors. It is written for clarity, not
 *  for speed.
 *
 *  Parameters are flat, in the order of tc_architecture_tensors(). Frames of the input have
 *  audio_inputs + knobs values, frames of the output `outputs`. The state is h, then c, of each
 *  layer in turn; layers without c have unused values there.
 *
 *  `dropout` is a mask of factors (n_frames, inputs of all layers but the lowest) on those layers'
 *  inputs; NULL = 1. */
#ifndef REFERENCE_H
#define REFERENCE_H

#include "tonecell.h"

/** The activation of a sum v by itself; exp v of a softmax; NAN for others. */
double reference_activate(enum tc_activation activation, double v);

/** sign(v) max(|v| + b, 0) */
double reference_modrelu(double v, double b);

/** x (n) = (v - mean) / deviation of v (n), which may be x; returns the deviation, the root of the
 *  variance plus 1e-5. */
double reference_standardise(const double *v, double *x, size_t n);

/** Doubles in a state. */
size_t reference_state_size(const struct tc_architecture *arch);

/** The initial state h0, c0 of the parameters. */
void reference_start(const struct tc_architecture *arch, const double *parameters, double *state);

/** Factors in a frame of `dropout`. */
size_t reference_dropout_size(const struct tc_architecture *arch);

/** Run n_frames; the state becomes that after the last. */
void reference_run(const struct tc_architecture *arch, const double *parameters,
                   const double *input, const double *dropout, double *output, double *state,
                   size_t n_frames);

/** gradient += dL/dparameters of L = sum over t, o of weight[t][o] y[t][o], where the frames start
 *  from a state that does not depend on the parameters, so that h0 and c0 get no gradient; NULL is
 *  the initial state, so that they do. By central differences. */
void reference_gradient(const struct tc_architecture *arch, const double *parameters,
                        const double *input, const double *dropout, const double *weight,
                        const double *state, size_t n_frames, double *gradient);

/** The same by back-propagation through time, of linear readouts: for networks that are too large
 *  for differences. A test compares both. */
void reference_backward(const struct tc_architecture *arch, const double *parameters,
                        const double *input, const double *dropout, const double *weight,
                        const double *state, size_t n_frames, double *gradient);

/** The same with factors (n_frames) on the gradient that comes to a frame's state from the next
 *  frame; NULL = 1. */
void reference_backward_truncated(const struct tc_architecture *arch, const double *parameters,
                                  const double *input, const double *dropout, const double *weight,
                                  const double *state, size_t n_frames,
                                  const float *gradient_factor, double *gradient);

#endif
