/* The forward pass of the reference network; the equations of each cell are those of tonecell.h. */
#include "reference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A layer's tensors, in their order among the parameters. */
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

size_t reference_dropout_size(const struct tc_architecture *arch)
{
    size_t size = 0;

    for (unsigned l = 0; l + 1 < arch->layers; ++l)
        size += arch->layer[l].hidden;
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

/* ------------------------------------------------------------------------- activations */

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

/* Divide values by their sum. */
static void divide_by_sum(double *v, size_t n)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; ++i)
        sum += v[i];
    for (size_t i = 0; i < n; ++i)
        v[i] /= sum;
}

/* ------------------------------------------------------------------------- cells */

/* A layer at one frame; h and c are those before it. */
struct layer_frame {
    const struct tc_layer *layer;
    const struct tensors *t;
    const double *x, *h, *c;
    size_t inputs, hidden;
};

/* Row r of a matrix times a vector, plus the bias of that row. */
static double row(const double *w, const double *b, size_t r, const double *x, size_t cols)
{
    double sum = b[r];

    for (size_t i = 0; i < cols; ++i)
        sum += w[r * cols + i] * x[i];
    return sum;
}

/* W x + b_ih of gate g, unit j. */
static double input_sum(const struct layer_frame *f, size_t g, size_t j)
{
    return row(f->t->w_ih, f->t->b_ih, g * f->hidden + j, f->x, f->inputs);
}

/* U v + b_hh of gate g, unit j; v is h, or r h. */
static double state_sum(const struct layer_frame *f, size_t g, size_t j, const double *v)
{
    return row(f->t->w_hh, f->t->b_hh, g * f->hidden + j, v, f->hidden);
}

static double gate_sum(const struct layer_frame *f, size_t g, size_t j)
{
    return input_sum(f, g, j) + state_sum(f, g, j, f->h);
}

/* h = act(W x + b_ih + U h' + b_hh); b_hh of modReLU is not in the sum */
static double rnn_unit(const struct layer_frame *f, size_t j)
{
    const double b = f->t->b_hh[j];

    if (f->layer->activation == TC_MODRELU)
        return reference_modrelu(input_sum(f, 0, j) + (state_sum(f, 0, j, f->h) - b), b);
    return reference_activate(f->layer->activation, gate_sum(f, 0, j));
}

/* c = s(f) c' + s(i) tanh(g),   h = s(o) tanh(c); peepholes add p_i c', p_f c' and p_o c to the
 * sums */
static double lstm_unit(const struct layer_frame *f, size_t j, double *c)
{
    const size_t H = f->hidden;
    const bool peephole = f->layer->cell == TC_CELL_LSTM_PEEPHOLE;
    const double *const p = f->t->peephole + j;
    const double in = logistic(gate_sum(f, 0, j) + (peephole ? p[0] * f->c[j] : 0.0));
    const double forget = logistic(gate_sum(f, 1, j) + (peephole ? p[H] * f->c[j] : 0.0));

    *c = forget * f->c[j] + in * tanh(gate_sum(f, 2, j));
    return logistic(gate_sum(f, 3, j) + (peephole ? p[2 * H] * *c : 0.0)) * tanh(*c);
}

/* h = (1 - s(z)) n + s(z) h',   n = tanh(W_n x + b_in + s(r) (U_n h' + b_hn)) */
static double gru_unit(const struct layer_frame *f, size_t j)
{
    const double reset = logistic(gate_sum(f, 0, j)), update = logistic(gate_sum(f, 1, j));
    const double candidate = tanh(input_sum(f, 2, j) + reset * state_sum(f, 2, j, f->h));

    return (1.0 - update) * candidate + update * f->h[j];
}

/* The same with n = tanh(W_n x + b_in + U_n (s(r) h') + b_hn); reset_h = s(r) h' */
static double gru_reset_before_unit(const struct layer_frame *f, size_t j, const double *reset_h)
{
    const double update = logistic(gate_sum(f, 1, j));
    const double candidate = tanh(input_sum(f, 2, j) + state_sum(f, 2, j, reset_h));

    return (1.0 - update) * candidate + update * f->h[j];
}

