#include "tests/train/network/shard_problem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/reference.h"
#include "train/update/batch_norm.h"

/* Batch normalisation of a layer's input path: the folded weights, their gradient, and the running
 * statistics of the signals. */

static struct tc_batch_norm *norm_of(const struct tc_architecture *arch)
{
    struct tc_batch_norm *norm = NULL;
    struct tc_train_options options;
    size_t values;

    tc_train_options_init(&options);
    options.batch_norm = true;
    tc_architecture_tensors(arch, NULL, &values);
    ck_assert_int_eq(tc_batch_norm_new(&norm, arch, &options, values, NULL), TC_OK);
    return norm;
}

/* Moments of noise whose inputs have means and depend on each other. */
static void learn_noise(struct tc_batch_norm *norm, unsigned layer, float *unconstrained)
{
    enum { NOISE = 200 };
    struct support_random random = {layer + 3};
    const size_t inputs = norm->layer[layer].inputs;
    double *const moments = support_zeros(tc_moments_doubles(inputs), sizeof *moments);
    float x[TC_MAX_UNITS];

    for (unsigned t = 0; t < NOISE; ++t) {
        const float common = support_uniform(&random, -0.5f, 0.5f);

        for (size_t i = 0; i < inputs; ++i)
            x[i] = 0.3f * (float)i + common + support_uniform(&random, -1.0f, 1.0f);
        tc_moments_add(moments, inputs, x);
    }
    tc_batch_norm_update(norm, layer, moments, unconstrained);
    free(moments);
}

/* A network whose parameters are folded from unconstrained ones; the gains are not the initial
 * ones. */
struct folded {
    struct shard_problem p;
    struct tc_batch_norm *norm;
    float *unconstrained;
    size_t n; /* number of unconstrained parameters */
};

static struct folded folded_new(int network)
{
    struct folded f = {.p = problem_new(&support_networks[network].arch, 2)};

    f.norm = norm_of(f.p.arch);
    f.n = f.p.n + f.norm->gains;
    f.unconstrained = support_zeros(f.n, sizeof *f.unconstrained);
    memcpy(f.unconstrained, f.p.parameters, f.p.n * sizeof *f.unconstrained);
    for (unsigned l = 0; l < f.norm->layers; ++l)
        learn_noise(f.norm, l, f.unconstrained);
    return f;
}

static void folded_free(struct folded *f)
{
    tc_batch_norm_free(f->norm);
    free(f->unconstrained);
    problem_free(&f->p);
}

/* The formula in double: weights of the network from the unconstrained ones. */
static void fold(const struct folded *f, const double *unconstrained, double *parameters)
{
    memcpy(parameters, unconstrained, f->p.n * sizeof *parameters);
    for (unsigned l = 0; l < f->norm->layers; ++l) {
        const struct tc_batch_norm_layer *const layer = &f->norm->layer[l];

        for (size_t r = 0; r < layer->rows; ++r) {
            const double *const v = unconstrained + layer->w + r * layer->inputs;
            double variance = 1e-5, mean = 0.0;

            for (size_t i = 0; i < layer->inputs; ++i) {
                mean += v[i] * layer->mean[i];
                for (size_t j = 0; j < layer->inputs; ++j)
                    variance += v[i] * layer->cov[i * layer->inputs + j] * v[j];
            }
            for (size_t i = 0; i < layer->inputs; ++i)
                parameters[layer->w + r * layer->inputs + i] =
                    unconstrained[layer->g + r] * v[i] / sqrt(variance);
            parameters[layer->b + r] -= unconstrained[layer->g + r] * mean / sqrt(variance);
        }
    }
}

static double loss(const struct folded *f, const double *unconstrained)
{
    const struct shard_problem *const p = &f->p;
    double *const parameters = support_zeros(p->n, sizeof *parameters);
    double *const state = support_zeros(p->state_size, sizeof *state);
    double *const output = support_zeros(FRAMES * p->arch->outputs, sizeof *output), sum = 0.0;

    fold(f, unconstrained, parameters);
    for (unsigned sequence = 0; sequence < p->sequences; ++sequence) {
        memset(state, 0, p->state_size * sizeof *state);
        reference_run(p->arch, parameters, input_at(p, sequence, 0), NULL, output, state, FRAMES);
        for (size_t i = 0; i < FRAMES * p->arch->outputs; ++i)
            sum += weight_at(p, sequence, 0)[i] * output[i];
    }
    free(output);
    free(state);
    free(parameters);
    return sum;
}

static float *gradient_of(struct folded *f)
{
    struct shard_problem *const p = &f->p;
    float *const gradient = support_zeros(f->n, sizeof *gradient);
    struct tc_shard *shard = NULL;

    tc_batch_norm_apply(f->norm, f->unconstrained, p->parameters);
    tc_weights_pack(p->weights, p->parameters);
    ck_assert_int_eq(tc_shard_new(&shard, p->weights, p->sequences, FRAMES, NULL), TC_OK);
    forward(p, shard, 0, FRAMES);
    backward(p, shard, 0, FRAMES, gradient);
    tc_batch_norm_gradient(f->norm, f->unconstrained, gradient);
    tc_shard_free(shard);
    return gradient;
}

