#include "failing_malloc.h"
#include "support.h"
#include "tonecell-train.h"
#include "train/initial.h"
#include "train/settle.h"
#include "train/validate.h"
#include "train/walk.h"

#include <cblas.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A trainer learns, tells truly how far it is, ends for the right reason, gives one model for one
 * seed, and survives absurd input. */

enum { TRAIN_CLIPS = 3, VAL_CLIPS = 2, CLIPS = TRAIN_CLIPS + VAL_CLIPS, FRAMES = 6000 };

/* A device, recordings of it, and how to learn it. */
struct problem {
    struct tc_architecture arch;
    struct tc_metadata meta;
    struct tc_train_options options;
    struct support_signals input, target; /* (CLIPS, FRAMES) */
    struct support_buffers input_row, target_row;
    struct tc_clip clip[CLIPS]; /* those for training, then those for validation */
};

/* tanh(drive * low), low following the input with a time constant of four frames. */
static void play_device(const float *input, float *target, float drive)
{
    float low = 0.0f;

    for (size_t t = 0; t < FRAMES; ++t) {
        low += 0.25f * (input[t] - low);
        target[t] = tanhf(drive * low);
    }
}

static void problem_init(struct problem *p, enum tc_cell cell, unsigned hidden)
{
    memset(p, 0, sizeof *p);
    p->arch = (struct tc_architecture){
        .audio_inputs = 1, .outputs = 1, .layers = 1, .layer = {{cell, TC_TANH, hidden}}};
    tc_metadata_init(&p->meta);
    p->meta.sample_rate_hz = 8000.0;
    tc_train_options_init(&p->options);
    p->options.batch = 16;
    p->options.warmup = 50;
    p->options.truncate = 32;
    p->options.threads = 1;
    p->input = support_noise(CLIPS, FRAMES, 1, 1.0f);
    p->target = support_signals_new(CLIPS, FRAMES);
    p->input_row = support_buffers(&p->input, 0);
    p->target_row = support_buffers(&p->target, 0);
    for (unsigned c = 0; c < CLIPS; ++c) {
        p->clip[c] = (struct tc_clip){.input = support_inputs(&p->input_row) + c,
                                      .target = support_inputs(&p->target_row) + c,
                                      .n_frames = FRAMES};
        play_device(p->input_row.row[c], p->target_row.row[c], 3.0f);
    }
}

static void problem_free(struct problem *p)
{
    support_signals_free(&p->input);
    support_signals_free(&p->target);
}

static void add_drive_knob(struct problem *p, float initial)
{
    p->arch.knobs = 1;
    p->meta.knob[0] = (struct tc_knob){.name = "Drive",
                                       .min = 1.0f,
                                       .max = 8.0f,
                                       .initial = initial,
                                       .at_min = -1.0f,
                                       .at_max = 1.0f};
}

static enum tc_status try_trainer(const struct problem *p, struct tc_trainer **trainer,
                                  struct tc_error *error)
{
    return tc_trainer_new(trainer, &p->arch, &p->meta, &p->options, p->clip, TRAIN_CLIPS,
                          p->clip + TRAIN_CLIPS, VAL_CLIPS, error);
}

static struct tc_trainer *trainer_new(const struct problem *p)
{
    struct tc_trainer *trainer = NULL;
    struct tc_error error = {""};

    ck_assert_msg(try_trainer(p, &trainer, &error) == TC_OK, "%s", error.message);
    return trainer;
}

static struct tc_model *best_model(const struct tc_trainer *trainer)
{
    struct tc_model *model = NULL;

    ck_assert_int_eq(tc_trainer_best(trainer, NULL, &model, NULL), TC_OK);
    return model;
}

/* Everything from options to model. */
static struct tc_model *train(const struct problem *p, tc_progress_fn *progress, void *user,
                              enum tc_train_end *end)
{
    struct tc_trainer *const trainer = trainer_new(p);
    struct tc_error error = {""};
    struct tc_model *model;

    ck_assert_msg(tc_trainer_run(trainer, progress, user, end, &error) == TC_OK, "%s",
                  error.message);
    model = best_model(trainer);
    tc_trainer_free(trainer);
    return model;
}

static bool same_parameters(const struct tc_model *a, const struct tc_model *b)
{
    size_t n;

    tc_architecture_tensors(tc_model_architecture(a), NULL, &n);
    return support_same(tc_model_parameters(a), tc_model_parameters(b), n);
}

static double score(const struct problem *p, const struct tc_model *model)
{
    struct tc_score sum;

    ck_assert_int_eq(
        tc_validate(model, p->clip + TRAIN_CLIPS, VAL_CLIPS, p->options.warmup, 1, &sum, NULL),
        TC_OK);
    return tc_score_esr(&sum);
}

/* ------------------------------------------------------------------------- learning */

/* What the progress function was told. */
struct log {
    struct tc_progress last;
    unsigned calls, validations, undone_in_row;
    uint64_t updates_before;      /* until the validation before */
    double first_loss, last_loss; /* of the first and the last epoch */
    double least_done;            /* least epoch_done at a validation */
    unsigned stop_at_update;      /* 0 = never */
    unsigned stop_at_validation;  /* 0 = never */
};

static void check_validation(const struct log *log, const struct tc_progress *p)
{
    const double before = log->last.best_esr;

    ck_assert_uint_eq(p->updates, log->last.updates);
    ck_assert_double_gt(p->esr, 0.0);
    ck_assert_int_eq(p->improved, isnan(before) || p->esr < before);
    ck_assert_double_eq(p->best_esr, p->improved ? p->esr : before);
    ck_assert_int_eq(p->loss > 0.0, p->updates > log->updates_before);
}

static void check_update(struct log *log, const struct tc_progress *p)
{
    log->undone_in_row = p->undone > log->last.undone ? log->undone_in_row + 1 : 0;
    ck_assert(!p->improved);
    ck_assert_uint_eq(p->updates + p->undone, log->last.updates + log->last.undone + 1);
    ck_assert_uint_gt(p->frames, log->last.frames);
    ck_assert_int_eq(isnan(p->esr), log->validations == 0);
    ck_assert_int_eq(isnan(p->best_esr), log->validations == 0);
    if (p->epoch == log->last.epoch)
        ck_assert_double_gt(p->epoch_done, log->last.epoch_done);
    else
        ck_assert_uint_eq(p->epoch, log->last.epoch + 1);
}

