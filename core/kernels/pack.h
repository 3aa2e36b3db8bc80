/** @file
 *  A layer's tensors into packed weights, as shape.h describes them.
 *
 *  Rows of logistic gates are halved, since s(v) = (1 + tanh(v / 2)) / 2, as are peepholes. */
#ifndef TC_PACK_H
#define TC_PACK_H

#include "kernels/precision.h"
#include "kernels/shape.h"

static size_t packed_size(const struct tc_layer_weights *layer)
{
    const size_t inputs = layer->inputs, hidden = layer->hidden;
    const enum pass first = first_pass(layer->cell);
    const struct shape shape = shape_of(layer->cell, inputs, hidden, layer->precision);

    return pass_floats(first, shape, inputs, hidden) +
           (first == RESET ? pass_floats(CANDIDATE, shape, inputs, hidden) : 0);
}

/* r h of all units. */
static size_t scratch(const struct tc_layer_weights *layer, size_t lanes)
{
    return first_pass(layer->cell) == RESET ? lanes * ((layer->hidden + W - 1) / W * W) : 0;
}

/* The factor of a gate's rows: half where its activation is the logistic function. */
static float gate_scale(const struct tc_layer_weights *layer, unsigned gate)
{
    switch (layer->cell) {
    case TC_CELL_LSTM:
    case TC_CELL_LSTM_PEEPHOLE:
    case TC_CELL_GRU:
    case TC_CELL_GRU_RESET_BEFORE:
        return gate == 2 ? 1.0f : 0.5f;
    case TC_CELL_RNN:
        break;
    }
    return layer->activation == TC_LOGISTIC ? 0.5f : 1.0f;
}

/* One gate of one unit in a matrix of row pitch `pitch`; 0 beyond the last unit. */
static float scaled(const struct tc_layer_weights *layer, const float *w, size_t pitch,
                    unsigned gate, size_t unit)
{
    return unit < layer->hidden ? gate_scale(layer, gate) * w[(gate * layer->hidden + unit) * pitch]
                                : 0.0f;
}

/* n values of one gate from `unit` on. */
static float *pack_gate(float *to, const struct tc_layer_weights *layer, const float *w,
                        size_t pitch, unsigned gate, size_t unit, size_t n)
{
    for (size_t u = 0; u < n; ++u)
        *to++ = scaled(layer, w, pitch, gate, unit + u);
    return to;
}

static float *pack_column(float *to, const struct tc_layer_weights *layer, enum pass pass,
                          unsigned full, unsigned half, size_t unit, const float *w, size_t pitch)
{
    const unsigned gates = gates_of(pass), first = first_gate(pass);

    for (unsigned b = 0; b < full; ++b, unit += W)
        for (unsigned gate = first; gate < first + gates; ++gate)
            to = pack_gate(to, layer, w, pitch, gate, unit, W);
    if (half) {
        for (unsigned gate = first; gate < first + gates; ++gate)
            to = pack_gate(to, layer, w, pitch, gate, unit, W / 2);
        to += gates % 2 * (W / 2);
    }
    return to;
}

/* Two columns as one, of a group of one block. */
static float *pack_pair(float *to, const struct tc_layer_weights *layer, enum pass pass,
                        unsigned full, unsigned half, size_t unit, const float *w, size_t pitch)
{
    float odd[4 * W] = {0};
    const size_t n = vectors_of(pass, full, half) * W;

    pack_column(to, layer, pass, full, half, unit, w, pitch);
    pack_column(odd, layer, pass, full, half, unit, w + 1, pitch);
    for (size_t i = 0; i < n; ++i)
        to[i] = tc_pair(to[i], odd[i]);
    return to + n;
}

/* A matrix of so many columns. */
static float *pack_columns(float *to, const struct tc_layer_weights *layer, enum pass pass,
                           unsigned full, unsigned half, size_t unit, const float *w,
                           size_t columns, bool paired)
{
    size_t i = 0;

    for (; paired && columns > MOST_UNPAIRED && i + 2 <= columns; i += 2)
        to = pack_pair(to, layer, pass, full, half, unit, w + i, columns);
    for (; i < columns; ++i)
        to = pack_column(to, layer, pass, full, half, unit, w + i, columns);
    return to;
}

static void pack_sum(float *sum, const struct tc_layer_weights *layer, const float *bias,
                     unsigned gate, size_t unit, size_t n)
{
    for (size_t u = 0; u < n; ++u)
        sum[u] += scaled(layer, bias, 1, gate, unit + u);
}

/* Each bias to the sum that its matrix feeds. */
static void pack_bias(float *sums, const struct tc_layer_weights *layer, enum pass pass,
                      unsigned full, unsigned half, size_t unit, const float *bias, unsigned state)
{
    const unsigned gates = gates_of(pass), first = first_gate(pass);

    for (unsigned v = 0; v < full * gates; ++v)
        pack_sum(sums + sum_of_vector(pass, full, v, state) * W, layer, bias, first + v % gates,
                 unit + v / gates * W, W);
    unit += full * W;
    for (unsigned gate = 0; half && gate < gates; ++gate)
        pack_sum(sums + sum_of_vector(pass, full, full * gates + gate / 2, state) * W +
                     gate % 2 * (W / 2),
                 layer, bias, first + gate, unit, W / 2);
}

/* Both halves of a half block's vectors have the same, for two lanes side by side. */
static float *pack_peepholes(float *to, const struct tc_layer_weights *layer, enum pass pass,
                             unsigned full, unsigned half, size_t unit)
{
    for (unsigned k = 0; k < peepholes_of(pass, full + half); ++k) {
        const size_t first = unit + k / 3 * W, n = k / 3 < full ? W : W / 2;

        for (size_t i = 0; i < W; ++i) {
            const size_t u = first + i % n;

            *to++ = u < layer->hidden ? 0.5f * layer->peephole[k % 3 * layer->hidden + u] : 0.0f;
        }
    }
    return to;
}

static float *pack_group(float *to, const struct tc_layer_weights *layer, enum pass pass,
                         unsigned full, unsigned half, size_t unit, bool paired)
{
    pack_bias(to, layer, pass, full, half, unit, layer->b_ih, 0);
    if (layer->activation != TC_MODRELU)
        pack_bias(to, layer, pass, full, half, unit, layer->b_hh, 1);
    to += sums_of(pass, full, half) * W;
    to = pack_peepholes(to, layer, pass, full, half, unit);
    to = pack_columns(to, layer, pass, full, half, unit, layer->w_ih, layer->inputs, paired);
    return pack_columns(to, layer, pass, full, half, unit, layer->w_hh, layer->hidden, paired);
}

static float *pack_pass(float *to, const struct tc_layer_weights *layer, enum pass pass,
                        struct shape shape)
{
    if (!shape.split)
        return pack_group(to, layer, pass, shape.full, shape.half, 0, false);
    for (unsigned b = 0; b < shape.full; ++b)
        to = pack_group(to, layer, pass, 1, 0, b * W, shape.paired);
    return shape.half ? pack_group(to, layer, pass, 0, 1, shape.full * W, shape.paired) : to;
}

static void pack(float *packed, const struct tc_layer_weights *layer)
{
    const enum pass first = first_pass(layer->cell);
    const struct shape shape =
        shape_of(layer->cell, layer->inputs, layer->hidden, layer->precision);

    packed = pack_pass(packed, layer, first, shape);
    if (first == RESET)
        pack_pass(packed, layer, CANDIDATE, shape);
}

#endif
