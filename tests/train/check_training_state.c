#include "tests/support/support.h"
#include "tonecell-train.h"
#include "train/state_transfer.h"
#include "trainer_problem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A training saved at any update or validation and loaded into a new trainer with the same
 * arguments ends with the same model. */

static struct trainer_problem p;

static void set_up(void)
{
    problem_init(&p, TC_CELL_GRU, 3);
    p.options.epochs = 4;
    p.options.batch = 24;
    for (unsigned c = TRAIN_CLIPS; c < CLIPS; ++c)
        p.clip[c].n_frames = 700;
}

static void tear_down(void)
{
    problem_free(&p);
}

/* Saves the state at one of its calls. */
struct saver {
    struct tc_trainer *trainer;
    struct tc_training_state *state;
    unsigned calls, save_at;
    bool at_validation;
};

static bool save_once(const struct tc_progress *progress, void *user)
{
    struct saver *const saver = user;

    saver->calls += !saver->at_validation || progress->validated;
    if (saver->calls == saver->save_at && !saver->state)
        ck_assert_int_eq(tc_trainer_save_state(saver->trainer, &saver->state, NULL), TC_OK);
    return true;
}

static void train(struct tc_trainer *trainer, tc_progress_fn *progress, void *user,
                  enum tc_train_end *end)
{
    struct tc_error error = {""};

    ck_assert_msg(tc_trainer_run(trainer, progress, user, end, &error) == TC_OK, "%s",
                  error.message);
}

static void expect_same_end(const struct tc_trainer *one, const struct tc_trainer *other)
{
    const size_t saved = one->state.n.saved;

    ck_assert(support_same(one->state.parameters, other->state.parameters, saved));
    ck_assert(support_same(one->state.best, other->state.best, saved));
    ck_assert_uint_eq(one->state.random.state, other->state.random.state);
    ck_assert_int_eq(
        memcmp(&one->state.schedule, &other->state.schedule, sizeof one->state.schedule), 0);
    ck_assert_uint_eq(one->state.totals.updates, other->state.totals.updates);
    ck_assert_uint_eq(one->state.totals.frames, other->state.totals.frames);
    ck_assert_uint_eq(one->state.n_history, other->state.n_history);
    for (size_t i = 0; i < one->state.n_history; ++i) {
        ck_assert_double_eq(one->state.history[i].loss, other->state.history[i].loss);
        ck_assert_double_eq(one->state.history[i].score, other->state.history[i].score);
    }
}

/* Save at a call of the progress function, load into a new trainer, and compare the ends. */
static void expect_resumed(unsigned save_at, bool at_validation)
{
    struct tc_trainer *const one = problem_trainer(&p), *const other = problem_trainer(&p);
    struct saver saver = {.trainer = one, .save_at = save_at, .at_validation = at_validation};
    enum tc_train_end end = TC_END_STOPPED, other_end = TC_END_STOPPED;

    train(one, save_once, &saver, &end);
    ck_assert_ptr_nonnull(saver.state);
    ck_assert_int_eq(tc_trainer_load_state(other, saver.state, NULL), TC_OK);
    tc_training_state_free(saver.state);
    train(other, NULL, NULL, &other_end);
    ck_assert_int_eq(end, other_end);
    expect_same_end(one, other);
    tc_trainer_free(other);
    tc_trainer_free(one);
}

/* The first update, some within epochs, and the last of an epoch, whichever of these it is. */
START_TEST(training_saved_at_an_update_resumes_bit_identically)
{
    static const unsigned save_at[] = {1, 8, 20, 21, 22, 23, 24, 25};

    for (size_t i = 0; i < sizeof save_at / sizeof *save_at; ++i)
        expect_resumed(save_at[i], false);
}
END_TEST

START_TEST(training_saved_at_a_validation_resumes_bit_identically)
{
    expect_resumed(1, true);
    expect_resumed(2, true);
}
END_TEST

/* Saved at the validation that ends the training, the loaded one ends at once, too. */
START_TEST(training_saved_out_of_patience_ends_at_once)
{
    p.options.learning_rate = 1e-30f; /* nothing ever improves on the first validation */
    p.options.patience = 1;
    expect_resumed(2, true);
}
END_TEST

/* Options with further state that is carried from update to update. */
static void set_kind(int i)
{
    switch (i) {
    case 0:
        p.options.truncation = TC_TRUNCATION_RANDOM;
        p.options.truncate = 100;
        break;
    case 1:
        p.options.truncate = 64;
        p.options.lookback = 200;
        break;
    case 2:
        p.options.recurrent = TC_RECURRENT_ORTHOGONAL;
        p.options.optimizer = TC_OPTIMIZER_RMSPROP;
        break;
    case 3:
        p.options.recurrent = TC_RECURRENT_NORMALISED;
        break;
    default:
        p.arch.layers = 2;
        p.arch.layer[1] = p.arch.layer[0];
        p.options.batch_norm = true;
        p.options.dropout = 0.25f;
        p.options.batch = 5;
    }
}

START_TEST(every_kind_of_training_resumes_bit_identically)
{
    set_kind(_i);
    expect_resumed(2, false);
    expect_resumed(7, false);
    expect_resumed(1, true);
}
END_TEST

