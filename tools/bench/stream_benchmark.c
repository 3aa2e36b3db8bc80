#include "config.h"
#include "bench/stream_benchmark.h"

#include "measurement/noise.h"
#include "cli/talk.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const unsigned benchmark_rates_hz[BENCHMARK_RATES] = {44100, 48000, 96000};
const unsigned benchmark_block_frames[BENCHMARK_BLOCKS] = {32, 64};

static const unsigned widths[] = {8, 16, 20, 24, 32, 40, 64, 96, 128};
static const unsigned channel_counts[] = {1, 2, 16};

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum {
    MAX_KERNELS = 8,
    ROUNDS = 3,         /* over all streams, so that a disturbance does not meet all runs of one */
    PLUGIN_CHANNELS = 2 /* what the time of single blocks matters to */
};

/* ------------------------------------------------------------------ what is measured */

/* One layer with weights as training begins with; the time does not depend on them. */
static enum tc_status make_model(struct tc_model **model, enum tc_cell cell, unsigned hidden,
                                 struct tc_error *error)
{
    const struct tc_architecture arch = {.audio_inputs = 1,
                                         .outputs = 1,
                                         .layers = 1,
                                         .direct = 1.0f,
                                         .layer = {{cell, TC_TANH, hidden}}};
    struct tc_metadata meta;
    uint32_t random = 1;
    enum tc_status status;
    float *parameters;
    size_t n;

    tc_architecture_tensors(&arch, NULL, &n);
    parameters = calloc(n, sizeof *parameters);
    if (!parameters)
        return tc_fail(error, TC_NO_MEMORY, "out of memory");
    noise_fill(parameters, n, &random);
    for (size_t i = 0; i < n; ++i)
        parameters[i] *= 2.0f / sqrtf((float)hidden);
    tc_metadata_init(&meta);
    meta.sample_rate_hz = 44100.0;
    status = tc_model_new(model, &arch, &meta, parameters, error);
    free(parameters);
    return status;
}

static enum tc_status make_models(struct stream_benchmark *b, struct tc_error *error)
{
    for (unsigned c = 0; c < TC_CELLS; ++c)
        for (size_t w = 0; w < COUNT(widths); ++w) {
            const enum tc_status status =
                make_model(&b->model[b->n_models], (enum tc_cell)c, widths[w], error);

            if (status != TC_OK)
                return status;
            ++b->n_models;
        }
    return TC_OK;
}

/* The kernels that a stream chooses by itself. */
static enum tc_status find_best(const struct tc_model *model, const char **kernels,
                                struct tc_error *error)
{
    struct tc_stream *stream;
    const enum tc_status status = tc_stream_new(&stream, model, 1, error);

    if (status != TC_OK)
        return status;
    *kernels = tc_stream_kernels(stream);
    tc_stream_free(stream);
    return TC_OK;
}

static void list_streams(struct stream_benchmark *b, const char *best_kernels)
{
    const char *name;

    for (size_t m = 0; m < b->n_models; ++m)
        for (size_t c = 0; c < COUNT(channel_counts); ++c)
            for (unsigned k = 0; k < MAX_KERNELS && (name = tc_kernels_name(k)); ++k) {
                const bool best = strcmp(name, best_kernels) == 0;

                b->timing[b->n_timings++] = (struct stream_timing){
                    .model = b->model[m],
                    .kernels = name,
                    .channels = channel_counts[c],
                    .best = best,
                    .ns_per_sample = INFINITY,
                    .has_blocks = best && channel_counts[c] <= PLUGIN_CHANNELS};
            }
    b->n_kernels = b->n_timings / (b->n_models * COUNT(channel_counts));
}

/* Of the networks, LSTMs alone: what a change of rate costs beside the cells does not depend on
 * their type. */
static void list_players(struct stream_benchmark *b)
{
    for (size_t m = 0; m < b->n_models; ++m)
        if ((b->path || tc_model_architecture(b->model[m])->layer[0].cell == TC_CELL_LSTM) &&
            player_timing_begin(&b->player[b->n_players], b->model[m]))
            ++b->n_players;
}

/* ------------------------------------------------------------------ measuring */

