#include "checks/true_rate.h"

#include "audio/sample_rate.h"
#include "tonecell-train.h"

#include <stdlib.h>
#include <string.h>

static const double ratios[] = {48000.0 / 44100.0, 44100.0 / 48000.0, 2.0, 0.5};

static const double examined_s = 30.0, max_delay_s = 5.0;

/* A target of another rate that fits explains this much of itself. */
static const double min_explained = 0.2;

/* The first frames of channel 0. */
static enum tc_status copy_start(const struct audio *audio, double rate_hz, struct audio *copy,
                                 struct tc_error *error)
{
    const double wanted = examined_s * audio->rate_hz;

    *copy = (struct audio){.rate_hz = rate_hz,
                           .channels = 1,
                           .n_frames =
                               (double)audio->n_frames < wanted ? audio->n_frames : (size_t)wanted,
                           .channel = calloc(1, sizeof *copy->channel)};
    if (copy->channel != NULL)
        copy->channel[0] = malloc((copy->n_frames + 1) * sizeof(float));
    if (copy->channel == NULL || copy->channel[0] == NULL)
        return tc_fail(error, TC_NO_MEMORY, "no memory for %zu frames", copy->n_frames);
    memcpy(copy->channel[0], audio->channel[0], copy->n_frames * sizeof(float));
    return TC_OK;
}

static enum tc_status try_ratio(const struct audio *input, const struct audio *target, double ratio,
                                struct tc_alignment *found, struct tc_error *error)
{
    const size_t n_input = (size_t)(examined_s * input->rate_hz);
    struct audio converted;
    enum tc_status status = copy_start(target, target->rate_hz * ratio, &converted, error);

    if (status == TC_OK)
        status = audio_convert_rate(&converted, input->rate_hz, error);
    if (status == TC_OK) {
        const struct tc_align_clip clip = {.input = input->channel[0],
                                           .target = converted.channel[0],
                                           .n_input = input->n_frames < n_input ? input->n_frames
                                                                                : n_input,
                                           .n_target = converted.n_frames};

        status =
            tc_find_alignment(&clip, 1, (size_t)(max_delay_s * input->rate_hz), 0, found, error);
    }
    audio_free(&converted);
    return status;
}

enum tc_status true_rate_find(const struct audio *input, const struct audio *target,
                              struct true_rate *found, struct tc_error *error)
{
    double best = min_explained;
    enum tc_status status = TC_OK;

    found->ratio = 1.0;
    for (size_t i = 0; i < sizeof ratios / sizeof *ratios && status == TC_OK; ++i) {
        struct tc_alignment alignment;

        status = try_ratio(input, target, ratios[i], &alignment, error);
        if (status != TC_OK || !alignment.certain || alignment.explained < best)
            continue;
        best = alignment.explained;
        found->ratio = ratios[i];
    }
    return status;
}
