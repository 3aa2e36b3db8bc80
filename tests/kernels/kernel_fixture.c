#include "kernel_trial.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* w_ih is where all of them begin. */
struct tc_layer_weights weights_new(const struct tc_layer *kind, size_t inputs, size_t hidden,
                                    float scale)
{
    const size_t rows = tc_cell_gates(kind->cell) * hidden;
    const size_t n = rows * (inputs + hidden + 2) + 3 * hidden;
    const float range = scale / sqrtf((float)(inputs + hidden));
    struct support_random random = {hidden * 100 + inputs};
    float *const w = support_zeros(n, sizeof *w);

    support_fill(&random, w, n, -range, range);
    return (struct tc_layer_weights){.cell = kind->cell,
                                     .activation = kind->activation,
                                     .inputs = inputs,
                                     .hidden = hidden,
                                     .w_ih = w,
                                     .w_hh = w + rows * inputs,
                                     .b_ih = w + rows * (inputs + hidden),
                                     .b_hh = w + rows * (inputs + hidden + 1),
                                     .peephole = w + rows * (inputs + hidden + 2)};
}

void weights_free(struct tc_layer_weights *weights)
{
    free((void *)weights->w_ih);
}

static size_t x_pitch(const struct trial *trial)
{
    return trial->weights->inputs + 3;
}

float *x_at(const struct trial *trial, size_t t, size_t channel)
{
    return trial->x.v + (t * trial->layer.channels + channel) * x_pitch(trial);
}

float *h_at(const struct trial *trial, size_t t, size_t channel)
{
    return trial->h.v + (t * trial->layer.channels + channel) * trial->layer.units;
}

float *c_at(const struct trial *trial, size_t channel)
{
    return trial->c.v + channel * trial->layer.units;
}

static void poison(struct guarded *g, size_t from)
{
    for (size_t i = from; i < g->n; ++i)
        g->v[i] = NAN;
}

struct trial trial_new(const struct tc_kernels *k, const struct tc_layer_weights *weights,
                       size_t channels, size_t frames)
{
    const size_t units = tc_kernels_units(k, weights->hidden);
    struct trial trial = {.k = k, .weights = weights, .frames = frames};

    trial.packed = guarded_new(k->packed_size(weights));
    trial.threshold = guarded_new(units);
    memcpy(trial.threshold.v, weights->b_hh, weights->hidden * sizeof *weights->b_hh);
    trial.x = guarded_new(frames * channels * x_pitch(&trial));
    trial.h = guarded_new((frames + 1) * channels * units);
    trial.c = guarded_new(channels * units);
    trial.scratch = guarded_new(k->scratch(weights, channels));
    k->pack(trial.packed.v, weights);
    poison(&trial.x, 0);
    poison(&trial.h, channels * units);
    poison(&trial.scratch, 0);
    trial.layer = (struct tc_packed_layer){.cell = weights->cell,
                                           .activation = weights->activation,
                                           .inputs = weights->inputs,
                                           .hidden = weights->hidden,
                                           .precision = weights->precision,
                                           .units = units,
                                           .channels = channels,
                                           .weights = trial.packed.v};
    if (weights->activation == TC_MODRELU)
        trial.layer.threshold = trial.threshold.v;
    return trial;
}

void trial_free(struct trial *trial)
{
    guarded_free(&trial->packed, "packed weights");
    guarded_free(&trial->threshold, "threshold");
    guarded_free(&trial->x, "x");
    guarded_free(&trial->h, "h");
    guarded_free(&trial->c, "c");
    guarded_free(&trial->scratch, "scratch");
}

struct trial trial_random(const struct tc_kernels *k, const struct tc_layer_weights *weights,
                          size_t channels, size_t frames)
{
    struct trial trial = trial_new(k, weights, channels, frames);
    struct support_random random = {weights->hidden};

    for (size_t channel = 0; channel < channels; ++channel) {
        for (size_t t = 0; t < frames; ++t)
            support_fill(&random, x_at(&trial, t, channel), weights->inputs, -1.0f, 1.0f);
        support_fill(&random, h_at(&trial, 0, channel), weights->hidden, -1.0f, 1.0f);
        support_fill(&random, c_at(&trial, channel), weights->hidden, -2.0f, 2.0f);
    }
    return trial;
}

void trial_run(const struct trial *trial, size_t start, size_t n)
{
    const struct tc_forward_args args = {.layer = &trial->layer,
                                         .n_frames = n,
                                         .x = x_at(trial, start, 0),
                                         .x_pitch = x_pitch(trial),
                                         .h = h_at(trial, start, 0),
                                         .c = trial->c.v,
                                         .scratch = trial->scratch.v};

    trial->k->forward(&args);
}
