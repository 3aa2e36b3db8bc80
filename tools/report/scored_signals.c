#include "report/scored_signals.h"

#include <stdlib.h>
#include <string.h>

static size_t scored_frames(const struct tc_clip *clip, size_t warmup)
{
    return clip->n_frames > warmup ? clip->n_frames - warmup : 0;
}

enum tc_status scored_signals_init(struct scored_signals *signals, const struct clip_set *set,
                                   size_t warmup, double rate_hz, struct tc_error *error)
{
    size_t n = 1;

    for (size_t i = 0; i < set->n; ++i)
        n += scored_frames(&set->clip[i], warmup);
    *signals = (struct scored_signals){.rate_hz = rate_hz,
                                       .warmup = warmup,
                                       .input = calloc(n, sizeof(float)),
                                       .target = calloc(n, sizeof(float)),
                                       .output = calloc(n, sizeof(float)),
                                       .ignored = calloc(n, sizeof(bool)),
                                       .part = calloc(set->n + 1, sizeof(struct scored_part))};
    if (signals->input != NULL && signals->target != NULL && signals->output != NULL &&
        signals->ignored != NULL && signals->part != NULL)
        return TC_OK;
    scored_signals_free(signals);
    return tc_fail(error, TC_NO_MEMORY, "out of memory for the signals of the report");
}

void scored_signals_add(struct scored_signals *signals, const struct tc_clip *clip,
                        const struct clip_source *source, const float *output)
{
    const size_t warmup = signals->warmup, at = signals->n_frames;
    const size_t n = scored_frames(clip, warmup);

    if (n == 0)
        return;
    memcpy(signals->input + at, clip->input[0] + warmup, n * sizeof(float));
    memcpy(signals->target + at, clip->target[0] + warmup, n * sizeof(float));
    memcpy(signals->output + at, output + warmup, n * sizeof(float));
    if (clip->ignored != NULL)
        memcpy(signals->ignored + at, clip->ignored + warmup, n * sizeof(bool));
    signals->part[signals->n_parts++] =
        (struct scored_part){.first = at, .start = source->start + warmup, .source = source};
    signals->n_frames += n;
}

void scored_signals_free(struct scored_signals *signals)
{
    free(signals->input);
    free(signals->target);
    free(signals->output);
    free(signals->ignored);
    free(signals->part);
    *signals = (struct scored_signals){0};
}

const struct scored_part *scored_signals_part(const struct scored_signals *signals, size_t frame)
{
    size_t p = 0;

    while (p + 1 < signals->n_parts && signals->part[p + 1].first <= frame)
        ++p;
    return &signals->part[p];
}