/* Of v, b and g of every layer, with gains and offsets other than the initial ones. */
START_TEST(gradient_matches_central_differences)
{
    struct folded f = folded_new(_i);
    struct support_random random = {9};
    double *const unconstrained = support_zeros(2 * f.n, sizeof *unconstrained), *const exact =
                                                                                     unconstrained +
                                                                                     f.n;
    float *gradient;

    for (size_t i = f.p.n; i < f.n; ++i)
        f.unconstrained[i] *= support_uniform(&random, 0.5f, 1.5f);
    for (size_t i = 0; i < f.n; ++i)
        unconstrained[i] = (double)f.unconstrained[i];
    gradient = gradient_of(&f);
    for (size_t i = 0; i < f.n; ++i) {
        const double original = unconstrained[i], step = 1e-5;
        double above;

        unconstrained[i] = original + step;
        above = loss(&f, unconstrained);
        unconstrained[i] = original - step;
        exact[i] = (above - loss(&f, unconstrained)) / (2.0 * step);
        unconstrained[i] = original;
    }
    for (unsigned l = 0; l < f.norm->layers; ++l) {
        const struct tc_batch_norm_layer *const layer = &f.norm->layer[l];
        const struct tc_tensor tensor[] = {{"v", l, layer->w, layer->rows, layer->inputs},
                                           {"b", l, layer->b, layer->rows, 1},
                                           {"g", l, layer->g, layer->rows, 1}};

        for (unsigned i = 0; i < sizeof tensor / sizeof *tensor; ++i)
            support_compare_tensor(&tensor[i], gradient, exact, 1e-4, "batch normalisation");
    }
    free(gradient);
    free(unconstrained);
    folded_free(&f);
}
END_TEST

/* The first statistics leave the weights of the network unchanged. */
START_TEST(initial_normalisation_leaves_the_weights_unchanged)
{
    struct folded f = folded_new(_i);
    float *const parameters = support_zeros(f.p.n, sizeof *parameters);

    memcpy(parameters, f.p.parameters, f.p.n * sizeof *parameters);
    tc_batch_norm_apply(f.norm, f.unconstrained, parameters);
    for (size_t i = 0; i < f.p.n; ++i)
        ck_assert_float_eq_tol(parameters[i], f.p.parameters[i], 2e-6f);
    free(parameters);
    folded_free(&f);
}
END_TEST

/* Weighted sums of a signal with the learned statistics have mean b and standard deviation g. */
START_TEST(sums_have_the_learned_mean_and_scale)
{
    enum { N_FRAMES = 500, INPUTS = 3, H = 4 };
    const struct tc_architecture arch = {
        .audio_inputs = INPUTS, .outputs = 1, .layers = 1, .layer = {{TC_CELL_RNN, TC_TANH, H}}};
    struct tc_batch_norm *const norm = norm_of(&arch);
    struct support_random random = {1};
    double *const moments = support_zeros(tc_moments_doubles(INPUTS), sizeof *moments);
    float x[N_FRAMES][INPUTS], *unconstrained, *parameters;
    size_t n;

    unconstrained = support_parameters(&arch, 1, &n);
    unconstrained = realloc(unconstrained, (n + norm->gains) * sizeof *unconstrained);
    parameters = support_zeros(n, sizeof *parameters);
    for (unsigned t = 0; t < N_FRAMES; ++t) {
        support_fill(&random, x[t], INPUTS, -1.0f, 1.0f);
        x[t][0] = 20.0f + 5.0f * x[t][1] + x[t][0];
        tc_moments_add(moments, INPUTS, x[t]);
    }
    tc_batch_norm_update(norm, 0, moments, unconstrained);
    for (size_t r = 0; r < H; ++r) {
        unconstrained[norm->layer[0].b + r] = 0.25f;
        unconstrained[norm->layer[0].g + r] = 1.0f + (float)r;
    }
    tc_batch_norm_apply(norm, unconstrained, parameters);
    for (size_t r = 0; r < H; ++r) {
        double sum = 0.0, square = 0.0;

        for (unsigned t = 0; t < N_FRAMES; ++t) {
            double a = (double)parameters[norm->layer[0].b + r];

            for (size_t i = 0; i < INPUTS; ++i)
                a += (double)parameters[norm->layer[0].w + r * INPUTS + i] * (double)x[t][i];
            sum += a / N_FRAMES;
            square += a * a / N_FRAMES;
        }
        ck_assert_double_eq_tol(sum, 0.25, 1e-3);
        ck_assert_double_eq_tol(sqrt(square - sum * sum), 1.0 + (double)r, 1e-2);
    }
    free(moments);
    free(parameters);
    free(unconstrained);
    tc_batch_norm_free(norm);
}
END_TEST

/* Later moments change the statistics by a tenth of the difference: from a mean of 1 and a variance
 * of 0 towards 3 and 4. */
