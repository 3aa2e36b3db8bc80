#include "tests/support/reference.h"
#include "tests/support/support.h"
#include "train/network/network.h"

#include <math.h>
#include <stdlib.h>

/* A network with an input of symbols against the same network whose input is the symbols' vectors:
 * forward bit by bit, and the embedding's gradient by central differences of the reference. */

enum { SYMBOLS = 7, EMBEDDING = 5, AUDIO = 2, INPUTS = AUDIO + EMBEDDING };
enum { SEQUENCES = 3, FRAMES = 37, TABLE = SYMBOLS * EMBEDDING };

static const enum tc_cell cells[] = {TC_CELL_RNN, TC_CELL_LSTM, TC_CELL_GRU, TC_CELL_LSTM_PEEPHOLE,
                                     TC_CELL_GRU_RESET_BEFORE};

enum { CELLS = sizeof cells / sizeof *cells };

/* Two layers, so that the lowest is not the last. */
static struct tc_architecture embedded(enum tc_cell cell)
{
    return (struct tc_architecture){.audio_inputs = AUDIO,
                                    .outputs = 2,
                                    .layers = 2,
                                    .direct = 1.0f,
                                    .symbols = SYMBOLS,
                                    .embedding = EMBEDDING,
                                    .layer = {{cell, TC_TANH, 6}, {cell, TC_TANH, 6}}};
}

static struct tc_architecture dense(enum tc_cell cell)
{
    struct tc_architecture arch = embedded(cell);

    arch.audio_inputs = INPUTS;
    arch.symbols = arch.embedding = 0;
    return arch;
}

/* Both networks with their parameters, which differ by the table of vectors that comes first, and
 * their signals. */
struct networks {
    struct tc_architecture embedded, dense;
    size_t values; /* of the embedded one */
    float *parameters;
    float symbol[SEQUENCES][FRAMES], audio[SEQUENCES][AUDIO][FRAMES];
    float weight[SEQUENCES][2][FRAMES]; /* dL/dy */
};

static struct networks networks_new(enum tc_cell cell)
{
    struct support_random random = {5};
    struct networks n = {.embedded = embedded(cell), .dense = dense(cell)};

    n.parameters = support_parameters(&n.embedded, 3, &n.values);
    for (unsigned s = 0; s < SEQUENCES; ++s)
        for (unsigned t = 0; t < FRAMES; ++t) {
            /* Some frames have no symbol; the last symbol does not occur. */
            n.symbol[s][t] = (float)(support_bits(&random) % SYMBOLS) - 1.0f;
            for (unsigned a = 0; a < AUDIO; ++a)
                n.audio[s][a][t] = support_uniform(&random, -1.0f, 1.0f);
            for (unsigned o = 0; o < 2; ++o)
                n.weight[s][o][t] = support_uniform(&random, -1.0f, 1.0f);
        }
    return n;
}

/* The network input of the dense network at a frame. */
static double dense_input(const struct networks *n, const double *table, unsigned s, unsigned t,
                          unsigned row)
{
    if (row < AUDIO)
        return (double)n->audio[s][row][t];
    return n->symbol[s][t] < 0.0f ? 0.0 : table[(size_t)n->symbol[s][t] * EMBEDDING + row - AUDIO];
}

/* L = sum of weight * y over sequences, frames and outputs, as a function of the table. */
static double loss(const struct networks *n, const double *table)
{
    double *const exact = support_doubles(n->parameters + TABLE, n->values - TABLE);
    double input[FRAMES][INPUTS], output[FRAMES][2], sum = 0.0;
    double *const state = support_zeros(reference_state_size(&n->dense), sizeof *state);

    for (unsigned s = 0; s < SEQUENCES; ++s) {
        for (unsigned t = 0; t < FRAMES; ++t)
            for (unsigned row = 0; row < INPUTS; ++row)
                input[t][row] = dense_input(n, table, s, t, row);
        reference_start(&n->dense, exact, state);
        reference_run(&n->dense, exact, *input, NULL, *output, state, FRAMES);
        for (unsigned t = 0; t < FRAMES; ++t)
            for (unsigned o = 0; o < 2; ++o)
                sum += (double)n->weight[s][o][t] * output[t][o];
    }
    free(state);
    free(exact);
    return sum;
}

/* Forward and backward through one of the networks; gradient is in the order of its parameters. */
static struct tc_shard *run_shard(const struct networks *n, struct tc_weights *weights,
                                  const float *parameters, float *gradient)
{
    double *const table = support_doubles(n->parameters, TABLE);
    struct tc_shard *shard = NULL;

    tc_weights_pack(weights, parameters);
    ck_assert_int_eq(tc_shard_new(&shard, weights, SEQUENCES, FRAMES, NULL), TC_OK);
    for (unsigned s = 0; s < SEQUENCES; ++s) {
        tc_shard_reset_sequence(shard, parameters, s);
        for (unsigned t = 0; t < FRAMES; ++t) {
            for (unsigned row = 0; row < weights->arch.audio_inputs; ++row)
                tc_shard_input(shard, s, row)[t] = (float)dense_input(n, table, s, t, row);
            if (weights->arch.symbols)
                tc_shard_symbols(shard, s)[t] = n->symbol[s][t];
            for (unsigned o = 0; o < 2; ++o)
                tc_shard_output_gradient(shard, s, o)[t] = n->weight[s][o][t];
        }
    }
    tc_shard_forward(shard, FRAMES);
    tc_shard_backward(shard, gradient, FRAMES);
    free(table);
    return shard;
}

static struct tc_weights *weights_for(const struct tc_architecture *arch,
                                      const struct tc_layer_kernels *k)
{
    struct tc_weights *weights = NULL;

    ck_assert_int_eq(tc_weights_new(&weights, arch, k, NULL), TC_OK);
    return weights;
}

