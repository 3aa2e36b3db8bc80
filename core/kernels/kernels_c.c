/* Plain C: the cells of core/cells, frame by frame, for any CPU. */
#include "kernels/tables.h"

#include "cells/cells.h"
#include "cells/norm.h"

#include <string.h>

static size_t packed_size(const struct tc_layer_weights *layer)
{
    return tc_cell_packed_size(layer);
}

static size_t scratch(const struct tc_layer_weights *layer, size_t lanes)
{
    (void)lanes; /* one after the other */
    return tc_cell_scratch(layer);
}

static void pack(float *packed, const struct tc_layer_weights *layer)
{
    tc_cell_pack(packed, layer);
}

/* One lane at one frame: its input, and its state, copied from the frame before. */
struct place {
    const float *x;
    float *h;
};

static struct place place_at(const struct tc_layer_run *run, size_t t, size_t lane)
{
    const size_t lanes = run->layer->lanes, units = run->layer->units;
    const struct place place = {run->x + (t * lanes + lane) * run->x_pitch,
                                run->h + ((t + 1) * lanes + lane) * units};

    memcpy(place.h, place.h - lanes * units, units * sizeof *place.h);
    return place;
}

static void step(const struct tc_packed_layer *layer, const struct tc_cell_weights *weights,
                 struct place at, float *c, float *z)
{
    switch (layer->cell) {
    case TC_CELL_RNN:
        tc_rnn_step(weights, layer->activation, layer->threshold, at.x, at.h, z);
        break;
    case TC_CELL_LSTM:
        tc_lstm_step(weights, at.x, at.h, c, z);
        break;
    case TC_CELL_LSTM_PEEPHOLE:
        tc_lstm_peephole_step(weights, at.x, at.h, c, z);
        break;
    case TC_CELL_GRU:
        tc_gru_step(weights, at.x, at.h, z);
        break;
    case TC_CELL_GRU_RESET_BEFORE:
        tc_gru_reset_before_step(weights, at.x, at.h, z);
        break;
    }
}

static void run_layer(const struct tc_layer_run *run)
{
    const struct tc_packed_layer *const layer = run->layer;
    const struct tc_cell_weights weights =
        tc_cell_unpack(layer->weights, layer->cell, layer->inputs, layer->hidden);

    for (size_t t = 0; t < run->n_frames; ++t)
        for (size_t lane = 0; lane < layer->lanes; ++lane)
            step(layer, &weights, place_at(run, t, lane),
                 tc_cell_has_c(layer->cell) ? run->c + lane * layer->units : NULL, run->scratch);
}

static void norm(const struct tc_norm_run *run)
{
    for (size_t i = 0; i < run->n * run->units; i += run->units)
        tc_norm_apply(run->o + i, run->s + i, run->gain, run->bias, run->hidden);
}

/* Partial sums that the compiler may keep in vector registers; without them each addition would
 * wait for the one before. */
enum { PARTIALS = 8 };

static float read_out(const float *w, const float *h, float b, size_t n)
{
    float part[PARTIALS] = {0};
    size_t i = 0;

    for (; i + PARTIALS <= n; i += PARTIALS)
        for (size_t p = 0; p < PARTIALS; ++p)
            part[p] += w[i + p] * h[i + p];
    for (size_t p = 0; i < n; ++i, ++p)
        part[p] += w[i] * h[i];
    return b + (((part[0] + part[4]) + (part[2] + part[6])) +
                ((part[1] + part[5]) + (part[3] + part[7])));
}

static void readout(float *y, const float *w, const float *h, size_t pitch, float b, size_t n,
                    size_t n_frames)
{
    for (size_t t = 0; t < n_frames; ++t)
        y[t] = read_out(w, h + t * pitch, b, n);
}

const struct tc_kernels tc_kernels_c = {
    .name = "c",
    .width = 1,
    .packed_size = packed_size,
    .scratch = scratch,
    .pack = pack,
    .run = run_layer,
    .norm = norm,
    .readout = readout,
};
