/* From the measurements at all positions to the diagnosis. */
#include "train/diagnose/spectrum.h"
#include "train/diagnose/work.h"

#include <stdlib.h>

/* Growth within the frames measured that counts as an explosion: of disturbances in the forward
 * pass, of the gradient in the backward pass. */
static const double EXPLOSION_FORWARD = 10.0, EXPLOSION_BACKWARD = 1e3;

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Smallest, median and largest of n values, which are sorted in place; the median of an even number
 * is the lower of the middle two. NAN if any of them is. */
static struct tc_spread spread(double *values, unsigned n)
{
    for (unsigned i = 0; i < n; ++i)
        if (isnan(values[i]))
            return (struct tc_spread){values[i], values[i], values[i]};
    qsort(values, n, sizeof *values, ascending);
    return (struct tc_spread){values[0], values[(n - 1) / 2], values[n - 1]};
}

/* Over the positions, of one curve at lag number `lag`. */
static struct tc_spread curve_spread(const struct tc_diagnosis_work *work, unsigned curve,
                                     size_t lag)
{
    double values[TC_MAX_POSITIONS];

    for (unsigned p = 0; p < work->diagnosis->positions; ++p)
        values[p] = work->curve[p][curve][lag];
    return spread(values, work->diagnosis->positions);
}

static void summarise_curves(struct tc_diagnosis_work *work)
{
    struct tc_diagnosis_storage *const storage = work->storage;
    struct tc_diagnosis *const d = work->diagnosis;
    double memory[TC_MAX_POSITIONS];

    for (size_t i = 0; i < d->lags; ++i) {
        storage->jacobian[i] = curve_spread(work, TC_CURVE_JACOBIAN, i);
        storage->gradient[i] = curve_spread(work, TC_CURVE_GRADIENT, i);
        for (unsigned l = 0; l < d->layers; ++l) {
            storage->dh[l][i] = curve_spread(work, TC_CURVE_LAYERS + 2 * l, i).median;
            storage->dc[l][i] = curve_spread(work, TC_CURVE_LAYERS + 2 * l + 1, i).median;
        }
        storage->bound[i] = pow(d->step_bound, (double)d->lag[i]);
    }
    for (unsigned p = 0; p < d->positions; ++p)
        memory[p] = work->flow[p].memory;
    d->memory = spread(memory, d->positions);
}

/* The largest derivative of a plain RNN's activation. */
static double largest_derivative(enum tc_activation activation)
{
    return activation == TC_LOGISTIC ? 0.25 : 1.0;
}

static enum tc_status summarise_gate(const struct tc_diagnosis_work *work, unsigned l, unsigned g,
                                     double *singular)
{
    const struct tc_jacobian_layer *const layer = &work->network->layer[l];
    struct tc_gate_diagnosis *const gate = &work->diagnosis->layer[l].gate[g];
    const size_t H = layer->hidden;
    const double values = (double)work->statistics.frames * (double)H;
    const double *const matrix = layer->w_hh + g * H * H;
    enum tc_status status;

    gate->name = layer->cell->gate[g];
    gate->low = work->statistics.low[l][g] / values;
    gate->high = work->statistics.high[l][g] / values;
    status = tc_singular_values(matrix, H, singular);
    return status ? status : tc_spectral_radius(matrix, H, &gate->radius);
}

static enum tc_status summarise_layers(struct tc_diagnosis_work *work)
{
    double *singular = work->storage->singular;
    enum tc_status status = TC_OK;

    for (unsigned l = 0; l < work->diagnosis->layers; ++l) {
        const struct tc_jacobian_layer *const layer = &work->network->layer[l];
        struct tc_layer_diagnosis *const found = &work->diagnosis->layer[l];

        found->gamma =
            layer->cell->any_activation ? largest_derivative(layer->activation) : (double)NAN;
        for (unsigned g = 0; !status && g < found->gates; ++g, singular += layer->hidden)
            status = summarise_gate(work, l, g, singular);
    }
    return status;
}

static enum tc_gradient_flow judge_flow(const struct tc_diagnosis *d, size_t min_memory)
{
    double largest = 0.0;

    for (size_t i = 0; i < d->lags; ++i)
        largest = fmax(largest, d->gradient[i].median);
    if (d->exponent[0] * (double)d->frames > log(EXPLOSION_FORWARD) ||
        largest > EXPLOSION_BACKWARD * d->gradient[0].median)
        return TC_FLOW_EXPLODING;
    return d->memory.median < (double)min_memory ? TC_FLOW_VANISHING : TC_FLOW_HEALTHY;
}

enum tc_status tc_diagnosis_summarise(struct tc_diagnosis_work *work)
{
    struct tc_diagnosis *const d = work->diagnosis;
    const enum tc_status status = summarise_layers(work);

    if (status)
        return status;
    d->exponents = work->statistics.lyapunov.m;
    tc_lyapunov_exponents(&work->statistics.lyapunov, d->exponent);
    d->step_bound = work->statistics.step_bound;
    if (d->layers == 1 && !isnan(d->layer[0].gamma))
        d->step_bound = d->layer[0].gamma * d->layer[0].gate[0].singular[0];
    summarise_curves(work);
    d->flow = judge_flow(d, work->options->min_memory);
    return TC_OK;
}
