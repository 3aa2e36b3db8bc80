#include "report/evaluation.h"

#include "report/esr.h"
#include "train/data/frame_runs.h"

enum { FIR_TAPS = 128 };

enum tc_status evaluation_init(struct evaluation *evaluation, struct tc_error *error)
{
    enum tc_status status;

    *evaluation = (struct evaluation){0};
    status = tc_fir_new(&evaluation->gain, 1, error);
    if (status == TC_OK)
        status = tc_fir_new(&evaluation->fir, FIR_TAPS, error);
    if (status != TC_OK)
        evaluation_free(evaluation);
    return status;
}

void evaluation_free(struct evaluation *evaluation)
{
    tc_fir_free(evaluation->gain);
    tc_fir_free(evaluation->fir);
    *evaluation = (struct evaluation){0};
}

void evaluation_add_baselines(struct evaluation *evaluation, const struct tc_clip *clip,
                              size_t warmup)
{
    for (struct tc_frame_run run = {.stop = warmup};
         tc_next_frame_run(clip->ignored, clip->n_frames, &run);) {
        tc_fir_add(evaluation->gain, clip->input[0], clip->target[0], run.stop, run.start);
        tc_fir_add(evaluation->fir, clip->input[0], clip->target[0], run.stop, run.start);
    }
}

void evaluation_merge_baselines(struct evaluation *evaluation, const struct evaluation *other)
{
    tc_fir_merge(evaluation->gain, other->gain);
    tc_fir_merge(evaluation->fir, other->fir);
}

static enum tc_status score_baseline(const struct tc_fir *fir, const struct tc_fir *fitted,
                                     double *esr, struct tc_error *error)
{
    double coefficients[FIR_TAPS], fitted_esr;
    const enum tc_status status = tc_fir_solve(fitted, coefficients, &fitted_esr, error);

    if (status == TC_OK)
        *esr = tc_fir_esr(fir, coefficients);
    return status;
}

enum tc_status evaluation_scores(const struct evaluation *evaluation,
                                 const struct evaluation *fitted, struct scores *scores,
                                 struct tc_error *error)
{
    struct scores r = {.esr = tc_score_esr(&evaluation->score),
                       .dc = tc_score_dc(&evaluation->score),
                       .max_error = evaluation->score.max_error,
                       .frames = evaluation->score.frames};
    enum tc_status status = score_baseline(evaluation->gain, fitted->gain, &r.esr_gain, error);

    if (status == TC_OK)
        status = score_baseline(evaluation->fir, fitted->fir, &r.esr_fir, error);
    if (status == TC_OK)
        *scores = r;
    return status;
}

struct verdict_scale scores_scale(const struct scores *baselines)
{
    const struct baseline gain = {"one gain", baselines->esr_gain};
    const struct baseline fir = {"a 128-tap FIR filter", baselines->esr_fir};

    return (struct verdict_scale){.baseline = fir.score < gain.score ? fir : gain,
                                  .nothing = {"silence", 1.0},
                                  .inaudible_score = ESR_HARD_TO_TELL};
}
