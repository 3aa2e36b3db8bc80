/** @file
 *  The network of tonecell.h a second time: double precision, one stream, both gains at 1, nothing
 *  shared with core/ but the list of tensors. It is written to be seen to be right, not to be fast.
 *
 *  Parameters are flat, in the order of tc_architecture_tensors(). Frames of the input have
 *  audio_inputs + knobs values, frames of the output `outputs`. The state is h, then c, of each
 *  layer in turn; layers without c keep its place.
 *
 *  `left` is what dropout leaves: factors (n_frames, inputs of all layers but the lowest) on what
 *  those layers hear; NULL = 1. */
#ifndef REFERENCE_H
#define REFERENCE_H

#include "tonecell.h"

/** The activations of the sum v alone; exp v of a softmax; NAN for others. */
double reference_activate(enum tc_activation activation, double v);

/** sign(v) max(|v| + b, 0) */
double reference_modrelu(double v, double b);

/** x (n) = (s - mean) / deviation of s (n), which it may be; returns the deviation, from the
 *  variance and 1e-5. */
double reference_standardise(const double *s, double *x, size_t n);

/** Doubles in a state. */
size_t reference_state_size(const struct tc_architecture *arch);

/** The start state h0, c0 of the parameters. */
void reference_start(const struct tc_architecture *arch, const double *parameters, double *state);

/** Doubles in a frame of `left`. */
size_t reference_left_size(const struct tc_architecture *arch);

/** Run n_frames; the state moves. */
void reference_run(const struct tc_architecture *arch, const double *parameters,
                   const double *input, const double *left, double *output, double *state,
                   size_t n_frames);

/** gradient += dL/dparameters of L = sum over t, o of weight[t][o] y[t][o], the frames starting in
 *  a given state that does not depend on the parameters: h0 and c0 receive none. NULL is the
 *  start state, which does. By central differences. */
void reference_gradient(const struct tc_architecture *arch, const double *parameters,
                        const double *input, const double *left, const double *weight,
                        const double *state, size_t n_frames, double *gradient);

/** The same by the chain rule: for networks too large for differences, and itself held to them. */
void reference_backward(const struct tc_architecture *arch, const double *parameters,
                        const double *input, const double *left, const double *weight,
                        const double *state, size_t n_frames, double *gradient);

/** The same with factors (n_frames) on all that a frame's state is given by the frame behind it. */
void reference_backward_through(const struct tc_architecture *arch, const double *parameters,
                                const double *input, const double *left, const double *weight,
                                const double *state, size_t n_frames, const float *pass,
                                double *gradient);

#endif
