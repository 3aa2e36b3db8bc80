/** @file
 *  A layer's tensors into packed weights, as weight_layout.h shows.
 *
 *  Rows of logistic gates are halved, since s(v) = (1 + tanh(v / 2)) / 2, as are peepholes. */
#ifndef TC_PACK_WEIGHTS_H
#define TC_PACK_WEIGHTS_H

#include "kernels/bf16_pair.h"
#include "kernels/weight_layout.h"

static size_t packed_size(const struct tc_layer_weights *layer)
{
    const size_t inputs = layer->inputs, hidden = layer->hidden;
    const enum tc_cell cell = layer->cell;
    const struct layout layout = layout_of(cell, inputs, hidden, layer->precision);

    return step_floats(first_step(cell), layout, inputs, hidden) +
           (has_second_step(cell) ? step_floats(second_step(cell), layout, inputs, hidden) : 0);
}

/* r h of all units and channels, for a second step. */
static size_t scratch(const struct tc_layer_weights *layer, size_t channels)
{
    return has_second_step(layer->cell)
               ? channels * ((layer->hidden + V_WIDTH - 1) / V_WIDTH * V_WIDTH)
               : 0;
}

/* The first weight of a unit's row of a gate, in a matrix of `pitch` columns, scaled; 0 beyond the
 * last unit. */
static float scaled(const struct tc_layer_weights *layer, const float *w, size_t pitch,
                    unsigned gate, size_t unit)
{
    return unit < layer->hidden
               ? tc_layer_gate_scale(layer, gate) * w[(gate * layer->hidden + unit) * pitch]
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

static float *pack_column(float *to, const struct tc_layer_weights *layer, struct cell_step step,
                          unsigned full, unsigned half, size_t unit, const float *w, size_t pitch)
{
    const unsigned gates = step_gates(step), first = first_gate(step);

    for (unsigned b = 0; b < full; ++b, unit += V_WIDTH)
        for (unsigned gate = first; gate < first + gates; ++gate)
            to = pack_gate(to, layer, w, pitch, gate, unit, V_WIDTH);
    if (half) {
        for (unsigned gate = first; gate < first + gates; ++gate)
            to = pack_gate(to, layer, w, pitch, gate, unit, V_WIDTH / 2);
        to += gates % 2 * (V_WIDTH / 2);
    }
    return to;
}

/* Two columns as one of bfloat16 pairs, of a group of one block. */
static float *pack_two_columns(float *to, const struct tc_layer_weights *layer,
                               struct cell_step step, unsigned full, unsigned half, size_t unit,
                               const float *w, size_t pitch)
{
    float odd[4 * V_WIDTH] = {0};
    const size_t n = group_vectors(step, full, half) * V_WIDTH;

    pack_column(to, layer, step, full, half, unit, w, pitch);
    pack_column(odd, layer, step, full, half, unit, w + 1, pitch);
    for (size_t i = 0; i < n; ++i)
        to[i] = tc_bf16_pair(to[i], odd[i]);
    return to + n;
}

/* All columns of a matrix. */
static float *pack_columns(float *to, const struct tc_layer_weights *layer, struct cell_step step,
                           unsigned full, unsigned half, size_t unit, const float *w,
                           size_t columns, bool bf16)
{
    size_t i = 0;

    for (; bf16 && columns > MAX_FLOAT_COLUMNS && i + 2 <= columns; i += 2)
        to = pack_two_columns(to, layer, step, full, half, unit, w + i, columns);
    for (; i < columns; ++i)
        to = pack_column(to, layer, step, full, half, unit, w + i, columns);
    return to;
}

static void pack_sum(float *sum, const struct tc_layer_weights *layer, const float *bias,
                     unsigned gate, size_t unit, size_t n)
{
    for (size_t u = 0; u < n; ++u)
        sum[u] += scaled(layer, bias, 1, gate, unit + u);
}

/* Add a bias to the sums that its matrix adds to: that of the input, or of the state. */
static void pack_bias(float *sums, const struct tc_layer_weights *layer, struct cell_step step,
                      unsigned full, unsigned half, size_t unit, const float *bias, unsigned state)
{
    const unsigned gates = step_gates(step), first = first_gate(step);

    for (unsigned v = 0; v < full * gates; ++v)
        pack_sum(sums + sum_of_vector(step, full, v, state) * V_WIDTH, layer, bias,
                 first + v % gates, unit + v / gates * V_WIDTH, V_WIDTH);
    unit += full * V_WIDTH;
    for (unsigned gate = 0; half && gate < gates; ++gate)
        pack_sum(sums + sum_of_vector(step, full, full * gates + gate / 2, state) * V_WIDTH +
                     gate % 2 * (V_WIDTH / 2),
                 layer, bias, first + gate, unit, V_WIDTH / 2);
}

/* Both halves of a half block's vectors are the same: one for each of two channels. */
static float *pack_peepholes(float *to, const struct tc_layer_weights *layer, struct cell_step step,
                             unsigned full, unsigned half, size_t unit)
{
    for (unsigned k = 0; k < peephole_vectors(step, full + half); ++k) {
        const size_t first = unit + k / 3 * V_WIDTH, n = k / 3 < full ? V_WIDTH : V_WIDTH / 2;

        for (size_t i = 0; i < V_WIDTH; ++i) {
            const size_t u = first + i % n;

            *to++ = u < layer->hidden ? 0.5f * layer->peephole[k % 3 * layer->hidden + u] : 0.0f;
        }
    }
    return to;
}

static float *pack_group(float *to, const struct tc_layer_weights *layer, struct cell_step step,
                         unsigned full, unsigned half, size_t unit, bool bf16)
{
    pack_bias(to, layer, step, full, half, unit, layer->b_ih, 0);
    if (layer->activation != TC_MODRELU)
        pack_bias(to, layer, step, full, half, unit, layer->b_hh, 1);
    to += group_sums(step, full, half) * V_WIDTH;
    to = pack_peepholes(to, layer, step, full, half, unit);
    to = pack_columns(to, layer, step, full, half, unit, layer->w_ih, layer->inputs, bf16);
    return pack_columns(to, layer, step, full, half, unit, layer->w_hh, layer->hidden, bf16);
}

static float *pack_step(float *to, const struct tc_layer_weights *layer, struct cell_step step,
                        struct layout layout)
{
    if (!layout.split)
        return pack_group(to, layer, step, layout.full, layout.half, 0, false);
    for (unsigned b = 0; b < layout.full; ++b)
        to = pack_group(to, layer, step, 1, 0, b * V_WIDTH, layout.bf16);
    return layout.half ? pack_group(to, layer, step, 0, 1, layout.full * V_WIDTH, layout.bf16) : to;
}

static void pack(float *packed, const struct tc_layer_weights *layer)
{
    const enum tc_cell cell = layer->cell;
    const struct layout layout = layout_of(cell, layer->inputs, layer->hidden, layer->precision);

    packed = pack_step(packed, layer, first_step(cell), layout);
    if (has_second_step(cell))
        pack_step(packed, layer, second_step(cell), layout);
}

#endif
