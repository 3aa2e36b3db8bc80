#include "option_change.h"
#include "tests/support/failing_malloc.h"
#include "tests/support/support.h"
#include "tonecell-train.h"
#include "trainer_problem.h"

#include <math.h>
#include <string.h>

/* A trainer reports what is wrong with its arguments, and survives running out of memory. */

static const struct {
    const char *message;
    struct option_change change[3];
} bad_options[] = {
    {"a batch of 0, expected 1 to 4096", {SET(batch, WHOLE, 0)}},
    {"a batch of 4097, expected 1 to 4096", {SET(batch, WHOLE, 4097)}},
    {"chunks of 0 frames, expected 1 to 1048576", {SET(truncate, WHOLE, 0)}},
    {"chunks of 1048577 frames, expected 1 to 1048576", {SET(truncate, WHOLE, 1048577)}},
    {"truncation 4, expected 0 to 3", {SET(truncation, WHOLE, 4)}},
    {"a warm-up of 999 frames for segments, expected 0 or 1000 to 1048576",
     {SET(segment_warmup, WHOLE, 999), SET(warmup, WHOLE, 1000)}},
    {"a learned start after a warm-up of 50 frames, expected 0: no gradient goes through it",
     {SET(segment_warmup, WHOLE, 50), SET(warmup, WHOLE, 0), SET(start, WHOLE, TC_START_LEARNED)}},
    {"a lookback of 31 frames, expected 32 to 1048576", {SET(lookback, WHOLE, 31)}},
    {"a lookback of 1048577 frames, expected 32 to 1048576", {SET(lookback, WHOLE, 1048577)}},
    {"a lookback is of fixed truncation only",
     {SET(lookback, WHOLE, 64), SET(truncation, WHOLE, TC_TRUNCATION_FULL)}},
    {"random truncation after 1 frames, expected 2 or more",
     {SET(truncate, WHOLE, 1), SET(truncation, WHOLE, TC_TRUNCATION_RANDOM)}},
    {"a tail of 1, expected 0 or more than 1",
     {SET(tail, REAL, 1), SET(truncation, WHOLE, TC_TRUNCATION_RANDOM)}},
    {"a tail of -2, expected 0 or more than 1",
     {SET(tail, REAL, -2), SET(truncation, WHOLE, TC_TRUNCATION_RANDOM)}},
    {"a tail of inf, expected 0 or more than 1",
     {SET(tail, REAL, (double)INFINITY), SET(truncation, WHOLE, TC_TRUNCATION_RANDOM)}},
    {"unknown loss 4, expected 0 to 3", {SET(loss, WHOLE, 4)}},
    {"a DC weight of -0.5, expected 0 to less than 1", {SET(dc_weight, REAL, -0.5)}},
    {"a DC weight of 1, expected 0 to less than 1", {SET(dc_weight, REAL, 1)}},
    {"a DC weight of nan, expected 0 to less than 1", {SET(dc_weight, REAL, (double)NAN)}},
    {"an STFT weight of -1, expected 0 or more", {SET(stft_weight, REAL, -1)}},
    {"an STFT weight of inf, expected 0 or more", {SET(stft_weight, REAL, (double)INFINITY)}},
    {"an STFT loss in chunks of 2047 frames, expected 2048 or more, its longest window",
     {SET(stft_weight, REAL, 1), SET(truncate, WHOLE, 2047)}},
    {"unknown pre-emphasis 3, expected 0 to 2", {SET(pre_emphasis, WHOLE, 3)}},
    {"unknown optimiser 3, expected 0 to 2", {SET(optimizer, WHOLE, 3)}},
    {"an average with a factor of -0.5, expected 0 to less than 1", {SET(average, REAL, -0.5)}},
    {"an average with a factor of 1, expected 0 to less than 1", {SET(average, REAL, 1)}},
    {"an average with a factor of nan, expected 0 to less than 1",
     {SET(average, REAL, (double)NAN)}},
    {"an average of weights with batch normalisation, whose statistics are those of the present "
     "weights: expected one of both",
     {SET(average, REAL, 0.5), SET(batch_norm, FLAG, 1)}},
    {"a momentum of -0.5, expected 0 to less than 1", {SET(momentum, REAL, -0.5)}},
    {"a momentum of 1, expected 0 to less than 1", {SET(momentum, REAL, 1)}},
    {"a momentum of nan, expected 0 to less than 1", {SET(momentum, REAL, (double)NAN)}},
    {"unknown initialisation 3 of recurrent matrices", {SET(initial, WHOLE, 3)}},
    {"an initial scale of 0, expected (0, 10]", {SET(initial_scale, REAL, 0)}},
    {"an initial scale of nan, expected (0, 10]", {SET(initial_scale, REAL, (double)NAN)}},
    {"unknown form 3 of recurrent matrices", {SET(recurrent, WHOLE, 3)}},
    {"unknown start 3, expected 0 to 2", {SET(start, WHOLE, 3)}},
    {"a learned start after a warm-up of 50 frames, expected 0: no gradient goes through it",
     {SET(start, WHOLE, TC_START_LEARNED)}},
    {"a recurrent rate of 0, expected (0, 1]", {SET(recurrent_rate, REAL, 0)}},
    {"a recurrent rate of 1.5, expected (0, 1]", {SET(recurrent_rate, REAL, 1.5)}},
    {"a fraction of negatives of -0.5, expected [0, 1]", {SET(negatives, REAL, -0.5)}},
    {"a fraction of negatives of nan, expected [0, 1]", {SET(negatives, REAL, (double)NAN)}},
    {"a forget bias of 101, expected -100 to 100", {SET(forget_bias, REAL, 101)}},
    {"a forget bias of nan, expected -100 to 100", {SET(forget_bias, REAL, (double)NAN)}},
    {"a dropout of -0.1, expected 0 to 0.9", {SET(dropout, REAL, -0.1)}},
    {"a dropout of 0.95, expected 0 to 0.9", {SET(dropout, REAL, 0.95)}},
    {"a dropout of nan, expected 0 to 0.9", {SET(dropout, REAL, (double)NAN)}},
    {"a memory of 1 frames, expected 0 or 2 to 1048576", {SET(memory, WHOLE, 1)}},
    {"a memory of 1048577 frames, expected 0 or 2 to 1048576", {SET(memory, WHOLE, 1048577)}},
    {"a learning rate of 0, expected (0, 1]", {SET(learning_rate, REAL, 0)}},
    {"a learning rate of 1.5, expected (0, 1]", {SET(learning_rate, REAL, 1.5)}},
    {"a learning rate of nan, expected (0, 1]", {SET(learning_rate, REAL, (double)NAN)}},
    {"a clip norm of -1, expected 0 or more", {SET(clip_norm, REAL, -1)}},
    {"a clip norm of nan, expected 0 or more", {SET(clip_norm, REAL, (double)NAN)}},
    {"a clip value of -1, expected 0 or more", {SET(clip_value, REAL, -1)}},
    {"a clip value of nan, expected 0 or more", {SET(clip_value, REAL, (double)NAN)}},
    {"a weight decay of -1, expected 0 to less than 4",
     {SET(learning_rate, REAL, 0.25), SET(weight_decay, REAL, -1)}},
    {"a weight decay of 4, expected 0 to less than 4",
     {SET(learning_rate, REAL, 0.25), SET(weight_decay, REAL, 4)}},
    {"a weight decay of nan, expected 0 to less than 4",
     {SET(learning_rate, REAL, 0.25), SET(weight_decay, REAL, (double)NAN)}},
    {"0 epochs, expected at least 1", {SET(epochs, WHOLE, 0)}},
    {"a patience of 0 validations, expected at least 1", {SET(patience, WHOLE, 0)}},
    {"a time limit of -0.5 s, expected 0 or more", {SET(time_limit_s, TIME, -0.5)}},
    {"a time limit of nan s, expected 0 or more", {SET(time_limit_s, TIME, (double)NAN)}},
    {"1025 threads, expected at most 1024", {SET(threads, WHOLE, 1025)}},
    {"no training clip is longer than the warm-up of 6000 frames", {SET(warmup, WHOLE, FRAMES)}},
};

