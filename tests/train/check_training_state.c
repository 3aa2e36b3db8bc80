#include "tests/support/support.h"
#include "tests/support/temp_folder.h"
#include "tonecell-train.h"
#include "train/state_transfer.h"
#include "trainer_problem.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A training saved at any update or validation, in memory or in a checkpoint, and loaded into a new
 * trainer with the same arguments ends with the same model. */

static struct trainer_problem p;

static void set_up(void)
{
    temp_folder_enter();
    problem_init(&p, TC_CELL_GRU, 3);
    p.options.epochs = 4;
    p.options.batch = 24;
    for (unsigned c = TRAIN_CLIPS; c < CLIPS; ++c)
        p.clip[c].n_frames = 700;
}

static void tear_down(void)
{
    problem_free(&p);
    temp_folder_leave();
}

static const char checkpoint[] = "amp.safetensors.checkpoint";

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
    if (saver->calls == saver->save_at && !saver->state) {
        ck_assert_int_eq(tc_trainer_save_state(saver->trainer, &saver->state, NULL), TC_OK);
        ck_assert_int_eq(
            tc_trainer_save_checkpoint(saver->trainer, "{\"seed\": 1}", checkpoint, NULL), TC_OK);
    }
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
    ck_assert(support_same(one->state.average, other->state.average, one->state.n.averaged));
    ck_assert_double_eq(one->state.average_weight, other->state.average_weight);
    ck_assert_uint_eq(one->state.random.state, other->state.random.state);
    ck_assert_int_eq(
        memcmp(&one->state.schedule, &other->state.schedule, sizeof one->state.schedule), 0);
    ck_assert_uint_eq(one->state.totals.updates, other->state.totals.updates);
    ck_assert_uint_eq(one->state.totals.frames, other->state.totals.frames);
    ck_assert_uint_eq(one->state.totals.rejected, other->state.totals.rejected);
    ck_assert_uint_eq(one->state.n_history, other->state.n_history);
    for (size_t i = 0; i < one->state.n_history; ++i) {
        ck_assert_double_eq(one->state.history[i].loss, other->state.history[i].loss);
        ck_assert_double_eq(one->state.history[i].score, other->state.history[i].score);
        ck_assert_int_eq(one->state.history[i].averaged, other->state.history[i].averaged);
    }
}

/* That a trainer which was loaded ends as `one` did. */
static void expect_end(struct tc_trainer *loaded, const struct tc_trainer *one,
                       enum tc_train_end end)
{
    enum tc_train_end loaded_end = TC_END_STOPPED;

    train(loaded, NULL, NULL, &loaded_end);
    ck_assert_int_eq(loaded_end, end);
    expect_same_end(one, loaded);
    tc_trainer_free(loaded);
}

static struct tc_trainer *trainer_of_checkpoint(void)
{
    struct tc_trainer *const trainer = problem_trainer(&p);
    struct tc_error error = {""};

    ck_assert_msg(tc_trainer_load_checkpoint(trainer, checkpoint, &error) == TC_OK, "%s",
                  error.message);
    return trainer;
}