/* The state is loaded into the trainer that saved it, after further updates. */
START_TEST(training_state_restores_a_later_trainer)
{
    struct tc_trainer *const trainer = problem_trainer(&p);
    struct saver saver = {.trainer = trainer, .save_at = 5};
    struct tc_model *first, *second;

    train(trainer, save_once, &saver, NULL);
    first = best_model(trainer);
    ck_assert_int_eq(tc_trainer_load_state(trainer, saver.state, NULL), TC_OK);
    ck_assert_uint_eq(trainer->state.totals.updates, 5);
    train(trainer, NULL, NULL, NULL);
    second = best_model(trainer);
    ck_assert(support_same_parameters(first, second));
    tc_model_free(second);
    tc_model_free(first);
    tc_training_state_free(saver.state);
    tc_trainer_free(trainer);
}
END_TEST

START_TEST(state_of_another_training_is_refused)
{
    struct tc_trainer *const trainer = problem_trainer(&p);
    struct tc_training_state *state = NULL;
    struct tc_trainer *other;
    struct tc_error error;

    ck_assert_int_eq(tc_trainer_save_state(trainer, &state, NULL), TC_OK);
    p.arch.layer[0].hidden = 4;
    other = problem_trainer(&p);
    ck_assert_int_eq(tc_trainer_load_state(other, state, &error), TC_BAD_ARGUMENT);
    ck_assert_str_eq(error.message, "the state is of another training");
    tc_trainer_free(other);
    tc_training_state_free(state);
    tc_trainer_free(trainer);
}
END_TEST

/* The progress reported at validations. */
struct validations {
    struct tc_progress at[8], before;
    size_t n;
};

static bool record_validation(const struct tc_progress *progress, void *user)
{
    struct validations *const validations = user;

    if (progress->validated) {
        validations->at[validations->n] = *progress;
        validations->at[validations->n++].learning_rate = validations->before.learning_rate;
    }
    validations->before = *progress;
    return true;
}

START_TEST(history_matches_reported_progress)
{
    struct tc_trainer *const trainer = problem_trainer(&p);
    const struct tc_history_entry *h = NULL;
    struct validations validations = {.n = 0};

    ck_assert_uint_eq(tc_trainer_history(trainer, &h), 0);
    ck_assert_str_eq(tc_trainer_metric(trainer)->name, "esr");
    train(trainer, record_validation, &validations, NULL);
    ck_assert_uint_eq(validations.n, 2); /* 1400 frames: every second epoch */
    ck_assert_uint_eq(tc_trainer_history(trainer, &h), validations.n);
    for (size_t i = 0; i < validations.n; ++i) {
        ck_assert_uint_eq(h[i].epoch, 2 * (i + 1));
        ck_assert_uint_eq(h[i].updates, validations.at[i].updates);
        ck_assert_uint_eq(h[i].frames, validations.at[i].frames);
        ck_assert_uint_eq(h[i].rejected, validations.at[i].rejected);
        ck_assert_double_eq(h[i].loss, validations.at[i].loss);
        ck_assert_double_eq(h[i].score, validations.at[i].score);
        ck_assert_double_eq(h[i].learning_rate, validations.at[i].learning_rate);
        ck_assert_int_eq(h[i].improved, validations.at[i].improved);
        ck_assert_double_gt(h[i].gradient_norm, 0.0);
    }
    tc_trainer_free(trainer);
}
END_TEST

/* After the only update of a training the trainer still has its gradient. */
START_TEST(history_has_the_gradient_norm)
{
    const struct tc_history_entry *h = NULL;
    struct tc_trainer *trainer;
    double square = 0.0;

    p.options.clip_norm = 1e-3f;
    trainer = problem_trainer(&p);
    update_once(trainer);
    ck_assert_uint_eq(tc_trainer_history(trainer, &h), 1);
    for (size_t i = 0; i < trainer->state.n.updated; ++i)
        square += (double)trainer->gradient[i] * (double)trainer->gradient[i];
    ck_assert_double_eq_tol(h[0].gradient_norm, sqrt(square), 1e-12);
    ck_assert_double_gt(h[0].gradient_norm, 1e-3);
    tc_trainer_free(trainer);
}
END_TEST

START_TEST(sequences_need_no_warm_up)
{
    struct tc_train_options recordings, sequences;

    tc_train_options_init(&recordings);
    tc_train_options_init_sequences(&sequences);
    ck_assert_uint_eq(recordings.warmup, 1000);
    ck_assert_uint_eq(sequences.warmup, 0);
    ck_assert_uint_eq(sequences.batch, recordings.batch);
    ck_assert_uint_eq(sequences.epochs, recordings.epochs);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("training state");

    tcase_set_timeout(tests, 60.0);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, training_saved_at_an_update_resumes_bit_identically);
    tcase_add_test(tests, training_saved_at_a_validation_resumes_bit_identically);
    tcase_add_test(tests, training_saved_out_of_patience_ends_at_once);
    tcase_add_loop_test(tests, every_kind_of_training_resumes_bit_identically, 0, 5);
    tcase_add_test(tests, training_state_restores_a_later_trainer);
    tcase_add_test(tests, state_of_another_training_is_refused);
    tcase_add_test(tests, history_matches_reported_progress);
    tcase_add_test(tests, history_has_the_gradient_norm);
    tcase_add_test(tests, sequences_need_no_warm_up);
    return support_run(tests, "training state");
}
