#include "tests/support/support.h"
#include "train/network/initial.h"
#include "train/network/network.h"
#include "train/update/optimizer.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The parts of a training step: the optimisers, the initial weights. */

/* ------------------------------------------------------------------------- optimisers */

enum { WEIGHTS = 6, STEPS = 3 };

static const float gradients[STEPS][WEIGHTS] = {
    {0.5f, -2.0f, 1e-3f, 0.0f, 100.0f, -1e-6f},
    {0.25f, 2.0f, 3e-3f, 0.0f, -50.0f, 1e-6f},
    {-1.0f, 1.0f, -1e-3f, 4.0f, 25.0f, -1e-6f},
};

/* Kingma & Ba's algorithm 1, as it is printed there. */
static double exact_adam(double p, unsigned weight, double scale, double rate)
{
    double m = 0.0, v = 0.0;

    for (int t = 1; t <= STEPS; ++t) {
        const double g = scale * (double)gradients[t - 1][weight];

        m = 0.9 * m + 0.1 * g;
        v = 0.999 * v + 0.001 * g * g;
        p -= rate * (m / (1.0 - pow(0.9, t))) / (sqrt(v / (1.0 - pow(0.999, t))) + 1e-8);
    }
    return p;
}

/* The root of the mean square of the gradients so far, the latest counting most. */
static double exact_rmsprop(double p, unsigned weight, double scale, double rate)
{
    for (int t = 0; t < STEPS; ++t) {
        double square = 0.0;

        for (int s = 0; s <= t; ++s)
            square += 0.1 * pow(0.9, t - s) * pow(scale * (double)gradients[s][weight], 2.0);
        p -= rate * scale * (double)gradients[t][weight] / (sqrt(square) + 1e-8);
    }
    return p;
}

/* All gradients so far, each a tenth weaker with every update since. */
static double exact_sgd(double p, unsigned weight, double scale, double rate)
{
    for (int t = 0; t < STEPS; ++t)
        for (int s = 0; s <= t; ++s)
            p -= rate * pow(0.9, t - s) * scale * (double)gradients[s][weight];
    return p;
}

static const struct {
    enum tc_optimizer kind;
    double (*exact)(double p, unsigned weight, double scale, double rate);
} optimizers[] = {{TC_OPTIMIZER_ADAM, exact_adam},
                  {TC_OPTIMIZER_RMSPROP, exact_rmsprop},
                  {TC_OPTIMIZER_SGD, exact_sgd}};

enum { OPTIMIZERS = sizeof optimizers / sizeof optimizers[0] };

/* In two parts, the latter first. */
static void run_optimizer(struct tc_optimizer_state *state, float *parameters, float scale,
                          double rate)
{
    for (unsigned t = 0; t < STEPS; ++t) {
        tc_optimizer_begin(state);
        tc_optimizer_update(state, parameters, gradients[t], 2, WEIGHTS - 2, scale, rate);
        tc_optimizer_update(state, parameters, gradients[t], 0, 2, scale, rate);
    }
}

START_TEST(optimizers_match_their_papers)
{
    float p[WEIGHTS] = {0.5f, -0.5f, 0.0f, 1.0f, 0.25f, 0.0f}, m[WEIGHTS], v[WEIGHTS];
    double exact[WEIGHTS];
    struct tc_optimizer_state state = {
        .kind = optimizers[_i].kind, .momentum = 0.9f, .m = m, .v = v};

    for (unsigned i = 0; i < WEIGHTS; ++i)
        exact[i] = optimizers[_i].exact((double)p[i], i, 0.5, 0.01);
    tc_optimizer_reset(&state, WEIGHTS);
    run_optimizer(&state, p, 0.5f, 0.01);
    for (unsigned i = 0; i < WEIGHTS; ++i)
        ck_assert_msg(fabs((double)p[i] - exact[i]) <= 4.0 * (double)FLT_EPSILON,
                      "weight %u is %.9g, expected %.9g", i, (double)p[i], exact[i]);
}
END_TEST

