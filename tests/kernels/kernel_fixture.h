/** @file
 *  A layer packed for one table of kernels, with its arguments. */
#ifndef KERNEL_FIXTURE_H
#define KERNEL_FIXTURE_H

#include "tests/support/guarded.h"
#include "kernels/kernels.h"
#include "tests/support/support.h"

/** PyTorch's tensors with random weights. `scale` is the approximate magnitude of a sum: with 1
 *  gates are nearly linear, with 20 most are saturated. */
struct tc_layer_weights weights_new(const struct tc_layer *kind, size_t inputs, size_t hidden,
                                    float scale);
void weights_free(struct tc_layer_weights *weights);

struct kernel_fixture {
    const struct tc_kernels *k;
    const struct tc_layer_weights *weights;
    struct tc_packed_layer layer;
    size_t frames;
    struct guarded packed, threshold, x, h, c, scratch;
};

/** Everything that must not be read is NaN: the gaps between the channels of x, later states,
 *  scratch. */
struct kernel_fixture fixture_new(const struct tc_kernels *k,
                                  const struct tc_layer_weights *weights, size_t channels,
                                  size_t frames);

/** A fixture with random input and initial state. */
struct kernel_fixture fixture_random(const struct tc_kernels *k,
                                     const struct tc_layer_weights *weights, size_t channels,
                                     size_t frames);

/** Free it; fails if a kernel wrote outside of its arrays. */
void fixture_free(struct kernel_fixture *fixture);

/** The input of frame t, the state before frame t, the LSTM's cells: of one channel. */
float *x_at(const struct kernel_fixture *fixture, size_t t, size_t channel);
float *h_at(const struct kernel_fixture *fixture, size_t t, size_t channel);
float *c_at(const struct kernel_fixture *fixture, size_t channel);

/** Run n frames from frame `start` on. */
void fixture_forward(const struct kernel_fixture *fixture, size_t start, size_t n);

/** Fails, naming the fixture. */
#define fixture_require(condition, fixture, what, unit, channel)                         \
    support_require(condition,                                                           \
                    "%s: %s %s of %zu units, %zu inputs, %zu channels: %s, unit %zu of " \
                    "channel %zu",                                                       \
                    (fixture)->k->name, tc_activation_name((fixture)->layer.activation), \
                    tc_cell_name((fixture)->layer.cell), (fixture)->layer.hidden,        \
                    (fixture)->layer.inputs, (fixture)->layer.channels, what, unit, channel)

#endif
