#include "exact_step.h"

#include <float.h>
#include <math.h>

#include "kernels/bf16_pair.h"
#include "tests/support/reference.h"

/* Those few of a cell's terms. */
#define ROUNDINGS (4.0 * (double)FLT_EPSILON)

struct value exact_value(float v)
{
    return (struct value){(double)v, 0.0};
}

bool within(float v, struct value expected)
{
    return fabs((double)v - expected.v) <= expected.error;
}

static struct value sum_of(struct value a, struct value b)
{
    return (struct value){a.v + b.v, a.error + b.error + ROUNDINGS * (fabs(a.v) + fabs(b.v))};
}

static struct value product_of(struct value a, struct value b)
{
    return (struct value){a.v * b.v, a.error * (fabs(b.v) + b.error) + b.error * fabs(a.v) +
                                         ROUNDINGS * fabs(a.v * b.v)};
}

static struct value activated(enum tc_activation activation, struct value sum)
{
    static const double slope[] = {[TC_TANH] = 1.0,
                                   [TC_LOGISTIC] = 0.25,
                                   [TC_RELU] = 1.0,
                                   [TC_IDENTITY] = 1.0,
                                   [TC_ELU] = 1.0};
    const bool bounded = activation == TC_TANH || activation == TC_LOGISTIC;
    const double error = slope[activation] * sum.error;
    const double own =
        activation == TC_RELU || activation == TC_IDENTITY ? 0.0 : (double)TC_ACTIVATION_ERROR;

    /* Bounded activations leave their range by at most A, whatever the error of the sum. */
    return (struct value){reference_activate(activation, sum.v),
                          (bounded ? fmin(error, 2.0) : error) + own};
}

/* b + w v of a row. */
static struct value dot(const struct step *step, const float *w, float b, const float *v, size_t n)
{
    const double terms = (double)(step->weights->inputs + step->weights->hidden + 2);
    double sum = (double)b, size = fabs(sum);

    for (size_t i = 0; i < n; ++i) {
        const double term = (double)w[i] * (double)v[i];

        sum += term;
        size += fabs(term);
    }
    return (struct value){sum, terms * (double)FLT_EPSILON * size};
}

static struct value from_input(const struct step *step, size_t gate, size_t unit)
{
    const struct tc_layer_weights *const w = step->weights;
    const size_t row = gate * w->hidden + unit;
    struct value sum = dot(step, w->w_ih + row * w->inputs, w->b_ih[row], step->x, w->inputs);

    if (step->saturated)
        sum.error = 0.0;
    return sum;
}

static struct value from_state(const struct step *step, size_t gate, size_t unit)
{
    const struct tc_layer_weights *const w = step->weights;
    const size_t row = gate * w->hidden + unit;

    return dot(step, w->w_hh + row * w->hidden, w->b_hh[row], step->h, w->hidden);
}

/* Both products of a gate; their bounds add up to that of the whole sum. */
static struct value gate_sum(const struct step *step, size_t gate, size_t unit)
{
    const struct value a = from_input(step, gate, unit), b = from_state(step, gate, unit);

    return (struct value){a.v + b.v, a.error + b.error};
}

static struct value gate_of(const struct step *step, size_t gate, size_t unit)
{
    return activated(TC_LOGISTIC, gate_sum(step, gate, unit));
}

/* A gate of an LSTM, with its peephole from the cell state c, if it has one. */
static struct value peephole_gate(const struct step *step, size_t gate, size_t unit, struct value c)
{
    const struct tc_layer_weights *const w = step->weights;
    const size_t k = gate == 3 ? 2 : gate; /* peepholes are those of i, f, o */
    struct value sum = gate_sum(step, gate, unit);

    if (w->cell == TC_CELL_LSTM_PEEPHOLE)
        sum = sum_of(sum, product_of(exact_value(w->peephole[k * w->hidden + unit]), c));
    return activated(TC_LOGISTIC, sum);
}

static struct value lstm_unit(const struct step *step, size_t unit, struct value *c)
{
    const struct value candidate = activated(TC_TANH, gate_sum(step, 2, unit));
    const struct value old = exact_value(step->c[unit]);

