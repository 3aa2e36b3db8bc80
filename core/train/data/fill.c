#include "train/data/fill.h"

#include "model/network_input.h"

#include <string.h>

/* What a chunk takes of a segment's clip. */
struct frames_of_segment {
    unsigned n, before; /* frames in the chunk, the first of them before the clip's start */
    size_t start;       /* the clip's frame after these */
};

static struct frames_of_segment frames_of(const struct tc_chunk *chunk,
                                          const struct tc_segment *segment)
{
    struct frames_of_segment f = {0};
    ptrdiff_t start;

    if (!segment)
        return f;
    f.n = tc_chunk_segment_frames(chunk, segment);
    start = segment->start + (ptrdiff_t)chunk->start;
    if (start < 0)
        f.before = -start < (ptrdiff_t)f.n ? (unsigned)-start : f.n;
    else
        f.start = (size_t)start;
    return f;
}

void tc_fill_input_row(float *x, unsigned row, const struct tc_architecture *arch,
                       const struct tc_metadata *meta, float in_gain,
                       const struct tc_segment *segment, const struct tc_clip *clips,
                       const struct tc_chunk *chunk)
{
    const struct frames_of_segment f = frames_of(chunk, segment);
    const struct tc_clip *const clip = segment ? &clips[segment->clip] : NULL;
    const unsigned n = f.n;

    if (n && row < arch->audio_inputs) {
        const float *const audio = clip->input[row] + f.start;
        const float gain = tc_audio_input_gain(arch, meta, row, in_gain);

        memset(x, 0, f.before * sizeof *x);
        for (unsigned t = f.before; t < n; ++t)
            x[t] = tc_audio_input(audio[t - f.before], gain);
    } else if (n && row == arch->audio_inputs && clip->control) {
        const float *const control = clip->control + f.start;

        for (unsigned t = 0; t < n; ++t)
            x[t] = tc_knob_input(&meta->knob[0], control[t > f.before ? t - f.before : 0]);
    } else if (n) {
        const unsigned k = row - arch->audio_inputs;
        const float value = tc_knob_input(&meta->knob[k], clip->knob[k]);

        for (unsigned t = 0; t < n; ++t)
            x[t] = value;
    }
    memset(x + n, 0, (chunk->n_frames - n) * sizeof *x);
}

void tc_fill_symbols(float *symbols, const struct tc_architecture *arch,
                     const struct tc_segment *segment, const struct tc_clip *clips,
                     const struct tc_chunk *chunk)
{
    const struct frames_of_segment f = frames_of(chunk, segment);

    for (size_t t = 0; t < chunk->n_frames; ++t)
        symbols[t] = -1.0f;
    if (f.n > f.before)
        memcpy(symbols + f.before, clips[segment->clip].input[arch->audio_inputs] + f.start,
               (f.n - f.before) * sizeof *symbols);
}

void tc_fill_targets(const float **target, unsigned outputs, const struct tc_segment *segment,
                     const struct tc_clip *clips, const struct tc_chunk *chunk)
{
    for (unsigned o = 0; o < outputs; ++o)
        target[o] = clips[segment->clip].target[o] + segment->start + chunk->start;
}
