#include "player/wet_paths.h"

#include "model/model.h"
#include "player/stable_delay.h"

#include <math.h>

static enum tc_status add(struct tc_wet_paths *paths, const struct tc_model *model,
                          unsigned channels, const struct tc_wet_setting *setting,
                          struct tc_error *error)
{
    struct tc_wet_path *const path = &paths->path[paths->n++];
    const enum tc_status status = tc_wet_path_init(path, model, channels, setting, error);

    if (!status)
        tc_wet_path_reset(path);
    return status;
}

/* A path by way of a resampler to `oversampling` times a rate, unless that is the host's. */
static enum tc_status add_resampled(struct tc_wet_paths *paths, const struct tc_model *model,
                                    unsigned channels, double to_rate_hz, unsigned oversampling,
                                    struct tc_wet_setting setting, struct tc_error *error)
{
    struct tc_resampler **const resampler = &paths->resampler[paths->n];
    const struct tc_resampler_setting wanted = {.inputs = model->arch.audio_inputs,
                                                .outputs = model->arch.outputs,
                                                .channels = channels,
                                                .host_rate_hz = setting.rate_hz,
                                                .model_rate_hz = to_rate_hz,
                                                .oversampling = oversampling};

    if (to_rate_hz != setting.rate_hz || oversampling > 1) {
        const enum tc_status status = tc_resampler_new(resampler, &wanted, error);

        if (status)
            return status;
        setting.converter = &(*resampler)->base;
    }
    return add(paths, model, channels, &setting, error);
}

/* A stable delay of the states at a host's rate; without taps if there is none, or the model does
 * not convert. */
static struct tc_recurrence_delay stable_delay_at(const struct tc_model *model, double rate_hz)
{
    static const struct tc_recurrence_delay none;

    return tc_player_converts(model, rate_hz)
               ? tc_stable_delay(model, rate_hz / model->meta.sample_rate_hz)
               : none;
}

static double error_db(const struct tc_model *model, double rate_hz,
                       const struct tc_recurrence_delay *delay)
{
    return tc_delay_error_db(model, delay, rate_hz / model->meta.sample_rate_hz);
}

double tc_player_delay_error_db(const struct tc_model *model, double rate_hz)
{
    const struct tc_recurrence_delay delay = stable_delay_at(model, rate_hz);

    return delay.taps ? error_db(model, rate_hz, &delay) : (double)INFINITY;
}

/* The delay by which a player's states are fed back; without taps if it takes none. */
static struct tc_recurrence_delay delay_at(const struct tc_model *model, double rate_hz)
{
    static const struct tc_recurrence_delay none;
    const struct tc_recurrence_delay delay = stable_delay_at(model, rate_hz);

    return delay.taps && error_db(model, rate_hz, &delay) <= TC_MAX_DELAY_ERROR_DB ? delay : none;
}

bool tc_player_delays(const struct tc_model *model, double rate_hz)
{
    return delay_at(model, rate_hz).taps > 0;
}

/* NaN chooses the first. */
static enum tc_rate_method chosen_method(const struct tc_controls *controls)
{
    return controls->rate > 1.5f ? TC_RATE_DELAY : TC_RATE_RESAMPLE;
}

static unsigned chosen_oversampling(const struct tc_controls *controls)
{
    return controls->oversampling > 1.5f ? 2 : controls->oversampling > 0.5f ? 1 : 0;
}

struct tc_wet_path *tc_wet_paths_choose(const struct tc_wet_paths *paths,
                                        const struct tc_controls *controls)
{
    return paths->choice[chosen_method(controls)][chosen_oversampling(controls)];
}

/* The path by a method for an oversampling by 2^index; where the model runs at the host's rate
 * anyway, no method changes that. */
static enum tc_status add_choice(struct tc_wet_paths *paths, const struct tc_model *model,
                                 unsigned channels, struct tc_wet_setting setting,
                                 enum tc_rate_method method, unsigned index, struct tc_error *error)
{
    const bool resamples = method == TC_RATE_RESAMPLE && tc_player_converts(model, setting.rate_hz);
    const double to_rate_hz = resamples ? model->meta.sample_rate_hz : setting.rate_hz;

    if (method == TC_RATE_RESAMPLE)
        setting.delay = NULL;
    paths->choice[method][index] = &paths->path[paths->n];
    return add_resampled(paths, model, channels, to_rate_hz, 1u << index, setting, error);
}

/* What was not added is the same as another: resampling, or the only path. */
static void complete_choices(struct tc_wet_paths *paths)
{
    for (unsigned i = 0; i < TC_OVERSAMPLINGS; ++i)
        for (unsigned method = 0; method < TC_RATE_METHODS; ++method) {
            struct tc_wet_path **const choice = &paths->choice[method][i];

            if (!*choice)
                *choice = paths->choice[TC_RATE_RESAMPLE][i];
            if (!*choice)
                *choice = &paths->path[0];
        }
}

enum tc_status tc_wet_paths_init(struct tc_wet_paths *paths, const struct tc_model *model,
                                 unsigned channels, double rate_hz, enum tc_precision precision,
                                 const struct tc_controls *fixed, struct tc_error *error)
{
    const struct tc_recurrence_delay delay = delay_at(model, rate_hz);
    const struct tc_wet_setting setting = {rate_hz, precision, NULL, &delay};
    enum tc_status status = TC_OK;

    *paths = (struct tc_wet_paths){0};
    for (unsigned method = 0; method < (delay.taps ? TC_RATE_METHODS : TC_RATE_DELAY); ++method)
        for (unsigned i = 0; i < TC_OVERSAMPLINGS && !status; ++i)
            if (!fixed || (i == chosen_oversampling(fixed) &&
                           (!delay.taps || method == chosen_method(fixed))))
                status = add_choice(paths, model, channels, setting, method, i, error);
    complete_choices(paths);
    return status;
}

enum tc_status tc_wet_paths_init_one(struct tc_wet_paths *paths, const struct tc_model *model,
                                     unsigned channels, const struct tc_wet_setting *setting,
                                     struct tc_error *error)
{
    *paths = (struct tc_wet_paths){0};
    complete_choices(paths);
    return add(paths, model, channels, setting, error);
}

void tc_wet_paths_free(struct tc_wet_paths *paths)
{
    for (unsigned i = 0; i < paths->n; ++i)
        tc_wet_path_free(&paths->path[i]);
    for (unsigned i = 0; i < TC_MAX_WET_PATHS; ++i)
        tc_resampler_free(paths->resampler[i]);
}

unsigned tc_wet_paths_latency_frames(const struct tc_wet_paths *paths)
{
    unsigned most = 0;

    for (unsigned i = 0; i < paths->n; ++i) {
        const unsigned latency = tc_converter_latency_frames(paths->path[i].converter);

        most = latency > most ? latency : most;
    }
    return most;
}