/* Holds every call to what the header says of its fields. */
static bool watch(const struct tc_progress *p, void *user)
{
    struct log *const log = user;

    support_require(p->epoch_done > 0.0 && p->epoch_done <= 1.0 + 1e-9, "epoch_done is %g",
                    p->epoch_done);
    ck_assert_double_ge(p->seconds, log->last.seconds);
    if (p->validated)
        check_validation(log, p);
    else
        check_update(log, p);
    ++log->calls;
    log->last = *p;
    if (p->validated) {
        log->last_loss = p->loss;
        log->updates_before = p->updates;
        log->least_done = fmin(log->least_done, p->epoch_done);
        if (++log->validations == 1)
            log->first_loss = p->loss;
    }
    return !(log->stop_at_update && p->updates >= log->stop_at_update) &&
           !(log->stop_at_validation && log->validations >= log->stop_at_validation);
}

static struct log log_new(void)
{
    return (struct log){.last = {.esr = (double)NAN, .best_esr = (double)NAN}, .least_done = 1.0};
}

static const enum tc_cell learners[] = {TC_CELL_LSTM, TC_CELL_GRU};

START_TEST(a_device_is_learned)
{
    struct problem p;
    struct log log = log_new();
    struct tc_model *model;
    enum tc_train_end end;

    problem_init(&p, learners[_i], 8);
    p.options.learning_rate = 0.01f;
    p.options.epochs = 40;
    model = train(&p, watch, &log, &end);
    ck_assert_double_lt(score(&p, model), 0.01);
    ck_assert_double_lt(log.last_loss, 0.05 * log.first_loss);
    ck_assert_double_eq_tol(log.last.best_esr, score(&p, model), 1e-3 * log.last.best_esr);
    tc_model_free(model);
    problem_free(&p);
}
END_TEST

/* One, two and three shards of lanes, so that 5 threads are more than there is work for. */
static const struct {
    enum tc_cell cell;
    unsigned batch;
} parallel[] = {{TC_CELL_LSTM, 5},
                {TC_CELL_LSTM, 17},
                {TC_CELL_LSTM, 33},
                {TC_CELL_GRU, 17},
                {TC_CELL_GRU, 33}};

START_TEST(the_model_does_not_depend_on_threads)
{
    static const unsigned threads[] = {2, 3, 5, 0};
    struct problem p;
    struct tc_model *one, *other;

    problem_init(&p, parallel[_i].cell, 7);
    p.options.batch = parallel[_i].batch;
    p.options.epochs = 1;
    for (unsigned c = 0; c < CLIPS; ++c)
        p.clip[c].n_frames = 1500;
    one = train(&p, NULL, NULL, NULL);
    for (unsigned i = 0; i < sizeof threads / sizeof *threads; ++i) {
        p.options.threads = threads[i];
        other = train(&p, NULL, NULL, NULL);
        ck_assert_msg(same_parameters(one, other), "%u lanes, %u threads", p.options.batch,
                      threads[i]);
        tc_model_free(other);
    }
    p.options.seed = 2;
    other = train(&p, NULL, NULL, NULL);
    ck_assert(!same_parameters(one, other));
    tc_model_free(other);
    tc_model_free(one);
    problem_free(&p);
}
END_TEST

/* Before the first trainer BLAS may have threads of its own, as many as the machine or the
 * environment says. They share out the QR of matrices as large as these, and round otherwise: of a
 * quarter of a million floats of this seed one tells. */
START_TEST(the_first_weights_do_not_depend_on_threads_of_blas)
{
    struct tc_model *made[2];
    struct problem p;

    problem_init(&p, TC_CELL_LSTM, 256);
    p.options.seed = 2;
    p.options.batch = 1;
    p.meta.sample_rate_hz = 1.0; /* a short second of silence */
    for (int i = 0; i < 2; ++i) {
        struct tc_trainer *trainer;

        openblas_set_num_threads(i ? 1 : 2);
        trainer = trainer_new(&p);
        made[i] = best_model(trainer);
        tc_trainer_free(trainer);
    }
    ck_assert(same_parameters(made[0], made[1]));
    tc_model_free(made[1]);
    tc_model_free(made[0]);
    problem_free(&p);
}
END_TEST

/* ------------------------------------------------------------------------- the end */

/* Every update and every validation once, the last epoch's too. */
START_TEST(all_epochs_done)
{
    struct problem p;
    struct log log = log_new();
    enum tc_train_end end;

    problem_init(&p, TC_CELL_GRU, 3);
    p.options.epochs = 3;
    p.options.patience = 3;
    p.clip[TRAIN_CLIPS].n_frames = p.clip[TRAIN_CLIPS + 1].n_frames = 1000;
    tc_model_free(train(&p, watch, &log, &end));
    ck_assert_int_eq(end, TC_END_EPOCHS);
    ck_assert_uint_eq(log.last.epoch, 3);
    ck_assert_uint_eq(log.validations, 3);
    ck_assert_uint_eq(log.calls, log.last.updates + 3);
    ck_assert_double_gt(log.last.frames_per_second, 0.0);
    problem_free(&p);
}
END_TEST

/* 12000 frames to validate and 6000 to train on: one to 12 makes that every 24th epoch. The last
 * one is scored all the same. */
START_TEST(validations_take_a_small_part)
{
    struct problem p;
    struct log log = log_new();
    enum tc_train_end end;

    problem_init(&p, TC_CELL_GRU, 3);
    p.options.epochs = 26;
    for (unsigned c = 0; c < TRAIN_CLIPS; ++c)
        p.clip[c].n_frames = 2000 + p.options.warmup;
    tc_model_free(train(&p, watch, &log, &end));
    ck_assert_int_eq(end, TC_END_EPOCHS);
    ck_assert_uint_eq(log.last.epoch, 26);
    ck_assert_uint_eq(log.validations, 2);
    problem_free(&p);
}
END_TEST

