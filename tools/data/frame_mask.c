#include "data/frame_mask.h"

#include "audio/sample_rate.h"

#include <math.h>
#include <stdlib.h>

/* Of a sample, what comes from marked ones. */
static const float marked_share = 0.01f;

enum tc_status frame_mask_require(struct frame_mask *mask, unsigned channels, size_t n_frames,
                                  struct tc_error *error)
{
    bool **channel;

    if (mask->channels > 0)
        return TC_OK;
    channel = calloc(channels, sizeof *channel + n_frames * sizeof(bool));
    if (channel == NULL)
        return tc_fail(error, TC_NO_MEMORY, "no memory to mark %zu frames", n_frames);
    for (unsigned c = 0; c < channels; ++c)
        channel[c] = (bool *)(channel + channels) + c * n_frames;
    *mask = (struct frame_mask){.channels = channels, .n_frames = n_frames, .channel = channel};
    return TC_OK;
}

void frame_mask_free(struct frame_mask *mask)
{
    free(mask->channel);
    *mask = (struct frame_mask){0};
}

struct marked_frames frame_mask_count(const struct frame_mask *mask, size_t start, size_t stop)
{
    struct marked_frames found = {0};

    for (unsigned c = 0; c < mask->channels; ++c)
        for (size_t i = start; i < stop && i < mask->n_frames; ++i) {
            const bool marked = mask->channel[c][i];

            found.frames += marked;
            found.runs += marked && (i == start || !mask->channel[c][i - 1]);
        }
    return found;
}

/* ------------------------------------------------------------------------------ resampling */

/* The mask as a signal of 0 and 1, which is resampled as the recording is. */
static enum tc_status to_audio(const struct frame_mask *mask, double rate_hz, struct audio *audio,
                               struct tc_error *error)
{
    *audio = (struct audio){.rate_hz = rate_hz, .n_frames = mask->n_frames};
    audio->channel = calloc(mask->channels, sizeof *audio->channel);
    while (audio->channel != NULL && audio->channels < mask->channels) {
        float *const samples = malloc(mask->n_frames * sizeof *samples);

        if (samples == NULL)
            break;
        for (size_t i = 0; i < mask->n_frames; ++i)
            samples[i] = mask->channel[audio->channels][i] ? 1.0f : 0.0f;
        audio->channel[audio->channels++] = samples;
    }
    if (audio->channels == mask->channels)
        return TC_OK;
    audio_free(audio);
    return tc_fail(error, TC_NO_MEMORY, "no memory to mark %zu frames", mask->n_frames);
}

static enum tc_status set_from_audio(struct frame_mask *mask, const struct audio *audio,
                                     struct tc_error *error)
{
    struct frame_mask new_mask = {0};
    const enum tc_status status =
        frame_mask_require(&new_mask, audio->channels, audio->n_frames, error);

    if (status != TC_OK)
        return status;
    for (unsigned c = 0; c < audio->channels; ++c)
        for (size_t i = 0; i < audio->n_frames; ++i)
            new_mask.channel[c][i] = fabsf(audio->channel[c][i]) > marked_share;
    frame_mask_free(mask);
    *mask = new_mask;
    return TC_OK;
}

enum tc_status frame_mask_convert_rate(struct frame_mask *mask, double from_hz, double to_hz,
                                       struct tc_error *error)
{
    struct audio audio;
    enum tc_status status;

    if (mask->channels == 0)
        return TC_OK;
    status = to_audio(mask, from_hz, &audio, error);
    if (status != TC_OK)
        return status;
    status = audio_convert_rate(&audio, to_hz, error);
    if (status == TC_OK)
        status = set_from_audio(mask, &audio, error);
    audio_free(&audio);
    return status;
}

static enum tc_status follow_path(struct audio *audio, const struct tc_align_path *path,
                                  size_t n_frames, struct tc_error *error)
{
    enum tc_status status = TC_OK;

    for (unsigned c = 0; c < audio->channels && status == TC_OK; ++c) {
        float *const out = malloc(n_frames * sizeof *out);

        if (out == NULL)
            return tc_fail(error, TC_NO_MEMORY, "no memory to mark %zu frames", n_frames);
        status = tc_align_resample(audio->channel[c], audio->n_frames, path, out, n_frames, error);
        free(audio->channel[c]);
        audio->channel[c] = out;
    }
    audio->n_frames = n_frames;
    return status;
}

enum tc_status frame_mask_resample(struct frame_mask *mask, const struct tc_align_path *path,
                                   size_t n_frames, struct tc_error *error)
{
    struct audio audio;
    enum tc_status status;

    if (mask->channels == 0)
        return TC_OK;
    status = to_audio(mask, 0.0, &audio, error);
    if (status != TC_OK)
        return status;
    status = follow_path(&audio, path, n_frames, error);
    if (status == TC_OK)
        status = set_from_audio(mask, &audio, error);
    audio_free(&audio);
    return status;
}
