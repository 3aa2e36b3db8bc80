#include "sequence_data.h"
#include "tests/support/support.h"
#include "tonecell-train.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Models with an input of symbols: trained, stored, and refused by what takes audio alone. */

/* ------------------------------------------------------------------------- a language model */

static const char text[] = "the cat sat on the mat. ";

enum { LETTERS = 28, EMBEDDING = 6, UNITS = 24, LENGTH = 96, THREADS = 3 };

static float index_of(char letter)
{
    return letter == ' ' ? 26.0f : letter == '.' ? 27.0f : (float)(letter - 'a');
}

/* The text over and over, from another letter in each sequence; the target is the next letter. */
static struct sequences repeated_text(size_t n)
{
    struct sequences s = sequences_new(n, LENGTH, 1, LETTERS);
    const size_t period = sizeof text - 1;

    for (size_t c = 0; c < n; ++c)
        for (size_t t = 0; t < LENGTH; ++t) {
            const unsigned next = (unsigned)index_of(text[(5 * c + t + 1) % period]);

            sequences_input(&s, c, 0)[t] = index_of(text[(5 * c + t) % period]);
            sequences_target(&s, c, next)[t] = 1.0f;
        }
    return s;
}

static const struct tc_architecture language = {.outputs = LETTERS,
                                                .layers = 1,
                                                .readout = TC_READOUT_SOFTMAX,
                                                .symbols = LETTERS,
                                                .embedding = EMBEDDING,
                                                .layer = {{TC_CELL_LSTM, TC_TANH, UNITS}}};

static struct tc_train_options options_for(unsigned epochs, unsigned threads)
{
    struct tc_train_options options;

    tc_train_options_init_sequences(&options);
    options.truncate = LENGTH;
    options.epochs = options.patience = epochs;
    options.learning_rate = 0.02f;
    options.threads = threads;
    return options;
}

static enum tc_status try_trainer(const struct tc_architecture *arch, const struct sequences *s,
                                  const struct tc_train_options *options,
                                  struct tc_trainer **trainer, struct tc_error *error)
{
    struct tc_metadata meta;

    tc_metadata_init(&meta);
    return tc_trainer_new(trainer, arch, &meta, options, s->clip, s->n, s->clip, 1, error);
}

static struct tc_model *train(const struct sequences *s, unsigned epochs, unsigned threads)
{
    const struct tc_train_options options = options_for(epochs, threads);
    struct tc_trainer *trainer = NULL;
    struct tc_model *model = NULL;
    struct tc_error error;

    ck_assert_msg(try_trainer(&language, s, &options, &trainer, &error) == TC_OK, "%s",
                  error.message);
    ck_assert_msg(tc_trainer_run(trainer, NULL, NULL, NULL, &error) == TC_OK, "%s", error.message);
    ck_assert_int_eq(tc_trainer_best(trainer, NULL, &model, NULL), TC_OK);
    tc_trainer_free(trainer);
    return model;
}

/* Which of the eight sequences it is costs at most ln 8 / 96 = 0.02 nats per letter. */
START_TEST(next_letter_of_a_text_is_predicted)
{
    struct sequences s = repeated_text(8);
    struct tc_model *const model = train(&s, 600, 1);
    const struct tc_score score = sequences_score(model, &s);

    ck_assert_double_lt(tc_score_nats(&score), 0.05);
    tc_model_free(model);
    sequences_free(&s);
}
END_TEST

START_TEST(model_does_not_depend_on_the_number_of_threads)
{
    struct sequences s = repeated_text(20);
    struct tc_model *const one = train(&s, 3, 1), *const more = train(&s, 3, THREADS);

    ck_assert(support_same_parameters(one, more));
    tc_model_free(more);
    tc_model_free(one);
    sequences_free(&s);
}
END_TEST

/* ------------------------------------------------------------------------- files */

/* The output, frame by frame, of a stream fed with symbols; the last ones are none. */
static void play(const struct tc_model *model, float *out, size_t frames)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);
    struct tc_stream *const stream = support_stream(model, 1);
    float *to[2];

    for (size_t t = 0; t < frames; ++t) {
        const float symbol = t + 2 < frames   ? (float)(t * 7919 % arch->symbols)
                             : t + 1 < frames ? (float)arch->symbols
                                              : NAN;
        const float *const in = &symbol;

        for (unsigned o = 0; o < arch->outputs; ++o)
            to[o] = &out[t * arch->outputs + o];
        tc_stream_process(stream, &in, NULL, to, 1);
    }
    tc_stream_free(stream);
}

