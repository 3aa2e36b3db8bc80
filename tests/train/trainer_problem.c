#include "trainer_problem.h"

#include "tests/support/support.h"
#include "train/measure/validation.h"

#include <math.h>
#include <string.h>

void play_device(const float *input, float *target, float drive)
{
    float low = 0.0f;

    for (size_t t = 0; t < FRAMES; ++t) {
        low += 0.25f * (input[t] - low);
        target[t] = tanhf(drive * low);
    }
}

void problem_init(struct trainer_problem *p, enum tc_cell cell, unsigned hidden)
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

void problem_free(struct trainer_problem *p)
{
    support_signals_free(&p->input);
    support_signals_free(&p->target);
}

void make_unlearnable(struct trainer_problem *p, unsigned clips)
{
    struct support_random random = {99};

    support_fill(&random, p->target.samples, (size_t)clips * FRAMES, -1.0f, 1.0f);
}

void make_divergent(struct trainer_problem *p, enum tc_activation activation)
{
    p->arch.layer[0] = (struct tc_layer){TC_CELL_RNN, activation, 8};
    p->options.learning_rate = 1.0f;
    p->options.clip_norm = 0.0f;
    p->options.truncate = 256;
    p->options.batch = 2;
}

void add_drive_knob(struct trainer_problem *p, float initial)
{
    p->arch.knobs = 1;
    p->meta.knob[0] = (struct tc_knob){.name = "Drive",
                                       .min = 1.0f,
                                       .max = 8.0f,
                                       .initial = initial,
                                       .at_min = -1.0f,
                                       .at_max = 1.0f};
}

enum tc_status problem_try_trainer(const struct trainer_problem *p, struct tc_trainer **trainer,
                                   struct tc_error *error)
{
    return tc_trainer_new(trainer, &p->arch, &p->meta, &p->options, p->clip, TRAIN_CLIPS,
                          p->clip + TRAIN_CLIPS, VAL_CLIPS, error);
}

struct tc_trainer *problem_trainer(const struct trainer_problem *p)
{
    struct tc_trainer *trainer = NULL;
    struct tc_error error = {""};

    ck_assert_msg(problem_try_trainer(p, &trainer, &error) == TC_OK, "%s", error.message);
    return trainer;
}

void problem_expect_refusal(const struct trainer_problem *p, enum tc_status status,
                            const char *message)
{
    struct tc_trainer *trainer = NULL;
    struct tc_error error = {""};

    ck_assert_int_eq(problem_try_trainer(p, &trainer, &error), status);
    ck_assert_str_eq(error.message, message);
    ck_assert_ptr_null(trainer);
    ck_assert_int_eq(problem_try_trainer(p, &trainer, NULL), status);
}

static bool stop_at_once(const struct tc_progress *progress, void *user)
{
    (void)progress;
    (void)user;
    return false;
}

void update_once(struct tc_trainer *trainer)
{
    ck_assert_int_eq(tc_trainer_run(trainer, stop_at_once, NULL, NULL, NULL), TC_OK);
}

struct tc_model *best_model(const struct tc_trainer *trainer)
{
    struct tc_model *model = NULL;

    ck_assert_int_eq(tc_trainer_best(trainer, NULL, &model, NULL), TC_OK);
    return model;
}

struct tc_model *problem_train(const struct trainer_problem *p, tc_progress_fn *progress,
                               void *user, enum tc_train_end *end)
{
    struct tc_trainer *const trainer = problem_trainer(p);
    struct tc_error error = {""};
    struct tc_model *model;

    ck_assert_msg(tc_trainer_run(trainer, progress, user, end, &error) == TC_OK, "%s",
                  error.message);
    model = best_model(trainer);
    tc_trainer_free(trainer);
    return model;
}

struct tc_model *problem_train_until(const struct trainer_problem *p, enum tc_train_end expected,
                                     tc_progress_fn *progress, void *user)
{
    enum tc_train_end end;
    struct tc_model *const model = problem_train(p, progress, user, &end);

    ck_assert_int_eq(end, expected);
    return model;
}

void problem_require_any_threads(struct trainer_problem *p, const struct tc_model *one,
                                 const char *what)
{
    for (p->options.threads = 2; p->options.threads < 5; ++p->options.threads) {
        struct tc_model *const other = problem_train(p, NULL, NULL, NULL);

        ck_assert_msg(support_same_parameters(one, other), "%s: %u threads", what,
                      p->options.threads);
        tc_model_free(other);
    }
}

double problem_score(const struct trainer_problem *p, const struct tc_model *model)
{
    struct tc_score sum;

    ck_assert_int_eq(tc_validate(model, NULL, p->clip + TRAIN_CLIPS, VAL_CLIPS, p->options.warmup,
                                 1, &sum, NULL),
                     TC_OK);
    return tc_score_esr(&sum);
}