static void layer_step(const struct tc_layer *layer, const struct tensors *t, const double *x,
                       size_t inputs, double *h, double *c)
{
    const size_t H = layer->hidden;
    const struct layer_frame f = {layer, t, x, h, c, inputs, H};
    double next[TC_MAX_UNITS], reset_h[TC_MAX_UNITS];

    for (size_t j = 0; j < H && layer->cell == TC_CELL_GRU_RESET_BEFORE; ++j)
        reset_h[j] = logistic(gate_sum(&f, 0, j)) * h[j];
    for (size_t j = 0; j < H; ++j)
        switch (layer->cell) {
        case TC_CELL_RNN:
            next[j] = rnn_unit(&f, j);
            break;
        case TC_CELL_LSTM:
        case TC_CELL_LSTM_PEEPHOLE:
            next[j] = lstm_unit(&f, j, &c[j]);
            break;
        case TC_CELL_GRU:
            next[j] = gru_unit(&f, j);
            break;
        case TC_CELL_GRU_RESET_BEFORE:
            next[j] = gru_reset_before_unit(&f, j, reset_h);
            break;
        }
    if (layer->activation == TC_SOFTMAX)
        divide_by_sum(next, H);
    memcpy(h, next, H * sizeof *h);
}

/* ------------------------------------------------------------------------- network */

double reference_standardise(const double *v, double *x, size_t n)
{
    double mean = 0.0, variance = 0.0;

    for (size_t i = 0; i < n; ++i)
        mean += v[i] / (double)n;
    for (size_t i = 0; i < n; ++i)
        variance += (v[i] - mean) * (v[i] - mean) / (double)n;
    for (size_t i = 0; i < n; ++i)
        x[i] = (v[i] - mean) / sqrt(variance + 1e-5);
    return sqrt(variance + 1e-5);
}

/* The readout's activation, of sums so small that nothing overflows. */
static void activate_readout(const struct tc_architecture *arch, double *v)
{
    for (size_t o = 0; o < arch->outputs; ++o) {
        if (arch->readout == TC_READOUT_LOGISTIC)
            v[o] = logistic(v[o]);
        if (arch->readout == TC_READOUT_SOFTMAX)
            v[o] = exp(v[o]);
    }
    if (arch->readout == TC_READOUT_SOFTMAX)
        divide_by_sum(v, arch->outputs);
}

/* y = W o + b + direct * input */
static void read_out(const struct tc_architecture *arch, const double *readout, const double *x,
                     size_t hidden, const double *input, double *output)
{
    for (size_t o = 0; o < arch->outputs; ++o) {
        output[o] = row(readout, readout + arch->outputs * hidden, o, x, hidden);
        if (o < arch->audio_inputs)
            output[o] += (double)arch->direct * input[o];
    }
    activate_readout(arch, output);
}

static void frame(const struct tc_architecture *arch, const double *p, const double *input,
                  const double *dropout, double *output, double *state)
{
    size_t inputs = arch->audio_inputs + arch->knobs;
    double layer_output[TC_MAX_UNITS], layer_input[TC_MAX_UNITS];
    const double *x = input;

    for (unsigned l = 0; l < arch->layers; ++l) {
        const size_t H = arch->layer[l].hidden;
        const struct tensors t = layer_tensors(arch, l, inputs, p);

        for (size_t i = 0; i < inputs; ++i)
            layer_input[i] = x[i] * (l && dropout ? *dropout++ : 1.0);
        layer_step(&arch->layer[l], &t, layer_input, inputs, state, state + H);
        for (size_t j = 0; j < H; ++j)
            layer_output[j] = state[j] + (arch->residual && l && inputs == H ? x[j] : 0.0);
        if (arch->layer_norm)
            reference_standardise(layer_output, layer_output, H);
        for (size_t j = 0; arch->layer_norm && j < H; ++j)
            layer_output[j] = t.norm_gain[j] * layer_output[j] + t.norm_bias[j];
        x = layer_output;
        inputs = H;
        p = t.end;
        state += 2 * H;
    }
    read_out(arch, p, x, inputs, input, output);
}

void reference_run(const struct tc_architecture *arch, const double *parameters,
                   const double *input, const double *dropout, double *output, double *state,
                   size_t n_frames)
{
    const size_t dropout_size = reference_dropout_size(arch);

    for (size_t t = 0; t < n_frames; ++t)
        frame(arch, parameters, input + t * (arch->audio_inputs + arch->knobs),
              dropout ? dropout + t * dropout_size : NULL, output + t * arch->outputs, state);
}
