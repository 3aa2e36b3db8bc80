#include "train/update/batch_norm.h"

#include "model/model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double epsilon = 1e-5; /* of a variance */
static const double momentum = 0.1; /* of running means */

/* ------------------------------------------------------------------ construction */

/* Shapes and offsets; returns the doubles that statistics take. */
static size_t list_layers(struct tc_batch_norm *norm, const struct tc_architecture *arch,
                          size_t values)
{
    struct tc_layer_offsets at[TC_MAX_LAYERS];
    struct tc_readout_offsets readout;
    size_t doubles = 0;

    tc_parameter_offsets(arch, at, &readout);
    norm->layers = arch->layers;
    for (unsigned l = 0; l < arch->layers; ++l) {
        const size_t rows = (size_t)tc_cell_gates(arch->layer[l].cell) * arch->layer[l].hidden;
        const size_t inputs = tc_layer_inputs(arch, l);

        norm->layer[l] = (struct tc_batch_norm_layer){.rows = rows,
                                                      .inputs = inputs,
                                                      .w = at[l].w_ih,
                                                      .b = at[l].b_ih,
                                                      .g = values + norm->gains};
        norm->gains += rows;
        doubles += inputs * (inputs + 1);
        norm->scratch += inputs;
    }
    return doubles;
}

static void lay_out(struct tc_batch_norm *norm)
{
    double *next = norm->memory;

    for (unsigned l = 0; l < norm->layers; ++l) {
        struct tc_batch_norm_layer *const layer = &norm->layer[l];

        layer->mean = next;
        layer->cov = next + layer->inputs;
        next = layer->cov + layer->inputs * layer->inputs;
    }
    for (unsigned l = 0; l < norm->layers; ++l) {
        norm->layer[l].cov_v = next;
        next += norm->layer[l].inputs;
    }
}

enum tc_status tc_batch_norm_new(struct tc_batch_norm **norm, const struct tc_architecture *arch,
                                 const struct tc_train_options *options, size_t values,
                                 struct tc_error *error)
{
    struct tc_batch_norm *const created = calloc(1, sizeof *created);

    if (created && options->batch_norm) {
        created->statistics = list_layers(created, arch, values);
        created->memory = calloc(created->statistics + created->scratch, sizeof *created->memory);
        if (created->memory)
            lay_out(created);
    }
    if (!created || (options->batch_norm && !created->memory)) {
        tc_batch_norm_free(created);
        return tc_fail(error, TC_NO_MEMORY, "out of memory for batch normalisation");
    }
    *norm = created;
    return TC_OK;
}

void tc_batch_norm_free(struct tc_batch_norm *norm)
{
    if (norm)
        free(norm->memory);
    free(norm);
}

/* ------------------------------------------------------------------ moments */

size_t tc_batch_norm_moments_doubles(const struct tc_batch_norm *norm)
{
    size_t doubles = 0;

    for (unsigned l = 0; l < norm->layers; ++l)
        doubles += tc_moments_doubles(norm->layer[l].inputs);
    return doubles;
}

double *tc_batch_norm_moments(const struct tc_batch_norm *norm, unsigned layer, double *moments)
{
    for (unsigned l = 0; l < layer; ++l)
        moments += tc_moments_doubles(norm->layer[l].inputs);
    return moments;
}

/* ------------------------------------------------------------------ one row */

/* mu and sigma of a row; layer->cov_v receives C v. */
struct row_statistics {
    double mu, sigma;
};

static struct row_statistics row_statistics(const struct tc_batch_norm_layer *layer, const float *v)
{
    const size_t n = layer->inputs;
    struct row_statistics row = {0.0, 0.0};
    double variance = epsilon;

    for (size_t i = 0; i < n; ++i) {
        double sum = 0.0;

        for (size_t j = 0; j < n; ++j)
            sum += layer->cov[i * n + j] * (double)v[j];
        layer->cov_v[i] = sum;
        row.mu += (double)v[i] * layer->mean[i];
        variance += (double)v[i] * sum;
    }
    /* Rounding may leave a variance that is nothing below nothing. */
    row.sigma = sqrt(fmax(variance, epsilon));
    return row;
}

