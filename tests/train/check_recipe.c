#include "option_change.h"
#include "tests/support/support.h"
#include "train/trainer.h"
#include "trainer_problem.h"

#include <math.h>
#include <string.h>

/* Trainings with each loss, pre-emphasis and optimiser. */

enum { LOSSES = TC_LOSS_LOG_COSH + 1, KINDS = TC_PRE_EMPHASIS_A_WEIGHTING + 1 };

static struct trainer_problem p;

static void setup(void)
{
    problem_init(&p, TC_CELL_LSTM, 8);
    p.options.epochs = 60;
}

static void teardown(void)
{
    problem_free(&p);
}

/* The ESR after training. */
static void expect_score_below(double limit)
{
    struct tc_model *const model = problem_train(&p, NULL, NULL, NULL);

    ck_assert_double_lt(problem_score(&p, model), limit);
    tc_model_free(model);
}

START_TEST(every_loss_learns_a_device)
{
    p.options.loss = (enum tc_loss)_i;
    expect_score_below(0.01);
}
END_TEST

START_TEST(every_loss_trains_the_same_model_with_any_number_of_threads)
{
    struct tc_model *model;

    p.options.epochs = 2;
    p.options.loss = (enum tc_loss)_i;
    p.options.pre_emphasis = (enum tc_pre_emphasis)(_i % KINDS);
    model = problem_train(&p, NULL, NULL, NULL);
    problem_require_any_threads(&p, model, "loss");
    tc_model_free(model);
}
END_TEST

/* The energy of all targets after the warm-up that are not ignored. */
START_TEST(denominator_is_the_power_of_all_targets)
{
    static bool ignored[FRAMES];
    struct tc_trainer *trainer;
    double energy = 0.0, frames = 0.0;

    p.options.loss = (enum tc_loss)_i;
    p.clip[0].ignored = ignored;
    for (size_t t = 1000; t < 3000; ++t)
        ignored[t] = true;
    for (unsigned c = 0; c < TRAIN_CLIPS; ++c)
        for (size_t t = p.options.warmup; t < FRAMES; ++t)
            if (c > 0 || !ignored[t]) {
                energy += pow((double)p.clip[c].target[0][t], 2.0);
                frames += 1.0;
            }
    trainer = problem_trainer(&p);
    ck_assert_double_eq_tol(trainer->loss.denominator, _i == TC_LOSS_MSE ? 2.0 : energy / frames,
                            1e-9);
    ck_assert_double_eq_tol((double)trainer->loss.rms, sqrt(energy / frames), 1e-7);
    tc_trainer_free(trainer);
}
END_TEST

static struct tc_trainer *after_silent_update(const struct trainer_problem *problem)
{
    struct tc_trainer *const trainer = problem_trainer(problem);

    memset(trainer->state.parameters, 0, trainer->values * sizeof *trainer->state.parameters);
    update_once(trainer);
    return trainer;
}

/* The loss of the first update of a network that is silent: 4 times the power is 4 times the
 * squared error, and the same relative one. */
START_TEST(relative_losses_do_not_depend_on_the_level)
{
    struct tc_trainer *plain, *loud;

    p.options.loss = (enum tc_loss)_i;
    plain = after_silent_update(&p);
    for (unsigned c = 0; c < CLIPS; ++c)
        for (size_t t = 0; t < FRAMES; ++t)
            p.target_row.row[c][t] *= 2.0f;
    loud = after_silent_update(&p);
    ck_assert_double_eq_tol(loud->state.history[0].loss / plain->state.history[0].loss,
                            _i == TC_LOSS_MSE ? 4.0 : 1.0, 1e-6);
    tc_trainer_free(loud);
    tc_trainer_free(plain);
}
END_TEST

START_TEST(probabilities_have_no_other_loss)
{
    p.arch.readout = TC_READOUT_LOGISTIC;
    p.options.loss = TC_LOSS_MAE;
    problem_expect_refusal(&p, TC_BAD_ARGUMENT,
                           "loss 2 of a readout that gives probabilities, expected 0: theirs is "
                           "the cross-entropy");
    p.options.loss = TC_LOSS_ESR;
    p.options.truncate = 2048;
    p.options.stft_weight = 1.0f;
    problem_expect_refusal(&p, TC_BAD_ARGUMENT,
                           "an STFT loss of probabilities, expected a linear readout");
    p.options.stft_weight = 0.0f;
    p.options.pre_emphasis = TC_PRE_EMPHASIS_HIGH;
    problem_expect_refusal(&p, TC_BAD_ARGUMENT,
                           "pre-emphasis of probabilities, expected a linear readout");
}
END_TEST

/* ------------------------------------------------------------------------- pre-emphasis */

START_TEST(every_pre_emphasis_learns_a_device)
{
    p.options.pre_emphasis = (enum tc_pre_emphasis)_i;
    expect_score_below(0.05);
}
END_TEST

