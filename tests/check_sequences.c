#include "sequences.h"
#include "support.h"
#include "tonecell-train.h"
#include "train/validate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Sequences, learned by a trainer and played by a stream. */

/* ------------------------------------------------------------------------- training */

static struct tc_architecture network(const struct sequences *s, enum tc_cell cell, unsigned hidden,
                                      enum tc_readout readout)
{
    return (struct tc_architecture){.audio_inputs = s->inputs,
                                    .outputs = s->outputs,
                                    .layers = 1,
                                    .readout = readout,
                                    .layer = {{cell, TC_TANH, hidden}}};
}

/* Without warm-up, and a whole sequence in a chunk. */
static struct tc_train_options options_for(const struct sequences *s, unsigned epochs)
{
    struct tc_train_options options;

    tc_train_options_init(&options);
    options.warmup = 0;
    options.truncate = (unsigned)s->frames;
    options.epochs = options.patience = epochs;
    options.threads = 1;
    return options;
}

static enum tc_status try_trainer(const struct sequences *train, const struct sequences *val,
                                  const struct tc_architecture *arch,
                                  const struct tc_train_options *options,
                                  struct tc_trainer **trainer, struct tc_error *error)
{
    struct tc_metadata meta;

    tc_metadata_init(&meta);
    return tc_trainer_new(trainer, arch, &meta, options, train->clip, train->n, val->clip, val->n,
                          error);
}

/* What the progress function was told. */
struct watched {
    struct tc_progress last;
    double first_loss; /* of the first update */
};

static bool watch(const struct tc_progress *p, void *user)
{
    struct watched *const watched = user;

    if (p->updates == 1 && !p->validated)
        watched->first_loss = p->loss;
    watched->last = *p;
    return true;
}

static struct tc_model *train_model(const struct sequences *train, const struct sequences *val,
                                    const struct tc_architecture *arch,
                                    const struct tc_train_options *options, struct watched *watched)
{
    struct tc_trainer *trainer = NULL;
    struct tc_model *model = NULL;
    struct tc_error error = {""};

    ck_assert_msg(try_trainer(train, val, arch, options, &trainer, &error) == TC_OK, "%s",
                  error.message);
    ck_assert_msg(tc_trainer_run(trainer, watch, watched, NULL, &error) == TC_OK, "%s",
                  error.message);
    ck_assert_int_eq(tc_trainer_best(trainer, NULL, &model, NULL), TC_OK);
    tc_trainer_free(trainer);
    return model;
}

static struct tc_score score_of(const struct tc_model *model, const struct sequences *s)
{
    struct tc_score score;

    ck_assert_int_eq(tc_validate(model, s->clip, s->n, 0, 1, &score, NULL), TC_OK);
    return score;
}

/* ------------------------------------------------------------------------- many to one */

static const enum tc_cell cells[] = {TC_CELL_GRU, TC_CELL_LSTM};

START_TEST(two_numbers_are_added)
{
    struct support_random random = {1};
    struct sequences train = sequences_adding(400, 12, &random);
    struct sequences test = sequences_adding(100, 12, &random);
    const struct tc_architecture arch = network(&train, cells[_i], 12, TC_READOUT_LINEAR);
    const struct tc_train_options options = options_for(&train, 60);
    struct watched watched = {0};
    struct tc_model *const model = train_model(&train, &test, &arch, &options, &watched);
    const struct tc_score score = score_of(model, &test);

    ck_assert_uint_eq(score.frames, 100);
    ck_assert_double_lt(score.error_energy / 100.0, 0.005);
    ck_assert_double_eq_tol(tc_score_esr(&score), watched.last.best_esr, 1e-9);
    tc_model_free(model);
    sequences_free(&test);
    sequences_free(&train);
}
END_TEST

/* ------------------------------------------------------------------------- rules */

static bool same_model(const struct tc_model *a, const struct tc_model *b)
{
    size_t n;

    tc_architecture_tensors(tc_model_architecture(a), NULL, &n);
    return support_same(tc_model_parameters(a), tc_model_parameters(b), n);
}

static struct tc_model *train_adding(struct sequences *s, unsigned truncate, unsigned threads,
                                     struct watched *watched)
{
    const struct tc_architecture arch = network(s, TC_CELL_GRU, 5, TC_READOUT_LINEAR);
    struct tc_train_options options = options_for(s, 2);

    options.truncate = truncate;
    options.threads = threads;
    return train_model(s, s, &arch, &options, watched);
}