static void start(const struct tc_batch_norm_layer *layer, float *unconstrained)
{
    for (size_t r = 0; r < layer->rows; ++r) {
        const struct row_statistics row =
            row_statistics(layer, unconstrained + layer->w + r * layer->inputs);

        unconstrained[layer->g + r] = (float)row.sigma;
        unconstrained[layer->b + r] += (float)row.mu;
    }
}

static void apply_row(const struct tc_batch_norm_layer *layer, size_t r, const float *unconstrained,
                      float *parameters)
{
    const size_t at = layer->w + r * layer->inputs;
    const struct row_statistics row = row_statistics(layer, unconstrained + at);
    const double factor = (double)unconstrained[layer->g + r] / row.sigma;

    for (size_t i = 0; i < layer->inputs; ++i)
        parameters[at + i] = (float)(factor * (double)unconstrained[at + i]);
    parameters[layer->b + r] = (float)((double)unconstrained[layer->b + r] - factor * row.mu);
}

static void row_gradient(const struct tc_batch_norm_layer *layer, size_t r,
                         const float *unconstrained, float *gradient)
{
    const float *const v = unconstrained + layer->w + r * layer->inputs;
    float *const dw = gradient + layer->w + r * layer->inputs;
    const struct row_statistics row = row_statistics(layer, v);
    const double db = (double)gradient[layer->b + r];
    const double factor = (double)unconstrained[layer->g + r] / row.sigma;
    double dg = -db * row.mu;

    for (size_t i = 0; i < layer->inputs; ++i)
        dg += (double)dw[i] * (double)v[i];
    dg /= row.sigma;
    for (size_t i = 0; i < layer->inputs; ++i)
        dw[i] = (float)(factor *
                        ((double)dw[i] - db * layer->mean[i] - dg / row.sigma * layer->cov_v[i]));
    gradient[layer->g + r] = (float)dg;
}

/* ------------------------------------------------------------------ all rows */

void tc_batch_norm_update(struct tc_batch_norm *norm, unsigned index, const double *moments,
                          float *unconstrained)
{
    struct tc_batch_norm_layer *const layer = &norm->layer[index];
    const size_t n = layer->inputs;
    const double frames = moments[0], *const first = moments + 1, *const second = first + n;
    const double step = norm->initialised[index] ? momentum : 1.0;

    if (!(frames > 0.0))
        return;
    for (size_t i = 0; i < n; ++i)
        for (size_t j = 0; j < n; ++j) {
            const double cov = second[i * n + j] / frames - first[i] / frames * (first[j] / frames);

            layer->cov[i * n + j] += step * (cov - layer->cov[i * n + j]);
        }
    for (size_t i = 0; i < n; ++i)
        layer->mean[i] += step * (first[i] / frames - layer->mean[i]);
    if (!norm->initialised[index])
        start(layer, unconstrained);
    norm->initialised[index] = true;
}

void tc_batch_norm_apply(const struct tc_batch_norm *norm, const float *unconstrained,
                         float *parameters)
{
    for (unsigned l = 0; l < norm->layers; ++l)
        for (size_t r = 0; norm->initialised[l] && r < norm->layer[l].rows; ++r)
            apply_row(&norm->layer[l], r, unconstrained, parameters);
}

void tc_batch_norm_rebase(const struct tc_batch_norm *norm, const float *parameters,
                          float *unconstrained)
{
    for (unsigned l = 0; l < norm->layers; ++l) {
        const struct tc_batch_norm_layer *const layer = &norm->layer[l];

        if (!norm->initialised[l])
            continue;
        memcpy(unconstrained + layer->w, parameters + layer->w,
               layer->rows * layer->inputs * sizeof *unconstrained);
        memcpy(unconstrained + layer->b, parameters + layer->b,
               layer->rows * sizeof *unconstrained);
        start(layer, unconstrained);
    }
}

void tc_batch_norm_gradient(const struct tc_batch_norm *norm, const float *unconstrained,
                            float *gradient)
{
    for (unsigned l = 0; l < norm->layers; ++l)
        for (size_t r = 0; r < norm->layer[l].rows; ++r)
            if (norm->initialised[l])
                row_gradient(&norm->layer[l], r, unconstrained, gradient);
            else
                gradient[norm->layer[l].g + r] = 0.0f;
}
