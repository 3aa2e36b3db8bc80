#include "report/clip_output.h"

#include <string.h>

enum { BLOCK = 4096 };

/* The output of frame t comes with input frame t + latency, and silence follows the clip. */
static void play(struct tc_player *player, const struct tc_controls *controls,
                 const struct tc_clip *clip, float *output)
{
    static const float silence[BLOCK];
    const size_t latency = tc_player_latency_frames(player, controls);
    float block[BLOCK], *const out[1] = {block};
    size_t n;

    for (size_t start = 0; start < clip->n_frames + latency; start += n) {
        const bool played = start >= clip->n_frames;
        const size_t rest = clip->n_frames - start + (played ? latency : 0);
        const float *const in[2] = {played ? silence : clip->input[0] + start,
                                    played || !clip->input[1] ? silence : clip->input[1] + start};
        size_t skip;

        n = rest < BLOCK ? rest : BLOCK;
        tc_player_process(player, controls, in, out, n);
        skip = start >= latency ? 0 : latency - start < n ? latency - start : n;
        if (skip < n)
            memcpy(output + start + skip - latency, block + skip, (n - skip) * sizeof *block);
    }
}

enum tc_status clip_output(const struct clip_playing *playing, const struct tc_clip *clip,
                           float *output, struct tc_error *error)
{
    struct tc_player *player;
    const enum tc_status status = tc_player_new_with(&player, playing->model, 1, playing->rate_hz,
                                                     playing->precision, &playing->controls, error);

    if (status != TC_OK)
        return status;
    play(player, &playing->controls, clip, output);
    tc_player_free(player);
    return TC_OK;
}
