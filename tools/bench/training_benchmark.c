#include "config.h"
#include "bench/training_benchmark.h"

#include "cli/given.h"
#include "cli/talk.h"

#include <omp.h>

enum { ROUNDS = 3 };

static void set_options(struct training_benchmark *b, const struct training_benchmark_options *o)
{
    static const struct uint_list usual = {.n = 1, .value = {32}};
    const struct uint_list *const hidden = o->hidden.n ? &o->hidden : &usual;
    const enum tc_cell cell = cell_choice_cell(&o->cell);

    b->arch = (struct tc_architecture){
        .audio_inputs = 1, .outputs = 1, .layers = hidden->n, .direct = 1.0f};
    for (unsigned l = 0; l < hidden->n; ++l)
        b->arch.layer[l] = (struct tc_layer){cell, TC_TANH, hidden->value[l]};
    tc_train_options_init(&b->options);
    if (is_given(o->batch))
        b->options.batch = o->batch;
    if (is_given(o->truncate))
        b->options.truncate = o->truncate;
    b->options.threads = is_given(o->threads) ? o->threads : (unsigned)omp_get_num_procs();
}

/* The best of several measurements of the peak counts: another program may disturb one. */
static enum tc_status measure(struct training_benchmark *b, struct tc_error *error)
{
    enum tc_status status;

    talk_progress_begin(false);
    status = timed_training(&b->time, &b->arch, &b->options, error);
    talk_progress_end();
    for (unsigned round = 0; status == TC_OK && round < ROUNDS; ++round)
        status = machine_limits_measure(&b->limits, b->time.kernels, error);
    return status;
}

enum tc_status training_benchmark_run(struct training_benchmark *benchmark,
                                      const struct training_benchmark_options *options,
                                      struct tc_error *error)
{
    struct training_benchmark b = {.percent = 0.0};
    enum tc_status status;

    set_options(&b, options);
    machine_cpu_name(b.cpu);
    status = measure(&b, error);
    if (status != TC_OK)
        return status;
    b.gflops = 1e-9 * b.time.frames_per_second * training_flops(&b.arch);
    b.percent = 100.0 * b.gflops / (b.options.threads * b.limits.peak_gflops);
    b.bytes_per_frame =
        (double)b.time.memory_bytes / ((double)b.options.batch * b.options.truncate);
    *benchmark = b;
    return TC_OK;
}
