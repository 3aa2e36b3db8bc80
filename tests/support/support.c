#include "support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RNN(act, n)                                             \
    {                                                           \
        .cell = TC_CELL_RNN, .activation = (act), .hidden = (n) \
    }
#define LSTM(n)                             \
    {                                       \
        .cell = TC_CELL_LSTM, .hidden = (n) \
    }
#define PEEPHOLE(n)                                  \
    {                                                \
        .cell = TC_CELL_LSTM_PEEPHOLE, .hidden = (n) \
    }
#define GRU(n)                             \
    {                                      \
        .cell = TC_CELL_GRU, .hidden = (n) \
    }
#define GRU_BEFORE(n)                                   \
    {                                                   \
        .cell = TC_CELL_GRU_RESET_BEFORE, .hidden = (n) \
    }
#define NETWORK(text, in, n_knobs, out, n_layers, path, ...) \
    {                                                        \
        .name = (text), .arch = {                            \
            .audio_inputs = (in),                            \
            .knobs = (n_knobs),                              \
            .outputs = (out),                                \
            .layers = (n_layers),                            \
            .direct = (path),                                \
            .layer = {__VA_ARGS__}                           \
        }                                                    \
    }

const struct support_network support_networks[SUPPORT_NETWORKS] = {
    NETWORK("rnn tanh", 1, 0, 1, 1, 0.0f, RNN(TC_TANH, 5)),
    NETWORK("rnn logistic", 1, 0, 1, 1, 1.0f, RNN(TC_LOGISTIC, 5)),
    NETWORK("rnn relu", 1, 1, 1, 1, 0.0f, RNN(TC_RELU, 6)),
    NETWORK("rnn identity", 2, 0, 2, 1, -1.0f, RNN(TC_IDENTITY, 3)),
    NETWORK("lstm", 1, 0, 1, 1, 1.0f, LSTM(4)),
    NETWORK("lstm, one unit", 1, 0, 1, 1, 0.0f, LSTM(1)),
    NETWORK("gru", 1, 0, 1, 1, 1.0f, GRU(4)),
    NETWORK("gru, knobs", 1, 2, 1, 1, -1.0f, GRU(3)),
    NETWORK("two lstm, knob, stereo", 2, 1, 2, 2, 1.0f, LSTM(4), LSTM(2)),
    NETWORK("two gru", 1, 0, 1, 2, 0.0f, GRU(2), GRU(5)),
    NETWORK("two rnn", 1, 0, 1, 2, 1.0f, RNN(TC_TANH, 3), RNN(TC_RELU, 5)),
    NETWORK("gru, lstm, rnn, three knobs", 1, 3, 1, 3, 1.0f, GRU(3), LSTM(2), RNN(TC_TANH, 4)),
    /* None of check_gradient's signals takes a unit to its bend, where there is no gradient. */
    NETWORK("rnn modrelu", 1, 1, 1, 1, 1.0f, RNN(TC_MODRELU, 5)),
    NETWORK("two rnn modrelu", 2, 0, 2, 2, 0.0f, RNN(TC_MODRELU, 5), RNN(TC_MODRELU, 19)),
    {"lstm, logistic readout",
     {.audio_inputs = 2,
      .knobs = 1,
      .outputs = 2,
      .layers = 1,
      .direct = 1.0f,
      .readout = TC_READOUT_LOGISTIC,
      .layer = {LSTM(3)}}},
    {"gru, softmax of four",
     {.audio_inputs = 4,
      .outputs = 4,
      .layers = 1,
      .readout = TC_READOUT_SOFTMAX,
      .layer = {GRU(5)}}},
    NETWORK("lstm with peepholes", 1, 1, 1, 1, 1.0f, PEEPHOLE(5)),
    NETWORK("peepholes, gru, peepholes", 1, 0, 1, 3, 0.0f, PEEPHOLE(2), GRU(3), PEEPHOLE(4)),
    NETWORK("gru, reset before", 1, 1, 1, 1, -1.0f, GRU_BEFORE(5)),
    NETWORK("reset before, lstm, reset before", 2, 0, 2, 3, 1.0f, GRU_BEFORE(4), LSTM(2),
            GRU_BEFORE(3)),
    {.name = "gru, lstm, lstm, rnn, residual",
     .arch = {.audio_inputs = 1,
              .outputs = 1,
              .layers = 4,
              .residual = true,
              .layer = {GRU(3), LSTM(5), LSTM(5), RNN(TC_TANH, 5)}}},
    {.name = "three rnn, residual below",
     .arch = {.audio_inputs = 2,
              .outputs = 2,
              .layers = 3,
              .direct = 1.0f,
              .residual = true,
              .layer = {RNN(TC_IDENTITY, 4), RNN(TC_TANH, 4), GRU(3)}}},
    {.name = "lstm, layer normalisation",
     .arch = {.audio_inputs = 1,
              .outputs = 1,
              .layers = 1,
              .direct = 1.0f,
              .layer_norm = true,
              .layer = {LSTM(4)}}},
    {.name = "gru, gru, peepholes, residual, layer normalisation",
     .arch = {.audio_inputs = 2,
              .outputs = 1,
              .layers = 3,
              .residual = true,
              .layer_norm = true,
              .layer = {GRU(5), GRU(5), PEEPHOLE(3)}}},
    NETWORK("rnn elu", 1, 1, 1, 1, 1.0f, RNN(TC_ELU, 5)),
    NETWORK("rnn softmax, lstm, rnn elu", 2, 0, 2, 3, 0.0f, RNN(TC_SOFTMAX, 5), LSTM(4),
            RNN(TC_ELU, 19)),
};