/* The target is another noise: there is nothing to find that would be better. */
static void make_hopeless(struct problem *p)
{
    struct support_random random = {99};

    support_fill(&random, p->target.samples, (size_t)CLIPS * FRAMES, -1.0f, 1.0f);
    for (unsigned c = TRAIN_CLIPS; c < CLIPS; ++c)
        p->clip[c].n_frames = 1000;
}

START_TEST(patience_ends_and_the_step_shrinks)
{
    struct problem p;
    struct log log = log_new();
    enum tc_train_end end;

    problem_init(&p, TC_CELL_GRU, 3);
    make_hopeless(&p);
    p.options.patience = 7;
    p.options.learning_rate = 0.5f;
    tc_model_free(train(&p, watch, &log, &end));
    ck_assert_int_eq(end, TC_END_PATIENCE);
    ck_assert_uint_ge(log.validations, 8);
    ck_assert_uint_lt(log.validations, 200);
    ck_assert_double_gt(log.last.esr, log.last.best_esr);
    ck_assert_double_le(log.last.learning_rate, 0.25);
    problem_free(&p);
}
END_TEST

START_TEST(time_ends_it)
{
    struct problem p;
    struct log log = log_new();
    enum tc_train_end end;

    problem_init(&p, TC_CELL_GRU, 3);
    p.options.epochs = p.options.patience = 1000000;
    p.options.time_limit_s = 0.1;
    tc_model_free(train(&p, watch, &log, &end));
    ck_assert_int_eq(end, TC_END_TIME);
    ck_assert_uint_ge(log.validations, 1);
    ck_assert_double_ge(log.last.seconds, 0.1);
    ck_assert_double_lt(log.last.seconds, 5.0);
    problem_free(&p);
}
END_TEST

/* Stopped before any validation, the present weights are scored and kept. */
START_TEST(stopped_at_once)
{
    struct problem p;
    struct log log = log_new();
    enum tc_train_end end;
    struct tc_model *model;

    problem_init(&p, TC_CELL_GRU, 3);
    log.stop_at_update = 4;
    model = train(&p, watch, &log, &end);
    ck_assert_int_eq(end, TC_END_STOPPED);
    ck_assert_uint_eq(log.last.updates, 4);
    ck_assert_uint_eq(log.calls, 5);
    ck_assert_double_eq_tol(score(&p, model), log.last.best_esr, 1e-3 * log.last.best_esr);
    tc_model_free(model);
    problem_free(&p);
}
END_TEST

/* In the middle of a later epoch the best of those before is what remains. */
START_TEST(stopped_later_the_best_model_is_kept)
{
    struct problem p;
    struct log log = log_new(), first = log_new();
    enum tc_train_end end;
    struct tc_model *after_one, *stopped;

    problem_init(&p, TC_CELL_GRU, 3);
    first.stop_at_validation = 1;
    after_one = train(&p, watch, &first, &end);
    ck_assert_int_eq(end, TC_END_STOPPED);
    ck_assert_uint_eq(first.validations, 1);
    log.stop_at_update = (unsigned)first.last.updates + 2;
    stopped = train(&p, watch, &log, &end);
    ck_assert_int_eq(end, TC_END_STOPPED);
    ck_assert_uint_eq(log.validations, 1);
    ck_assert(same_parameters(after_one, stopped));
    tc_model_free(stopped);
    tc_model_free(after_one);
    problem_free(&p);
}
END_TEST

/* Some lanes of a round end before others: what they do not hear is not counted. */
START_TEST(clips_of_mixed_lengths_are_counted_truly)
{
    struct problem p;
    struct log log = log_new();
    double all = 0.0;

    problem_init(&p, TC_CELL_GRU, 3);
    p.options.batch = 3;
    p.options.epochs = 4;
    for (unsigned c = 0; c < TRAIN_CLIPS; ++c) {
        p.clip[c].n_frames = FRAMES - c * 1100;
        all += (double)(p.clip[c].n_frames - p.options.warmup);
    }
    for (unsigned c = TRAIN_CLIPS; c < CLIPS; ++c)
        p.clip[c].n_frames = 500;
    tc_model_free(train(&p, watch, &log, NULL));
    ck_assert_uint_eq(log.validations, 4);
    ck_assert_double_ge(log.least_done, 0.92);
    ck_assert_double_le((double)log.last.frames, 4.0 * all);
    ck_assert_double_ge((double)log.last.frames, 4.0 * 0.92 * all);
    problem_free(&p);
}
END_TEST

/* What is learned makes the validation worse with every step. */
static void make_misleading(struct problem *p)
{
    for (size_t i = (size_t)TRAIN_CLIPS * FRAMES; i < (size_t)CLIPS * FRAMES; ++i)
        p->target.samples[i] = -p->target.samples[i];
}

/* Halved three times, but not below 1e-5 or where it began. */
static const struct {
    float start, end;
} steps[] = {{2e-6f, 2e-6f}, {1.5e-5f, 1e-5f}, {4e-4f, 0.5e-4f}};

START_TEST(a_plateau_halves_the_step_down_to_a_floor)
{
    struct problem p;
    struct log log = log_new();
    enum tc_train_end end;

    problem_init(&p, TC_CELL_GRU, 3);
    make_misleading(&p);
    p.options.learning_rate = steps[_i].start;
    p.options.patience = 17;
    tc_model_free(train(&p, watch, &log, &end));
    ck_assert_int_eq(end, TC_END_PATIENCE);
    ck_assert_uint_le(log.validations, 40);
    ck_assert_double_eq_tol(log.last.learning_rate, (double)steps[_i].end, 1e-11);
    problem_free(&p);
}
END_TEST

/* ------------------------------------------------------------------------- absurd numbers */

/* A recurrence that may grow without bound, and steps that make it do so. */
static void make_explosive(struct problem *p, enum tc_activation activation)
{
    p->arch.layer[0] = (struct tc_layer){TC_CELL_RNN, activation, 8};
    p->options.learning_rate = 1.0f;
    p->options.clip_norm = 0.0f;
    p->options.truncate = 256;
    p->options.batch = 2;
    p->options.epochs = 20;
}

static const enum tc_activation unbounded[] = {TC_RELU, TC_IDENTITY};

