#include "model/usual_rate.h"
#include "train/health/note_sensitivity.h"
#include "train/health/response.h"
#include "train/health/rest.h"
#include "train/health/sensitivity.h"

#include <math.h>
#include <stdlib.h>

static const double silence_s = 2.0, response_s = 0.25;
static const double most_frames = 1e6; /* of one signal, at any sample rate */
static const size_t least_frames = 256;

/* Weights times frames times channels that one signal may take, of the order of a second. */
static const double most_work = 1e10;

enum { REST_CHANNELS = 2, RESPONSE_CHANNELS = 5, NOTE_CHANNELS = 2 * TC_SENSITIVITY_VARIANTS };

/* As many frames as a signal of these seconds has, or as the work allows. */
static size_t frames_of(const struct tc_model *model, double seconds, double rate_hz,
                        unsigned channels)
{
    const double affordable = most_work / ((double)tc_model_weights(model) * channels);

    return (size_t)fmax(fmin(fmin(seconds * rate_hz, most_frames), affordable),
                        (double)least_frames);
}

static const float *initial_knobs(const struct tc_model *model, float knob[TC_MAX_KNOBS])
{
    for (unsigned k = 0; k < TC_MAX_KNOBS; ++k)
        knob[k] = tc_model_metadata(model)->knob[k].initial;
    return knob;
}

static enum tc_status check(const struct tc_model *model, struct tc_error *error)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);

    if (arch->symbols)
        return tc_fail(error, TC_UNSUPPORTED, "the model has an input of symbols, expected audio");
    if (arch->audio_inputs > TC_MAX_AUDIO || arch->outputs > TC_MAX_AUDIO)
        return tc_fail(error, TC_UNSUPPORTED,
                       "the model has %u audio inputs and %u outputs, expected at most %d of each",
                       arch->audio_inputs, arch->outputs, TC_MAX_AUDIO);
    return TC_OK;
}

/* ------------------------------------------------------------------ sensitivity */

static enum tc_status measure_notes(const struct tc_model *model, const float *knob, double rate_hz,
                                    double *db)
{
    const float *const knobs[TC_NOTE_PARTS] = {knob, knob, knob, knob};

    return tc_note_sensitivity(model, knobs, rate_hz, 1.0,
                               frames_of(model, TC_NOTES_S, rate_hz, NOTE_CHANNELS), db);
}

enum tc_status tc_health_sensitivity(const struct tc_model *model, const float *knob,
                                     const float *const *input, size_t n_frames, double *db,
                                     struct tc_error *error)
{
    float initial[TC_MAX_KNOBS];
    struct tc_sensitivity sums = {.random = {0}};
    struct tc_excerpt excerpt = {.input = input,
                                 .knob = knob ? knob : initial_knobs(model, initial),
                                 .audio = tc_audio_without_control(model)};
    enum tc_status status = check(model, error);

    if (status)
        return status;
    for (unsigned e = 0; e < TC_EXCERPTS && !status; ++e) {
        excerpt.start = tc_excerpt_start(e, n_frames, &excerpt.n_frames);
        status = tc_sensitivity_add(&sums, model, tc_variants_of_recordings, &excerpt);
    }
    if (status)
        return tc_fail(error, status, "out of memory for the sensitivity of a model");
    *db = tc_sensitivity_db(&sums);
    return TC_OK;
}

/* ------------------------------------------------------------------ the whole */

enum tc_status tc_health_measure(const struct tc_model *model, const float *knob,
                                 struct tc_health *health, struct tc_error *error)
{
    const double rate_hz = tc_usual_rate_hz(tc_model_metadata(model));
    float initial[TC_MAX_KNOBS];
    const float *const knobs = knob ? knob : initial_knobs(model, initial);
    enum tc_status status = check(model, error);

    if (status)
        return status;
    *health = (struct tc_health){0};
    status = tc_rest_measure(model, knobs, rate_hz,
                             frames_of(model, silence_s, rate_hz, REST_CHANNELS), health);
    if (!status)
        status =
            tc_response_measure(model, knobs, rate_hz,
                                frames_of(model, response_s, rate_hz, RESPONSE_CHANNELS), health);
    if (!status)
        status = measure_notes(model, knobs, rate_hz, &health->sensitivity_db);
    return status ? tc_fail(error, status, "out of memory for the health of a model") : TC_OK;
}

/* Not to have forgotten in less than the full silence, which large networks get, is no fault. */
static bool remembers(const struct tc_health *health)
{
    return isnan(health->forgets_s) && health->silence_s >= 0.99 * silence_s;
}

unsigned tc_health_faults(const struct tc_architecture *arch, const struct tc_health *health)
{
    unsigned faults = 0;

    if (arch->readout != TC_READOUT_LINEAR)
        return 0;
    if (remembers(health))
        faults |= TC_HEALTH_REMEMBERS;
    for (unsigned o = 0; o < arch->outputs && o < TC_MAX_AUDIO; ++o) {
        if (health->rest_rms[o] > TC_HUM_RMS)
            faults |= TC_HEALTH_HUMS;
        if (fabs(health->rest_dc[o]) > TC_LARGE_OFFSET)
            faults |= TC_HEALTH_OFFSET;
    }
    if (health->sensitivity_db > TC_RUNS_AWAY_DB)
        faults |= TC_HEALTH_RUNS_AWAY;
    return faults;
}
