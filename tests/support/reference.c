#include "reference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A layer's tensors, in the order in which they follow each other. */
struct tensors {
    const double *w_ih, *w_hh, *b_ih, *b_hh, *peephole, *norm_gain, *norm_bias, *h0, *c0, *end;
};

static bool is_lstm(const struct tc_layer *layer)
{
    return layer->cell == TC_CELL_LSTM || layer->cell == TC_CELL_LSTM_PEEPHOLE;
}

static struct tensors layer_tensors(const struct tc_architecture *arch, unsigned l, size_t inputs,
                                    const double *p)
{
    const struct tc_layer *const layer = &arch->layer[l];
    const size_t H = layer->hidden;
    const size_t G = is_lstm(layer) ? 4 : layer->cell == TC_CELL_RNN ? 1 : 3;
    struct tensors t;

    t.w_ih = p;
    t.w_hh = t.w_ih + G * H * inputs;
    t.b_ih = t.w_hh + G * H * H;
    t.b_hh = t.b_ih + G * H;
    t.peephole = t.b_hh + G * H;
    t.norm_gain = t.peephole + (layer->cell == TC_CELL_LSTM_PEEPHOLE ? 3 * H : 0);
    t.norm_bias = t.norm_gain + (arch->layer_norm ? H : 0);
    t.h0 = t.norm_bias + (arch->layer_norm ? H : 0);
    t.c0 = t.h0 + H;
    t.end = is_lstm(layer) ? t.c0 + H : t.c0;
    return t;
}

size_t reference_state_size(const struct tc_architecture *arch)
{
    size_t size = 0;

    for (unsigned l = 0; l < arch->layers; ++l)
        size += 2 * arch->layer[l].hidden;
    return size;
}

void reference_start(const struct tc_architecture *arch, const double *parameters, double *state)
{
    size_t inputs = arch->audio_inputs + arch->knobs;

    for (unsigned l = 0; l < arch->layers; ++l) {
        const size_t H = arch->layer[l].hidden;
        const struct tensors t = layer_tensors(arch, l, inputs, parameters);

        for (size_t j = 0; j < H; ++j) {
            state[j] = t.h0[j];
            state[H + j] = is_lstm(&arch->layer[l]) ? t.c0[j] : 0.0;
        }
        inputs = H;
        parameters = t.end;
        state += 2 * H;
    }
}

static double logistic(double v)
{
    return 1.0 / (1.0 + exp(-v));
}

double reference_activate(enum tc_activation activation, double v)
{
    switch (activation) {
    case TC_TANH:
        return tanh(v);
    case TC_LOGISTIC:
        return logistic(v);
    case TC_RELU:
        return v > 0.0 ? v : 0.0;
    case TC_IDENTITY:
        return v;
    case TC_ELU:
        return v > 0.0 ? v : expm1(v);
    case TC_SOFTMAX:
        return exp(v);
    case TC_MODRELU:
        break;
    }
    return (double)NAN;
}

double reference_modrelu(double v, double b)
{
    const double size = fmax(fabs(v) + b, 0.0);

    return v > 0.0 ? size : v < 0.0 ? -size : 0.0;
}

/* Row r of a matrix times a vector, plus the bias of that row. */
static double row(const double *w, const double *b, size_t r, const double *x, size_t cols)
{
    double sum = b[r];

    for (size_t i = 0; i < cols; ++i)
        sum += w[r * cols + i] * x[i];
    return sum;
}

/* Make values their shares of their sum. */
static void share(double *v, size_t n)
{
    double total = 0.0;

    for (size_t i = 0; i < n; ++i)
        total += v[i];
    for (size_t i = 0; i < n; ++i)
        v[i] /= total;
}

/* a = the input's part of row j of gate g, u = the state's part. */
#define A(g) row(t->w_ih, t->b_ih, (g)*H + j, x, inputs)
#define U(g) row(t->w_hh, t->b_hh, (g)*H + j, h, H)

static void layer_step(const struct tc_layer *layer, const struct tensors *t, const double *x,
                       size_t inputs, double *h, double *c)
{
    const size_t H = layer->hidden;
    double next[TC_MAX_UNITS], gated[TC_MAX_UNITS]; /* r h */

    for (size_t j = 0; j < H && layer->cell == TC_CELL_GRU_RESET_BEFORE; ++j)
        gated[j] = logistic(A(0) + U(0)) * h[j];
    for (size_t j = 0; j < H; ++j) {
        if (layer->activation == TC_MODRELU) {
            next[j] = reference_modrelu(A(0) + (U(0) - t->b_hh[j]), t->b_hh[j]);
        } else if (layer->cell == TC_CELL_GRU_RESET_BEFORE) {
            const double keep = logistic(A(1) + U(1));
            const double product = row(t->w_hh, t->b_hh, 2 * H + j, gated, H);

            next[j] = (1.0 - keep) * tanh(A(2) + product) + keep * h[j];
        } else if (layer->cell == TC_CELL_RNN) {
            next[j] = reference_activate(layer->activation, A(0) + U(0));
        } else if (layer->cell == TC_CELL_LSTM) {
            const double in = logistic(A(0) + U(0)), forget = logistic(A(1) + U(1));
            const double candidate = tanh(A(2) + U(2)), out = logistic(A(3) + U(3));

            c[j] = forget * c[j] + in * candidate;
            next[j] = out * tanh(c[j]);
        } else if (layer->cell == TC_CELL_LSTM_PEEPHOLE) {
            const double in = logistic(A(0) + U(0) + t->peephole[j] * c[j]);
            const double forget = logistic(A(1) + U(1) + t->peephole[H + j] * c[j]);

            c[j] = forget * c[j] + in * tanh(A(2) + U(2));
            next[j] = logistic(A(3) + U(3) + t->peephole[2 * H + j] * c[j]) * tanh(c[j]);
        } else {
            const double reset = logistic(A(0) + U(0)), keep = logistic(A(1) + U(1));
            const double candidate = tanh(A(2) + reset * U(2));

            next[j] = (1.0 - keep) * candidate + keep * h[j];
        }
    }
    if (layer->activation == TC_SOFTMAX)
        share(next, H);
    memcpy(h, next, H * sizeof *h);
}

