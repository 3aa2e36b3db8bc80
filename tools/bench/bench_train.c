#include "config.h"
#include "bench/bench_train.h"
#include "cli/json_result.h"
#include "bench/machine_limits.h"
#include "cli/talk.h"
#include "bench/timed_training.h"

#include <omp.h>
#include <stdio.h>

struct result {
    struct tc_architecture arch;
    struct tc_train_options options;
    struct training_time time;
    struct machine_limits limits;
    double gflops, percent;
    char cpu[CPU_NAME_SIZE];
};

static void describe(struct result *result, const struct bench_train_options *o)
{
    static const struct uint_list usual = {.n = 1, .value = {32}};
    const struct uint_list *const hidden = o->hidden.n ? &o->hidden : &usual;
    const enum tc_cell cell = cell_choice_cell(&o->cell);

    result->arch = (struct tc_architecture){
        .audio_inputs = 1, .outputs = 1, .layers = hidden->n, .direct = 1.0f};
    for (unsigned l = 0; l < hidden->n; ++l)
        result->arch.layer[l] = (struct tc_layer){cell, TC_TANH, hidden->value[l]};
    tc_train_options_init(&result->options);
    if (o->batch)
        result->options.batch = o->batch;
    if (o->truncate)
        result->options.truncate = o->truncate;
    result->options.threads = o->threads ? o->threads : (unsigned)omp_get_num_procs();
    machine_cpu_name(result->cpu);
}

/* The peak is measured before and after, in case something else runs meanwhile. */
static enum tc_status measure(struct result *result, struct tc_error *error)
{
    enum tc_status status;

    talk_progress_begin(false);
    status = timed_training(&result->time, &result->arch, &result->options, error);
    talk_progress_end();
    for (unsigned round = 0; status == TC_OK && round < 3; ++round)
        status = machine_limits_measure(&result->limits, result->time.kernels, error);
    result->gflops = 1e-9 * result->time.frames_per_second * training_flops(&result->arch);
    result->percent =
        100.0 * result->gflops / (result->options.threads * result->limits.peak_gflops);
    return status;
}

/* Bytes of a frame of one stream. */
static double frame_bytes(const struct result *result)
{
    return (double)result->time.memory_bytes /
           ((double)result->options.batch * result->options.truncate);
}

static void print_text(const struct result *result)
{
    printf("%-10s %s\n", "CPU", result->cpu);
    printf("%-10s %.1f GFLOP/s of one core (float32 multiply and add, %s)\n", "Peak",
           result->limits.peak_gflops, result->time.kernels);
    printf("%-10s %s of %u", "Network", tc_cell_name(result->arch.layer[0].cell),
           result->arch.layer[0].hidden);
    for (unsigned l = 1; l < result->arch.layers; ++l)
        printf(", %u", result->arch.layer[l].hidden);
    printf(" units; %u streams, %u frames at a time, %u threads\n", result->options.batch,
           result->options.truncate, result->options.threads);
    printf("%-10s %.0f thousand frames per second\n", "Training",
           1e-3 * result->time.frames_per_second);
    printf("%-10s %.1f GFLOP/s, %.1f %% of the peak of %u cores\n", "", result->gflops,
           result->percent, result->options.threads);
    printf("%-10s %.0f MB, %.0f bytes for a frame of a stream\n", "Memory",
           1e-6 * (double)result->time.memory_bytes, frame_bytes(result));
}

static int print_result_json(const struct result *result)
{
    const struct tc_train_options *const o = &result->options;
    json_t *const all =
        json_pack("{s:s, s:s, s:i, s:i, s:i, s:i, s:i, s:s, s:f, s:f, s:f, s:f, s:I, s:f}", "cpu",
                  result->cpu, "cell", tc_cell_name(result->arch.layer[0].cell), "hidden",
                  (int)result->arch.layer[0].hidden, "layers", (int)result->arch.layers, "batch",
                  (int)o->batch, "truncate", (int)o->truncate, "threads", (int)o->threads,
                  "kernels", result->time.kernels, "frames_per_second",
                  result->time.frames_per_second, "gflops", result->gflops, "peak_gflops",
                  result->limits.peak_gflops, "percent_of_peak", result->percent, "memory_bytes",
                  (json_int_t)result->time.memory_bytes, "bytes_per_frame", frame_bytes(result));
    const bool whole = json_print(all);

    json_decref(all);
    return whole ? 0 : 1;
}

int bench_train(const struct bench_train_options *options, bool json)
{
    struct result result = {.percent = 0.0};
    struct tc_error error;

    describe(&result, options);
    if (measure(&result, &error) != TC_OK) {
        talk_error(NULL, "%s", error.message);
        return 1;
    }
    if (json)
        return print_result_json(&result);
    print_text(&result);
    return 0;
}
