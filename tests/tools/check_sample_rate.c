#include "config.h"
#include "tools/audio/sample_rate.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CHANNELS = 2 };

static double sine(unsigned channel, double time_s)
{
    return (channel ? 0.5 : 0.9) * sin(2.0 * acos(-1.0) * (channel ? 300.0 : 1000.0) * time_s);
}

static struct audio sines(double rate_hz, size_t n_frames)
{
    struct audio audio = {.rate_hz = rate_hz, .channels = CHANNELS, .n_frames = n_frames};

    audio.channel = malloc(CHANNELS * sizeof *audio.channel);
    for (unsigned c = 0; c < CHANNELS; ++c) {
        audio.channel[c] = malloc(n_frames * sizeof(float));
        for (size_t i = 0; i < n_frames; ++i)
            audio.channel[c][i] = (float)sine(c, (double)i / rate_hz);
    }
    return audio;
}

/* The sines end at once at both edges, where a filter of any length rings. */
static double largest_error(const struct audio *audio)
{
    const size_t edge = (size_t)(0.05 * audio->rate_hz);
    double largest = 0.0;

    for (unsigned c = 0; c < audio->channels; ++c) {
        for (size_t i = edge; i + edge < audio->n_frames; ++i)
            largest = fmax(
                largest, fabs((double)audio->channel[c][i] - sine(c, (double)i / audio->rate_hz)));
    }
    return largest;
}

static const struct {
    double from_hz, to_hz;
    size_t n_from, n_to;
} rates[] = {{44100, 48000, 44100, 48000},
             {48000, 44100, 48001, 44101},
             {48000, 8000, 96000, 16000},
             {8000, 768000, 4000, 384000},
             {47999.5, 44100, 30000, 27563}};

START_TEST(converts_without_delay)
{
    struct audio audio = sines(rates[_i].from_hz, rates[_i].n_from);
    struct tc_error error;

    ck_assert_int_eq(audio_convert_rate(&audio, rates[_i].to_hz, &error), TC_OK);
    ck_assert_double_eq(audio.rate_hz, rates[_i].to_hz);
    ck_assert_uint_eq(audio.n_frames, rates[_i].n_to);
    ck_assert_uint_eq(audio.channels, CHANNELS);
    ck_assert_double_lt(largest_error(&audio), 2e-6);
    audio_free(&audio);
}
END_TEST

START_TEST(refuses_what_it_cannot_convert)
{
    struct audio audio = sines(610.35, 1000);
    struct tc_error error;

    ck_assert_int_eq(audio_convert_rate(&audio, 768000.0, &error), TC_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(error.message, "610.35 Hz cannot be converted to 768000 Hz"));
    ck_assert_uint_eq(audio.n_frames, 1000);
    ck_assert_double_eq(audio.rate_hz, 610.35);
    audio_free(&audio);

    audio = sines(192000.0, 3);
    ck_assert_int_eq(audio_convert_rate(&audio, 8000.0, &error), TC_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(error.message, "none would be left"));
    audio_free(&audio);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("sample rate");

    tcase_add_loop_test(tests, converts_without_delay, 0, sizeof rates / sizeof *rates);
    tcase_add_test(tests, refuses_what_it_cannot_convert);
    return support_run(tests, "sample rate");
}
