#include "train/network/initial.h"

#include "model/model.h"

#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void fill_uniform(struct tc_random *random, float *w, size_t n, double range)
{
    for (size_t i = 0; i < n; ++i)
        w[i] = (float)(range * (2.0 * tc_random_uniform(random) - 1.0));
}

/* A random orthogonal n x n matrix: Q of a normal matrix's QR, its columns' signs made those of
 * R's diagonal, which makes the distribution uniform (Mezzadri 2007). */
static enum tc_status fill_orthogonal(struct tc_random *random, float *u, size_t n)
{
    double *const q = malloc((n * n + 2 * n) * sizeof *q);
    const lapack_int order = (lapack_int)n;
    double *tau, *sign;

    if (!q)
        return TC_NO_MEMORY;
    tau = q + n * n;
    sign = tau + n;
    for (size_t i = 0; i < n * n; ++i)
        q[i] = tc_random_normal(random);
    if (LAPACKE_dgeqrf(LAPACK_ROW_MAJOR, order, order, q, order, tau)) {
        free(q);
        return TC_NO_MEMORY;
    }
    for (size_t c = 0; c < n; ++c)
        sign[c] = copysign(1.0, q[c * n + c]);
    if (LAPACKE_dorgqr(LAPACK_ROW_MAJOR, order, order, order, q, order, tau)) {
        free(q);
        return TC_NO_MEMORY;
    }
    for (size_t i = 0; i < n * n; ++i)
        u[i] = (float)(q[i] * sign[i % n]);
    free(q);
    return TC_OK;
}

/* One gate's block of a recurrent matrix. */
static enum tc_status fill_recurrent(struct tc_random *random,
                                     const struct tc_train_options *options, float *u, size_t n)
{
    enum tc_status status = TC_OK;

    switch (options->initial) {
    case TC_INITIAL_ORTHOGONAL:
        status = fill_orthogonal(random, u, n);
        break;
    case TC_INITIAL_IDENTITY:
        for (size_t i = 0; i < n; ++i)
            u[i * n + i] = 1.0f;
        break;
    case TC_INITIAL_UNIFORM:
        fill_uniform(random, u, n * n, sqrt(3.0 / (double)n));
        break;
    }
    for (size_t i = 0; i < n * n; ++i)
        u[i] *= options->initial_scale;
    return status;
}

enum tc_status tc_initial_parameters(const struct tc_architecture *arch,
                                     const struct tc_train_options *options,
                                     struct tc_random *random, float *parameters,
                                     struct tc_error *error)
{
    struct tc_layer_offsets at[TC_MAX_LAYERS];
    struct tc_readout_offsets readout;
    const size_t values = tc_parameter_offsets(arch, at, &readout);
    size_t n = 0;

    memset(parameters, 0, values * sizeof *parameters);
    for (size_t i = 0; i < (size_t)arch->symbols * arch->embedding; ++i)
        parameters[i] = (float)tc_random_normal(random);
    for (unsigned l = 0; l < arch->layers; ++l) {
        const struct tc_cell_description *const cell =
            &tc_cell_table[arch->layer[l].cell].description;
        const size_t inputs = tc_layer_inputs(arch, l);

        n = arch->layer[l].hidden;
        fill_uniform(random, parameters + at[l].w_ih, cell->gates * n * inputs,
                     sqrt(6.0 / (double)(inputs + n)));
        for (unsigned g = 0; g < cell->gates; ++g)
            if (fill_recurrent(random, options, parameters + at[l].w_hh + g * n * n, n))
                return tc_fail(error, TC_NO_MEMORY, "out of memory for the initial weights");
        if (arch->layer[l].activation == TC_MODRELU)
            fill_uniform(random, parameters + at[l].b_hh, n, 0.01);
        for (size_t u = 0; arch->layer_norm && u < n; ++u)
            parameters[at[l].norm_gain + u] = 1.0f;
        for (size_t u = 0; cell->forget_gate >= 0 && u < n; ++u)
            parameters[at[l].b_ih + (size_t)cell->forget_gate * n + u] = options->forget_bias;
    }
    fill_uniform(random, parameters + readout.w, arch->outputs * n,
                 0.1 * sqrt(6.0 / (double)(n + arch->outputs)));
    return TC_OK;
}

static void set_memory_length(const struct tc_layer *layer, unsigned memory,
                              struct tc_random *random, float *bias)
{
    const int keep = tc_cell_table[layer->cell].description.keep_gate;
    const int write = tc_cell_table[layer->cell].description.write_gate;
    const size_t n = layer->hidden;

    for (size_t u = 0; u < n; ++u) {
        const double frames = 1.0 + tc_random_uniform(random) * (memory - 2.0);
        const float logarithm = (float)log(frames);

        bias[(size_t)keep * n + u] = logarithm;
        if (write >= 0)
            bias[(size_t)write * n + u] = -logarithm;
    }
}

void tc_initial_memory(const struct tc_architecture *arch, unsigned memory,
                       struct tc_random *random, float *parameters)
{
    struct tc_layer_offsets at[TC_MAX_LAYERS];
    struct tc_readout_offsets readout;

    tc_parameter_offsets(arch, at, &readout);
    for (unsigned l = 0; l < arch->layers; ++l)
        if (tc_cell_table[arch->layer[l].cell].description.keep_gate >= 0)
            set_memory_length(&arch->layer[l], memory, random, parameters + at[l].b_ih);
}