/* Whether a certain step overflows is a matter of rounding; that none of many does is not. Every 8
 * of them halve the step size, so that they become rare. */
START_TEST(steps_that_overflow_are_undone)
{
    struct problem p;
    unsigned undone = 0;

    problem_init(&p, TC_CELL_RNN, 8);
    make_explosive(&p, unbounded[_i]);
    for (p.options.seed = 1; p.options.seed <= 6; ++p.options.seed) {
        struct tc_trainer *const trainer = trainer_new(&p);
        struct log log = log_new();
        struct tc_error error = {""};
        const enum tc_status status = tc_trainer_run(trainer, watch, &log, NULL, &error);
        struct tc_model *const model = best_model(trainer);

        ck_assert_msg(status == (log.undone_in_row == 63 ? TC_BAD_VALUE : TC_OK), "%s",
                      error.message);
        ck_assert(isfinite(score(&p, model)));
        ck_assert_uint_le(log.last.undone, 160);
        if (log.last.undone >= 8)
            ck_assert_double_lt(log.last.learning_rate, 1.0);
        undone += log.last.undone;
        tc_model_free(model);
        tc_trainer_free(trainer);
    }
    ck_assert_uint_gt(undone, 0);
    problem_free(&p);
}
END_TEST

/* The direct path alone takes these samples to infinity in every gradient. */
static void make_impossible(struct problem *p)
{
    p->arch.direct = 1.0f;
    for (size_t i = 0; i < (size_t)CLIPS * FRAMES; ++i)
        p->input.samples[i] = 3e38f;
}

/* After 64 steps, or, in so short a training, after the fewer that there are. */
static const struct {
    unsigned epochs, undone;
} impossible[] = {{1000, 64}, {1, 38}};

START_TEST(nothing_but_failing_steps_is_an_error)
{
    struct problem p;
    struct tc_trainer *trainer;
    struct log log = log_new();
    struct tc_error error = {""};
    char message[sizeof error.message];
    enum tc_train_end end = TC_END_TIME;
    struct tc_model *model;

    problem_init(&p, TC_CELL_LSTM, 4);
    make_impossible(&p);
    p.options.epochs = impossible[_i].epochs;
    trainer = trainer_new(&p);
    ck_assert_int_eq(tc_trainer_run(trainer, watch, &log, &end, &error), TC_BAD_VALUE);
    snprintf(message, sizeof message,
             "%u steps in a row gave a loss or gradient that is not finite: try a smaller "
             "learning rate",
             impossible[_i].undone);
    ck_assert_str_eq(error.message, message);
    ck_assert_uint_eq(log.last.updates, 0);
    ck_assert_int_eq(end, TC_END_TIME);
    model = best_model(trainer);
    tc_model_free(model);
    tc_trainer_free(trainer);
    problem_free(&p);
}
END_TEST

/* ------------------------------------------------------------------------- refusals */

static void expect_refusal(const struct problem *p, enum tc_status status, const char *message)
{
    struct tc_trainer *trainer = NULL;
    struct tc_error error = {""};

    ck_assert_int_eq(try_trainer(p, &trainer, &error), status);
    ck_assert_str_eq(error.message, message);
    ck_assert_ptr_null(trainer);
    ck_assert_int_eq(try_trainer(p, &trainer, NULL), status);
}

/* batch, warmup, truncate, learning rate, clip norm, epochs, patience, time limit, seed, threads */
static const struct {
    struct tc_train_options options;
    const char *message;
} bad_options[] = {
    {{0, 50, 32, 0.01f, 1.0f, 1, 1, 0.0, 1, 1}, "a batch of 0, expected 1 to 4096"},
    {{4097, 50, 32, 0.01f, 1.0f, 1, 1, 0.0, 1, 1}, "a batch of 4097, expected 1 to 4096"},
    {{16, 50, 0, 0.01f, 1.0f, 1, 1, 0.0, 1, 1}, "chunks of 0 frames, expected 1 to 1048576"},
    {{16, 50, 1048577, 0.01f, 1.0f, 1, 1, 0.0, 1, 1},
     "chunks of 1048577 frames, expected 1 to 1048576"},
    {{16, 50, 32, 0.0f, 1.0f, 1, 1, 0.0, 1, 1}, "a learning rate of 0, expected (0, 1]"},
    {{16, 50, 32, 1.5f, 1.0f, 1, 1, 0.0, 1, 1}, "a learning rate of 1.5, expected (0, 1]"},
    {{16, 50, 32, (float)NAN, 1.0f, 1, 1, 0.0, 1, 1}, "a learning rate of nan, expected (0, 1]"},
    {{16, 50, 32, 0.01f, -1.0f, 1, 1, 0.0, 1, 1}, "a clip norm of -1, expected 0 or more"},
    {{16, 50, 32, 0.01f, (float)NAN, 1, 1, 0.0, 1, 1}, "a clip norm of nan, expected 0 or more"},
    {{16, 50, 32, 0.01f, 1.0f, 0, 1, 0.0, 1, 1}, "0 epochs, expected at least 1"},
    {{16, 50, 32, 0.01f, 1.0f, 1, 0, 0.0, 1, 1},
     "a patience of 0 validations, expected at least 1"},
    {{16, 50, 32, 0.01f, 1.0f, 1, 1, -0.5, 1, 1}, "a time limit of -0.5 s, expected 0 or more"},
    {{16, 50, 32, 0.01f, 1.0f, 1, 1, (double)NAN, 1, 1},
     "a time limit of nan s, expected 0 or more"},
    {{16, 50, 32, 0.01f, 1.0f, 1, 1, 0.0, 1, 1025}, "1025 threads, expected at most 1024"},
    {{16, FRAMES, 32, 0.01f, 1.0f, 1, 1, 0.0, 1, 1},
     "no training clip is longer than the warm-up of 6000 frames"},
};

