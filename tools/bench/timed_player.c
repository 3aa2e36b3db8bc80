#include "config.h"
#include "bench/timed_player.h"

#include "measurement/noise.h"
#include "measurement/now.h"

#include <math.h>

enum { RUN_FRAMES = 512 };

static const double RUNS_S = 0.012;

struct signals {
    float samples[2 * TC_MAX_AUDIO][RUN_FRAMES];
    const float *in[TC_MAX_AUDIO];
    float *out[TC_MAX_AUDIO];
};

static void set_signals(struct signals *signals, unsigned inputs)
{
    uint32_t random = 1;

    for (unsigned i = 0; i < TC_MAX_AUDIO; ++i) {
        signals->in[i] = signals->samples[i];
        signals->out[i] = signals->samples[TC_MAX_AUDIO + i];
    }
    for (unsigned i = 0; i < inputs; ++i)
        noise_fill(signals->samples[i], RUN_FRAMES, &random);
}

static double play_s(struct tc_player *player, const struct tc_controls *controls,
                     const struct signals *signals)
{
    const double start = now_s();

    tc_player_process(player, controls, signals->in, signals->out, RUN_FRAMES);
    return now_s() - start;
}

enum tc_status timed_player_measure(const struct tc_model *model, double rate_hz,
                                    enum tc_precision precision, float rate, float oversampling,
                                    struct player_time *time, struct tc_error *error)
{
    double best_s = (double)INFINITY, begin;
    struct tc_controls controls;
    struct tc_player *player;
    struct signals signals;
    enum tc_status status;

    tc_controls_init(&controls, model);
    controls.rate = rate;
    controls.oversampling = oversampling;
    status = tc_player_new_with(&player, model, 1, rate_hz, precision, &controls, error);
    if (status != TC_OK)
        return status;
    set_signals(&signals, tc_model_architecture(model)->audio_inputs);
    play_s(player, &controls, &signals); /* warms up: caches, clock, initial state */
    begin = now_s();
    do
        best_s = fmin(best_s, play_s(player, &controls, &signals));
    while (now_s() - begin < RUNS_S);
    *time = (struct player_time){.ns_per_sample = 1e9 * best_s / RUN_FRAMES,
                                 .latency_frames = tc_player_latency_frames(player, &controls)};
    tc_player_free(player);
    return TC_OK;
}