/* Save at a call of the progress function, load into new trainers, and compare the ends. */
static void expect_resumed(unsigned save_at, bool at_validation)
{
    struct tc_trainer *const one = problem_trainer(&p), *const other = problem_trainer(&p);
    struct saver saver = {.trainer = one, .save_at = save_at, .at_validation = at_validation};
    enum tc_train_end end = TC_END_STOPPED;

    train(one, save_once, &saver, &end);
    ck_assert_ptr_nonnull(saver.state);
    ck_assert_int_eq(tc_trainer_load_state(other, saver.state, NULL), TC_OK);
    tc_training_state_free(saver.state);
    expect_end(other, one, end);
    expect_end(trainer_of_checkpoint(), one, end);
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
        p.options.schedule = TC_SCHEDULE_COSINE;
        break;
    case 4:
        p.options.pre_emphasis = TC_PRE_EMPHASIS_A_WEIGHTING;
        p.options.loss = TC_LOSS_LOG_COSH;
        p.options.optimizer = TC_OPTIMIZER_SGD;
        p.options.batch = 5;
        break;
    case 5:
        p.options.recurrent = TC_RECURRENT_ORTHOGONAL;
        p.options.average = 0.9f;
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

/* Steps that overflow are undone before and after the state is saved. */
START_TEST(training_with_undone_steps_resumes_bit_identically)
{
    unsigned some_before = 0, some_after = 0;

    make_divergent(&p, TC_IDENTITY);
    for (unsigned save_at = 1; save_at < 40; save_at += 3) {
        struct saver saver = {.save_at = save_at};
        unsigned before;

        saver.trainer = problem_trainer(&p);
        train(saver.trainer, save_once, &saver, NULL);
        before = saver.state->totals.rejected;
        some_before += before;
        some_after += saver.trainer->state.totals.rejected - before;
        tc_training_state_free(saver.state);
        tc_trainer_free(saver.trainer);
        expect_resumed(save_at, false);
    }
    ck_assert_uint_gt(some_before, 0);
    ck_assert_uint_gt(some_after, 0);
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

/* ------------------------------------------------------------------ checkpoints */

/* Save one after five updates. */
static struct tc_trainer *trainer_with_checkpoint(void)
{
    struct tc_trainer *const trainer = problem_trainer(&p);
    struct saver saver = {.trainer = trainer, .save_at = 5};

    train(trainer, save_once, &saver, NULL);
    tc_training_state_free(saver.state);
    return trainer;
}

START_TEST(a_checkpoint_is_a_model_file)
{
    struct tc_trainer *const trainer = trainer_with_checkpoint();
    struct tc_model *best = NULL, *read = NULL;
    struct tc_error error = {""};

    ck_assert_int_eq(tc_trainer_save_checkpoint(trainer, "{\"seed\": 1}", checkpoint, NULL), TC_OK);
    ck_assert_uint_eq(temp_folder_names(), 1);
    best = best_model(trainer);
    ck_assert_msg(tc_model_load(&read, checkpoint, &error) == TC_OK, "%s", error.message);
    ck_assert(support_same_parameters(best, read));
    ck_assert_str_eq(tc_model_metadata(read)->training, "{\"seed\": 1}");
    tc_model_free(read);
    tc_model_free(best);
    tc_trainer_free(trainer);
}
END_TEST

/* Longer, and on other threads. */
START_TEST(a_checkpoint_allows_other_ends_and_threads)
{
    struct tc_trainer *const one = trainer_with_checkpoint();
    struct tc_trainer *longer;

    p.options.threads = 3;
    expect_end(trainer_of_checkpoint(), one, TC_END_EPOCHS);
    p.options.epochs += 2;
    longer = trainer_of_checkpoint();
    train(longer, NULL, NULL, NULL);
    ck_assert_uint_eq(longer->state.position.epoch, p.options.epochs);
    tc_trainer_free(longer);
    tc_trainer_free(one);
}
END_TEST

static void expect_not_loaded(enum tc_status expected, const char *message)
{
    struct tc_trainer *const trainer = problem_trainer(&p), *const fresh = problem_trainer(&p);
    struct tc_error error = {""};

    ck_assert_int_eq(tc_trainer_load_checkpoint(trainer, checkpoint, &error), expected);
    ck_assert_msg(strstr(error.message, message) != NULL, "%s", error.message);
    train(fresh, NULL, NULL, NULL);
    expect_end(trainer, fresh, TC_END_EPOCHS);
    tc_trainer_free(fresh);
}

START_TEST(a_checkpoint_of_another_training_is_refused)
{
    const struct trainer_problem before = p;
    bool ignored[FRAMES] = {false};
    float first;

    tc_trainer_free(trainer_with_checkpoint());
    p.arch.layer[0].cell = TC_CELL_LSTM;
    expect_not_loaded(TC_BAD_ARGUMENT,
                      "is the checkpoint of another training: the network differs");
    p = before;
    p.options.learning_rate *= 0.5f;
    expect_not_loaded(TC_BAD_ARGUMENT, "another training: the options differ");
    p = before;
    p.clip[0].ignored = ignored;
    expect_not_loaded(TC_BAD_ARGUMENT, "another training: the recordings differ");
    p = before;
    first = p.target_row.row[TRAIN_CLIPS][0];
    p.target_row.row[TRAIN_CLIPS][0] = nextafterf(first, 1.0f);
    expect_not_loaded(TC_BAD_ARGUMENT, "another training: the recordings differ");
    p.target_row.row[TRAIN_CLIPS][0] = first;
    tc_trainer_free(trainer_of_checkpoint());
}
END_TEST

START_TEST(what_is_no_checkpoint_is_refused)
{
    struct tc_trainer *const trainer = problem_trainer(&p);
    struct tc_model *const model = best_model(trainer);

    expect_not_loaded(TC_IO, "");
    ck_assert_int_eq(tc_model_save(model, checkpoint, NULL), TC_OK);
    expect_not_loaded(TC_BAD_FORMAT, "is no checkpoint of a training");
    tc_model_free(model);
    tc_trainer_free(trainer);
}
END_TEST

static void write_bytes(const char *bytes, size_t size)
{
    FILE *const file = fopen(checkpoint, "wb");

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, size, file), size);
    ck_assert_int_eq(fclose(file), 0);
}

