#include "report/model_evaluation.h"

#include "cli/talk.h"
#include "report/clip_output.h"

#include <stdlib.h>

/* Play a clip and add the output to both scores. */
static enum tc_status play(const struct model_evaluation *e, size_t index, struct tc_score *score,
                           struct tc_score *pooled, struct tc_error *error)
{
    const struct clip_set *const scored = &e->data->clips[CLIPS_SCORED];
    const struct tc_clip *const clip = &scored->clip[index];
    struct clip_playing playing = {.model = e->model,
                                   .rate_hz = e->data->rate_hz,
                                   .precision = e->precision,
                                   .controls = e->controls};
    float *const output = calloc(clip->n_frames + 1, sizeof *output);
    enum tc_status status;

    if (output == NULL)
        return tc_fail(error, TC_NO_MEMORY, "no memory for a clip");
    model_evaluation_knobs(e, clip, playing.controls.knob);
    status = clip_output(&playing, clip, output, error);
    if (status == TC_OK && clip->n_frames > e->warmup) {
        const size_t n = clip->n_frames - e->warmup;

        tc_score_add(score, clip->target[0] + e->warmup, output + e->warmup, n);
        tc_score_add(pooled, clip->target[0] + e->warmup, output + e->warmup, n);
    }
    if (status == TC_OK && e->signals != NULL)
        scored_signals_add(e->signals, clip, &scored->source[index], output);
    free(output);
    return status;
}

static enum tc_status score_clip(struct model_evaluation *e, size_t index, struct tc_error *error)
{
    const struct tc_clip *const clip = &e->data->clips[CLIPS_SCORED].clip[index];
    struct evaluation one;
    enum tc_status status = evaluation_init(&one, error);

    if (status != TC_OK)
        return status;
    evaluation_add_baselines(&one, clip, e->warmup);
    evaluation_merge_baselines(&e->all, &one);
    status = play(e, index, &one.score, &e->all.score, error);
    if (status == TC_OK)
        status = evaluation_scores(&one, &one, &e->clip[index], error);
    evaluation_free(&one);
    return status;
}

static enum tc_status score_clips(struct model_evaluation *e, struct tc_error *error)
{
    const size_t n = e->data->clips[CLIPS_SCORED].n;
    enum tc_status status = TC_OK;

    e->clip = calloc(n, sizeof *e->clip);
    if (e->clip == NULL)
        return tc_fail(error, TC_NO_MEMORY, "no memory for %zu clips", n);
    talk_progress_begin(false);
    for (size_t i = 0; i < n && status == TC_OK; ++i) {
        talk_progress((double)i / (double)n, "clip %zu of %zu", i + 1, n);
        status = score_clip(e, i, error);
    }
    talk_progress_end();
    return status == TC_OK ? evaluation_scores(&e->all, &e->all, &e->pooled, error) : status;
}

enum tc_status model_evaluation_run(struct model_evaluation *e, struct tc_error *error)
{
    enum tc_status status = evaluation_init(&e->all, error);

    if (status == TC_OK)
        status = score_clips(e, error);
    return status;
}

void model_evaluation_free(struct model_evaluation *e)
{
    evaluation_free(&e->all);
    free(e->clip);
    e->clip = NULL;
}
