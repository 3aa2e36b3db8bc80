#include "config.h"
#include "audio/audio.h"

#include "audio/audio_reader.h"

#include <stdlib.h>

void audio_free(struct audio *audio)
{
    for (unsigned c = 0; audio->channel && c < audio->channels; ++c)
        free(audio->channel[c]);
    free(audio->channel);
    *audio = (struct audio){0};
}

static bool grow(struct audio *audio, size_t n_frames)
{
    if (n_frames > SIZE_MAX / sizeof(float))
        return false;
    for (unsigned c = 0; c < audio->channels; ++c) {
        float *const larger = realloc(audio->channel[c], n_frames * sizeof(float));

        if (!larger)
            return false;
        audio->channel[c] = larger;
    }
    return true;
}

/* Read to the end. Memory grows with what was read, since the stated length may be wrong. */
static enum tc_status load_all(struct audio_reader *reader, uint64_t stated, float **at,
                               struct audio *audio, struct tc_error *error)
{
    size_t capacity = 0, n_read;

    do {
        enum tc_status status;

        if (audio->n_frames == capacity) {
            capacity = capacity ? 2 * capacity : (size_t)1 << 20;
            if (capacity > stated && stated > audio->n_frames)
                capacity = (size_t)stated;
            if (!grow(audio, capacity))
                return tc_fail(error, TC_NO_MEMORY, "out of memory after %zu frames",
                               audio->n_frames);
        }
        for (unsigned c = 0; c < audio->channels; ++c)
            at[c] = audio->channel[c] + audio->n_frames;
        status = audio_read(reader, at, capacity - audio->n_frames, &n_read, error);
        if (status != TC_OK)
            return status;
        audio->n_frames += n_read;
    } while (n_read > 0);
    return TC_OK;
}

static enum tc_status load_from(struct audio_reader *reader, const struct audio_info *info,
                                struct audio *audio, struct tc_error *error)
{
    float **const at = calloc(info->channels, sizeof *at);
    enum tc_status status = TC_NO_MEMORY;

    *audio = (struct audio){.rate_hz = info->rate_hz,
                            .channels = info->channels,
                            .stated_frames = info->stated_frames,
                            .is_lossy = !audio_keeps_samples(info->format)};
    audio->channel = calloc(info->channels, sizeof *audio->channel);
    if (at && audio->channel)
        status = load_all(reader, info->n_frames, at, audio, error);
    else
        tc_fail(error, status, "out of memory");
    free(at);
    return status;
}

enum tc_status audio_load(struct audio *audio, const char *path, struct tc_error *error)
{
    struct audio_reader *reader;
    struct audio_info info;
    enum tc_status status;

    *audio = (struct audio){0};
    status = audio_open(&reader, path, &info, error);
    if (status != TC_OK)
        return status;
    status = load_from(reader, &info, audio, error);
    audio_close(reader);
    if (status != TC_OK)
        audio_free(audio);
    return status;
}
