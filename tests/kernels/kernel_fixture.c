#include "kernel_fixture.h"

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

static size_t x_pitch(const struct kernel_fixture *fixture)
{
    return fixture->weights->inputs + 3;
}

float *x_at(const struct kernel_fixture *fixture, size_t t, size_t channel)
{
    return fixture->x.v + (t * fixture->layer.channels + channel) * x_pitch(fixture);
}

float *h_at(const struct kernel_fixture *fixture, size_t t, size_t channel)
{
    return fixture->h.v + (t * fixture->layer.channels + channel) * fixture->layer.units;
}

float *c_at(const struct kernel_fixture *fixture, size_t channel)
{
    return fixture->c.v + channel * fixture->layer.units;
}

static void poison(struct guarded *g, size_t from)
{
    for (size_t i = from; i < g->n; ++i)
        g->v[i] = NAN;
}

struct kernel_fixture fixture_new(const struct tc_kernels *k,
                                  const struct tc_layer_weights *weights, size_t channels,
                                  size_t frames)
{
    const size_t units = tc_kernels_units(k, weights->hidden);
    struct kernel_fixture fixture = {.k = k, .weights = weights, .frames = frames};

    fixture.packed = guarded_new(k->packed_size(weights));
    fixture.threshold = guarded_new(units);
    memcpy(fixture.threshold.v, weights->b_hh, weights->hidden * sizeof *weights->b_hh);
    fixture.x = guarded_new(frames * channels * x_pitch(&fixture));
    fixture.h = guarded_new((frames + 1) * channels * units);
    fixture.c = guarded_new(channels * units);
    fixture.scratch = guarded_new(k->scratch(weights, channels));
    k->pack(fixture.packed.v, weights);
    poison(&fixture.x, 0);
    poison(&fixture.h, channels * units);
    poison(&fixture.scratch, 0);
    fixture.layer = (struct tc_packed_layer){.cell = weights->cell,
                                             .activation = weights->activation,
                                             .inputs = weights->inputs,
                                             .hidden = weights->hidden,
                                             .precision = weights->precision,
                                             .units = units,
                                             .channels = channels,
                                             .weights = fixture.packed.v};
    if (weights->activation == TC_MODRELU)
        fixture.layer.threshold = fixture.threshold.v;
    return fixture;
}

void fixture_free(struct kernel_fixture *fixture)
{
    guarded_free(&fixture->packed, "packed weights");
    guarded_free(&fixture->threshold, "threshold");
    guarded_free(&fixture->x, "x");
    guarded_free(&fixture->h, "h");
    guarded_free(&fixture->c, "c");
    guarded_free(&fixture->scratch, "scratch");
}

struct kernel_fixture fixture_random(const struct tc_kernels *k,
                                     const struct tc_layer_weights *weights, size_t channels,
                                     size_t frames)
{
    struct kernel_fixture fixture = fixture_new(k, weights, channels, frames);
    struct support_random random = {weights->hidden};

    for (size_t channel = 0; channel < channels; ++channel) {
        for (size_t t = 0; t < frames; ++t)
            support_fill(&random, x_at(&fixture, t, channel), weights->inputs, -1.0f, 1.0f);
        support_fill(&random, h_at(&fixture, 0, channel), weights->hidden, -1.0f, 1.0f);
        support_fill(&random, c_at(&fixture, channel), weights->hidden, -2.0f, 2.0f);
    }
    return fixture;
}

void fixture_forward(const struct kernel_fixture *fixture, size_t start, size_t n)
{
    const struct tc_forward_args args = {.layer = &fixture->layer,
                                         .n_frames = n,
                                         .x = x_at(fixture, start, 0),
                                         .x_pitch = x_pitch(fixture),
                                         .h = h_at(fixture, start, 0),
                                         .c = fixture->c.v,
                                         .scratch = fixture->scratch.v};

    fixture->k->forward(&args);
}
