#include "tools/data/channels.h"
#include "tests/support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Which channels of a recording are used. */

enum { FRAMES = 4000 };

static struct findings findings;
static unsigned number[4];

/* Uniform noise of a peak amplitude, of a stream of its own. */
static float *noise(uint64_t seed, float peak)
{
    struct support_random random = {seed};
    float *const x = malloc(FRAMES * sizeof *x);

    ck_assert_ptr_nonnull(x);
    support_fill(&random, x, FRAMES, -peak, peak);
    return x;
}

/* g x + y */
static float *sum(const float *x, float g, float *y)
{
    for (size_t i = 0; i < FRAMES; ++i)
        y[i] += g * x[i];
    return y;
}

/* g times that noise + y */
static float *sum_noise(uint64_t seed, float peak, float g, float *y)
{
    float *const x = noise(seed, peak);

    (void)sum(x, g, y);
    free(x);
    return y;
}

static struct audio audio_of(unsigned channels, float *a, float *b, float *c)
{
    float *const all[] = {a, b, c};
    struct audio audio = {.rate_hz = 44100.0, .n_frames = FRAMES, .channels = channels};

    audio.channel = calloc(channels, sizeof *audio.channel);
    ck_assert_ptr_nonnull(audio.channel);
    memcpy(audio.channel, all, channels * sizeof *all);
    return audio;
}

static void free_audio(struct audio *audio)
{
    for (unsigned c = 0; c < audio->channels; ++c)
        free(audio->channel[c]);
    free(audio->channel);
}

static void choose(struct audio *audio, enum channel_choice choice, bool is_target)
{
    struct tc_error error = {""};

    findings_free(&findings);
    ck_assert_msg(channels_choose(audio, choice, is_target, "a.wav", number, &findings, &error) ==
                      TC_OK,
                  "%s", error.message);
}

/* Channel `expected` (from 1) alone is left, and the finding says so. */
static void assert_one(struct audio audio, unsigned expected, const char *what)
{
    const float *const kept = audio.channel[expected - 1];
    char action[64];

    choose(&audio, CHANNEL_AUTOMATIC, false);
    snprintf(action, sizeof action, "channel %u is used", expected);
    ck_assert_uint_eq(audio.channels, 1);
    ck_assert_ptr_eq(audio.channel[0], kept);
    ck_assert_uint_eq(number[0], expected);
    ck_assert_uint_eq(findings.n, 1);
    ck_assert_str_eq(findings.finding[0].kind, "channels");
    ck_assert_str_eq(findings.finding[0].what, what);
    ck_assert_str_eq(findings.finding[0].action, action);
    free_audio(&audio);
}

START_TEST(a_silent_side_is_left_out)
{
    assert_one(audio_of(2, noise(1, 0.5f), noise(2, 0.0f), NULL), 1,
               "2 channels, channel 2 is silent");
    assert_one(audio_of(2, noise(2, 0.0f), noise(1, 0.5f), NULL), 2,
               "2 channels, channel 1 is silent");
}
END_TEST

/* An offset is no signal, either. */
START_TEST(a_noise_floor_is_left_out)
{
    float *const floor = noise(2, 0.0005f);

    for (size_t i = 0; i < FRAMES; ++i)
        floor[i] += 0.01f;
    assert_one(audio_of(2, floor, noise(1, 0.5f), NULL), 2,
               "2 channels, channel 1 is silent (60 dB below the loudest)");
}
END_TEST

START_TEST(a_quiet_side_of_its_own_is_kept)
{
    struct audio audio = audio_of(2, noise(1, 0.5f), noise(2, 0.01f), NULL);

    choose(&audio, CHANNEL_AUTOMATIC, false);
    ck_assert_uint_eq(audio.channels, 2);
    ck_assert_uint_eq(findings.n, 0);
    ck_assert(number[0] == 1 && number[1] == 2);
    free_audio(&audio);
}
END_TEST

