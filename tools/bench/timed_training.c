#include "config.h"
#include "bench/timed_training.h"
#include "measurement/noise.h"
#include "clock.h"
#include "cli/talk.h"

#include <math.h>
#include <stdlib.h>

static const double MEASURED_S = 3.0;

enum { CHUNKS = 5, LEAST_STEPS = 3 };

/* The steps timed so far. */
struct step_timer {
    const struct tc_train_options *options;
    double begin_s, last_s, step_s;
    uint64_t frames;
    unsigned steps;
};

/* Whole chunks count, except the first after a validation, which includes resetting the states. */
static bool on_progress(const struct tc_progress *progress, void *user)
{
    struct step_timer *const timer = user;
    const uint64_t whole = (uint64_t)timer->options->batch * timer->options->truncate;
    const double now = tc_now_s();

    if (progress->frames - timer->frames == whole && timer->last_s > 0.0) {
        timer->step_s = fmin(timer->step_s, now - timer->last_s);
        ++timer->steps;
    }
    timer->last_s = progress->validated ? 0.0 : now;
    timer->frames = progress->frames;
    talk_progress((now - timer->begin_s) / MEASURED_S, "%u steps", timer->steps);
    return timer->steps < LEAST_STEPS || now - timer->begin_s < MEASURED_S;
}

/* The input is the same noise for every sequence, the target tanh of its running mean. */
static void make_signals(float *input, float *target, size_t n)
{
    uint32_t random = 1;
    float mean = 0.0f;

    noise_fill(input, n, &random);
    for (size_t t = 0; t < n; ++t) {
        mean += 0.1f * (input[t] - mean);
        target[t] = tanhf(4.0f * mean);
    }
}

static enum tc_status train(struct training_time *time, const struct tc_architecture *arch,
                            const struct tc_train_options *options, const struct tc_clip *clips,
                            struct tc_error *error)
{
    struct step_timer timer = {.options = options, .begin_s = tc_now_s(), .step_s = INFINITY};
    const struct tc_clip val = {.input = clips->input, .target = clips->target, .n_frames = 64};
    struct tc_trainer *trainer = NULL;
    struct tc_metadata meta;
    enum tc_status status;

    tc_metadata_init(&meta);
    status = tc_trainer_new(&trainer, arch, &meta, options, clips, options->batch, &val, 1, error);
    if (status == TC_OK)
        status = tc_trainer_run(trainer, on_progress, &timer, NULL, error);
    if (status == TC_OK) {
        time->frames_per_second = (double)options->batch * options->truncate / timer.step_s;
        time->memory_bytes = tc_trainer_memory(trainer, NULL);
        time->kernels = tc_trainer_kernels(trainer);
    }
    tc_trainer_free(trainer);
    return status;
}

enum tc_status timed_training(struct training_time *time, const struct tc_architecture *arch,
                              const struct tc_train_options *options, struct tc_error *error)
{
    /* The sampler leaves out up to a sixteenth of a clip. */
    const size_t n = (size_t)CHUNKS * options->truncate * 16 / 15 + 16;
    float *const samples = malloc(2 * n * sizeof *samples);
    struct tc_clip *const clips = calloc(options->batch, sizeof *clips);
    struct tc_train_options endless = *options;
    const float *input[1], *target[1];
    enum tc_status status = TC_NO_MEMORY;

    if (samples && clips) {
        input[0] = samples;
        target[0] = samples + n;
        make_signals(samples, samples + n, n);
        for (unsigned c = 0; c < options->batch; ++c)
            clips[c] = (struct tc_clip){.input = input, .target = target, .n_frames = n};
        endless.warmup = 0;
        endless.epochs = endless.patience = UINT32_MAX;
        status = train(time, arch, &endless, clips, error);
    } else {
        tc_fail(error, TC_NO_MEMORY, "out of memory");
    }
    free(clips);
    free(samples);
    return status;
}

double training_flops(const struct tc_architecture *arch)
{
    double sum = 0.0;

    for (unsigned l = 0; l < arch->layers; ++l)
        sum += 6.0 * tc_cell_gates(arch->layer[l].cell) * arch->layer[l].hidden *
               (tc_layer_inputs(arch, l) + arch->layer[l].hidden + 1);
    return sum;
}