START_TEST(optimizer_reset_clears_its_state)
{
    float first[WEIGHTS] = {0.0f}, again[WEIGHTS] = {0.0f}, m[WEIGHTS], v[WEIGHTS];
    struct tc_optimizer_state state = {
        .kind = optimizers[_i].kind, .momentum = 0.9f, .m = m, .v = v};

    memset(m, 0xff, sizeof m);
    memset(v, 0xff, sizeof v);
    tc_optimizer_reset(&state, WEIGHTS);
    run_optimizer(&state, first, 1.0f, 0.01);
    tc_optimizer_reset(&state, WEIGHTS);
    run_optimizer(&state, again, 1.0f, 0.01);
    ck_assert(support_same(first, again, WEIGHTS));
    for (unsigned i = 0; i < WEIGHTS; ++i)
        ck_assert_float_finite(first[i]);
}
END_TEST

/* ------------------------------------------------------------------------- initial weights */

static const struct tc_architecture mixed = {.audio_inputs = 2,
                                             .knobs = 1,
                                             .outputs = 2,
                                             .layers = 4,
                                             .layer = {{TC_CELL_LSTM, TC_TANH, 20},
                                                       {TC_CELL_GRU, TC_TANH, 33},
                                                       {TC_CELL_RNN, TC_RELU, 16},
                                                       {TC_CELL_LSTM_PEEPHOLE, TC_TANH, 9}}};

static float *initial_weights(const struct tc_architecture *arch,
                              const struct tc_train_options *options, uint64_t seed, size_t *n)
{
    struct tc_random random = {seed};
    float *weights;

    tc_architecture_tensors(arch, NULL, n);
    weights = support_zeros(*n, sizeof *weights);
    memset(weights, 0xff, *n * sizeof *weights);
    ck_assert_int_eq(tc_initial_parameters(arch, options, &random, weights, NULL), TC_OK);
    return weights;
}

/* With the default options. */
static float *default_weights(const struct tc_architecture *arch, uint64_t seed, size_t *n)
{
    struct tc_train_options options;

    tc_train_options_init(&options);
    return initial_weights(arch, &options, seed, n);
}

/* Largest |v| of a tensor. */
static double largest_value(const float *v, const struct tc_tensor *tensor)
{
    double most = 0.0;

    for (size_t i = 0; i < tensor->rows * tensor->cols; ++i)
        most = fmax(most, fabs((double)v[tensor->offset + i]));
    return most;
}

static void check_tensor(const float *weights, const struct tc_tensor *tensor)
{
    const struct tc_layer *const layer = &mixed.layer[tensor->layer];
    const float *const v = weights + tensor->offset;
    const size_t n = tensor->layer < mixed.layers ? layer->hidden : 0;
    double range = 0.0;

    if (strstr(tensor->name, "weight_ih"))
        range = sqrt(6.0 / (double)(tensor->cols + n));
    else if (strcmp(tensor->name, "lin.weight") == 0)
        range = 0.1 * sqrt(6.0 / (double)(tensor->cols + tensor->rows));
    if (strstr(tensor->name, "weight_hh"))
        for (size_t g = 0; g < tensor->rows / n; ++g)
            ck_assert_double_le(support_orthogonality_error(v + g * n * n, n), 1e-6);
    else if (strstr(tensor->name, "bias_ih") && tc_cell_has_c(layer->cell))
        for (size_t i = 0; i < tensor->rows; ++i)
            ck_assert_float_eq(v[i], i >= n && i < 2 * n ? 1.0f : 0.0f);
    else
        support_require(largest_value(weights, tensor) <= range &&
                            largest_value(weights, tensor) >= 0.8 * range,
                        "%s reaches %g, expected %g", tensor->name, largest_value(weights, tensor),
                        range);
}

