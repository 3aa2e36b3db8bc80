#include "train/loss_terms.h"

#include "memory.h"
#include "train/data/frame_runs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct tc_frame_run before_loss(const struct tc_trainer *trainer, const struct tc_clip *clip)
{
    return (struct tc_frame_run){.stop = tc_clip_loss_from(clip, trainer->options.warmup)};
}

static bool next_run(const struct tc_clip *clip, struct tc_frame_run *run)
{
    return tc_next_frame_run(clip->ignored, clip->n_frames, run);
}

/* That any frame of the clips carries loss. */
static enum tc_status check_any_loss(const struct tc_trainer *trainer, const struct tc_clip *clips,
                                     size_t n, const char *set, struct tc_error *error)
{
    bool any_longer = false;

    for (size_t c = 0; c < n; ++c) {
        struct tc_frame_run run = before_loss(trainer, &clips[c]);

        any_longer = any_longer || run.stop < clips[c].n_frames;
        if (next_run(&clips[c], &run))
            return TC_OK;
    }
    return tc_fail(error, TC_BAD_ARGUMENT,
                   any_longer ? "no %s clip has a frame that is not ignored after the warm-up of "
                                "%u frames"
                              : "no %s clip is longer than the warm-up of %u frames",
                   set, trainer->options.warmup);
}

/* ------------------------------------------------------------------ targets */

/* Sums over the targets that carry loss. */
struct target_sums {
    double energy, sum, frames;
};

static void add_target(const struct tc_trainer *trainer, const struct tc_clip *clip,
                       unsigned output, struct target_sums *sums)
{
    for (struct tc_frame_run run = before_loss(trainer, clip); next_run(clip, &run);)
        for (size_t t = run.start; t < run.stop; ++t) {
            const double v = trainer->target_gain * clip->target[output][t];

            sums->energy += v * v;
            sums->sum += v;
            sums->frames += 1.0;
        }
}

static struct target_sums sum_targets(const struct tc_trainer *trainer, const struct tc_clip *clips,
                                      size_t n)
{
    struct target_sums sums = {0.0, 0.0, 0.0};

    for (size_t c = 0; c < n; ++c)
        for (unsigned o = 0; o < trainer->arch.outputs; ++o)
            add_target(trainer, &clips[c], o, &sums);
    return sums;
}

/* Without a target after the warm-up no model would score better than another. */
static enum tc_status check_targets(const struct tc_trainer *trainer,
                                    const struct target_sums *train, struct tc_error *error)
{
    if (!(train->energy > 0.0))
        return tc_fail(error, TC_BAD_ARGUMENT, "the target is silent");
    if (train->energy - train->sum * train->sum / train->frames <= 1e-9 * train->energy)
        return tc_fail(error, TC_BAD_ARGUMENT, "the target is constant at %g",
                       train->sum / train->frames);
    if (!(sum_targets(trainer, trainer->val, trainer->n_val).energy > 0.0))
        return tc_fail(error, TC_BAD_ARGUMENT, "the validation target is silent");
    return TC_OK;
}

/* ------------------------------------------------------------------ filtered targets */

/* The energy of one output's filtered target. v: (n_frames) scratch of zeros; written. */
static double filtered_energy(const struct tc_trainer *trainer, const struct tc_emphasis *filter,
                              const struct tc_clip *clip, unsigned output, float *v)
{
    float state[TC_EMPHASIS_SECTIONS] = {0.0f};
    double energy = 0.0;

    for (struct tc_frame_run run = before_loss(trainer, clip); next_run(clip, &run);)
        for (size_t t = run.start; t < run.stop; ++t)
            v[t] = trainer->target_gain * clip->target[output][t];
    tc_emphasis_apply(filter, state, v, clip->n_frames);
    for (struct tc_frame_run run = before_loss(trainer, clip); next_run(clip, &run);)
        for (size_t t = run.start; t < run.stop; ++t)
            energy += (double)v[t] * (double)v[t];
    return energy;
}

/* Of all targets. */
static enum tc_status sum_filtered(const struct tc_trainer *trainer,
                                   const struct tc_emphasis *filter, double *energy,
                                   struct tc_error *error)
{
    *energy = 0.0;
    for (size_t c = 0; c < trainer->n_train; ++c)
        for (unsigned o = 0; o < trainer->arch.outputs; ++o) {
            float *const v = tc_floats_new(trainer->train[c].n_frames);

            if (!v)
                return tc_fail(error, TC_NO_MEMORY, "out of memory for a target of %zu frames",
                               trainer->train[c].n_frames);
            *energy += filtered_energy(trainer, filter, &trainer->train[c], o, v);
            free(v);
        }
    return TC_OK;
}

/* ------------------------------------------------------------------ the terms */

/* The power of targets as they are, and filtered. */
static struct tc_loss_terms terms_of(const struct tc_trainer *trainer,
                                     const struct tc_emphasis *filter, double power,
                                     double filtered)
{
    const struct tc_train_options *const options = &trainer->options;
    const bool absolute = options->loss == TC_LOSS_MSE;

    return (struct tc_loss_terms){
        .loss = options->loss,
        .outputs = trainer->arch.outputs,
        .target_gain = trainer->target_gain,
        .emphasis = *filter,
        .rms = (float)sqrt(filtered),
        .error_weight = 1.0f - options->dc_weight,
        .dc_weight = options->dc_weight * (absolute ? 1.0f : (float)(filtered / power)),
        .stft = trainer->stft,
        .stft_weight = (double)options->stft_weight,
        .denominator = absolute ? 2.0 : filtered,
    };
}

enum tc_status tc_loss_terms_set(struct tc_trainer *trainer, struct tc_error *error)
{
    const struct tc_emphasis filter =
        tc_emphasis_of(trainer->options.pre_emphasis, trainer->meta.sample_rate_hz);
    struct target_sums sums;
    double energy;
    enum tc_status status =
        check_any_loss(trainer, trainer->train, trainer->n_train, "training", error);

    if (!status)
        status = check_any_loss(trainer, trainer->val, trainer->n_val, "validation", error);
    trainer->loss = (struct tc_loss_terms){.denominator = 1.0};
    if (status || tc_trainer_gives_probabilities(trainer))
        return status;
    sums = sum_targets(trainer, trainer->train, trainer->n_train);
    energy = sums.energy;
    status = check_targets(trainer, &sums, error);
    if (!status && filter.n)
        status = sum_filtered(trainer, &filter, &energy, error);
    if (!status && trainer->options.stft_weight > 0.0f)
        status = tc_stft_loss_new(&trainer->stft, sqrt(sums.energy / sums.frames), error);
    if (!status)
        trainer->loss = terms_of(trainer, &filter, sums.energy / sums.frames, energy / sums.frames);
    return status;
}