START_TEST(options_out_of_range_are_refused)
{
    struct problem p;

    problem_init(&p, TC_CELL_LSTM, 4);
    p.options = bad_options[_i].options;
    expect_refusal(&p, TC_BAD_ARGUMENT, bad_options[_i].message);
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

START_TEST(samples_that_are_not_finite_are_named)
{
    struct problem p;

    problem_init(&p, TC_CELL_LSTM, 4);
    (bad_samples[_i].target ? &p.target_row : &p.input_row)
        ->row[bad_samples[_i].clip][bad_samples[_i].frame] = bad_samples[_i].value;
    expect_refusal(&p, TC_BAD_VALUE, bad_samples[_i].message);
    problem_free(&p);
}
END_TEST

/* The warm-up does not count: sound in it alone is none. */
static void fill_targets(struct problem *p, unsigned first, unsigned end, float value)
{
    for (unsigned c = first; c < end; ++c)
        for (size_t t = p->options.warmup; t < FRAMES; ++t)
            p->target_row.row[c][t] = value;
}

START_TEST(targets_with_nothing_to_learn_are_refused)
{
    struct problem p;

    problem_init(&p, TC_CELL_LSTM, 4);
    fill_targets(&p, TRAIN_CLIPS, CLIPS, 0.0f);
    expect_refusal(&p, TC_BAD_ARGUMENT, "the validation target is silent");
    fill_targets(&p, 0, TRAIN_CLIPS, 0.25f);
    expect_refusal(&p, TC_BAD_ARGUMENT, "the target is constant at 0.25");
    fill_targets(&p, 0, TRAIN_CLIPS, 0.0f);
    expect_refusal(&p, TC_BAD_ARGUMENT, "the target is silent");
    problem_free(&p);
}
END_TEST

/* One clip with something to validate is enough. */
START_TEST(too_short_validations_are_refused)
{
    struct problem p;

    problem_init(&p, TC_CELL_LSTM, 4);
    p.clip[TRAIN_CLIPS].n_frames = p.options.warmup;
    tc_trainer_free(trainer_new(&p));
    p.clip[TRAIN_CLIPS + 1].n_frames = p.options.warmup;
    expect_refusal(&p, TC_BAD_ARGUMENT,
                   "no validation clip is longer than the warm-up of 50 frames");
    problem_free(&p);
}
END_TEST

START_TEST(no_clips_are_refused)
{
    struct problem p;
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

/* What no model could be made of is said before the training, not after it. */
START_TEST(models_that_cannot_be_are_refused_at_once)
{
    struct problem p;

    problem_init(&p, TC_CELL_LSTM, 4);
    p.arch.layers = 0;
    expect_refusal(&p, TC_BAD_ARGUMENT, "0 layers, expected at least 1");
    p.arch.layers = 1;
    p.meta.out_gain_db = (float)NAN;
    expect_refusal(&p, TC_BAD_VALUE, "the output gain is nan dB, expected -200 to 200");
    p.meta.out_gain_db = 0.0f;
    strcpy(p.meta.name, "H\366he");
    expect_refusal(&p, TC_BAD_VALUE,
                   "the name is not printable or not UTF-8, or has more than 127 bytes");
    strcpy(p.meta.name, "");
    p.arch.knobs = 1;
    p.meta.knob[0] = (struct tc_knob){.name = "Drive", .min = 1.0f, .max = 1.0f, .initial = 1.0f};
    expect_refusal(&p, TC_BAD_VALUE,
                   "knob Drive has the range 1 to 1, expected a rising one of finite width");
    p.meta.knob[0].max = 2.0f;
    p.clip[1].knob[0] = (float)NAN;
    expect_refusal(&p, TC_BAD_VALUE, "training clip 1: knob Drive is nan");
    problem_free(&p);
}
END_TEST

/* ------------------------------------------------------------------------- memory */

/* Small, so that a training is done for each of its allocations. */
static void make_tiny(struct problem *p)
{
    p->options.epochs = 1;
    for (unsigned c = 0; c < CLIPS; ++c)
        p->clip[c].n_frames = 300;
}

START_TEST(making_survives_every_failing_allocation)
{
    struct problem p;
    struct tc_trainer *trainer = NULL;
    struct tc_error error;
    enum tc_status status;
    long needed;

    problem_init(&p, TC_CELL_LSTM, 4);
    make_tiny(&p);
    failing_malloc_start(-1);
    status = try_trainer(&p, &trainer, NULL);
    needed = failing_malloc_stop();
    ck_assert_int_eq(status, TC_OK);
    ck_assert_int_ge(needed, 20);
    tc_trainer_free(trainer);
    trainer = NULL;
    for (long i = 0; i < needed; ++i) {
        failing_malloc_start(i);
        status = try_trainer(&p, &trainer, &error);
        failing_malloc_stop();
        ck_assert_msg(status == TC_NO_MEMORY, "allocation %ld of %ld", i, needed);
        ck_assert_ptr_nonnull(strstr(error.message, "out of memory for"));
        ck_assert_ptr_null(trainer);
    }
    problem_free(&p);
}
END_TEST

/* Afterwards the trainer is still good for another run and its model. */
START_TEST(running_survives_every_failing_allocation)
{
    struct problem p;
    struct tc_trainer *trainer;
    enum tc_train_end end = TC_END_TIME;
    enum tc_status status;
    long needed;

    problem_init(&p, TC_CELL_LSTM, 4);
    make_tiny(&p);
    trainer = trainer_new(&p);
    failing_malloc_start(-1);
    status = tc_trainer_run(trainer, NULL, NULL, NULL, NULL);
    needed = failing_malloc_stop();
    ck_assert_int_eq(status, TC_OK);
    ck_assert_int_ge(needed, 8);
    tc_trainer_free(trainer);
    for (long i = 0; i < needed; ++i) {
        trainer = trainer_new(&p);
        failing_malloc_start(i);
        status = tc_trainer_run(trainer, NULL, NULL, &end, NULL);
        failing_malloc_stop();
        ck_assert_msg(status == TC_NO_MEMORY, "allocation %ld of %ld", i, needed);
        ck_assert_int_eq(end, TC_END_TIME);
        ck_assert_int_eq(tc_trainer_run(trainer, NULL, NULL, &end, NULL), TC_OK);
        ck_assert_int_eq(end, TC_END_EPOCHS);
        end = TC_END_TIME;
        tc_model_free(best_model(trainer));
        tc_trainer_free(trainer);
    }
    problem_free(&p);
}
END_TEST

START_TEST(the_best_model_survives_every_failing_allocation)
{
    struct problem p;
    struct tc_trainer *trainer;
    struct tc_model *model = NULL;
    enum tc_status status;
    long needed;

    problem_init(&p, TC_CELL_LSTM, 4);
    trainer = trainer_new(&p);
    failing_malloc_start(-1);
    status = tc_trainer_best(trainer, "{}", &model, NULL);
    needed = failing_malloc_stop();
    ck_assert_int_eq(status, TC_OK);
    ck_assert_int_ge(needed, 6);
    tc_model_free(model);
    model = NULL;
    for (long i = 0; i < needed; ++i) {
        failing_malloc_start(i);
        status = tc_trainer_best(trainer, "{}", &model, NULL);
        failing_malloc_stop();
        ck_assert_msg(status == TC_NO_MEMORY, "allocation %ld of %ld", i, needed);
        ck_assert_ptr_null(model);
    }
    tc_trainer_free(trainer);
    problem_free(&p);
}
END_TEST

/* ------------------------------------------------------------------------- the model */

/* The same model, but that it starts from zero. */
static struct tc_model *from_zero(const struct tc_model *model)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);
    struct tc_tensor tensors[TC_MAX_TENSORS];
    struct tc_model *made = NULL;
    size_t n;
    const unsigned n_tensors = tc_architecture_tensors(arch, tensors, &n);
    float *const parameters = support_zeros(n, sizeof *parameters);

    memcpy(parameters, tc_model_parameters(model), n * sizeof *parameters);
    for (unsigned i = 0; i < n_tensors; ++i)
        if (strstr(tensors[i].name, "h0"))
            memset(parameters + tensors[i].offset, 0, tensors[i].rows * sizeof *parameters);
    ck_assert_int_eq(tc_model_new(&made, arch, tc_model_metadata(model), parameters, NULL), TC_OK);
    free(parameters);
    return made;
}

