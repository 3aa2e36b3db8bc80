#include "tests/support/reference.h"
#include "tests/train/sequence_data.h"
#include "shard_problem.h"
#include "tests/support/support.h"
#include "tonecell-train.h"
#include "train/trainer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* An encoder whose final state is the initial state of a decoder. */

/* ------------------------------------------------------------------------- gradients */

enum { SEQUENCES = 3 };

/* Run every sequence through the encoder, then through a decoder of the same network; returns the
 * loss of all sequences. */
static double exact_loss(const struct shard_problem *encoder, const double *parameters,
                         const struct shard_problem *decoder)
{
    const unsigned outputs = encoder->arch->outputs;
    double *const state = support_zeros(encoder->state_size, sizeof *state);
    double *const y = support_zeros(FRAMES * outputs, sizeof *y), loss = 0.0;

    for (unsigned sequence = 0; sequence < SEQUENCES; ++sequence) {
        reference_start(encoder->arch, parameters, state);
        reference_run(encoder->arch, parameters, input_at(encoder, sequence, 0), NULL, y, state,
                      FRAMES);
        reference_run(decoder->arch, decoder->exact, input_at(decoder, sequence, 0), NULL, y, state,
                      FRAMES);
        for (size_t i = 0; i < FRAMES * outputs; ++i)
            loss += weight_at(decoder, sequence, 0)[i] * y[i];
    }
    free(state);
    free(y);
    return loss;
}

/* The encoder's gradient by central differences. */
static double *exact_encoder_gradient(const struct shard_problem *encoder,
                                      const struct shard_problem *decoder)
{
    double *const gradient = support_zeros(encoder->n, sizeof *gradient);
    const double step = 1e-5;

    for (size_t i = 0; i < encoder->n; ++i) {
        const double original = encoder->exact[i];
        double above;

        encoder->exact[i] = original + step;
        above = exact_loss(encoder, encoder->exact, decoder);
        encoder->exact[i] = original - step;
        gradient[i] = (above - exact_loss(encoder, encoder->exact, decoder)) / (2.0 * step);
        encoder->exact[i] = original;
    }
    return gradient;
}

/* The encoder's gradient by forward and backward passes of both shards. */
static float *encoder_gradient(const struct shard_problem *encoder,
                               const struct shard_problem *decoder)
{
    struct tc_shard *const first = shard_new(encoder, FRAMES);
    struct tc_shard *const second = shard_new(decoder, FRAMES);
    float *const state = support_zeros(tc_shard_state_floats(first), sizeof *state);
    float *const gradient = support_zeros(encoder->n, sizeof *gradient);
    float *const unused = support_zeros(decoder->n, sizeof *unused);

    forward(encoder, first, 0, FRAMES);
    tc_shard_save_state(first, FRAMES, state);
    tc_shard_load_state(second, state);
    forward(decoder, second, 0, FRAMES);
    backward(decoder, second, 0, FRAMES, unused);
    tc_shard_initial_state_gradient(second, state);
    tc_shard_backward_from_state(first, gradient, FRAMES, state);
    tc_shard_free(first);
    tc_shard_free(second);
    free(state);
    free(unused);
    return gradient;
}

/* Without the encoder's initial state, which is not trained, and whose influence is too small for
 * differences. */
static void compare(const struct tc_architecture *arch, const float *gradient, const double *exact,
                    const char *kernels)
{
    struct tc_tensor tensor[TC_MAX_TENSORS];
    const unsigned n = tc_architecture_tensors(arch, tensor, NULL);

    for (unsigned i = 0; i < n; ++i)
        if (!strstr(tensor[i].name, "h0") && !strstr(tensor[i].name, "c0"))
            support_compare_tensor(&tensor[i], gradient, exact, 1e-4, kernels);
}

START_TEST(gradient_propagates_into_the_encoder)
{
    const struct tc_architecture *const arch = &support_networks[_i].arch;
    struct shard_problem encoder = problem_new(arch, SEQUENCES),
                         decoder = problem_new(arch, SEQUENCES);
    double *exact;

    /* The decoder is another network with another input. */
    for (size_t i = 0; i < decoder.n; ++i) {
        decoder.parameters[i] *= 0.75f;
        decoder.exact[i] *= 0.75;
    }
    for (size_t i = 0; i < SEQUENCES * FRAMES * decoder.rows; ++i)
        decoder.input[i] *= 0.5;
    exact = exact_encoder_gradient(&encoder, &decoder);
    for (const struct tc_layer_kernels *const *k = tc_layer_kernels_all; *k; ++k) {
        float *gradient;

        if ((*k)->needs & ~tc_cpu_features())
            continue;
        use_kernels(&encoder, *k);
        use_kernels(&decoder, *k);
        gradient = encoder_gradient(&encoder, &decoder);
        compare(encoder.arch, gradient, exact, (*k)->name);
        free(gradient);
    }
    free(exact);
    problem_free(&encoder);
    problem_free(&decoder);
}
END_TEST