START_TEST(initial_weights_are_as_documented)
{
    struct tc_tensor tensors[TC_MAX_TENSORS];
    const unsigned n_tensors = tc_architecture_tensors(&mixed, tensors, NULL);
    size_t n;
    float *const weights = default_weights(&mixed, 1, &n);

    for (unsigned i = 0; i < n_tensors; ++i)
        check_tensor(weights, &tensors[i]);
    free(weights);
}
END_TEST

/* The gates of a layer must not start out equal. */
START_TEST(every_gate_has_its_own_orthogonal_matrix)
{
    struct tc_layer_offsets at[TC_MAX_LAYERS];
    struct tc_readout_offsets readout;
    size_t n;
    float *const weights = default_weights(&mixed, 1, &n);

    tc_parameter_offsets(&mixed, at, &readout);
    for (unsigned g = 1; g < 4; ++g)
        ck_assert(!support_same(weights + at[0].w_hh, weights + at[0].w_hh + g * 400, 400));
    free(weights);
}
END_TEST

START_TEST(recurrent_matrices_may_start_as_identity_or_uniform)
{
    struct tc_train_options options;
    struct tc_tensor tensors[TC_MAX_TENSORS];
    const unsigned n_tensors = tc_architecture_tensors(&mixed, tensors, NULL);
    size_t n;

    tc_train_options_init(&options);
    options.initial = TC_INITIAL_IDENTITY;
    float *const identity = initial_weights(&mixed, &options, 1, &n);

    options.initial = TC_INITIAL_UNIFORM;
    float *const uniform = initial_weights(&mixed, &options, 1, &n);

    for (unsigned i = 0; i < n_tensors; ++i) {
        const size_t hidden = tensors[i].cols;
        const double range = sqrt(3.0 / (double)hidden);

        if (!strstr(tensors[i].name, "weight_hh"))
            continue;
        for (size_t v = 0; v < tensors[i].rows * hidden; ++v)
            ck_assert_float_eq(identity[tensors[i].offset + v],
                               v / hidden % hidden == v % hidden ? 1.0f : 0.0f);
        support_require(largest_value(uniform, &tensors[i]) <= range &&
                            largest_value(uniform, &tensors[i]) >= 0.9 * range,
                        "%s reaches %g, expected %g", tensors[i].name,
                        largest_value(uniform, &tensors[i]), range);
    }
    free(uniform);
    free(identity);
}
END_TEST

/* All else is drawn as without it. */
START_TEST(initial_scale_multiplies_recurrent_matrices_only)
{
    struct tc_tensor tensors[TC_MAX_TENSORS];
    const unsigned n_tensors = tc_architecture_tensors(&mixed, tensors, NULL);
    struct tc_train_options options;
    size_t n;
    float *const whole = default_weights(&mixed, 1, &n);

    tc_train_options_init(&options);
    options.initial_scale = 0.5f;
    float *const half = initial_weights(&mixed, &options, 1, &n);

    for (unsigned i = 0; i < n_tensors; ++i) {
        const float scale = strstr(tensors[i].name, "weight_hh") ? 0.5f : 1.0f;

        for (size_t v = 0; v < tensors[i].rows * tensors[i].cols; ++v)
            ck_assert_float_eq(half[tensors[i].offset + v], scale * whole[tensors[i].offset + v]);
    }
    free(half);
    free(whole);
}
END_TEST

START_TEST(forget_bias_is_the_given_one)
{
    struct tc_layer_offsets at[TC_MAX_LAYERS];
    struct tc_readout_offsets readout;
    struct tc_train_options options;
    size_t n;

    tc_train_options_init(&options);
    options.forget_bias = -2.5f;
    float *const weights = initial_weights(&mixed, &options, 1, &n);

    tc_parameter_offsets(&mixed, at, &readout);
    for (size_t u = 0; u < 80; ++u)
        ck_assert_float_eq(weights[at[0].b_ih + u], u / 20 == 1 ? -2.5f : 0.0f);
    free(weights);
}
END_TEST