static void assert_same_output(const struct tc_model *model, const struct tc_model *other)
{
    enum { FRAMES = 64, OUTPUTS = 2 };
    float a[FRAMES * OUTPUTS], b[FRAMES * OUTPUTS];

    play(model, a, FRAMES);
    play(other, b, FRAMES);
    ck_assert(support_same(a, b, FRAMES * OUTPUTS));
    for (size_t i = 0; i < FRAMES * OUTPUTS; ++i)
        ck_assert_float_finite(a[i]);
}

START_TEST(model_of_the_most_symbols_is_stored_and_read)
{
    const struct tc_architecture arch = {.outputs = 2,
                                         .layers = 1,
                                         .symbols = TC_MAX_SYMBOLS,
                                         .embedding = 3,
                                         .layer = {{TC_CELL_GRU, TC_TANH, 5}}};
    struct tc_model *const model = support_model(&arch, 1);
    struct tc_plugin_identity identity = {.label = "letters", .mono_id = 1, .stereo_id = 2};
    unsigned char *bytes, *const image = malloc(tc_image_size(model));
    struct tc_model *read = NULL;
    size_t size;

    ck_assert_int_eq(tc_model_save_bytes(model, &bytes, &size, NULL), TC_OK);
    ck_assert_int_eq(tc_model_read(&read, bytes, size, NULL), TC_OK);
    free(bytes);
    ck_assert_mem_eq(&arch, tc_model_architecture(read), sizeof arch);
    assert_same_output(model, read);
    tc_model_free(read);
    tc_image_write(model, &identity, image);
    ck_assert_uint_eq(image[8], 4); /* the version that older programs refuse */
    ck_assert_int_eq(tc_image_read(image, tc_image_size(model), &read, &identity, NULL), TC_OK);
    free(image);
    ck_assert_mem_eq(&arch, tc_model_architecture(read), sizeof arch);
    assert_same_output(model, read);
    tc_model_free(read);
    tc_model_free(model);
}
END_TEST

/* ------------------------------------------------------------------------- refusals */

static const struct {
    unsigned audio_inputs, symbols, embedding;
    enum tc_status status;
    const char *message;
} shapes[] = {
    {0, 2, 1, TC_OK, NULL},
    {TC_MAX_FEATURES, TC_MAX_SYMBOLS, 64, TC_OK, NULL},
    {0, 0, 0, TC_BAD_ARGUMENT, "0 audio inputs, expected at least 1"},
    {1, 1, 4, TC_BAD_ARGUMENT, "1 symbols, expected at least 2"},
    {1, 65537, 4, TC_TOO_LARGE, "65537 symbols, the limit is 65536"},
    {1, 8, 0, TC_BAD_ARGUMENT, "0 values in a symbol's embedding, expected at least 1"},
    {1, 8, 1025, TC_TOO_LARGE, "1025 values in a symbol's embedding, the limit is 1024"},
    {1, 0, 4, TC_TOO_LARGE, "4 values in a symbol's embedding, the limit is 0"},
};

START_TEST(shape_of_the_embedding_is_checked)
{
    struct tc_architecture arch = language;
    struct tc_error error;

    arch.audio_inputs = shapes[_i].audio_inputs;
    arch.symbols = shapes[_i].symbols;
    arch.embedding = shapes[_i].embedding;
    ck_assert_int_eq(tc_architecture_check(&arch, &error), shapes[_i].status);
    if (shapes[_i].message)
        ck_assert_str_eq(error.message, shapes[_i].message);
}
END_TEST

static const struct {
    float symbol;
    const char *found; /* NULL: allowed */
} symbols[] = {{0.0f, NULL},  {27.0f, NULL}, {-1.0f, NULL}, {28.0f, "28"},
               {-2.0f, "-2"}, {1.5f, "1.5"}, {NAN, "nan"},  {-0.5f, "-0.5"}};

START_TEST(clips_with_other_numbers_than_symbols_are_refused)
{
    struct sequences s = repeated_text(2);
    const struct tc_train_options options = options_for(1, 1);
    struct tc_trainer *trainer = NULL;
    struct tc_error error;
    enum tc_status status;
    char expected[200];

    sequences_input(&s, 1, 0)[7] = symbols[_i].symbol;
    status = try_trainer(&language, &s, &options, &trainer, &error);
    if (symbols[_i].found) {
        snprintf(expected, sizeof expected,
                 "training clip 1: the symbol of frame 7 is %s, expected a whole number from 0 to "
                 "27, or -1 for none",
                 symbols[_i].found);
        ck_assert_int_eq(status, TC_BAD_VALUE);
        ck_assert_str_eq(error.message, expected);
    } else {
        ck_assert_int_eq(status, TC_OK);
    }
    tc_trainer_free(trainer);
    sequences_free(&s);
}
END_TEST

