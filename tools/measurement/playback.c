#include "measurement/playback.h"

#include "measurement/noise.h"
#include "clock.h"

#include <stdlib.h>

struct playback *playback_new(const struct tc_model *model)
{
    struct playback *const playback = calloc(1, sizeof *playback);

    if (playback == NULL)
        return NULL;
    for (unsigned i = 0; i < TC_MAX_AUDIO; ++i) {
        playback->in[i] = playback->samples[i];
        playback->out[i] = playback->samples[TC_MAX_AUDIO + i];
    }
    tc_controls_init(&playback->controls, model);
    return playback;
}

void playback_set_noise(struct playback *playback, unsigned inputs)
{
    uint32_t random = 1;

    for (unsigned i = 0; i < inputs; ++i)
        noise_fill(playback->samples[i], PLAYBACK_FRAMES, &random);
}

double playback_play_s(struct playback *playback)
{
    const double start = tc_now_s();

    tc_player_process(playback->player, &playback->controls, playback->in, playback->out,
                      PLAYBACK_FRAMES);
    return tc_now_s() - start;
}