START_TEST(options_out_of_range_are_refused)
{
    struct trainer_problem p;

    problem_init(&p, TC_CELL_LSTM, 4);
    for (unsigned i = 0; i < 3; ++i)
        option_change_apply(&bad_options[_i].change[i], &p.options);
    problem_expect_refusal(&p, TC_BAD_ARGUMENT, bad_options[_i].message);
    problem_free(&p);
}
END_TEST

static const struct {
    unsigned clip;
    bool target;
    size_t frame;
    float value;
    const char *message;
} bad_samples[] = {
    {0, false, 0, (float)NAN, "training clip 0: input frame 0 is nan"},
    {2, true, FRAMES - 1, (float)INFINITY, "training clip 2: target frame 5999 is inf"},
    {TRAIN_CLIPS, true, 7, -(float)INFINITY, "validation clip 0: target frame 7 is -inf"},
    {TRAIN_CLIPS + 1, false, 7, (float)INFINITY, "validation clip 1: input frame 7 is inf"},
};

START_TEST(non_finite_samples_are_refused_with_their_position)
{
    struct trainer_problem p;

    problem_init(&p, TC_CELL_LSTM, 4);
    (bad_samples[_i].target ? &p.target_row : &p.input_row)
        ->row[bad_samples[_i].clip][bad_samples[_i].frame] = bad_samples[_i].value;
    problem_expect_refusal(&p, TC_BAD_VALUE, bad_samples[_i].message);
    problem_free(&p);
}
END_TEST