START_TEST(targets_before_the_loss_are_not_looked_at)
{
    struct support_random random = {3};
    struct sequences s = sequences_adding(70, 20, &random);
    struct watched watched = {0}, after = {0};
    struct tc_model *const before = train_adding(&s, 20, 1, &watched);

    for (size_t c = 0; c < s.n; ++c)
        support_fill(&random, sequences_target(&s, c, 0), s.frames - 1, -9.0f, 9.0f);

    struct tc_model *const model = train_adding(&s, 20, 1, &after);

    ck_assert(same_model(before, model));
    ck_assert_double_eq(watched.last.esr, after.last.esr);
    tc_model_free(model);
    tc_model_free(before);
    sequences_free(&s);
}
END_TEST

/* 70 sequences in batches of 32 are 3 rounds. Without loss in a chunk there is no update, but the
 * state goes through it. */
START_TEST(chunks_without_loss_are_only_heard)
{
    struct support_random random = {3};
    struct sequences s = sequences_adding(70, 20, &random);
    struct watched watched = {0};

    for (unsigned truncate = 3; truncate <= 40; truncate += 5) {
        tc_model_free(train_adding(&s, truncate, 1, &watched));
        ck_assert_uint_eq(watched.last.updates, 2 * 3);
        ck_assert_uint_eq(watched.last.frames, 2 * 70 * 20);
        ck_assert_double_eq_tol(watched.last.epoch_done, 1.0, 1e-9);
    }
    sequences_free(&s);
}
END_TEST

START_TEST(the_model_does_not_depend_on_threads)
{
    struct support_random random = {3};
    struct sequences s = sequences_adding(70, 20, &random);
    struct watched watched = {0};
    struct tc_model *const one = train_adding(&s, 20, 1, &watched);

    for (unsigned threads = 2; threads <= 5; ++threads) {
        struct tc_model *const other = train_adding(&s, 20, threads, &watched);

        ck_assert(same_model(one, other));
        tc_model_free(other);
    }
    tc_model_free(one);
    sequences_free(&s);
}
END_TEST

/* Silence moves every other model: its start is where a second of it leads. */
START_TEST(sequences_start_from_zero)
{
    struct support_random random = {3};
    struct sequences s = sequences_adding(70, 20, &random);
    struct watched watched = {0};
    struct tc_model *const model = train_adding(&s, 20, 1, &watched);
    struct tc_tensor tensors[TC_MAX_TENSORS];
    const unsigned n = tc_architecture_tensors(tc_model_architecture(model), tensors, NULL);

    for (unsigned i = 0; i < n; ++i)
        for (size_t u = 0; strstr(tensors[i].name, "h0") && u < tensors[i].rows; ++u)
            ck_assert_float_eq(tc_model_parameters(model)[tensors[i].offset + u], 0.0f);
    tc_model_free(model);
    sequences_free(&s);
}
END_TEST

/* ------------------------------------------------------------------------- refusals */

static const struct {
    enum tc_readout readout;
    bool whole;
    size_t loss_from, frame;
    float value; /* of target 1 there */
    enum tc_status status;
    const char *message;
} refused[] = {
    {TC_READOUT_LINEAR, false, 3, 0, 0.0f, TC_BAD_ARGUMENT,
     "training clip 1: loss from frame 3 on, expected 0 in a clip that is not whole"},
    {TC_READOUT_LINEAR, true, 9, 0, 0.0f, TC_BAD_ARGUMENT,
     "training clip 1: loss from frame 9 on, expected one of its 9 frames"},
};

START_TEST(what_cannot_be_learned_is_named)
{
    struct sequences s = sequences_new(2, 9, 1, 2);
    struct tc_architecture arch;
    struct tc_train_options options;
    struct tc_trainer *trainer = NULL;
    struct tc_error error = {""};

    for (size_t c = 0; c < s.n; ++c)
        for (size_t t = 0; t < s.frames; ++t)
            sequences_target(&s, c, 0)[t] = 1.0f;
    arch = network(&s, TC_CELL_RNN, 2, refused[_i].readout);
    options = options_for(&s, 1);
    s.clip[1].whole = refused[_i].whole;
    s.clip[1].loss_from = refused[_i].loss_from;
    sequences_target(&s, 1, 1)[refused[_i].frame] = refused[_i].value;
    ck_assert_int_eq(try_trainer(&s, &s, &arch, &options, &trainer, &error), refused[_i].status);
    ck_assert_str_eq(error.message, refused[_i].message);
    tc_trainer_free(trainer);
    sequences_free(&s);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("sequences");

    tcase_add_loop_test(tests, two_numbers_are_added, 0, 2);
    tcase_add_test(tests, targets_before_the_loss_are_not_looked_at);
    tcase_add_test(tests, chunks_without_loss_are_only_heard);
    tcase_add_test(tests, the_model_does_not_depend_on_threads);
    tcase_add_test(tests, sequences_start_from_zero);
    tcase_add_loop_test(tests, what_cannot_be_learned_is_named, 0,
                        sizeof refused / sizeof *refused);
    return support_run(tests, "sequences");
}
