#include "bench/player_timing.h"

#include <math.h>

/* The controls of each setting. */
static const struct {
    const char *name;
    float rate, oversampling;
} settings[PLAYER_SETTINGS] = {
    [PLAYER_OWN_RATE] = {"own-rate", 0.0f, 0.0f},
    [PLAYER_RESAMPLED] = {"resampled", 1.0f, 0.0f},
    [PLAYER_DELAYED] = {"delayed", 2.0f, 0.0f},
    [PLAYER_OVERSAMPLED_2] = {"oversampled-2", 0.0f, 1.0f},
    [PLAYER_OVERSAMPLED_4] = {"oversampled-4", 0.0f, 2.0f},
};

static const double CD_HZ = 44100.0, STUDIO_HZ = 48000.0;

const char *player_setting_name(enum player_setting setting)
{
    return settings[setting].name;
}

/* Players take no symbols, and not every number of inputs and outputs. */
static bool has_player(const struct tc_model *model)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);

    return arch->symbols == 0 && arch->audio_inputs <= TC_MAX_AUDIO &&
           arch->outputs <= TC_MAX_AUDIO;
}

bool player_timing_begin(struct player_timing *timing, const struct tc_model *model)
{
    const double known_hz = tc_model_metadata(model)->sample_rate_hz;
    const double own_hz = known_hz > 0.0 ? known_hz : STUDIO_HZ;
    const double other_hz = known_hz == STUDIO_HZ ? CD_HZ : STUDIO_HZ;

    *timing = (struct player_timing){.model = model};
    if (!has_player(model))
        return false;
    for (unsigned s = 0; s < PLAYER_SETTINGS; ++s)
        timing->time[s].ns_per_sample = (double)INFINITY;
    timing->rate_hz[PLAYER_OWN_RATE] = own_hz;
    timing->rate_hz[PLAYER_OVERSAMPLED_2] = timing->rate_hz[PLAYER_OVERSAMPLED_4] = own_hz;
    if (tc_player_converts(model, other_hz))
        timing->rate_hz[PLAYER_RESAMPLED] = other_hz;
    if (tc_player_delays(model, other_hz))
        timing->rate_hz[PLAYER_DELAYED] = other_hz;
    return true;
}

enum tc_status player_timing_measure(struct player_timing *timing, enum tc_precision precision,
                                     struct tc_error *error)
{
    enum tc_status status = TC_OK;

    for (unsigned s = 0; s < PLAYER_SETTINGS && status == TC_OK; ++s) {
        struct player_time time;

        if (timing->rate_hz[s] == 0.0)
            continue;
        status = timed_player_measure(timing->model, timing->rate_hz[s], precision,
                                      settings[s].rate, settings[s].oversampling, &time, error);
        if (status == TC_OK && time.ns_per_sample < timing->time[s].ns_per_sample)
            timing->time[s] = time;
    }
    return status;
}

double player_core_percent(const struct player_timing *timing, enum player_setting setting)
{
    return 1e-7 * timing->time[setting].ns_per_sample * timing->rate_hz[setting];
}

double player_times_own_rate(const struct player_timing *timing, enum player_setting setting)
{
    return player_core_percent(timing, setting) / player_core_percent(timing, PLAYER_OWN_RATE);
}
