#include "train/data/fill.h"

#include "model/network_input.h"

#include <string.h>

void tc_fill_input_row(float *x, unsigned row, const struct tc_architecture *arch,
                       const struct tc_metadata *meta, float in_gain,
                       const struct tc_segment *segment, const struct tc_clip *clips,
                       const struct tc_chunk *chunk)
{
    const unsigned n = segment ? tc_chunk_segment_frames(chunk, segment) : 0;
    const struct tc_clip *const clip = segment ? &clips[segment->clip] : NULL;

    if (n && row < arch->audio_inputs) {
        const float *const audio = clip->input[row] + segment->start + chunk->start;

        const float gain = tc_audio_input_gain(arch, meta, row, in_gain);

        for (unsigned t = 0; t < n; ++t)
            x[t] = tc_audio_input(audio[t], gain);
    } else if (n && row == arch->audio_inputs && clip->control) {
        const float *const control = clip->control + segment->start + chunk->start;

        for (unsigned t = 0; t < n; ++t)
            x[t] = tc_knob_input(&meta->knob[0], control[t]);
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
    const unsigned n = segment ? tc_chunk_segment_frames(chunk, segment) : 0;

    if (n)
        memcpy(symbols,
               clips[segment->clip].input[arch->audio_inputs] + segment->start + chunk->start,
               n * sizeof *symbols);
    for (size_t t = n; t < chunk->n_frames; ++t)
        symbols[t] = -1.0f;
}

void tc_fill_targets(const float **target, unsigned outputs, const struct tc_segment *segment,
                     const struct tc_clip *clips, const struct tc_chunk *chunk)
{
    for (unsigned o = 0; o < outputs; ++o)
        target[o] = clips[segment->clip].target[o] + segment->start + chunk->start;
}