/* ------------------------------------------------------------------------- sequences */

enum { SYMBOLS = 4, LENGTH = 5, TRAIN = 400, VAL = 60, HIDDEN = 24 };

/* Words of random symbols, and the same in reverse. The decoder's input is its target of the
 * previous frame; one more input marks the first frame. */
struct words {
    struct sequences encoder, decoder;
};

static struct words words_new(size_t n, uint64_t seed)
{
    struct support_random random = {seed};
    struct words words = {sequences_new(n, LENGTH, SYMBOLS, 1),
                          sequences_new(n, LENGTH, SYMBOLS + 1, SYMBOLS)};

    for (size_t c = 0; c < n; ++c) {
        struct tc_clip *const clip = &words.decoder.clip[c];

        clip->context = words.encoder.clip[c].input;
        clip->n_context = LENGTH;
        sequences_input(&words.decoder, c, SYMBOLS)[0] = 1.0f;
        for (size_t t = 0; t < LENGTH; ++t) {
            const unsigned symbol = (unsigned)(support_bits(&random) % SYMBOLS);
            const size_t reversed = LENGTH - 1 - t;

            sequences_input(&words.encoder, c, symbol)[t] = 1.0f;
            sequences_target(&words.decoder, c, symbol)[reversed] = 1.0f;
            if (reversed + 1 < LENGTH)
                sequences_input(&words.decoder, c, symbol)[reversed + 1] = 1.0f;
        }
    }
    return words;
}

static void words_free(struct words *words)
{
    sequences_free(&words->encoder);
    sequences_free(&words->decoder);
}

/* The arguments of a training; the caller may change them. */
struct trainer_setup {
    struct tc_architecture encoder, decoder;
    struct tc_train_options options;
    struct words train, val;
};

static struct trainer_setup setup_new(enum tc_cell cell, unsigned epochs)
{
    struct trainer_setup setup = {.train = words_new(TRAIN, 1), .val = words_new(VAL, 2)};

    setup.encoder = (struct tc_architecture){
        .audio_inputs = SYMBOLS, .outputs = 1, .layers = 1, .layer = {{cell, TC_TANH, HIDDEN}}};
    setup.decoder = setup.encoder;
    setup.decoder.audio_inputs = SYMBOLS + 1;
    setup.decoder.outputs = SYMBOLS;
    setup.decoder.readout = TC_READOUT_SOFTMAX;
    tc_train_options_init(&setup.options);
    setup.options.warmup = 0;
    setup.options.truncate = LENGTH;
    setup.options.epochs = setup.options.patience = epochs;
    setup.options.threads = 1;
    return setup;
}

static void setup_free(struct trainer_setup *setup)
{
    words_free(&setup->train);
    words_free(&setup->val);
}

static enum tc_status setup_try(const struct trainer_setup *setup, struct tc_trainer **trainer,
                                struct tc_error *error)
{
    struct tc_metadata meta;

    tc_metadata_init(&meta);
    return tc_trainer_new_encoded(trainer, &setup->encoder, &setup->decoder, &meta, &setup->options,
                                  setup->train.decoder.clip, setup->train.decoder.n,
                                  setup->val.decoder.clip, setup->val.decoder.n, error);
}

static bool store_progress(const struct tc_progress *p, void *user)
{
    *(struct tc_progress *)user = *p;
    return true;
}

/* Both networks of a training. */
struct pair {
    struct tc_model *encoder, *decoder;
    struct tc_progress last;
};

static struct pair pair_of(const struct trainer_setup *setup)
{
    struct tc_trainer *trainer = NULL;
    struct tc_error error = {""};
    struct pair pair;

    ck_assert_msg(setup_try(setup, &trainer, &error) == TC_OK, "%s", error.message);
    ck_assert_int_eq(tc_trainer_run(trainer, store_progress, &pair.last, NULL, NULL), TC_OK);
    ck_assert_int_eq(tc_trainer_best(trainer, NULL, &pair.decoder, NULL), TC_OK);
    ck_assert_int_eq(tc_trainer_best_encoder(trainer, &pair.encoder, NULL), TC_OK);
    tc_trainer_free(trainer);
    return pair;
}

static void pair_free(struct pair *pair)
{
    tc_model_free(pair->encoder);
    tc_model_free(pair->decoder);
}

