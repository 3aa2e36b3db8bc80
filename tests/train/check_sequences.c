#include "sequence_data.h"
#include "tests/support/support.h"
#include "tonecell-train.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Sequences learned by a trainer and predicted by a stream: many-to-many, one-to-many and
 * many-to-one. */

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

/* Progress as reported. */
struct reported_progress {
    struct tc_progress last;
    double first_loss; /* of the first update */
};

static bool watch(const struct tc_progress *p, void *user)
{
    struct reported_progress *const watched = user;

    if (p->updates == 1 && !p->validated)
        watched->first_loss = p->loss;
    watched->last = *p;
    return true;
}

static struct tc_model *train_model(const struct sequences *train, const struct sequences *val,
                                    const struct tc_architecture *arch,
                                    const struct tc_train_options *options,
                                    struct reported_progress *watched)
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

/* ------------------------------------------------------------------------- words */

/* A word and its alphabet; the target is the word shifted by one symbol. */
static const struct word {
    const char *symbols, *input, *target;
    enum tc_cell cell;
} words[] = {{"helo", "hell", "ello", TC_CELL_LSTM},
             {"helo", "hell", "ello", TC_CELL_GRU},
             {"helo", "hell", "ello", TC_CELL_RNN},
             {"dep.", "deep", "eep.", TC_CELL_LSTM},
             {"dep.", "deep", "eep.", TC_CELL_GRU}};

enum { WORDS = sizeof words / sizeof *words, MAX_SYMBOLS = 8 };

static unsigned index_of(const struct word *word, char symbol)
{
    return (unsigned)(strchr(word->symbols, symbol) - word->symbols);
}

static struct sequences word_sequences(const struct word *word)
{
    const unsigned n = (unsigned)strlen(word->symbols);
    const struct sequences s = sequences_new(1, strlen(word->input), n, n);

    for (size_t t = 0; t < s.frames; ++t) {
        sequences_input(&s, 0, index_of(word, word->input[t]))[t] = 1.0f;
        sequences_target(&s, 0, index_of(word, word->target[t]))[t] = 1.0f;
    }
    return s;
}

static struct tc_model *train_word(const struct word *word, struct reported_progress *watched)
{
    struct sequences s = word_sequences(word);
    const struct tc_architecture arch = network(&s, word->cell, 12, TC_READOUT_SOFTMAX);
    struct tc_train_options options = options_for(&s, 400);
    struct tc_model *model;

    options.learning_rate = 0.02f;
    model = train_model(&s, &s, &arch, &options, watched);
    sequences_free(&s);
    return model;
}

/* The probabilities of the next symbol. */
static void play_symbol(struct tc_stream *stream, const struct word *word, char symbol, float *p)
{
    const unsigned n = (unsigned)strlen(word->symbols);
    float x[MAX_SYMBOLS] = {0};
    const float *in[MAX_SYMBOLS];
    float *out[MAX_SYMBOLS];

    x[index_of(word, symbol)] = 1.0f;
    for (unsigned i = 0; i < n; ++i) {
        in[i] = &x[i];
        out[i] = &p[i];
    }
    tc_stream_process(stream, in, NULL, out, 1);
}

static char most_probable(const struct word *word, const float *p)
{
    const unsigned n = (unsigned)strlen(word->symbols);
    unsigned best = 0;

    for (unsigned i = 1; i < n; ++i)
        best = p[i] > p[best] ? i : best;
    return word->symbols[best];
}

START_TEST(every_symbol_of_a_word_is_predicted)
{
    const struct word *const word = &words[_i];
    struct reported_progress watched = {0};
    struct tc_model *const model = train_word(word, &watched);
    struct tc_stream *const stream = support_stream(model, 1);

    for (size_t t = 0; word->input[t]; ++t) {
        float p[MAX_SYMBOLS];

        play_symbol(stream, word, word->input[t], p);
        ck_assert_float_gt(p[index_of(word, word->target[t])], 0.99f);
    }
    ck_assert_double_le(watched.last.best_score, watched.last.score);
    ck_assert_double_lt(watched.last.best_score, 0.01);
    printf("%s, %s: learned in %.2f s\n", word->target, tc_cell_name(word->cell),
           watched.last.seconds);
    tc_stream_free(stream);
    tc_model_free(model);
}
END_TEST

/* One-to-many: from the first symbol on the model's input is its previous output, until that is the
 * stop symbol. */