/* Samples in the warm-up are not counted: the target may vary there. */
static void fill_targets(struct trainer_problem *p, unsigned first, unsigned end, float value)
{
    for (unsigned c = first; c < end; ++c)
        for (size_t t = p->options.warmup; t < FRAMES; ++t)
            p->target_row.row[c][t] = value;
}

START_TEST(silent_and_constant_targets_are_refused)
{
    struct trainer_problem p;

    problem_init(&p, TC_CELL_LSTM, 4);
    fill_targets(&p, TRAIN_CLIPS, CLIPS, 0.0f);
    problem_expect_refusal(&p, TC_BAD_ARGUMENT, "the validation target is silent");
    fill_targets(&p, 0, TRAIN_CLIPS, 0.25f);
    problem_expect_refusal(&p, TC_BAD_ARGUMENT, "the target is constant at 0.25");
    fill_targets(&p, 0, TRAIN_CLIPS, 0.0f);
    problem_expect_refusal(&p, TC_BAD_ARGUMENT, "the target is silent");
    problem_free(&p);
}
END_TEST

/* One clip with frames after the warm-up is enough. */
START_TEST(too_short_validation_clips_are_refused)
{
    struct trainer_problem p;

    problem_init(&p, TC_CELL_LSTM, 4);
    p.clip[TRAIN_CLIPS].n_frames = p.options.warmup;
    tc_trainer_free(problem_trainer(&p));
    p.clip[TRAIN_CLIPS + 1].n_frames = p.options.warmup;
    problem_expect_refusal(&p, TC_BAD_ARGUMENT,
                           "no validation clip is longer than the warm-up of 50 frames");
    problem_free(&p);
}
END_TEST

START_TEST(clips_without_a_frame_that_counts_are_refused)
{
    static bool ignored[FRAMES];
    struct trainer_problem p;

    problem_init(&p, TC_CELL_LSTM, 4);
    memset(ignored, true, sizeof ignored);
    p.clip[TRAIN_CLIPS].ignored = p.clip[TRAIN_CLIPS + 1].ignored = ignored;
    problem_expect_refusal(
        &p, TC_BAD_ARGUMENT,
        "no validation clip has a frame that is not ignored after the warm-up of 50 "
        "frames");
    for (unsigned c = 0; c < TRAIN_CLIPS; ++c)
        p.clip[c].ignored = ignored;
    problem_expect_refusal(
        &p, TC_BAD_ARGUMENT,
        "no training clip has a frame that is not ignored after the warm-up of 50 "
        "frames");
    problem_free(&p);
}
END_TEST

START_TEST(empty_clip_lists_are_refused)
{
    struct trainer_problem p;
    struct tc_trainer *trainer = NULL;
    struct tc_error error;

    problem_init(&p, TC_CELL_LSTM, 4);
    ck_assert_int_eq(
        tc_trainer_new(&trainer, &p.arch, &p.meta, &p.options, p.clip, 0, p.clip, 1, &error),
        TC_BAD_ARGUMENT);
    ck_assert_str_eq(error.message, "no training clips");
    ck_assert_int_eq(
        tc_trainer_new(&trainer, &p.arch, &p.meta, &p.options, p.clip, 1, p.clip, 0, &error),
        TC_BAD_ARGUMENT);
    ck_assert_str_eq(error.message, "no validation clips");
    ck_assert_ptr_null(trainer);
    tc_trainer_free(NULL);
    problem_free(&p);
}
END_TEST

/* An architecture or metadata without a valid model is refused before the training, not after. */
START_TEST(invalid_architectures_are_refused_at_creation)
{
    struct trainer_problem p;

    problem_init(&p, TC_CELL_LSTM, 4);
    p.arch.layers = 0;
    problem_expect_refusal(&p, TC_BAD_ARGUMENT, "0 layers, expected at least 1");
    p.arch.layers = 1;
    p.meta.out_gain_db = (float)NAN;
    problem_expect_refusal(&p, TC_BAD_VALUE, "the output gain is nan dB, expected -200 to 200");
    p.meta.out_gain_db = 0.0f;
    strcpy(p.meta.name, "H\366he");
    problem_expect_refusal(&p, TC_BAD_VALUE,
                           "the name is not printable or not UTF-8, or has more than 127 bytes");
    strcpy(p.meta.name, "");
    p.arch.knobs = 1;
    p.meta.knob[0] = (struct tc_knob){.name = "Drive", .min = 1.0f, .max = 1.0f, .initial = 1.0f};
    problem_expect_refusal(
        &p, TC_BAD_VALUE, "knob Drive has the range 1 to 1, expected a rising one of finite width");
    p.meta.knob[0].max = 2.0f;
    p.clip[1].knob[0] = (float)NAN;
    problem_expect_refusal(&p, TC_BAD_VALUE, "training clip 1: knob Drive is nan");
    problem_free(&p);
}
END_TEST