double reference_standardise(const double *s, double *x, size_t n)
{
    double mean = 0.0, variance = 0.0;

    for (size_t i = 0; i < n; ++i)
        mean += s[i] / (double)n;
    for (size_t i = 0; i < n; ++i)
        variance += (s[i] - mean) * (s[i] - mean) / (double)n;
    for (size_t i = 0; i < n; ++i)
        x[i] = (s[i] - mean) / sqrt(variance + 1e-5);
    return sqrt(variance + 1e-5);
}

/* Of sums so small that nothing overflows. */
static void read_out(const struct tc_architecture *arch, double *v)
{
    double total = 0.0;

    for (size_t o = 0; o < arch->outputs; ++o) {
        if (arch->readout == TC_READOUT_LOGISTIC)
            v[o] = logistic(v[o]);
        if (arch->readout == TC_READOUT_SOFTMAX)
            total += v[o] = exp(v[o]);
    }
    for (size_t o = 0; arch->readout == TC_READOUT_SOFTMAX && o < arch->outputs; ++o)
        v[o] /= total;
}

size_t reference_left_size(const struct tc_architecture *arch)
{
    size_t size = 0;

    for (unsigned l = 0; l + 1 < arch->layers; ++l)
        size += arch->layer[l].hidden;
    return size;
}

static void frame(const struct tc_architecture *arch, const double *p, const double *input,
                  const double *left, double *output, double *state)
{
    size_t inputs = arch->audio_inputs + arch->knobs;
    double said[TC_MAX_UNITS], heard[TC_MAX_UNITS];
    const double *x = input;

    for (unsigned l = 0; l < arch->layers; ++l) {
        const size_t H = arch->layer[l].hidden;
        const struct tensors t = layer_tensors(arch, l, inputs, p);

        for (size_t i = 0; i < inputs; ++i)
            heard[i] = x[i] * (l && left ? *left++ : 1.0);
        layer_step(&arch->layer[l], &t, heard, inputs, state, state + H);
        for (size_t j = 0; j < H; ++j)
            said[j] = state[j] + (arch->residual && l && inputs == H ? x[j] : 0.0);
        if (arch->layer_norm)
            reference_standardise(said, said, H);
        for (size_t j = 0; arch->layer_norm && j < H; ++j)
            said[j] = t.norm_gain[j] * said[j] + t.norm_bias[j];
        x = said;
        inputs = H;
        p = t.end;
        state += 2 * H;
    }
    for (size_t o = 0; o < arch->outputs; ++o) {
        output[o] = row(p, p + arch->outputs * inputs, o, x, inputs);
        if (o < arch->audio_inputs)
            output[o] += (double)arch->direct * input[o];
    }
    read_out(arch, output);
}

void reference_run(const struct tc_architecture *arch, const double *parameters,
                   const double *input, const double *left, double *output, double *state,
                   size_t n_frames)
{
    const size_t left_size = reference_left_size(arch);

    for (size_t t = 0; t < n_frames; ++t)
        frame(arch, parameters, input + t * (arch->audio_inputs + arch->knobs),
              left ? left + t * left_size : NULL, output + t * arch->outputs, state);
}

/* L of reference_gradient(). */
static double loss(const struct tc_architecture *arch, const double *parameters,
                   const double *input, const double *left, const double *weight,
                   const double *state, size_t n_frames)
{
    const size_t size = reference_state_size(arch), n = n_frames * arch->outputs;
    double *const moving = malloc((size + n) * sizeof *moving);
    double *const output = moving + size;
    double sum = 0.0;

    if (state)
        memcpy(moving, state, size * sizeof *moving);
    else
        reference_start(arch, parameters, moving);
    reference_run(arch, parameters, input, left, output, moving, n_frames);
    for (size_t i = 0; i < n; ++i)
        sum += weight[i] * output[i];
    free(moving);
    return sum;
}

void reference_gradient(const struct tc_architecture *arch, const double *parameters,
                        const double *input, const double *left, const double *weight,
                        const double *state, size_t n_frames, double *gradient)
{
    const double step = 1e-5;
    size_t n;

    tc_architecture_tensors(arch, NULL, &n);
    double *const moved = malloc(n * sizeof *moved);

    memcpy(moved, parameters, n * sizeof *moved);
    for (size_t i = 0; i < n; ++i) {
        moved[i] = parameters[i] + step;
        const double above = loss(arch, moved, input, left, weight, state, n_frames);

        moved[i] = parameters[i] - step;
        const double below = loss(arch, moved, input, left, weight, state, n_frames);

        moved[i] = parameters[i];
        gradient[i] += (above - below) / (2.0 * step);
    }
    free(moved);
}
