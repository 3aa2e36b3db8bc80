#include "audio/sample_rate.h"

#include <math.h>
#include <samplerate.h>
#include <stdlib.h>

/* libsamplerate counts frames in long, and takes a whole channel at once. */
static enum tc_status convert_channel(const float *in, size_t n_in, float *out, size_t n_out,
                                      double ratio, struct tc_error *error)
{
    SRC_DATA data = {.data_in = in,
                     .data_out = out,
                     .input_frames = (long)n_in,
                     .output_frames = (long)n_out,
                     .end_of_input = 1,
                     .src_ratio = ratio};
    const int reason = src_simple(&data, SRC_SINC_BEST_QUALITY, 1);

    if (reason != 0)
        return tc_fail(error, TC_NO_MEMORY, "cannot convert the sample rate: %s",
                       src_strerror(reason));
    for (long i = data.output_frames_gen; i < (long)n_out; ++i)
        out[i] = 0.0f;
    return TC_OK;
}

static enum tc_status convert_all(const struct audio *from, struct audio *to,
                                  struct tc_error *error)
{
    enum tc_status status = TC_OK;

    to->channel = calloc(to->channels, sizeof *to->channel);
    if (to->channel == NULL)
        return tc_fail(error, TC_NO_MEMORY, "out of memory");
    for (unsigned c = 0; c < to->channels && status == TC_OK; ++c) {
        to->channel[c] = malloc(to->n_frames * sizeof(float));
        if (to->channel[c] == NULL)
            return tc_fail(error, TC_NO_MEMORY, "out of memory for %zu frames at %.10g Hz",
                           to->n_frames, to->rate_hz);
        status = convert_channel(from->channel[c], from->n_frames, to->channel[c], to->n_frames,
                                 to->rate_hz / from->rate_hz, error);
    }
    return status;
}

enum tc_status audio_convert_rate(struct audio *audio, double rate_hz, struct tc_error *error)
{
    const double ratio = rate_hz / audio->rate_hz;
    struct audio converted = {.rate_hz = rate_hz, .channels = audio->channels};
    enum tc_status status;

    if (!src_is_valid_ratio(ratio))
        return tc_fail(error, TC_UNSUPPORTED,
                       "%.10g Hz cannot be converted to %.10g Hz, expected at most 256 times more "
                       "or less",
                       audio->rate_hz, rate_hz);
    converted.n_frames = (size_t)llround((double)audio->n_frames * ratio);
    if (converted.n_frames == 0)
        return tc_fail(error, TC_UNSUPPORTED,
                       "%zu frames of %.10g Hz cannot be converted to %.10g Hz: none would be left",
                       audio->n_frames, audio->rate_hz, rate_hz);
    status = convert_all(audio, &converted, error);
    audio_free(status == TC_OK ? audio : &converted);
    if (status == TC_OK)
        *audio = converted;
    return status;
}