/* The number of correct symbols where the decoder's input is its previous output. */
static unsigned correct_symbols(const struct pair *pair, const struct words *words, size_t c)
{
    struct tc_stream *const encoder = support_stream(pair->encoder, 1);
    struct tc_stream *const decoder = support_stream(pair->decoder, 1);
    float unused[LENGTH], input[SYMBOLS + 1] = {0}, output[SYMBOLS];
    const float *in[SYMBOLS + 1];
    float *out[SYMBOLS], *const nowhere = unused;
    unsigned correct = 0;

    for (unsigned i = 0; i <= SYMBOLS; ++i)
        in[i] = &input[i];
    for (unsigned o = 0; o < SYMBOLS; ++o)
        out[o] = &output[o];
    tc_stream_process(encoder, words->decoder.clip[c].context, NULL, &nowhere, LENGTH);
    tc_stream_copy_channel(decoder, 0, encoder, 0);
    input[SYMBOLS] = 1.0f;
    for (size_t t = 0; t < LENGTH; ++t) {
        unsigned best = 0;

        tc_stream_process(decoder, in, NULL, out, 1);
        for (unsigned o = 1; o < SYMBOLS; ++o)
            best = output[o] > output[best] ? o : best;
        correct += sequences_target(&words->decoder, c, best)[t] == 1.0f;
        memset(input, 0, sizeof input);
        input[best] = 1.0f;
    }
    tc_stream_free(encoder);
    tc_stream_free(decoder);
    return correct;
}

static const enum tc_cell cells[] = {TC_CELL_LSTM, TC_CELL_GRU, TC_CELL_LSTM_PEEPHOLE,
                                     TC_CELL_GRU_RESET_BEFORE};

START_TEST(words_are_reversed)
{
    struct trainer_setup setup = setup_new(cells[_i], 60);
    struct pair pair = pair_of(&setup);
    unsigned correct = 0;

    for (size_t c = 0; c < VAL; ++c)
        correct += correct_symbols(&pair, &setup.val, c);
    ck_assert_double_lt(pair.last.best_score, 0.1);
    ck_assert_uint_ge(correct, VAL * LENGTH * 97 / 100);
    pair_free(&pair);
    setup_free(&setup);
}
END_TEST

/* All contexts are the same: without information, the cross-entropy of four symbols is ln 4. */
START_TEST(wrong_context_scores_no_better_than_guessing)
{
    struct trainer_setup setup = setup_new(TC_CELL_GRU, 10);
    struct pair pair;

    for (size_t c = 0; c < TRAIN; ++c)
        setup.train.decoder.clip[c].context = setup.train.decoder.clip[0].context;
    pair = pair_of(&setup);
    ck_assert_double_gt(pair.last.best_score, 1.3);
    pair_free(&pair);
    setup_free(&setup);
}
END_TEST

START_TEST(encoder_and_decoder_do_not_depend_on_threads)
{
    struct trainer_setup setup = setup_new(TC_CELL_LSTM, 2);
    struct pair one = pair_of(&setup);

    for (unsigned threads = 2; threads < 4; ++threads) {
        struct pair other;

        setup.options.threads = threads;
        other = pair_of(&setup);
        ck_assert(support_same_parameters(one.encoder, other.encoder));
        ck_assert(support_same_parameters(one.decoder, other.decoder));
        pair_free(&other);
    }
    pair_free(&one);
    setup_free(&setup);
}
END_TEST

/* After the first update the parameters overflow, so that the next step is undone. */
static bool overflow_once(const struct tc_progress *p, void *user)
{
    struct tc_trainer *const trainer = user;

    if (p->updates == 1 && p->rejected == 0)
        trainer->state.parameters[0] = (float)INFINITY;
    return true;
}

/* The first chunk of a batch has no loss and the second has all: an update for each batch but
 * one. */
START_TEST(an_undone_step_ends_its_batch_alone)
{
    struct trainer_setup setup = setup_new(TC_CELL_GRU, 1);
    struct tc_trainer *trainer = NULL;

    for (size_t c = 0; c < TRAIN; ++c)
        setup.train.decoder.clip[c].loss_from = 3;
    setup.options.truncate = 3;
    ck_assert_int_eq(setup_try(&setup, &trainer, NULL), TC_OK);
    ck_assert_int_eq(tc_trainer_run(trainer, overflow_once, trainer, NULL, NULL), TC_OK);
    ck_assert_uint_eq(trainer->state.totals.rejected, 1);
    ck_assert_uint_eq(trainer->state.totals.updates, trainer->state.n.batches - 1);
    tc_trainer_free(trainer);
    setup_free(&setup);
}
END_TEST

/* ------------------------------------------------------------------------- refusals */

static void add_knob(struct trainer_setup *setup)
{
    setup->encoder.knobs = 1;
}