START_TEST(a_word_is_generated_from_its_first_symbol)
{
    enum { MAX_LENGTH = 20 };
    const struct word *const word = &words[_i];
    const size_t length = strlen(word->target);
    struct reported_progress watched = {0};
    struct tc_model *const model = train_word(word, &watched);
    struct tc_stream *const stream = support_stream(model, 1);
    char generated[MAX_LENGTH + 1] = "", last = word->input[0];

    for (size_t t = 0; t < MAX_LENGTH && last != '.'; ++t) {
        float p[MAX_SYMBOLS];

        play_symbol(stream, word, last, p);
        generated[t] = last = most_probable(word, p);
    }
    if (strchr(word->symbols, '.'))
        ck_assert_str_eq(generated, word->target);
    else
        ck_assert_msg(strncmp(generated, word->target, length) == 0, "generated %s", generated);
    tc_stream_free(stream);
    tc_model_free(model);
}
END_TEST

/* ------------------------------------------------------------------------- many to one */

static const enum tc_cell cells[] = {TC_CELL_GRU, TC_CELL_LSTM};

START_TEST(adding_problem_is_learned)
{
    struct support_random random = {1};
    struct sequences train = sequences_adding(400, 12, &random);
    struct sequences test = sequences_adding(100, 12, &random);
    const struct tc_architecture arch = network(&train, cells[_i], 12, TC_READOUT_LINEAR);
    const struct tc_train_options options = options_for(&train, 60);
    struct reported_progress watched = {0};
    struct tc_model *const model = train_model(&train, &test, &arch, &options, &watched);
    const struct tc_score score = sequences_score(model, &test);

    ck_assert_uint_eq(score.frames, 100);
    ck_assert_double_lt(score.error_energy / 100.0, 0.005);
    ck_assert_double_eq_tol(tc_score_esr(&score), watched.last.best_score, 1e-9);
    tc_model_free(model);
    sequences_free(&test);
    sequences_free(&train);
}
END_TEST

/* The target is the first of three symbols, in the last frame or in all. */
static struct sequences which_was_first(size_t n, size_t frames, struct support_random *random,
                                        bool last_only)
{
    struct sequences s = sequences_new(n, frames, 3, 3);

    for (size_t c = 0; c < n; ++c) {
        const unsigned first = (unsigned)(support_bits(random) % 3);

        for (size_t t = 0; t < frames; ++t) {
            const unsigned next = (unsigned)(support_bits(random) % 3);

            sequences_input(&s, c, t ? next : first)[t] = 1.0f;
            sequences_target(&s, c, first)[t] = 1.0f;
        }
    }
    if (last_only)
        sequences_many_to_one(&s);
    return s;
}

/* The loss is a mean over the frames that have loss. Of an untrained model it is ln 3 with a
 * softmax readout, 3 ln 2 with a logistic one. */
START_TEST(first_symbol_is_remembered)
{
    const bool last_only = _i % 2;
    const enum tc_readout readout = _i < 2 ? TC_READOUT_SOFTMAX : TC_READOUT_LOGISTIC;
    struct support_random random = {2};
    struct sequences train = which_was_first(300, 15, &random, last_only);
    struct sequences test = which_was_first(50, 15, &random, last_only);
    const struct tc_architecture arch = network(&train, TC_CELL_LSTM, 8, readout);
    const struct tc_train_options options = options_for(&train, 150);
    struct reported_progress watched = {0};
    struct tc_model *const model = train_model(&train, &test, &arch, &options, &watched);
    const struct tc_score score = sequences_score(model, &test);

    ck_assert_uint_eq(score.frames, last_only ? 50 : 50 * 15);
    ck_assert_double_lt(tc_score_nats(&score), 0.05);
    ck_assert_double_eq_tol(tc_score_nats(&score), watched.last.best_score, 1e-6);
    ck_assert_double_eq_tol(watched.first_loss,
                            readout == TC_READOUT_SOFTMAX ? log(3.0) : 3.0 * log(2.0), 0.1);
    tc_model_free(model);
    sequences_free(&test);
    sequences_free(&train);
}
END_TEST

/* ------------------------------------------------------------------------- loss in a part */

/* 70 adding problems, which are 3 batches of at most 32, and the random numbers after them. */
static struct support_random random_numbers;
static struct sequences sums;

static void make_sums(void)
{
    random_numbers = (struct support_random){3};
    sums = sequences_adding(70, 20, &random_numbers);
}

static void free_sums(void)
{
    sequences_free(&sums);
}

