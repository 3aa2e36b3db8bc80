#include "train/loss_terms.h"

#include "train/data/frame_runs.h"

#include <math.h>

/* Sums over the targets that carry loss. */
struct target_sums {
    double energy, sum, frames;
};

static void add_target(const struct tc_trainer *trainer, const struct tc_clip *clip,
                       unsigned output, struct target_sums *sums)
{
    struct tc_frame_run run = {.stop = tc_clip_loss_from(clip, trainer->options.warmup)};

    while (tc_next_frame_run(clip->ignored, clip->n_frames, &run))
        for (size_t t = run.start; t < run.stop; ++t) {
            const double v = trainer->target_gain * clip->target[output][t];

            sums->energy += v * v;
            sums->sum += v;
            sums->frames += 1.0;
        }
}

static struct target_sums sum_targets(const struct tc_trainer *trainer)
{
    struct target_sums sums = {0.0, 0.0, 0.0};

    for (size_t c = 0; c < trainer->n_train; ++c)
        for (unsigned o = 0; o < trainer->arch.outputs; ++o)
            add_target(trainer, &trainer->train[c], o, &sums);
    return sums;
}

static struct tc_loss_terms terms_of(const struct tc_trainer *trainer, double power)
{
    const struct tc_train_options *const options = &trainer->options;

    return (struct tc_loss_terms){
        .loss = options->loss,
        .outputs = trainer->arch.outputs,
        .target_gain = trainer->target_gain,
        .rms = (float)sqrt(power),
        .error_weight = 1.0f - options->dc_weight,
        .dc_weight = options->dc_weight,
        .denominator = options->loss == TC_LOSS_MSE ? 2.0 : power,
    };
}

enum tc_status tc_loss_terms_set(struct tc_trainer *trainer, struct tc_error *error)
{
    struct target_sums sums;

    trainer->loss = (struct tc_loss_terms){.denominator = 1.0};
    if (tc_trainer_gives_probabilities(trainer))
        return TC_OK;
    sums = sum_targets(trainer);
    if (!(sums.energy > 0.0))
        return tc_fail(error, TC_BAD_ARGUMENT, "the target is silent");
    if (sums.energy - sums.sum * sums.sum / sums.frames <= 1e-9 * sums.energy)
        return tc_fail(error, TC_BAD_ARGUMENT, "the target is constant at %g",
                       sums.sum / sums.frames);
    trainer->loss = terms_of(trainer, sums.energy / sums.frames);
    return TC_OK;
}