uint64_t support_bits(struct support_random *random)
{
    uint64_t z = random->state += 0x9e3779b97f4a7c15u; /* splitmix64: Steele, Lea & Flood 2014 */

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

float support_uniform(struct support_random *random, float low, float high)
{
    const float unit = (float)(support_bits(random) >> 40) * 0x1p-24f;

    return low + (high - low) * unit;
}

void support_fill(struct support_random *random, float *values, size_t n, float low, float high)
{
    for (size_t i = 0; i < n; ++i)
        values[i] = support_uniform(random, low, high);
}

void *support_zeros(size_t n, size_t size)
{
    void *const memory = calloc(n ? n : 1, size);

    ck_assert_ptr_nonnull(memory);
    return memory;
}

double *support_doubles(const float *values, size_t n)
{
    double *const doubles = support_zeros(n, sizeof *doubles);

    for (size_t i = 0; i < n; ++i)
        doubles[i] = (double)values[i];
    return doubles;
}

double *support_random_doubles(struct support_random *random, size_t n)
{
    double *const doubles = support_zeros(n, sizeof *doubles);

    for (size_t i = 0; i < n; ++i)
        doubles[i] = (double)support_uniform(random, -1.0f, 1.0f);
    return doubles;
}

bool support_same(const float *a, const float *b, size_t n)
{
    return memcmp(a, b, n * sizeof *a) == 0;
}

bool support_same_parameters(const struct tc_model *a, const struct tc_model *b)
{
    size_t n;

    tc_architecture_tensors(tc_model_architecture(a), NULL, &n);
    return support_same(tc_model_parameters(a), tc_model_parameters(b), n);
}

void support_compare_tensor(const struct tc_tensor *tensor, const float *gradient,
                            const double *exact, double tolerance, const char *what)
{
    const size_t end = tensor->offset + tensor->rows * tensor->cols;
    double difference = 0.0, size = 0.0;

    for (size_t i = tensor->offset; i < end; ++i) {
        const double d = (double)gradient[i] - exact[i];

        difference += d * d;
        size += exact[i] * exact[i];
    }
    support_require(sqrt(difference) <= tolerance * sqrt(size),
                    "%s: %s (%zu, %zu): the gradient is off by %g of its norm %g", what,
                    tensor->name, tensor->rows, tensor->cols, sqrt(difference / size), sqrt(size));
}

void support_compare_gradients(const struct tc_architecture *arch, const float *gradient,
                               const double *exact, double tolerance, const char *what)
{
    struct tc_tensor tensors[TC_MAX_TENSORS];
    const unsigned n = tc_architecture_tensors(arch, tensors, NULL);

    for (unsigned i = 0; i < n; ++i)
        support_compare_tensor(&tensors[i], gradient, exact, tolerance, what);
}

double support_skewness(const float *u, size_t n)
{
    double worst = 0.0;

    for (size_t a = 0; a < n; ++a)
        for (size_t b = 0; b < n; ++b) {
            double product = a == b ? -1.0 : 0.0;

            for (size_t r = 0; r < n; ++r)
                product += (double)u[r * n + a] * (double)u[r * n + b];
            worst = fmax(worst, fabs(product));
        }
    return worst;
}

struct support_signals support_signals_new(unsigned rows, size_t frames)
{
    struct support_signals signals = {.rows = rows, .frames = frames};

    signals.samples = support_zeros(rows * frames, sizeof *signals.samples);
    return signals;
}

struct support_signals support_noise(unsigned rows, size_t frames, uint64_t seed, float amplitude)
{
    const struct support_signals signals = support_signals_new(rows, frames);
    struct support_random random = {seed};

    support_fill(&random, signals.samples, rows * frames, -amplitude, amplitude);
    return signals;
}

void support_signals_free(struct support_signals *signals)
{
    free(signals->samples);
}

struct support_buffers support_buffers(const struct support_signals *signals, size_t start)
{
    struct support_buffers buffers = {.row = {NULL}};

    for (unsigned i = 0; i < signals->rows; ++i)
        buffers.row[i] = signals->samples + i * signals->frames + start;
    return buffers;
}

const float *const *support_inputs(const struct support_buffers *buffers)
{
    return (const float *const *)buffers->row;
}

struct tc_stream *support_stream(const struct tc_model *model, unsigned channels)
{
    struct tc_stream *stream = NULL;

    ck_assert_int_eq(tc_stream_new(&stream, model, channels, NULL), TC_OK);
    return stream;
}

void support_play(struct tc_stream *stream, const struct support_signals *in,
                  const struct support_signals *knobs, const struct support_signals *out,
                  size_t start, size_t n)
{
    const struct support_buffers from = support_buffers(in, start);
    const struct support_buffers turned = support_buffers(knobs, start);
    const struct support_buffers to = support_buffers(out, start);

    tc_stream_process(stream, support_inputs(&from), support_inputs(&turned), to.row, n);
}

float *support_parameters(const struct tc_architecture *arch, uint64_t seed, size_t *n)
{
    struct support_random random = {seed};
    struct tc_tensor tensors[TC_MAX_TENSORS];
    size_t values;
    const unsigned n_tensors = tc_architecture_tensors(arch, tensors, &values);
    float *const parameters = support_zeros(values, sizeof *parameters);

    for (unsigned i = 0; i < n_tensors; ++i) {
        const struct tc_tensor *const t = &tensors[i];
        const unsigned layer = t->layer < arch->layers ? t->layer : arch->layers - 1;
        const float range = 1.0f / sqrtf((float)arch->layer[layer].hidden);

        support_fill(&random, parameters + t->offset, t->rows * t->cols, -range, range);
    }
    if (n)
        *n = values;
    return parameters;
}

struct tc_model *support_model_of(const struct tc_architecture *arch, const float *parameters)
{
    struct tc_metadata meta;
    struct tc_model *model = NULL;
    struct tc_error error = {""};

    tc_metadata_init(&meta);
    meta.sample_rate_hz = 48000.0;
    for (unsigned i = 0; i < arch->knobs; ++i) {
        struct tc_knob *const knob = &meta.knob[i];

        *knob = (struct tc_knob){.max = 1.0f, .initial = 0.5f, .at_min = -1.0f, .at_max = 1.0f};
        snprintf(knob->name, sizeof knob->name, "knob %u", i + 1);
    }
    const enum tc_status status = tc_model_new(&model, arch, &meta, parameters, &error);

    ck_assert_msg(status == TC_OK, "tc_model_new: %s", error.message);
    return model;
}

struct tc_model *support_model(const struct tc_architecture *arch, uint64_t seed)
{
    float *const parameters = support_parameters(arch, seed, NULL);
    struct tc_model *const model = support_model_of(arch, parameters);

    free(parameters);
    return model;
}

const char *support_kernels(unsigned index)
{
    const char *const only = getenv("TONECELL_KERNELS");
    unsigned i = 0;

    if (!only)
        return tc_kernels_name(index);
    while (tc_kernels_name(i) && strcmp(tc_kernels_name(i), only) != 0)
        ++i;
    return index == 0 ? tc_kernels_name(i) : NULL;
}

static int run_all(SRunner *runner)
{
    enum { SKIPPED = 77 };

    if (!support_kernels(0)) {
        printf("skipped: kernels '%s' are not compiled in, or this CPU cannot run them\n",
               getenv("TONECELL_KERNELS"));
        return SKIPPED;
    }
    srunner_run_all(runner, CK_ENV);
    return srunner_ntests_failed(runner) ? EXIT_FAILURE : EXIT_SUCCESS;
}

int support_run_within(TCase *tests, const char *name, double seconds)
{
    Suite *const suite = suite_create(name);
    SRunner *const runner = srunner_create(suite);

    tcase_set_timeout(tests, seconds);
    suite_add_tcase(suite, tests);
    const int result = run_all(runner);

    srunner_free(runner);
    return result;
}

int support_run(TCase *tests, const char *name)
{
    return support_run_within(tests, name, 120.0);
}