START_TEST(shard_equals_that_of_the_vectors_as_dense_inputs)
{
    struct networks n = networks_new(cells[_i]);

    for (const struct tc_layer_kernels *const *k = tc_layer_kernels_all; *k; ++k) {
        if ((*k)->needs & ~tc_cpu_features())
            continue;
        struct tc_weights *const weights = weights_for(&n.embedded, *k);
        struct tc_weights *const dense_weights = weights_for(&n.dense, *k);
        float *const gradient = support_zeros(n.values, sizeof *gradient);
        float *const dense_gradient = support_zeros(n.values - TABLE, sizeof *gradient);
        struct tc_shard *const shard = run_shard(&n, weights, n.parameters, gradient);
        struct tc_shard *const dense_shard =
            run_shard(&n, dense_weights, n.parameters + TABLE, dense_gradient);

        for (unsigned s = 0; s < SEQUENCES; ++s)
            for (unsigned o = 0; o < 2; ++o)
                ck_assert(support_same(tc_shard_output(shard, s, o),
                                       tc_shard_output(dense_shard, s, o), FRAMES));
        ck_assert(support_same(gradient + TABLE, dense_gradient, n.values - TABLE));
        tc_shard_free(dense_shard);
        tc_shard_free(shard);
        free(dense_gradient);
        free(gradient);
        tc_weights_free(dense_weights);
        tc_weights_free(weights);
    }
    free(n.parameters);
}
END_TEST

START_TEST(embedding_gradient_matches_central_differences)
{
    static const double STEP = 1e-4;
    struct networks n = networks_new(cells[_i]);
    double *const table = support_doubles(n.parameters, TABLE);

    for (const struct tc_layer_kernels *const *k = tc_layer_kernels_all; *k; ++k) {
        if ((*k)->needs & ~tc_cpu_features())
            continue;
        struct tc_weights *const weights = weights_for(&n.embedded, *k);
        float *const gradient = support_zeros(n.values, sizeof *gradient);

        tc_shard_free(run_shard(&n, weights, n.parameters, gradient));
        for (size_t i = 0; i < TABLE; ++i) {
            const double value = table[i];
            double upper, lower;

            table[i] = value + STEP;
            upper = loss(&n, table);
            table[i] = value - STEP;
            lower = loss(&n, table);
            table[i] = value;
            ck_assert_double_eq_tol((double)gradient[i], (upper - lower) / (2.0 * STEP),
                                    1e-4 * (1.0 + fabs((double)gradient[i])));
        }
        for (size_t i = TABLE - EMBEDDING; i < TABLE; ++i)
            ck_assert_float_eq(gradient[i], 0.0f);
        free(gradient);
        tc_weights_free(weights);
    }
    free(table);
    free(n.parameters);
}
END_TEST

/* The input of a stream: one buffer for each audio input, then that of the symbols. */
static void play(const struct networks *n, const struct tc_model *model, const char *kernels,
                 float out[SEQUENCES][2][FRAMES])
{
    double *const table = support_doubles(n->parameters, TABLE);
    const struct tc_architecture *const arch = tc_model_architecture(model);
    static float samples[SEQUENCES][INPUTS][FRAMES];
    const float *in[SEQUENCES * INPUTS], **next = in;
    float *to[SEQUENCES * 2];
    struct tc_stream *stream = NULL;

    ck_assert_int_eq(
        tc_stream_new_with(&stream, model, SEQUENCES, kernels, TC_PRECISION_FULL, NULL), TC_OK);
    for (unsigned s = 0; s < SEQUENCES; ++s) {
        for (unsigned row = 0; row < arch->audio_inputs; ++row, ++next) {
            for (unsigned t = 0; t < FRAMES; ++t)
                samples[s][row][t] = (float)dense_input(n, table, s, t, row);
            *next = samples[s][row];
        }
        if (arch->symbols)
            *next++ = n->symbol[s];
        for (unsigned o = 0; o < 2; ++o)
            to[2 * s + o] = out[s][o];
    }
    tc_stream_process(stream, in, NULL, to, FRAMES);
    tc_stream_free(stream);
    free(table);
}

START_TEST(stream_equals_that_of_the_vectors_as_dense_inputs)
{
    struct networks n = networks_new(cells[_i]);
    struct tc_model *model = NULL, *dense_model = NULL;
    struct tc_metadata meta;

    tc_metadata_init(&meta);
    ck_assert_int_eq(tc_model_new(&model, &n.embedded, &meta, n.parameters, NULL), TC_OK);
    ck_assert_int_eq(tc_model_new(&dense_model, &n.dense, &meta, n.parameters + TABLE, NULL),
                     TC_OK);
    for (unsigned k = 0; tc_kernels_name(k); ++k) {
        float out[SEQUENCES][2][FRAMES], dense_out[SEQUENCES][2][FRAMES];

        play(&n, model, tc_kernels_name(k), out);
        play(&n, dense_model, tc_kernels_name(k), dense_out);
        ck_assert_mem_eq(out, dense_out, sizeof out);
    }
    tc_model_free(dense_model);
    tc_model_free(model);
    free(n.parameters);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("embedding");

    tcase_add_loop_test(tests, shard_equals_that_of_the_vectors_as_dense_inputs, 0, CELLS);
    tcase_add_loop_test(tests, embedding_gradient_matches_central_differences, 0, CELLS);
    tcase_add_loop_test(tests, stream_equals_that_of_the_vectors_as_dense_inputs, 0, CELLS);
    return support_run_within(tests, "embedding", 120.0);
}
