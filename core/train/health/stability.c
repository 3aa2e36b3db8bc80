#include "train/health/stability.h"

#include "model/usual_rate.h"
#include "train/health/note_sensitivity.h"

#include <math.h>

static bool is_device(const struct tc_trainer *trainer)
{
    return !tc_trainer_gives_probabilities(trainer) && !trainer->encoder &&
           !trainer->arch.symbols && !trainer->train->whole;
}

void tc_stability_prepare(struct tc_trainer *trainer)
{
    trainer->input_peak = 0.0f;
    if (!is_device(trainer))
        return;
    for (size_t c = 0; c < trainer->n_train; ++c) {
        const struct tc_clip *const clip = &trainer->train[c];

        for (size_t t = 0; t < clip->n_frames; ++t)
            trainer->input_peak = fmaxf(trainer->input_peak, fabsf(clip->input[0][t]));
    }
}

/* A control signal that is a knob has no one value in a clip: it stays at its initial one. */
static void choose_knobs(const struct tc_trainer *trainer, float knob[TC_NOTE_PARTS][TC_MAX_KNOBS])
{
    for (size_t p = 0; p < TC_NOTE_PARTS; ++p) {
        const struct tc_clip *const clip =
            &trainer->train[(2 * p + 1) * trainer->n_train / (2 * TC_NOTE_PARTS)];

        for (unsigned k = 0; k < TC_MAX_KNOBS; ++k)
            knob[p][k] = k == 0 && clip->control ? trainer->meta.knob[k].initial : clip->knob[k];
    }
}

static size_t notes_frames(const struct tc_trainer *trainer, double rate_hz)
{
    double frames = 0.0;

    for (size_t c = 0; c < trainer->n_val; ++c)
        frames += (double)trainer->val[c].n_frames;
    return (size_t)fmin(fmax(frames, rate_hz), TC_NOTES_S * rate_hz);
}

enum tc_status tc_stability_check(const struct tc_trainer *trainer, const float *parameters,
                                  bool *runs_away, struct tc_error *error)
{
    const double rate_hz = tc_usual_rate_hz(&trainer->meta);
    float knob[TC_NOTE_PARTS][TC_MAX_KNOBS];
    const float *const knobs[TC_NOTE_PARTS] = {knob[0], knob[1], knob[2], knob[3]};
    struct tc_model *model;
    enum tc_status status;
    double db;

    *runs_away = false;
    if (!is_device(trainer))
        return TC_OK;
    status = tc_trainer_model(trainer, parameters, &model, error);
    if (status)
        return status;
    choose_knobs(trainer, knob);
    status = tc_note_sensitivity(model, knobs, rate_hz, (double)trainer->input_peak,
                                 notes_frames(trainer, rate_hz), &db);
    tc_model_free(model);
    if (status)
        return tc_fail(error, status, "out of memory for the stability of a network");
    *runs_away = db > TC_RUNS_AWAY_DB;
    return TC_OK;
}
