#include "report/model_evaluation.h"

#include "cli/talk.h"

#include <stdlib.h>

enum { BLOCK = 4096 };

/* Play a clip as plugin and process do, and add the output to both scores. */
static enum tc_status play(const struct model_evaluation *e, const struct tc_clip *clip,
                           struct tc_score *score, struct tc_score *pooled, struct tc_error *error)
{
    const size_t warmup = e->warmup;
    struct tc_controls controls;
    struct tc_player *player;
    float output[BLOCK], *const out[1] = {output};
    const enum tc_status status =
        tc_player_new_with(&player, e->model, 1, e->data->rate_hz, e->precision, error);

    if (status != TC_OK)
        return status;
    tc_controls_init(&controls, e->model);
    model_evaluation_knobs(e, clip, controls.knob);
    for (size_t start = 0; start < clip->n_frames; start += BLOCK) {
        const size_t n = clip->n_frames - start < BLOCK ? clip->n_frames - start : BLOCK;
        const size_t skip = start >= warmup ? 0 : warmup - start < n ? warmup - start : n;
        const float *const in[1] = {clip->input[0] + start};
        const float *const target = clip->target[0] + start + skip;

        tc_player_process(player, &controls, in, out, n);
        tc_score_add(score, target, output + skip, n - skip);
        tc_score_add(pooled, target, output + skip, n - skip);
    }
    tc_player_free(player);
    return TC_OK;
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
    status = play(e, clip, &one.score, &e->all.score, error);
    if (status == TC_OK)
        status = evaluation_scores(&one, &e->clip[index], error);
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
    return status == TC_OK ? evaluation_scores(&e->all, &e->pooled, error) : status;
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