static void add_layer(struct trainer_setup *setup)
{
    setup->encoder.layers = 2;
    setup->encoder.layer[1] = setup->encoder.layer[0];
}

static void change_width(struct trainer_setup *setup)
{
    setup->encoder.layer[0].hidden = 3;
}

static void add_warm_up(struct trainer_setup *setup)
{
    setup->options.warmup = 2;
}

static void constrain(struct trainer_setup *setup)
{
    setup->options.recurrent = TC_RECURRENT_ORTHOGONAL;
}

static void learn_start(struct trainer_setup *setup)
{
    setup->options.start = TC_START_LEARNED;
}

static void cut_recording(struct trainer_setup *setup)
{
    setup->train.decoder.clip[7].whole = false;
}

static void shorten_context(struct trainer_setup *setup)
{
    setup->val.decoder.clip[3].n_context = 2;
}

static void empty_context(struct trainer_setup *setup)
{
    setup->train.decoder.clip[0].n_context = 0;
}

static void remove_context(struct trainer_setup *setup)
{
    setup->train.decoder.clip[5].context = NULL;
}

static void set_context_to_nan(struct trainer_setup *setup)
{
    sequences_input(&setup->val.encoder, 2, 1)[3] = NAN;
}

static const struct {
    void (*change)(struct trainer_setup *setup);
    enum tc_status status;
    const char *message;
} refusals[] = {
    {add_knob, TC_BAD_ARGUMENT, "an encoder with 1 knobs, expected none"},
    {add_layer, TC_BAD_ARGUMENT, "an encoder of 2 layers, expected 1 as the decoder's"},
    {change_width, TC_BAD_ARGUMENT,
     "layer 0 of the encoder is gru of 3 units, expected gru of 24 as the decoder's"},
    {add_warm_up, TC_BAD_ARGUMENT, "a warm-up of 2 frames with an encoder, expected 0"},
    {constrain, TC_BAD_ARGUMENT,
     "constrained recurrent matrices, expected free ones with an encoder"},
    {learn_start, TC_BAD_ARGUMENT, "a learned start, expected none where an encoder gives it"},
    {cut_recording, TC_BAD_ARGUMENT,
     "training clip 7 is not whole, expected sequences with an encoder"},
    {empty_context, TC_BAD_ARGUMENT, "contexts of 0 frames, expected 1 to 1048576"},
    {shorten_context, TC_BAD_ARGUMENT,
     "validation clip 3 has a context of 2 frames, expected 5 as the first's"},
    {remove_context, TC_BAD_ARGUMENT,
     "training clip 5 has a context of 0 frames, expected 5 as the first's"},
    {set_context_to_nan, TC_BAD_VALUE, "validation clip 2: context frame 3 is nan"},
};

enum { REFUSALS = sizeof refusals / sizeof *refusals };

START_TEST(mismatched_encoder_and_decoder_are_refused)
{
    struct trainer_setup setup = setup_new(TC_CELL_GRU, 1);
    struct tc_trainer *trainer = NULL;
    struct tc_error error = {""};

    refusals[_i].change(&setup);
    ck_assert_int_eq(setup_try(&setup, &trainer, &error), refusals[_i].status);
    ck_assert_str_eq(error.message, refusals[_i].message);
    ck_assert_ptr_null(trainer);
    setup_free(&setup);
}
END_TEST

START_TEST(trainer_without_encoder_returns_none)
{
    struct trainer_setup setup = setup_new(TC_CELL_GRU, 1);
    struct tc_trainer *trainer = NULL;
    struct tc_model *model = NULL;
    struct tc_metadata meta;

    tc_metadata_init(&meta);
    ck_assert_int_eq(tc_trainer_new(&trainer, &setup.decoder, &meta, &setup.options,
                                    setup.train.decoder.clip, TRAIN, setup.val.decoder.clip, VAL,
                                    NULL),
                     TC_OK);
    ck_assert_int_eq(tc_trainer_best_encoder(trainer, &model, NULL), TC_BAD_ARGUMENT);
    tc_trainer_free(trainer);
    setup_free(&setup);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("encoder");

    tcase_add_loop_test(tests, gradient_propagates_into_the_encoder, 0, SUPPORT_TRAINED);
    tcase_add_loop_test(tests, words_are_reversed, 0, sizeof cells / sizeof *cells);
    tcase_add_test(tests, wrong_context_scores_no_better_than_guessing);
    tcase_add_test(tests, encoder_and_decoder_do_not_depend_on_threads);
    tcase_add_test(tests, an_undone_step_ends_its_batch_alone);
    tcase_add_loop_test(tests, mismatched_encoder_and_decoder_are_refused, 0, REFUSALS);
    tcase_add_test(tests, trainer_without_encoder_returns_none);
    return support_run(tests, "encoder");
}