/* What a model of one knob makes of silence; to be freed. */
static struct support_signals play_silence(const struct tc_model *model, float knob, size_t frames)
{
    const struct support_signals silence = support_signals_new(1, frames);
    const struct support_signals played = support_signals_new(1, frames);
    struct support_signals turned = support_signals_new(1, frames);
    struct tc_stream *const stream = support_stream(model, 1);

    for (size_t t = 0; t < frames; ++t)
        turned.samples[t] = knob;
    support_play(stream, &silence, &turned, &played, 0, frames);
    tc_stream_free(stream);
    free(turned.samples);
    free(silence.samples);
    return played;
}

/* Linear and orthogonal, driven by the knob, the state turns for ever and tells how long it was
 * let, and where the knob stood. */
START_TEST(the_start_state_is_that_after_a_second_of_silence)
{
    enum { RATE = 8000, HEARD = 300 };
    struct problem p;
    struct tc_trainer *trainer;
    struct tc_model *model, *unsettled;
    struct support_signals by_hand, started;

    problem_init(&p, TC_CELL_RNN, 5);
    p.arch.layer[0].activation = TC_IDENTITY;
    add_drive_knob(&p, 3.0f);
    trainer = trainer_new(&p);
    model = best_model(trainer);
    unsettled = from_zero(model);
    by_hand = play_silence(unsettled, 3.0f, RATE + HEARD);
    started = play_silence(model, 3.0f, HEARD);
    ck_assert(support_same(started.samples, by_hand.samples + RATE, HEARD));
    ck_assert(!support_same(started.samples, by_hand.samples + RATE - 1, HEARD));
    support_signals_free(&started);
    support_signals_free(&by_hand);
    tc_model_free(unsettled);
    tc_model_free(model);
    tc_trainer_free(trainer);
    problem_free(&p);
}
END_TEST

/* h = 8 h + 1 is infinite after 43 frames, over and over. At this rate the second ends in such a
 * moment: no model could be made of that state. */
START_TEST(a_state_that_explodes_in_silence_is_not_taken)
{
    enum { RATE = 3000, H0 = 4 };
    const struct tc_architecture arch = {
        .audio_inputs = 1, .outputs = 1, .layers = 1, .layer = {{TC_CELL_RNN, TC_IDENTITY, 1}}};
    float parameters[] = {1.0f, 8.0f, 1.0f, 0.0f, 0.125f, 1.0f, 0.0f};
    struct tc_metadata meta;
    struct tc_model *model = NULL;

    tc_metadata_init(&meta);
    meta.sample_rate_hz = RATE;
    ck_assert_int_eq(tc_model_new(&model, &arch, &meta, parameters, NULL), TC_OK);
    ck_assert_int_eq(tc_settle(model, parameters), TC_OK);
    ck_assert_float_eq(parameters[H0], 0.125f);
    tc_model_free(model);
}
END_TEST

START_TEST(the_model_has_the_metadata_asked_for)
{
    struct problem p;
    struct tc_trainer *trainer;
    struct tc_model *model = NULL;

    problem_init(&p, TC_CELL_LSTM, 3);
    strcpy(p.meta.name, "Green");
    p.meta.training = "{\"not\": \"this\"}";
    trainer = trainer_new(&p);
    ck_assert_int_eq(tc_trainer_best(trainer, "{\"seed\": 1}", &model, NULL), TC_OK);
    ck_assert_str_eq(tc_model_metadata(model)->name, "Green");
    ck_assert_str_eq(tc_model_metadata(model)->training, "{\"seed\": 1}");
    ck_assert_double_eq(tc_model_metadata(model)->sample_rate_hz, 8000.0);
    tc_model_free(model);
    model = best_model(trainer);
    ck_assert_ptr_null(tc_model_metadata(model)->training);
    tc_model_free(model);
    tc_trainer_free(trainer);
    problem_free(&p);
}
END_TEST

/* y = out_gain * network(in_gain * x): the network is the one that samples scaled beforehand give,
 * and the model plays with the gains. */
