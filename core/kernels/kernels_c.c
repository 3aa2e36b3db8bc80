/* Plain C: the cells of core/cells, frame by frame, for any CPU. */
#include "kernels/kernel_sets.h"

#include "cells/cells.h"
#include "cells/layer_norm.h"

#include <string.h>

static size_t packed_size(const struct tc_layer_weights *layer)
{
    return tc_cell_packed_size(layer);
}

static size_t scratch(const struct tc_layer_weights *layer, size_t channels)
{
    (void)channels; /* one after the other */
    return tc_cell_scratch(layer);
}

static void pack(float *packed, const struct tc_layer_weights *layer)
{
    tc_cell_pack(packed, layer);
}

/* The state of a channel at frame t, which starts as a copy of the frame before. */
static float *state_at(const struct tc_forward_args *args, size_t t, size_t channel)
{
    const size_t channels = args->layer->channels, units = args->layer->units;
    float *const h = args->h + ((t + 1) * channels + channel) * units;

    memcpy(h, h - channels * units, units * sizeof *h);
    return h;
}

static const struct cell_functions {
    void (*step)(const struct tc_cell_frame *frame) TC_REALTIME;
} cells[TC_CELLS] = {
#define TC_CELL_ROW(cell, name, ...) [cell] = {tc_##name##_step},
#include "model/cell_rows.h"
};

static void forward(const struct tc_forward_args *args)
{
    const struct tc_packed_layer *const layer = args->layer;
    const struct tc_cell_weights weights =
        tc_cell_unpack(layer->weights, layer->cell, layer->inputs, layer->hidden);

    for (size_t t = 0; t < args->n_frames; ++t)
        for (size_t channel = 0; channel < layer->channels; ++channel)
            cells[layer->cell].step(&(struct tc_cell_frame){
                .weights = &weights,
                .activation = layer->activation,
                .threshold = layer->threshold,
                .x = args->x + (t * layer->channels + channel) * args->x_pitch,
                .h = state_at(args, t, channel),
                .c = tc_cell_has_c(layer->cell) ? args->c + channel * layer->units : NULL,
                .z = args->scratch});
}

static void norm(const struct tc_norm_args *args)
{
    for (size_t i = 0; i < args->n * args->units; i += args->units)
        tc_norm_apply(args->o + i, args->s + i, args->gain, args->bias, args->hidden);
}

/* Partial sums that the compiler may keep in vector registers: with one sum each addition would
 * wait for the one before. */
enum { PARTIALS = 8 };

static float read_out(const float *w, const float *h, float b, size_t n)
{
    float partial[PARTIALS] = {0};
    size_t i = 0;

    for (; i + PARTIALS <= n; i += PARTIALS)
        for (size_t p = 0; p < PARTIALS; ++p)
            partial[p] += w[i + p] * h[i + p];
    for (size_t p = 0; i < n; ++i, ++p)
        partial[p] += w[i] * h[i];
    return b + (((partial[0] + partial[4]) + (partial[2] + partial[6])) +
                ((partial[1] + partial[5]) + (partial[3] + partial[7])));
}

static void readout(float *y, const float *w, const float *h, size_t pitch, float b, size_t n,
                    size_t n_frames)
{
    for (size_t t = 0; t < n_frames; ++t)
        y[t] = read_out(w, h + t * pitch, b, n);
}

static float weighted_sum(const float *w, const float *x, size_t n)
{
    return read_out(w, x, 0.0f, n);
}

const struct tc_kernels tc_kernels_c = {
    .name = "c",
    .width = 1,
    .packed_size = packed_size,
    .scratch = scratch,
    .pack = pack,
    .forward = forward,
    .norm = norm,
    .readout = readout,
    .weighted_sum = weighted_sum,
};
