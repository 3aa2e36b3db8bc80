#include "cli/given.h"
#include "tasks/effect_recipe.h"
#include "tests/support/support.h"

#include <stdlib.h>

/* Training options that follow from the length of the recordings, and from nothing else. */

enum { MAX_CLIPS = 60 };

static struct train_arguments arguments;
static struct tc_train_options options;
static struct tc_clip clips[MAX_CLIPS];

static void set_up(void)
{
    arguments = (struct train_arguments){.batch = UINT_NOT_GIVEN,
                                         .warmup = UINT_NOT_GIVEN,
                                         .segment_warmup = UINT_NOT_GIVEN,
                                         .epochs = UINT_NOT_GIVEN,
                                         .patience = UINT_NOT_GIVEN,
                                         .schedule = CHOICE_NOT_GIVEN,
                                         .effort = EFFORT_NORMAL};
    tc_train_options_init(&options);
}

static void set_recipe(size_t n, double seconds, double rate_hz, unsigned hidden)
{
    const struct tc_architecture arch = {
        .audio_inputs = 1, .outputs = 1, .layers = 1, .layer = {{TC_CELL_LSTM, TC_TANH, hidden}}};
    struct clip_set train = {.n = n, .clip = clips};

    for (size_t i = 0; i < n; ++i)
        clips[i].n_frames = options.warmup + (size_t)(seconds * rate_hz);
    effect_recipe_set(&options, &arguments, &train, rate_hz, &arch);
}

/* Segments of 2 s in whole blocks of 8, fewer than 8 only below half a second. */
static const struct {
    size_t clips;
    double seconds;
    unsigned batch;
} batches[] = {
    {1, 0.3, 1},   {1, 1.7, 3},    {1, 4.25, 8},  {1, 17.0, 8},  {1, 30.0, 8},
    {1, 51.0, 24}, {1, 152.0, 32}, {2, 25.0, 24}, {60, 0.5, 32}, {6, 0.2, 6},
};

START_TEST(batch_follows_from_the_length)
{
    set_recipe(batches[_i].clips, batches[_i].seconds, 44100.0, 32);
    ck_assert_uint_eq(options.batch, batches[_i].batch);
}
END_TEST

START_TEST(states_settle_for_a_tenth_of_a_second)
{
    static const struct {
        double rate_hz;
        unsigned frames;
    } expected[] = {{8000.0, 1000}, {44100.0, 4410}, {96000.0, 9600}};

    set_recipe(1, 20.0, expected[_i].rate_hz, 32);
    ck_assert_uint_eq(options.segment_warmup, expected[_i].frames);
}
END_TEST

/* 155 s at 48 kHz are 454 updates of 32 sequences and 512 frames: 132 epochs. The 38,000 weights of
 * an LSTM-96 leave time for 28, a batch of 128 sequences is too few updates to count. */
static const struct {
    double seconds;
    unsigned hidden, batch, epochs;
} lengths[] = {
    {5.0, 32, 0, 300},     {20.0, 32, 0, 256}, {155.0, 32, 0, 132},
    {155.0, 32, 128, 193}, {155.0, 96, 0, 50}, {1200.0, 32, 0, 50},
};

START_TEST(epochs_follow_from_the_work)
{
    if (lengths[_i].batch > 0)
        arguments.batch = options.batch = lengths[_i].batch;
    set_recipe(1, lengths[_i].seconds, 48000.0, lengths[_i].hidden);
    ck_assert_uint_ge(options.epochs, lengths[_i].epochs - 1);
    ck_assert_uint_le(options.epochs, lengths[_i].epochs + 1);
    ck_assert_int_eq(options.schedule, TC_SCHEDULE_COSINE);
}
END_TEST

START_TEST(given_options_stay)
{
    arguments.batch = options.batch = 5;
    arguments.warmup = options.warmup = 10;
    arguments.epochs = options.epochs = 7;
    arguments.schedule = TC_SCHEDULE_CONSTANT;
    options.schedule = TC_SCHEDULE_CONSTANT;
    set_recipe(1, 155.0, 48000.0, 32);
    ck_assert_uint_eq(options.batch, 5);
    ck_assert_uint_eq(options.segment_warmup, 0);
    ck_assert_uint_eq(options.epochs, 7);
    ck_assert_int_eq(options.schedule, TC_SCHEDULE_CONSTANT);
}
END_TEST

/* A training that goes on while it gains has no end that a cosine could fall towards. */
START_TEST(patience_and_best_effort_keep_the_plateau)
{
    const struct tc_train_options before = options;

    if (_i == 0)
        arguments.effort = EFFORT_BEST;
    else if (_i == 1)
        arguments.patience = options.patience;
    else
        arguments.schedule = TC_SCHEDULE_PLATEAU;
    set_recipe(1, 155.0, 48000.0, 32);
    ck_assert_int_eq(options.schedule, TC_SCHEDULE_PLATEAU);
    ck_assert_uint_eq(options.epochs, before.epochs);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("effect_recipe");

    tcase_add_checked_fixture(tests, set_up, NULL);
    tcase_add_loop_test(tests, batch_follows_from_the_length, 0, sizeof batches / sizeof *batches);
    tcase_add_loop_test(tests, states_settle_for_a_tenth_of_a_second, 0, 3);
    tcase_add_loop_test(tests, epochs_follow_from_the_work, 0, sizeof lengths / sizeof *lengths);
    tcase_add_test(tests, given_options_stay);
    tcase_add_loop_test(tests, patience_and_best_effort_keep_the_plateau, 0, 3);
    return support_run(tests, "effect_recipe");
}