START_TEST(batch_normalisation_of_an_embedding_is_refused)
{
    struct sequences s = repeated_text(2);
    struct tc_train_options options = options_for(1, 1);
    struct tc_trainer *trainer = NULL;
    struct tc_error error;

    options.batch_norm = true;
    ck_assert_int_eq(try_trainer(&language, &s, &options, &trainer, &error), TC_UNSUPPORTED);
    ck_assert_str_eq(error.message,
                     "batch normalisation of an embedding, expected a network without symbols");
    sequences_free(&s);
}
END_TEST

START_TEST(players_and_formats_of_audio_refuse_symbols)
{
    struct tc_model *const model = support_model(&language, 1);
    struct tc_player *player = NULL;
    unsigned char *bytes;
    struct tc_error error;
    size_t size;

    ck_assert_int_eq(tc_player_new(&player, model, 1, 48000.0, &error), TC_UNSUPPORTED);
    ck_assert_str_eq(error.message,
                     "the model has an input of 28 symbols, a player takes audio alone");
    for (unsigned format = 0; format < TC_EXPORTS; ++format) {
        ck_assert_int_eq(
            tc_model_export_bytes(model, (enum tc_export)format, &bytes, &size, &error),
            TC_UNSUPPORTED);
        ck_assert_ptr_nonnull(
            strstr(error.message,
                   " files are written without an input of symbols, but the model has one"));
    }
    tc_model_free(model);
}
END_TEST

/* ------------------------------------------------------------------------- diagnosis */

static struct tc_diagnosis *diagnose(const struct tc_model *model, const float *const *in,
                                     size_t frames)
{
    struct tc_diagnose_options options;
    struct tc_diagnosis *diagnosis = NULL;
    struct tc_error error;

    tc_diagnose_options_init(&options, model);
    options.positions = 2;
    options.max_lag = 32;
    ck_assert_msg(tc_diagnose(&diagnosis, model, in, frames, &options, &error) == TC_OK, "%s",
                  error.message);
    return diagnosis;
}

/* The gradient of a language model flows as that of a network with the symbols' vectors as inputs.
 */
START_TEST(diagnosis_equals_that_of_the_vectors_as_dense_inputs)
{
    enum { FRAMES = 100, TABLE = LETTERS * EMBEDDING };
    struct tc_model *const model = support_model(&language, 1), *dense_model;
    const float *const parameters = tc_model_parameters(model);
    struct tc_architecture dense = language;
    float symbol[FRAMES], vector[EMBEDDING][FRAMES];
    const float *const in = symbol, *dense_in[EMBEDDING];
    struct tc_diagnosis *of_symbols, *of_vectors;

    dense.audio_inputs = EMBEDDING;
    dense.symbols = dense.embedding = 0;
    dense_model = support_model_of(&dense, parameters + TABLE);
    for (size_t t = 0; t < FRAMES; ++t) {
        symbol[t] = (float)(t * t % LETTERS);
        for (size_t i = 0; i < EMBEDDING; ++i) {
            vector[i][t] = parameters[(t * t % LETTERS) * EMBEDDING + i];
            dense_in[i] = vector[i];
        }
    }
    of_symbols = diagnose(model, &in, FRAMES);
    of_vectors = diagnose(dense_model, dense_in, FRAMES);
    ck_assert_uint_eq(of_symbols->lags, of_vectors->lags);
    for (size_t i = 0; i < of_symbols->lags; ++i)
        ck_assert_double_eq(of_symbols->gradient[i].median, of_vectors->gradient[i].median);
    ck_assert_double_eq(of_symbols->exponent[0], of_vectors->exponent[0]);
    tc_diagnosis_free(of_vectors);
    tc_diagnosis_free(of_symbols);
    tc_model_free(dense_model);
    tc_model_free(model);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("symbols");

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, next_letter_of_a_text_is_predicted);
    tcase_add_test(tests, model_does_not_depend_on_the_number_of_threads);
    tcase_add_test(tests, model_of_the_most_symbols_is_stored_and_read);
    tcase_add_loop_test(tests, shape_of_the_embedding_is_checked, 0,
                        sizeof shapes / sizeof *shapes);
    tcase_add_loop_test(tests, clips_with_other_numbers_than_symbols_are_refused, 0,
                        sizeof symbols / sizeof *symbols);
    tcase_add_test(tests, batch_normalisation_of_an_embedding_is_refused);
    tcase_add_test(tests, players_and_formats_of_audio_refuse_symbols);
    tcase_add_test(tests, diagnosis_equals_that_of_the_vectors_as_dense_inputs);
    return support_run(tests, "symbols");
}