START_TEST(activations_without_gradient_are_refused)
{
    struct trainer_problem p;

    problem_init(&p, TC_CELL_RNN, 4);
    p.arch.layers = 2;
    p.arch.layer[1] = (struct tc_layer){TC_CELL_RNN, TC_ELU, 4};
    problem_expect_refusal(&p, TC_UNSUPPORTED,
                           "layer 1 has the activation elu, which can be played but not trained");
    p.arch.layer[1].activation = TC_SOFTMAX;
    problem_expect_refusal(
        &p, TC_UNSUPPORTED,
        "layer 1 has the activation softmax, which can be played but not trained");
    problem_free(&p);
}
END_TEST

/* ------------------------------------------------------------------------- memory */

/* Small, since the training runs once for each of its allocations. */
static void make_tiny(struct trainer_problem *p)
{
    p->options.epochs = 1;
    for (unsigned c = 0; c < CLIPS; ++c)
        p->clip[c].n_frames = 300;
}

START_TEST(creation_survives_every_failing_allocation)
{
    struct trainer_problem p;
    struct tc_trainer *trainer = NULL;
    struct tc_error error;
    bool failed;
    long i = -1;

    problem_init(&p, TC_CELL_LSTM, 4);
    make_tiny(&p);
    p.options.batch_norm = true;
    p.options.recurrent = TC_RECURRENT_ORTHOGONAL;
    do {
        strcpy(error.message, "");
        failing_malloc_start(++i);
        failed = failing_malloc_failed(problem_try_trainer(&p, &trainer, &error));
        ck_assert(failed == !trainer);
        ck_assert(failed == !!strstr(error.message, "out of memory for"));
    } while (failed);
    ck_assert_int_ge(i, 20);
    tc_trainer_free(trainer);
    problem_free(&p);
}
END_TEST

/* Afterwards the trainer can still run and return its model. */
START_TEST(training_survives_every_failing_allocation)
{
    struct trainer_problem p;
    struct tc_trainer *trainer;
    enum tc_train_end end;
    bool failed;
    long i = -1;

    problem_init(&p, TC_CELL_LSTM, 4);
    make_tiny(&p);
    do {
        trainer = problem_trainer(&p);
        end = TC_END_TIME;
        failing_malloc_start(++i);
        failed = failing_malloc_failed(tc_trainer_run(trainer, NULL, NULL, &end, NULL));
        ck_assert_int_eq(end, failed ? TC_END_TIME : TC_END_EPOCHS);
        ck_assert_int_eq(tc_trainer_run(trainer, NULL, NULL, &end, NULL), TC_OK);
        ck_assert_int_eq(end, TC_END_EPOCHS);
        tc_model_free(best_model(trainer));
        tc_trainer_free(trainer);
    } while (failed);
    ck_assert_int_ge(i, 8);
    problem_free(&p);
}
END_TEST

START_TEST(best_model_survives_every_failing_allocation)
{
    struct trainer_problem p;
    struct tc_trainer *trainer;
    struct tc_model *model = NULL;
    bool failed;
    long i = -1;

    problem_init(&p, TC_CELL_LSTM, 4);
    trainer = problem_trainer(&p);
    do {
        failing_malloc_start(++i);
        failed = failing_malloc_failed(tc_trainer_best(trainer, "{}", &model, NULL));
        ck_assert(failed == !model);
    } while (failed);
    ck_assert_int_ge(i, 6);
    tc_model_free(model);
    tc_trainer_free(trainer);
    problem_free(&p);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("trainer_refusals");

    tcase_add_loop_test(tests, options_out_of_range_are_refused, 0,
                        sizeof bad_options / sizeof *bad_options);
    tcase_add_loop_test(tests, non_finite_samples_are_refused_with_their_position, 0,
                        sizeof bad_samples / sizeof *bad_samples);
    tcase_add_test(tests, silent_and_constant_targets_are_refused);
    tcase_add_test(tests, too_short_validation_clips_are_refused);
    tcase_add_test(tests, clips_without_a_frame_that_counts_are_refused);
    tcase_add_test(tests, empty_clip_lists_are_refused);
    tcase_add_test(tests, invalid_architectures_are_refused_at_creation);
    tcase_add_test(tests, activations_without_gradient_are_refused);
    tcase_add_test(tests, creation_survives_every_failing_allocation);
    tcase_add_test(tests, training_survives_every_failing_allocation);
    tcase_add_test(tests, best_model_survives_every_failing_allocation);
    return support_run(tests, "trainer_refusals");
}