/* A target of 1, -1, 1 ... at high is 1.85 times as strong as it is. The frames before the loss
 * count as 0. */
START_TEST(denominator_is_the_power_of_filtered_targets)
{
    const double frames = FRAMES - p.options.warmup;
    const double filtered = (1.0 + (frames - 1.0) * 1.85 * 1.85) / frames;
    struct tc_trainer *trainer;

    for (unsigned c = 0; c < CLIPS; ++c)
        for (size_t t = 0; t < FRAMES; ++t)
            p.target_row.row[c][t] = t % 2 ? -1.0f : 1.0f;
    p.options.pre_emphasis = TC_PRE_EMPHASIS_HIGH;
    trainer = problem_trainer(&p);
    ck_assert_double_eq_tol(trainer->loss.denominator, filtered, 1e-6);
    ck_assert_double_eq_tol((double)trainer->loss.rms, sqrt(filtered), 1e-6);
    /* Of the denominator, so that in all the error of the mean is relative to the power of 1. */
    ck_assert_double_eq_tol((double)trainer->loss.dc_weight, 0.25 * filtered, 1e-6);
    tc_trainer_free(trainer);
}
END_TEST

/* A chunk that is longer than memory is taken in parts, backward from the last. */
START_TEST(gradient_does_not_depend_on_the_parts_of_a_chunk)
{
    struct tc_trainer *whole, *parts;

    p.options.pre_emphasis = (enum tc_pre_emphasis)_i;
    p.options.clip_norm = 0.0f;
    p.options.batch = 1; /* so that a segment is a whole clip */
    p.options.truncate = FRAMES;
    whole = problem_trainer(&p);
    p.options.truncate = 64;
    p.options.truncation = TC_TRUNCATION_FULL;
    parts = problem_trainer(&p);
    /* Else they would have another mean in each part. */
    whole->loss.dc_weight = parts->loss.dc_weight = 0.0f;
    update_once(whole);
    update_once(parts);
    ck_assert_double_eq_tol(whole->state.history[0].loss, parts->state.history[0].loss, 1e-5);
    for (size_t i = 0; i < whole->values; ++i)
        ck_assert_float_eq_tol(whole->gradient[i], parts->gradient[i], 1e-5f);
    tc_trainer_free(parts);
    tc_trainer_free(whole);
}
END_TEST

START_TEST(a_weighting_needs_a_sample_rate)
{
    p.options.pre_emphasis = TC_PRE_EMPHASIS_A_WEIGHTING;
    p.meta.sample_rate_hz = 0.0;
    problem_expect_refusal(&p, TC_BAD_ARGUMENT,
                           "A-weighting of a model without a sample rate, expected one");
}
END_TEST

/* ------------------------------------------------------------------------- spectra */

/* The loss of the first update of a network that is silent. */
static double silent_loss(float stft_weight)
{
    struct tc_trainer *trainer;
    double loss;

    p.options.stft_weight = stft_weight;
    trainer = after_silent_update(&p);
    loss = trainer->state.history[0].loss;
    tc_trainer_free(trainer);
    return loss;
}

/* Of a silent output: 1 for the power of the error, and the loss of spectra times its weight. */
START_TEST(loss_of_spectra_is_added)
{
    double loss[3];

    p.options.truncate = 2048;
    for (unsigned i = 0; i < 3; ++i)
        loss[i] = silent_loss((float)i);
    ck_assert_double_gt(loss[1] - loss[0], 0.5);
    ck_assert_double_eq_tol(loss[2] - loss[1], loss[1] - loss[0], 1e-6);
}
END_TEST

/* A chunk of two parts with the same target has the loss of one of them, whatever the filter. */
START_TEST(loss_of_spectra_is_a_mean_over_the_parts_of_a_chunk)
{
    double part;

    p.options.pre_emphasis = (enum tc_pre_emphasis)_i;
    p.options.warmup = 0;
    p.options.truncate = 2048;
    for (unsigned c = 0; c < CLIPS; ++c) {
        p.clip[c].whole = true;
        p.clip[c].n_frames = 2 * 2048;
        for (size_t t = 2048; t < FRAMES; ++t)
            p.target_row.row[c][t] = p.target_row.row[c][t - 2048];
    }
    part = silent_loss(1.0f) - silent_loss(0.0f);
    ck_assert_double_gt(part, 0.5);
    p.options.truncation = TC_TRUNCATION_FULL;
    ck_assert_double_eq_tol(silent_loss(1.0f) - silent_loss(0.0f), part, 1e-5);
}
END_TEST

START_TEST(loss_of_spectra_trains_the_same_model_with_any_number_of_threads)
{
    struct tc_model *model;

    p.options.epochs = 3;
    p.options.truncate = 2048;
    p.options.stft_weight = 0.5f;
    model = problem_train(&p, NULL, NULL, NULL);
    problem_require_any_threads(&p, model, "spectra");
    tc_model_free(model);
}
END_TEST