static enum tc_status time_stream(struct stream_timing *timing, enum tc_precision precision,
                                  bool blocks, struct tc_error *error)
{
    struct timed_stream *timed;
    const enum tc_status status = timed_stream_new(&timed, timing->model, timing->channels,
                                                   timing->kernels, precision, error);

    if (status != TC_OK)
        return status;
    timing->ns_per_sample =
        fmin(timing->ns_per_sample, 1e9 * timed_stream_frame_s(timed) / timing->channels);
    for (size_t i = 0; blocks && i < BENCHMARK_BLOCKS; ++i)
        timing->block[i] = timed_stream_blocks(timed, benchmark_block_frames[i]);
    timed_stream_free(timed);
    return TC_OK;
}

static enum tc_status time_streams(struct stream_benchmark *b, struct tc_error *error)
{
    enum tc_status status = TC_OK;

    for (unsigned round = 0; status == TC_OK && round < ROUNDS; ++round) {
        status = machine_limits_measure(&b->limits, NULL, error);
        for (size_t i = 0; status == TC_OK && i < b->n_timings; ++i) {
            struct stream_timing *const timing = &b->timing[i];

            status = time_stream(timing, b->precision, round == 0 && timing->has_blocks, error);
            talk_progress((double)(round * b->n_timings + i) / (double)(ROUNDS * b->n_timings),
                          "round %u of %d", round + 1, ROUNDS);
        }
        for (size_t i = 0; status == TC_OK && i < b->n_players; ++i)
            status = player_timing_measure(&b->player[i], b->precision, error);
    }
    return status;
}

static enum tc_status allocate(struct stream_benchmark *b, bool one_model, struct tc_error *error)
{
    const size_t models = one_model ? 1 : TC_CELLS * COUNT(widths);

    b->model = calloc(models, sizeof(struct tc_model *));
    b->timing = calloc(models * COUNT(channel_counts) * MAX_KERNELS, sizeof *b->timing);
    b->player = calloc(models, sizeof *b->player);
    return b->model && b->timing && b->player ? TC_OK
                                              : tc_fail(error, TC_NO_MEMORY, "out of memory");
}

enum tc_status stream_benchmark_run(struct stream_benchmark *benchmark, const char *path,
                                    struct tc_model *model, enum tc_precision precision,
                                    struct tc_error *error)
{
    const char *best;
    enum tc_status status;

    *benchmark = (struct stream_benchmark){.path = path, .precision = precision};
    status = allocate(benchmark, model != NULL, error);
    if (status != TC_OK) {
        tc_model_free(model);
        return status;
    }
    if (model)
        benchmark->model[benchmark->n_models++] = model;
    else
        status = make_models(benchmark, error);
    if (status == TC_OK)
        status = find_best(benchmark->model[0], &best, error);
    if (status != TC_OK)
        return status;
    list_streams(benchmark, best);
    list_players(benchmark);
    machine_cpu_name(benchmark->cpu);
    talk_progress_begin(false);
    status = time_streams(benchmark, error);
    talk_progress_end();
    return status;
}

void stream_benchmark_free(struct stream_benchmark *benchmark)
{
    for (size_t m = 0; m < benchmark->n_models; ++m)
        tc_model_free(benchmark->model[m]);
    free(benchmark->model);
    free(benchmark->timing);
    free(benchmark->player);
}

/* ------------------------------------------------------------------ what follows from the times */

/* Multiplications and additions of a frame of one channel, in its layers' matrices. */
static double frame_flops(const struct tc_model *model)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);
    double sum = 0.0;

    for (unsigned l = 0; l < arch->layers; ++l)
        sum += 2.0 * tc_cell_gates(arch->layer[l].cell) * arch->layer[l].hidden *
               (tc_layer_inputs(arch, l) + arch->layer[l].hidden);
    return sum;
}

double stream_percent_of_peak(const struct stream_benchmark *benchmark,
                              const struct stream_timing *timing)
{
    return 100.0 * frame_flops(timing->model) /
           (timing->ns_per_sample * benchmark->limits.peak_gflops);
}

double stream_core_percent(const struct stream_timing *timing, unsigned rate_hz)
{
    return 1e-7 * timing->ns_per_sample * timing->channels * rate_hz;
}