START_TEST(gains_of_the_metadata_scale_input_and_target)
{
    struct problem p;
    struct tc_model *with_gains, *scaled;
    double esr;

    problem_init(&p, TC_CELL_GRU, 4);
    p.arch.direct = 1.0f;
    p.options.epochs = 1;
    p.meta.in_gain_db = 7.0f;
    p.meta.out_gain_db = -9.0f;
    with_gains = train(&p, NULL, NULL, NULL);
    esr = score(&p, with_gains);
    for (size_t i = 0; i < (size_t)CLIPS * FRAMES; ++i) {
        p.input.samples[i] *= powf(10.0f, 7.0f / 20.0f);
        p.target.samples[i] *= powf(10.0f, 9.0f / 20.0f);
    }
    p.meta.in_gain_db = p.meta.out_gain_db = 0.0f;
    scaled = train(&p, NULL, NULL, NULL);
    ck_assert(same_parameters(with_gains, scaled));
    ck_assert_double_eq_tol(score(&p, scaled), esr, 1e-4 * esr);
    tc_model_free(scaled);
    tc_model_free(with_gains);
    problem_free(&p);
}
END_TEST

/* Drive from 1 to 8, told in the user's unit. Two settings are heard only in validation. */
START_TEST(a_knob_is_learned)
{
    static const float drive[CLIPS] = {1.0f, 3.5f, 8.0f, 2.0f, 5.5f};
    struct problem p;
    struct tc_model *model;

    problem_init(&p, TC_CELL_LSTM, 8);
    add_drive_knob(&p, 1.0f);
    p.options.learning_rate = 0.01f;
    p.options.epochs = 40;
    for (unsigned c = 0; c < CLIPS; ++c) {
        p.clip[c].knob[0] = drive[c];
        play_device(p.input_row.row[c], p.target_row.row[c], drive[c]);
    }
    model = train(&p, NULL, NULL, NULL);
    ck_assert_double_lt(score(&p, model), 0.01);
    p.clip[TRAIN_CLIPS].knob[0] = 5.5f;
    p.clip[TRAIN_CLIPS + 1].knob[0] = 2.0f;
    ck_assert_double_gt(score(&p, model), 0.05);
    tc_model_free(model);
    problem_free(&p);
}
END_TEST

/* ------------------------------------------------------------------------- validation */

/* The score of one clip, played frame by frame. */
static void score_by_hand(const struct tc_model *model, const struct tc_clip *clip, size_t warmup,
                          struct tc_score *sum)
{
    struct tc_stream *const stream = support_stream(model, 1);

    for (size_t t = 0; t < clip->n_frames; ++t) {
        const float *const in[1] = {clip->input[0] + t}, *const knobs[1] = {clip->knob};
        float y, *const out[1] = {&y};

        tc_stream_process(stream, in, knobs, out, 1);
        if (t >= warmup)
            tc_score_add(sum, clip->target[0] + t, &y, 1);
    }
    tc_stream_free(stream);
}

/* Clips shorter and longer than the warm-up, which ends within a block and on its edge. */
START_TEST(validation_is_what_a_stream_plays_behind_the_warm_up)
{
    static const size_t warmups[] = {0, 1, 1024, 1500, FRAMES};
    const size_t warmup = warmups[_i];
    struct tc_architecture arch = support_networks[6].arch;
    struct tc_score score, by_hand = {0};
    struct tc_model *model;
    struct problem p;

    problem_init(&p, TC_CELL_GRU, 4);
    arch.knobs = 1;
    model = support_model(&arch, 5);
    for (unsigned c = 0; c < CLIPS; ++c) {
        p.clip[c].knob[0] = 0.25f * (float)c;
        p.clip[c].n_frames = c == 1 ? 1024 : FRAMES - c * 700;
        score_by_hand(model, &p.clip[c], warmup, &by_hand);
    }
    for (unsigned threads = 1; threads < 4; ++threads) {
        ck_assert_int_eq(tc_validate(model, p.clip, CLIPS, warmup, threads, &score, NULL), TC_OK);
        ck_assert_uint_eq(score.frames, by_hand.frames);
        ck_assert_double_eq_tol(score.target_energy, by_hand.target_energy, 1e-9);
        ck_assert_double_eq_tol(score.error_energy, by_hand.error_energy, 1e-9);
        ck_assert_double_eq_tol(score.target_sum, by_hand.target_sum, 1e-9);
        ck_assert_double_eq_tol(score.error_sum, by_hand.error_sum, 1e-9);
        ck_assert_double_eq(score.max_error, by_hand.max_error);
    }
    tc_model_free(model);
    problem_free(&p);
}
END_TEST

/* ------------------------------------------------------------------------- what is learned from */

/* Mean square of the targets for training behind the warm-up. */
static double target_power(const struct problem *p)
{
    struct tc_score sum = {0};

    for (unsigned c = 0; c < TRAIN_CLIPS; ++c)
        tc_score_add(&sum, p->clip[c].target[0] + p->options.warmup,
                     p->clip[c].target[0] + p->options.warmup,
                     p->clip[c].n_frames - p->options.warmup);
    return sum.target_energy / (double)sum.frames;
}

/* 0.75 sum e^2 + 0.25 n (mean e)^2, chunk by chunk behind the warm-up of a piece that a stream
 * plays from the start. */
static double piece_loss(const struct problem *p, const struct tc_model *model,
                         const struct tc_piece *piece)
{
    static const struct support_signals no_knobs = {.rows = 0};
    const struct tc_clip *const clip = &p->clip[piece->clip];
    struct tc_stream *const stream = support_stream(model, 1);
    struct support_signals in = support_signals_new(1, piece->n_frames);
    struct support_signals out = support_signals_new(1, piece->n_frames);
    double loss = 0.0;

    memcpy(in.samples, clip->input[0] + piece->start, piece->n_frames * sizeof *in.samples);
    support_play(stream, &in, &no_knobs, &out, 0, piece->n_frames);
    for (size_t t = p->options.warmup; t < piece->n_frames; t += p->options.truncate) {
        const size_t left = piece->n_frames - t;
        struct tc_score sum = {0};

        tc_score_add(&sum, clip->target[0] + piece->start + t, out.samples + t,
                     left < p->options.truncate ? left : p->options.truncate);
        loss += 0.75 * sum.error_energy + 0.25 * sum.error_sum * sum.error_sum / (double)sum.frames;
    }
    tc_stream_free(stream);
    support_signals_free(&out);
    support_signals_free(&in);
    return loss;
}