/* Loaded or refused: nothing crashes or reads elsewhere. */
static void try_damaged(const char *bytes, size_t size)
{
    struct tc_trainer *const trainer = problem_trainer(&p);

    write_bytes(bytes, size);
    if (tc_trainer_load_checkpoint(trainer, checkpoint, NULL) == TC_OK)
        (void)tc_trainer_run(trainer, NULL, NULL, NULL, NULL);
    tc_trainer_free(trainer);
}

START_TEST(damaged_checkpoints_do_no_harm)
{
    enum { MAX_SIZE = 1 << 20, DAMAGES = 150 };
    char *const bytes = support_zeros(MAX_SIZE, 1);
    struct support_random random = {4};
    FILE *file;
    size_t size;

    tc_trainer_free(trainer_with_checkpoint());
    file = fopen(checkpoint, "rb");
    ck_assert_ptr_nonnull(file);
    size = fread(bytes, 1, MAX_SIZE, file);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert(size > 10000 && size < MAX_SIZE);
    p.options.epochs = 1;
    for (size_t part = 0; part < 20; ++part) {
        write_bytes(bytes, size * part / 20);
        expect_not_loaded(TC_BAD_FORMAT, "");
    }
    /* Counts, positions and lists are at the end. */
    for (size_t i = 0; i < DAMAGES; ++i) {
        const size_t at = size - 1 - (size_t)(support_uniform(&random, 0.0f, 0.25f) * (float)size);
        const char original = bytes[at];

        bytes[at] = (char)(original ^ (1 << (i % 8)));
        try_damaged(bytes, size);
        bytes[at] = original;
    }
    free(bytes);
}
END_TEST

START_TEST(a_checkpoint_that_cannot_be_written_leaves_the_old_one)
{
    struct tc_trainer *const trainer = trainer_with_checkpoint();

    ck_assert_int_eq(tc_trainer_save_checkpoint(trainer, NULL, "nowhere/checkpoint", NULL), TC_IO);
    ck_assert_int_eq(tc_trainer_save_checkpoint(trainer, "\xff", checkpoint, NULL), TC_BAD_VALUE);
    tc_trainer_free(trainer_of_checkpoint());
    tc_trainer_free(trainer);
}
END_TEST

/* ------------------------------------------------------------------ history */

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
    tcase_add_test(tests, training_with_undone_steps_resumes_bit_identically);
    tcase_add_loop_test(tests, every_kind_of_training_resumes_bit_identically, 0, 7);
    tcase_add_test(tests, training_state_restores_a_later_trainer);
    tcase_add_test(tests, state_of_another_training_is_refused);
    tcase_add_test(tests, a_checkpoint_is_a_model_file);
    tcase_add_test(tests, a_checkpoint_allows_other_ends_and_threads);
    tcase_add_test(tests, a_checkpoint_of_another_training_is_refused);
    tcase_add_test(tests, what_is_no_checkpoint_is_refused);
    tcase_add_test(tests, damaged_checkpoints_do_no_harm);
    tcase_add_test(tests, a_checkpoint_that_cannot_be_written_leaves_the_old_one);
    tcase_add_test(tests, history_matches_reported_progress);
    tcase_add_test(tests, history_has_the_gradient_norm);
    tcase_add_test(tests, sequences_need_no_warm_up);
    return support_run(tests, "training state");
}
