#include "tasks/effect_playing.h"

#include "report/clip_output.h"

#include <stdlib.h>

/* A model with a knob that a clip moves frame by frame gets it as an input: then the knobs of the
 * clip are those after it. */
static void set_knobs(struct clip_playing *playing, const struct tc_clip *clip)
{
    const unsigned n = tc_model_architecture(playing->model)->knobs;
    const unsigned first = clip->control != NULL ? 1 : 0;

    tc_controls_init(&playing->controls, playing->model);
    for (unsigned k = 0; k < n; ++k)
        playing->controls.knob[k] = clip->knob[first + k];
}

static enum tc_status play_clips(const struct clip_set *set, struct clip_playing *playing,
                                 struct scored_signals *signals, struct tc_error *error)
{
    enum tc_status status = TC_OK;

    for (size_t i = 0; i < set->n && status == TC_OK; ++i) {
        const struct tc_clip *const clip = &set->clip[i];
        float *const output = calloc(clip->n_frames + 1, sizeof *output);

        if (output == NULL)
            return tc_fail(error, TC_NO_MEMORY, "out of memory for a clip");
        set_knobs(playing, clip);
        status = clip_output(playing, clip, output, error);
        if (status == TC_OK)
            scored_signals_add(signals, clip, &set->source[i], output);
        free(output);
    }
    return status;
}

enum tc_status effect_play(const struct effect_data *effect, unsigned set,
                           const struct tc_model *model, size_t warmup,
                           struct scored_signals *signals, struct tc_error *error)
{
    const struct clip_set *const clips = &effect->recordings.clips[set];
    struct clip_playing playing = {.model = model, .rate_hz = effect->recordings.rate_hz};
    struct tc_model *controlled = NULL;
    enum tc_status status =
        scored_signals_init(signals, clips, warmup, effect->recordings.rate_hz, error);

    if (status == TC_OK && tc_model_control(model) == TC_CONTROL_KNOB) {
        status = tc_model_with_control_input(&controlled, model, error);
        playing.model = controlled;
    }
    if (status == TC_OK)
        status = play_clips(clips, &playing, signals, error);
    tc_model_free(controlled);
    return status;
}

enum tc_status effect_score_recorded(const void *data, const struct tc_model *model, size_t warmup,
                                     double *esr, struct tc_error *error)
{
    struct scored_signals signals = {0};
    struct tc_score score = {0};
    const enum tc_status status = effect_play(data, CLIPS_SCORED, model, warmup, &signals, error);

    for (size_t i = 0; i < signals.n_frames && status == TC_OK; ++i)
        if (!signals.ignored[i])
            tc_score_add(&score, signals.target + i, signals.output + i, 1);
    *esr = tc_score_esr(&score);
    scored_signals_free(&signals);
    return status;
}