START_TEST(statistics_are_running_means)
{
    const struct tc_architecture arch = {
        .audio_inputs = 1, .outputs = 1, .layers = 1, .layer = {{TC_CELL_RNN, TC_TANH, 1}}};
    struct tc_batch_norm *const norm = norm_of(&arch);
    const double first[] = {2.0, 2.0, 2.0}, then[] = {2.0, 6.0, 26.0}, none[] = {0.0, 0.0, 0.0};
    float unconstrained[8] = {1.0f};

    tc_batch_norm_update(norm, 0, none, unconstrained);
    ck_assert(!norm->initialised[0]);
    tc_batch_norm_update(norm, 0, first, unconstrained);
    ck_assert_double_eq(norm->layer[0].mean[0], 1.0);
    ck_assert_double_eq(norm->layer[0].cov[0], 0.0);
    tc_batch_norm_update(norm, 0, then, unconstrained);
    ck_assert_double_eq_tol(norm->layer[0].mean[0], 1.2, 1e-12);
    ck_assert_double_eq_tol(norm->layer[0].cov[0], 0.4, 1e-12);
    tc_batch_norm_free(norm);
}
END_TEST

/* A linear layer without recurrence passes its input on. Of few frames all are counted, of many
 * every eighth. */
START_TEST(shards_measure_upper_layer_inputs)
{
    enum { MANY = 100 };
    static const unsigned counted[] = {FRAMES, MANY};
    const struct tc_architecture arch = {
        .audio_inputs = 1,
        .outputs = 1,
        .layers = 2,
        .layer = {{TC_CELL_RNN, TC_IDENTITY, 1}, {TC_CELL_RNN, TC_TANH, 1}}};
    struct shard_problem p = problem_new(&arch, 3);
    struct tc_shard *shard = NULL;
    double moments[3] = {0.0}, expected[3] = {0.0};

    memset(p.parameters, 0, p.n * sizeof *p.parameters);
    p.parameters[0] = 1.0f;
    tc_weights_pack(p.weights, p.parameters);
    ck_assert_int_eq(tc_shard_new(&shard, p.weights, p.sequences, MANY, NULL), TC_OK);
    for (unsigned sequence = 0; sequence < p.sequences; ++sequence)
        for (size_t t = 0; t < MANY; ++t)
            tc_shard_input(shard, sequence, 0)[t] = (float)input_at(&p, sequence, t % FRAMES)[0];
    tc_shard_forward(shard, MANY);
    for (unsigned sequence = 1; sequence < p.sequences; ++sequence)
        tc_shard_add_moments(shard, 1, sequence, counted[_i], moments);
    for (unsigned sequence = 1; sequence < p.sequences; ++sequence)
        for (size_t t = 0; t < counted[_i]; t += _i ? 8 : 1) {
            const double x = input_at(&p, sequence, t % FRAMES)[0];

            expected[0] += 1.0;
            expected[1] += x;
            expected[2] += x * x;
        }
    for (unsigned i = 0; i < 3; ++i)
        ck_assert_double_eq_tol(moments[i], expected[i], 1e-5);
    tc_shard_free(shard);
    problem_free(&p);
}
END_TEST

/* The statistics have changed since the parameters were computed; rebasing restores the parameters.
 */
START_TEST(rebase_restores_parameters_despite_other_moments)
{
    struct folded f = folded_new(_i);
    float *const original = support_zeros(f.p.n, sizeof *original);

    tc_batch_norm_apply(f.norm, f.unconstrained, f.p.parameters);
    memcpy(original, f.p.parameters, f.p.n * sizeof *original);
    for (unsigned l = 0; l < f.norm->layers; ++l) {
        f.norm->layer[l].mean[0] += 0.5;
        f.norm->layer[l].cov[0] *= 3.0;
    }
    memset(f.unconstrained + f.p.n, 0, f.norm->gains * sizeof *f.unconstrained);
    tc_batch_norm_rebase(f.norm, original, f.unconstrained);
    tc_batch_norm_apply(f.norm, f.unconstrained, f.p.parameters);
    for (size_t i = 0; i < f.p.n; ++i)
        ck_assert_float_eq_tol(f.p.parameters[i], original[i], 1e-5f * (1.0f + fabsf(original[i])));
    free(original);
    folded_free(&f);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("batch_norm");

    tcase_add_loop_test(tests, gradient_matches_central_differences, 0, SUPPORT_TRAINED);
    tcase_add_loop_test(tests, initial_normalisation_leaves_the_weights_unchanged, 0,
                        SUPPORT_TRAINED);
    tcase_add_test(tests, sums_have_the_learned_mean_and_scale);
    tcase_add_test(tests, statistics_are_running_means);
    tcase_add_loop_test(tests, rebase_restores_parameters_despite_other_moments, 0,
                        SUPPORT_TRAINED);
    tcase_add_loop_test(tests, shards_measure_upper_layer_inputs, 0, 2);
    return support_run(tests, "batch_norm");
}
