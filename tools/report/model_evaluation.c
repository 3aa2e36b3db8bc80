#include "report/model_evaluation.h"

#include "cli/talk.h"

#include <stdlib.h>

enum { BLOCK = 4096 };

/* Play a clip as plugin and process do, and add the output to both scores: that of frame t comes
 * with input frame t + latency, and silence follows the clip. */
static enum tc_status play(const struct model_evaluation *e, const struct tc_clip *clip,
                           struct tc_score *score, struct tc_score *pooled, struct tc_error *error)
{
    static const float silence[BLOCK];
    struct tc_controls controls = e->controls;
    struct tc_player *player;
    float output[BLOCK], *const out[1] = {output};
    size_t latency, warmup, n;
    enum tc_status status;

    model_evaluation_knobs(e, clip, controls.knob);
    status =
        tc_player_new_with(&player, e->model, 1, e->data->rate_hz, e->precision, &controls, error);
    if (status != TC_OK)
        return status;
    latency = tc_player_latency_frames(player, &controls);
    warmup = e->warmup + latency;
    for (size_t start = 0; start < clip->n_frames + latency; start += n) {
        const bool played = start >= clip->n_frames;
        const size_t rest = clip->n_frames - start + (played ? latency : 0);
        const float *const in[2] = {played ? silence : clip->input[0] + start,
                                    played || !clip->input[1] ? silence : clip->input[1] + start};
        size_t skip;

        n = rest < BLOCK ? rest : BLOCK;
        skip = start >= warmup ? 0 : warmup - start < n ? warmup - start : n;
        tc_player_process(player, &controls, in, out, n);
        if (skip == n)
            continue;
        tc_score_add(score, clip->target[0] + start + skip - latency, output + skip, n - skip);
        tc_score_add(pooled, clip->target[0] + start + skip - latency, output + skip, n - skip);
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
