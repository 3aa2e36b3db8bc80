#include "config.h"
#include "bench/timed_player.h"

#include "clock.h"
#include "measurement/playback.h"

#include <math.h>
#include <stdlib.h>

static const double RUNS_S = 0.012;

static double best_run_s(struct playback *playback)
{
    double best_s = (double)INFINITY, begin;

    playback_play_s(playback); /* warms up: caches, clock, initial state */
    begin = tc_now_s();
    do
        best_s = fmin(best_s, playback_play_s(playback));
    while (tc_now_s() - begin < RUNS_S);
    return best_s;
}

enum tc_status timed_player_measure(const struct tc_model *model, double rate_hz,
                                    enum tc_precision precision, float rate, float oversampling,
                                    struct player_time *time, struct tc_error *error)
{
    struct playback *const playback = playback_new(model);
    enum tc_status status;

    if (playback == NULL)
        return tc_fail(error, TC_NO_MEMORY, "out of memory");
    playback->controls.rate = rate;
    playback->controls.oversampling = oversampling;
    playback_set_noise(playback, tc_model_architecture(model)->audio_inputs);
    status = tc_player_new_with(&playback->player, model, 1, rate_hz, precision,
                                &playback->controls, error);
    if (status == TC_OK) {
        *time = (struct player_time){
            .ns_per_sample = 1e9 * best_run_s(playback) / PLAYBACK_FRAMES,
            .latency_frames = tc_player_latency_frames(playback->player, &playback->controls)};
        tc_player_free(playback->player);
    }
    free(playback);
    return status;
}