START_TEST(one_seed_gives_the_same_initial_weights)
{
    size_t n;
    float *const a = default_weights(&mixed, 3, &n), *const b = default_weights(&mixed, 3, &n);
    float *const other = default_weights(&mixed, 4, &n);

    ck_assert(support_same(a, b, n));
    ck_assert(!support_same(a, other, n));
    free(other);
    free(b);
    free(a);
}
END_TEST

/* The orthogonal matrices of one unit are 1 and -1, equally likely. */
START_TEST(orthogonal_matrices_are_uniformly_distributed)
{
    const struct tc_architecture arch = {
        .audio_inputs = 1, .outputs = 1, .layers = 1, .layer = {{TC_CELL_RNN, TC_TANH, 1}}};
    unsigned positive = 0;

    for (uint64_t seed = 0; seed < 100; ++seed) {
        size_t n;
        float *const weights = default_weights(&arch, seed, &n);

        ck_assert_float_eq(fabsf(weights[1]), 1.0f);
        positive += weights[1] > 0.0f;
        free(weights);
    }
    ck_assert_uint_ge(positive, 30);
    ck_assert_uint_le(positive, 70);
}
END_TEST

/* Every gate has its biases, and memory lengths are uniform: a quarter of 400 units below each
 * quarter of the frames, within five standard errors. */
START_TEST(memory_lengths_are_spread_over_the_units)
{
    enum { UNITS = 400, MEMORY = 1002 };
    const struct tc_architecture arch = {.audio_inputs = 1,
                                         .outputs = 1,
                                         .layers = 1,
                                         .layer = {{(enum tc_cell)_i, TC_TANH, UNITS}}};
    const unsigned gates = tc_cell_gates((enum tc_cell)_i);
    struct tc_layer_offsets at[TC_MAX_LAYERS];
    struct tc_readout_offsets readout;
    struct tc_random random = {5};
    size_t n;
    float *const weights = default_weights(&arch, 1, &n), *const plain =
                                                              default_weights(&arch, 1, &n);
    float *bias;
    unsigned below[4] = {0};

    tc_parameter_offsets(&arch, at, &readout);
    bias = weights + at[0].b_ih;
    tc_initial_memory(&arch, MEMORY, &random, weights);
    for (unsigned u = 0; gates > 1 && u < UNITS; ++u) {
        const double frames = exp((double)bias[UNITS + u]);

        ck_assert(frames >= 0.999 && frames <= 1001.01);
        ++below[(int)((frames - 1.0) / 250.01)];
        ck_assert_float_eq(bias[u], gates == 4 ? -bias[UNITS + u] : 0.0f);
        ck_assert_float_eq(bias[2 * UNITS + u], 0.0f);
    }
    for (unsigned q = 0; gates > 1 && q < 4; ++q)
        ck_assert(below[q] >= 57 && below[q] <= 143);
    memcpy(bias, plain + at[0].b_ih, gates * UNITS * sizeof *bias);
    ck_assert(support_same(weights, plain, n));
    free(plain);
    free(weights);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("steps");

    tcase_add_loop_test(tests, optimizers_match_their_papers, 0, OPTIMIZERS);
    tcase_add_loop_test(tests, optimizer_reset_clears_its_state, 0, OPTIMIZERS);
    tcase_add_test(tests, initial_weights_are_as_documented);
    tcase_add_test(tests, every_gate_has_its_own_orthogonal_matrix);
    tcase_add_test(tests, recurrent_matrices_may_start_as_identity_or_uniform);
    tcase_add_test(tests, initial_scale_multiplies_recurrent_matrices_only);
    tcase_add_test(tests, forget_bias_is_the_given_one);
    tcase_add_test(tests, one_seed_gives_the_same_initial_weights);
    tcase_add_test(tests, orthogonal_matrices_are_uniformly_distributed);
    tcase_add_loop_test(tests, memory_lengths_are_spread_over_the_units, 0, TC_CELLS);
    return support_run(tests, "steps");
}