/* Loss of an epoch, summed over its updates, as a model would have it that never changes. */
static double epoch_loss(const struct problem *p, const struct tc_model *model,
                         const struct tc_walk *walk)
{
    double loss = 0.0;

    for (size_t i = 0; i < walk->n_pieces; ++i)
        loss += piece_loss(p, model, &walk->piece[i]);
    return loss / (target_power(p) * p->options.truncate * (double)walk->lanes);
}

static void expect_epoch_loss(const struct problem *p, const struct tc_model *model,
                              struct tc_walk *walk, struct tc_random *random, double loss)
{
    double exact;

    tc_walk_epoch(walk, random);
    exact = epoch_loss(p, model, walk);
    ck_assert_double_eq_tol(loss, exact, 1e-5 * exact);
}

/* Steps too small to matter leave the first weights as they are. Two rounds an epoch, a warm-up of
 * more than two chunks, and units that never forget: every stream must start afresh and hear all.
 */
START_TEST(the_loss_is_that_of_streams_along_the_walk)
{
    struct problem p;
    struct log one = log_new(), two = log_new();
    struct tc_walk *walk = NULL;
    struct tc_model *model = NULL;
    struct tc_random random;
    size_t n;
    float *weights;

    problem_init(&p, TC_CELL_RNN, 6);
    p.arch.layer[0].activation = TC_IDENTITY;
    p.options.learning_rate = 1e-10f;
    p.options.warmup = 70;
    p.options.batch = 2;
    for (unsigned c = 0; c < CLIPS; ++c)
        p.clip[c].n_frames = c < TRAIN_CLIPS ? 1000 + 100 * c : 100;
    one.stop_at_validation = 1;
    two.stop_at_validation = 2;
    tc_model_free(train(&p, watch, &one, NULL));
    tc_model_free(train(&p, watch, &two, NULL));

    random.state = p.options.seed;
    tc_architecture_tensors(&p.arch, NULL, &n);
    weights = support_zeros(n, sizeof *weights);
    ck_assert_int_eq(tc_initial_parameters(&p.arch, &random, weights, NULL), TC_OK);
    ck_assert_int_eq(tc_model_new(&model, &p.arch, &p.meta, weights, NULL), TC_OK);
    ck_assert_int_eq(tc_walk_new(&walk, p.clip, TRAIN_CLIPS, &p.options, NULL), TC_OK);
    ck_assert_uint_gt(walk->n_rounds, 1);
    expect_epoch_loss(&p, model, walk, &random, one.first_loss * (double)one.last.updates);
    expect_epoch_loss(&p, model, walk, &random,
                      two.last_loss * (double)(two.last.updates - one.last.updates));
    tc_walk_free(walk);
    tc_model_free(model);
    free(weights);
    problem_free(&p);
}
END_TEST

/* Adam does not care for the length of all gradients, but for that of one beside the others. */
START_TEST(long_gradients_are_shortened)
{
    struct problem p;
    struct tc_model *never, *rarely, *always;

    problem_init(&p, TC_CELL_GRU, 3);
    p.options.epochs = 1;
    p.options.clip_norm = 0.0f;
    never = train(&p, NULL, NULL, NULL);
    p.options.clip_norm = 1e6f;
    rarely = train(&p, NULL, NULL, NULL);
    p.options.clip_norm = 1e-3f;
    always = train(&p, NULL, NULL, NULL);
    ck_assert(same_parameters(never, rarely));
    ck_assert(!same_parameters(never, always));
    tc_model_free(always);
    tc_model_free(rarely);
    tc_model_free(never);
    problem_free(&p);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("trainer");

    tcase_add_loop_test(tests, a_device_is_learned, 0, 2);
    tcase_add_loop_test(tests, the_model_does_not_depend_on_threads, 0,
                        sizeof parallel / sizeof *parallel);
    tcase_add_test(tests, the_first_weights_do_not_depend_on_threads_of_blas);
    tcase_add_test(tests, all_epochs_done);
    tcase_add_test(tests, validations_take_a_small_part);
    tcase_add_test(tests, patience_ends_and_the_step_shrinks);
    tcase_add_test(tests, time_ends_it);
    tcase_add_test(tests, stopped_at_once);
    tcase_add_test(tests, stopped_later_the_best_model_is_kept);
    tcase_add_test(tests, clips_of_mixed_lengths_are_counted_truly);
    tcase_add_loop_test(tests, a_plateau_halves_the_step_down_to_a_floor, 0,
                        sizeof steps / sizeof *steps);
    tcase_add_loop_test(tests, steps_that_overflow_are_undone, 0, 2);
    tcase_add_loop_test(tests, nothing_but_failing_steps_is_an_error, 0, 2);
    tcase_add_loop_test(tests, options_out_of_range_are_refused, 0,
                        sizeof bad_options / sizeof *bad_options);
    tcase_add_loop_test(tests, samples_that_are_not_finite_are_named, 0,
                        sizeof bad_samples / sizeof *bad_samples);
    tcase_add_test(tests, targets_with_nothing_to_learn_are_refused);
    tcase_add_test(tests, too_short_validations_are_refused);
    tcase_add_test(tests, no_clips_are_refused);
    tcase_add_test(tests, models_that_cannot_be_are_refused_at_once);
    tcase_add_test(tests, making_survives_every_failing_allocation);
    tcase_add_test(tests, running_survives_every_failing_allocation);
    tcase_add_test(tests, the_best_model_survives_every_failing_allocation);
    tcase_add_test(tests, the_start_state_is_that_after_a_second_of_silence);
    tcase_add_test(tests, a_state_that_explodes_in_silence_is_not_taken);
    tcase_add_test(tests, the_model_has_the_metadata_asked_for);
    tcase_add_test(tests, gains_of_the_metadata_scale_input_and_target);
    tcase_add_test(tests, a_knob_is_learned);
    tcase_add_loop_test(tests, validation_is_what_a_stream_plays_behind_the_warm_up, 0, 5);
    tcase_add_test(tests, the_loss_is_that_of_streams_along_the_walk);
    tcase_add_test(tests, long_gradients_are_shortened);
    return support_run(tests, "trainer");
}