/* Of sides that differ by a gain, the louder is used: its converter's noise is further below. */
START_TEST(of_equal_sides_one_is_left)
{
    float *const x = noise(1, 0.2f);

    assert_one(audio_of(2, x, sum(x, 1.0f, noise(2, 0.0f)), NULL), 1,
               "2 channels, channel 2 is channel 1 at 0.0 dB");
    assert_one(audio_of(2, noise(1, 0.2f), sum_noise(1, 0.2f, -2.0f, noise(2, 0.004f)), NULL), 2,
               "2 channels, channel 1 is channel 2 at -6.0 dB, inverted");
}
END_TEST

START_TEST(one_of_three_is_left)
{
    assert_one(
        audio_of(3, noise(2, 0.0f), noise(1, 0.2f), sum_noise(1, 0.2f, 0.5f, noise(3, 0.0f))), 2,
        "3 channels, channel 1 is silent, channel 3 is channel 2 at -6.0 dB");
}
END_TEST

START_TEST(a_choice_wins)
{
    const float half = 0.5f;
    struct audio left = audio_of(2, noise(1, half), noise(2, half), NULL);
    struct audio right = audio_of(2, noise(1, half), noise(2, half), NULL);
    struct audio mid = audio_of(2, noise(1, half), noise(2, half), NULL);
    float first, second;

    choose(&left, CHANNEL_LEFT, false);
    choose(&right, CHANNEL_RIGHT, false);
    ck_assert_uint_eq(number[0], 2);
    choose(&mid, CHANNEL_MID, false);
    ck_assert_uint_eq(number[0], 0);
    ck_assert(left.channels == 1 && right.channels == 1 && mid.channels == 1);
    first = left.channel[0][7];
    second = right.channel[0][7];
    ck_assert_float_ne(first, second);
    ck_assert_float_eq(mid.channel[0][7], 0.5f * (first + second));
    ck_assert_uint_eq(findings.n, 0);
    free_audio(&left);
    free_audio(&right);
    free_audio(&mid);
}
END_TEST

START_TEST(a_file_of_both_is_split)
{
    struct audio dry = audio_of(2, noise(1, 0.5f), noise(2, 0.5f), NULL);
    struct audio wet = audio_of(2, noise(1, 0.5f), noise(2, 0.5f), NULL);
    struct audio mono = audio_of(1, noise(1, 0.5f), NULL, NULL);
    struct tc_error error;

    choose(&dry, CHANNEL_SPLIT, false);
    ck_assert_uint_eq(number[0], 1);
    choose(&wet, CHANNEL_SPLIT, true);
    ck_assert_uint_eq(number[0], 2);
    ck_assert_float_ne(dry.channel[0][0], wet.channel[0][0]);
    ck_assert_int_eq(
        channels_choose(&mono, CHANNEL_SPLIT, true, "a.wav", number, &findings, &error),
        TC_BAD_SHAPE);
    free_audio(&dry);
    free_audio(&wet);
    free_audio(&mono);
}
END_TEST

START_TEST(the_dry_signal_is_found_in_a_target)
{
    struct audio dry = audio_of(1, noise(1, 0.5f), NULL, NULL);
    struct audio wet = audio_of(2, noise(2, 0.5f), sum_noise(1, 0.5f, 0.5f, noise(3, 0.0f)), NULL);

    ck_assert_uint_eq(channels_find_input(&dry, &wet), 1);
    free(wet.channel[1]);
    wet.channel[1] = noise(4, 0.5f);
    ck_assert_uint_eq(channels_find_input(&dry, &wet), 2);
    free_audio(&dry);
    free_audio(&wet);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("channels");

    tcase_add_test(tests, a_silent_side_is_left_out);
    tcase_add_test(tests, a_noise_floor_is_left_out);
    tcase_add_test(tests, a_quiet_side_of_its_own_is_kept);
    tcase_add_test(tests, of_equal_sides_one_is_left);
    tcase_add_test(tests, one_of_three_is_left);
    tcase_add_test(tests, a_choice_wins);
    tcase_add_test(tests, a_file_of_both_is_split);
    tcase_add_test(tests, the_dry_signal_is_found_in_a_target);
    return support_run(tests, "channels");
}