static struct tc_model *train_on_sums(unsigned truncate, unsigned threads,
                                      struct reported_progress *watched)
{
    const struct tc_architecture arch = network(&sums, TC_CELL_GRU, 5, TC_READOUT_LINEAR);
    struct tc_train_options options = options_for(&sums, 2);

    options.truncate = truncate;
    options.threads = threads;
    return train_model(&sums, &sums, &arch, &options, watched);
}

START_TEST(targets_of_frames_without_loss_have_no_effect)
{
    struct reported_progress watched = {0}, after = {0};
    struct tc_model *const before = train_on_sums(20, 1, &watched);

    for (size_t c = 0; c < sums.n; ++c)
        support_fill(&random_numbers, sequences_target(&sums, c, 0), sums.frames - 1, -9.0f, 9.0f);

    struct tc_model *const model = train_on_sums(20, 1, &after);

    ck_assert(support_same_parameters(before, model));
    ck_assert_double_eq(watched.last.score, after.last.score);
    tc_model_free(model);
    tc_model_free(before);
}
END_TEST

/* A chunk without loss has no update, but the state is carried through it. */
START_TEST(chunks_without_loss_are_forward_only)
{
    struct reported_progress watched = {0};

    for (unsigned truncate = 3; truncate <= 40; truncate += 5) {
        tc_model_free(train_on_sums(truncate, 1, &watched));
        ck_assert_uint_eq(watched.last.updates, 2 * 3);
        ck_assert_uint_eq(watched.last.frames, 2 * 70 * 20);
        ck_assert_double_eq_tol(watched.last.epoch_done, 1.0, 1e-9);
    }
}
END_TEST

START_TEST(the_model_does_not_depend_on_threads)
{
    struct reported_progress watched = {0};
    struct tc_model *const one = train_on_sums(20, 1, &watched);

    for (unsigned threads = 2; threads <= 5; ++threads) {
        struct tc_model *const other = train_on_sums(20, threads, &watched);

        ck_assert(support_same_parameters(one, other));
        tc_model_free(other);
    }
    tc_model_free(one);
}
END_TEST

/* Models of recordings have the initial state after a second of silence, those of sequences do not.
 */
START_TEST(sequences_start_from_the_zero_state)
{
    struct reported_progress watched = {0};
    struct tc_model *const model = train_on_sums(20, 1, &watched);
    struct tc_tensor tensors[TC_MAX_TENSORS];
    const unsigned n = tc_architecture_tensors(tc_model_architecture(model), tensors, NULL);

    for (unsigned i = 0; i < n; ++i)
        for (size_t u = 0; strstr(tensors[i].name, "h0") && u < tensors[i].rows; ++u)
            ck_assert_float_eq(tc_model_parameters(model)[tensors[i].offset + u], 0.0f);
    tc_model_free(model);
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
    {TC_READOUT_LOGISTIC, true, 0, 4, 1.5f, TC_BAD_VALUE,
     "training clip 1: target frame 4 is 1.5, expected a probability"},
    {TC_READOUT_LOGISTIC, true, 4, 8, -0.5f, TC_BAD_VALUE,
     "training clip 1: target frame 8 is -0.5, expected a probability"},
    {TC_READOUT_SOFTMAX, true, 4, 4, 0.5f, TC_BAD_VALUE,
     "training clip 1: targets of frame 4 add up to 1.5, expected 1"},
    {TC_READOUT_SOFTMAX, true, 5, 4, 0.5f, TC_OK, ""},
};

START_TEST(invalid_sequences_are_refused)
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

    tcase_add_checked_fixture(tests, make_sums, free_sums);
    tcase_add_loop_test(tests, every_symbol_of_a_word_is_predicted, 0, WORDS);
    tcase_add_loop_test(tests, a_word_is_generated_from_its_first_symbol, 0, WORDS);
    tcase_add_loop_test(tests, adding_problem_is_learned, 0, 2);
    tcase_add_loop_test(tests, first_symbol_is_remembered, 0, 4);
    tcase_add_test(tests, targets_of_frames_without_loss_have_no_effect);
    tcase_add_test(tests, chunks_without_loss_are_forward_only);
    tcase_add_test(tests, the_model_does_not_depend_on_threads);
    tcase_add_test(tests, sequences_start_from_the_zero_state);
    tcase_add_loop_test(tests, invalid_sequences_are_refused, 0, sizeof refused / sizeof *refused);
    return support_run(tests, "sequences");
}