/* ------------------------------------------------------------------------- optimisers */

static const struct {
    enum tc_optimizer optimizer;
    float rate, weight_decay;
} optimizers[] = {{TC_OPTIMIZER_ADAM, 1e-2f, 0.0f},
                  {TC_OPTIMIZER_ADAM, 1e-2f, 0.01f},
                  {TC_OPTIMIZER_RMSPROP, 1e-3f, 0.0f},
                  {TC_OPTIMIZER_SGD, 0.1f, 0.0f}};

START_TEST(every_optimizer_learns_a_device)
{
    p.options.optimizer = optimizers[_i].optimizer;
    p.options.learning_rate = optimizers[_i].rate;
    p.options.weight_decay = optimizers[_i].weight_decay;
    expect_score_below(0.05);
}
END_TEST

/* The second sum is that of the new gradient and the given part of the first. */
START_TEST(momentum_is_the_given_one)
{
    struct tc_trainer *trainer;
    float first;

    p.options.optimizer = TC_OPTIMIZER_SGD;
    p.options.momentum = 0.5f;
    p.options.clip_norm = 0.0f;
    trainer = problem_trainer(&p);
    update_once(trainer);
    first = trainer->state.optimizer.m[0];
    update_once(trainer);
    ck_assert_float_eq_tol(trainer->state.optimizer.m[0], 0.5f * first + trainer->gradient[0],
                           1e-7f);
    tc_trainer_free(trainer);
}
END_TEST

/* ------------------------------------------------------------------------- options */

/* Each of these options, changed alone, makes another training, which no checkpoint continues. */
static const struct option_change changes[] = {
    SET(loss, WHOLE, TC_LOSS_MAE),
    SET(dc_weight, REAL, 0.125),
    SET(pre_emphasis, WHOLE, TC_PRE_EMPHASIS_HIGH),
    SET(momentum, REAL, 0.5),
    SET(average, REAL, 0.9),
    SET(stft_weight, REAL, 0.5),
    SET(segment_warmup, WHOLE, 100),
    SET(initial_scale, REAL, 0.5),
    SET(schedule, WHOLE, TC_SCHEDULE_CONSTANT),
};

static uint64_t options_fingerprint(void)
{
    struct tc_trainer *const trainer = problem_trainer(&p);
    const uint64_t fingerprint = trainer->fingerprint[TC_FINGERPRINT_OPTIONS];

    tc_trainer_free(trainer);
    return fingerprint;
}

START_TEST(options_tell_trainings_apart)
{
    uint64_t plain;

    p.options.truncate = 2048; /* enough for spectra */
    plain = options_fingerprint();
    option_change_apply(&changes[_i], &p.options);
    ck_assert_uint_ne(options_fingerprint(), plain);
}
END_TEST

/* Other schedules do not look ahead, so that more epochs continue a training. */
START_TEST(epochs_tell_trainings_with_a_cosine_apart)
{
    for (int schedule = 0; schedule <= (int)TC_SCHEDULE_CONSTANT; ++schedule) {
        uint64_t plain;

        p.options.schedule = (enum tc_schedule)schedule;
        plain = options_fingerprint();
        ++p.options.epochs;
        ck_assert_int_eq(options_fingerprint() != plain, schedule == (int)TC_SCHEDULE_COSINE);
    }
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("recipe");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_loop_test(tests, every_loss_learns_a_device, 0, LOSSES);
    tcase_add_loop_test(tests, every_loss_trains_the_same_model_with_any_number_of_threads, 0,
                        LOSSES);
    tcase_add_loop_test(tests, denominator_is_the_power_of_all_targets, 0, LOSSES);
    tcase_add_loop_test(tests, relative_losses_do_not_depend_on_the_level, 0, LOSSES);
    tcase_add_loop_test(tests, every_pre_emphasis_learns_a_device, 0, KINDS);
    tcase_add_test(tests, denominator_is_the_power_of_filtered_targets);
    tcase_add_loop_test(tests, gradient_does_not_depend_on_the_parts_of_a_chunk, 0, KINDS);
    tcase_add_test(tests, a_weighting_needs_a_sample_rate);
    tcase_add_test(tests, loss_of_spectra_is_added);
    tcase_add_loop_test(tests, loss_of_spectra_is_a_mean_over_the_parts_of_a_chunk, 0, KINDS);
    tcase_add_test(tests, loss_of_spectra_trains_the_same_model_with_any_number_of_threads);
    tcase_add_loop_test(tests, every_optimizer_learns_a_device, 0,
                        sizeof optimizers / sizeof *optimizers);
    tcase_add_test(tests, momentum_is_the_given_one);
    tcase_add_loop_test(tests, options_tell_trainings_apart, 0, sizeof changes / sizeof *changes);
    tcase_add_test(tests, epochs_tell_trainings_with_a_cosine_apart);
    tcase_add_test(tests, probabilities_have_no_other_loss);
    return support_run(tests, "recipe");
}