    *c = sum_of(product_of(peephole_gate(step, 1, unit, old), old),
                product_of(peephole_gate(step, 0, unit, old), candidate));
    return product_of(peephole_gate(step, 3, unit, *c), activated(TC_TANH, *c));
}

static struct value gru_unit(const struct step *step, size_t unit)
{
    const struct value reset = gate_of(step, 0, unit), keep = gate_of(step, 1, unit);
    const struct value drop = {1.0 - keep.v, keep.error};
    const struct value sum =
        sum_of(from_input(step, 2, unit), product_of(reset, from_state(step, 2, unit)));

    return sum_of(product_of(drop, activated(TC_TANH, sum)),
                  product_of(keep, exact_value(step->h[unit])));
}

/* Near 0 the sign is undetermined, and h may be on either side of 0 by b. */
static struct value modrelu_unit(const struct step *step, size_t unit)
{
    const struct tc_layer_weights *const w = step->weights;
    const struct value a = from_input(step, 0, unit);
    const struct value u = dot(step, w->w_hh + unit * w->hidden, 0.0f, step->h, w->hidden);
    const double sum = a.v + u.v, b = (double)w->b_hh[unit];
    double error = a.error + u.error + ROUNDINGS * (fabs(sum) + fabs(b));

    if (fabs(sum) <= error)
        error += 2.0 * fmax(b, 0.0);
    return (struct value){reference_modrelu(sum, b), error};
}

/* exp(z_j - max) / sum exp(z - max). An error of at most e in each z changes a probability by at
 * most a factor of exp(2 e). */
static struct value softmax_unit(const struct step *step, size_t unit)
{
    const struct value own = gate_sum(step, 0, unit);
    double max = own.v, error = own.error, total = 0.0, probability;

    for (size_t j = 0; j < step->weights->hidden; ++j) {
        const struct value z = gate_sum(step, 0, j);

        max = fmax(max, z.v);
        error = fmax(error, z.error);
    }
    for (size_t j = 0; j < step->weights->hidden; ++j)
        total += exp(gate_sum(step, 0, j).v - max);
    probability = exp(own.v - max) / total;
    return (struct value){probability, fmin(probability * expm1(2.0 * error), 1.0) +
                                           (double)TC_ACTIVATION_ERROR};
}

/* U_n (r h) + b of a unit. Each factor r h has an error of its own. */
static struct value from_reset_state(const struct step *step, size_t unit)
{
    const struct tc_layer_weights *const w = step->weights;
    const size_t row = 2 * w->hidden + unit;
    const double terms = (double)(w->inputs + w->hidden + 2);
    double sum = (double)w->b_hh[row], size = fabs(sum), error = 0.0;

    for (size_t i = 0; i < w->hidden; ++i) {
        const struct value reset_h = product_of(gate_of(step, 0, i), exact_value(step->h[i]));
        const struct value term = product_of(exact_value(w->w_hh[row * w->hidden + i]), reset_h);

        sum += term.v;
        size += fabs(term.v);
        error += term.error;
    }
    return (struct value){sum, error + terms * (double)FLT_EPSILON * (size + error)};
}

static struct value gru_reset_before_unit(const struct step *step, size_t unit)
{
    const struct value keep = gate_of(step, 1, unit), drop = {1.0 - keep.v, keep.error};
    const struct value a = from_input(step, 2, unit), b = from_reset_state(step, unit);
    const struct value sum = {a.v + b.v, a.error + b.error};

    return sum_of(product_of(drop, activated(TC_TANH, sum)),
                  product_of(keep, exact_value(step->h[unit])));
}

struct value expected_unit(const struct step *step, size_t unit, struct value *c)
{
    switch (step->weights->cell) {
    case TC_CELL_LSTM:
    case TC_CELL_LSTM_PEEPHOLE:
        return lstm_unit(step, unit, c);
    case TC_CELL_GRU:
        return gru_unit(step, unit);
    case TC_CELL_GRU_RESET_BEFORE:
        return gru_reset_before_unit(step, unit);
    case TC_CELL_RNN:
        break;
    }
    if (step->weights->activation == TC_MODRELU)
        return modrelu_unit(step, unit);
    if (step->weights->activation == TC_SOFTMAX)
        return softmax_unit(step, unit);
    return activated(step->weights->activation, gate_sum(step, 0, unit));
}
