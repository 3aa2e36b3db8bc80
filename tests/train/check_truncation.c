#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/reference.h"
#include "train/network/network.h"
#include "train/truncation.h"

/* Random truncation follows the documented probabilities, and the mean of its gradients is the full
 * gradient. */

/* ------------------------------------------------------------------------- random cuts */

/* The truncations with random cuts. */
static const struct truncation_case {
    const char *name;
    enum tc_truncation truncation;
    float tail;
} forms[] = {{"heavy-tailed", TC_TRUNCATION_RANDOM, 6.0f},
             {"very heavy-tailed", TC_TRUNCATION_RANDOM, 3.0f},
             {"geometric", TC_TRUNCATION_RANDOM, 0.0f},
             {"uniform", TC_TRUNCATION_UNIFORM, 0.0f}};

enum { FORMS = sizeof forms / sizeof *forms };

static struct tc_train_options options_of(const struct truncation_case *form, unsigned truncate)
{
    struct tc_train_options options;

    tc_train_options_init(&options);
    options.truncation = form->truncation;
    options.tail = form->tail;
    options.truncate = truncate;
    return options;
}

/* Tallec & Ollivier's probability with L0 = 16 and alpha = 6 one frame after a cut: 6 / (5 * 16 +
 * 1). */
START_TEST(probabilities_match_hand_calculation)
{
    const struct tc_train_options heavy = options_of(&forms[0], 16);
    const struct tc_train_options geometric = options_of(&forms[2], 16);
    const struct tc_train_options uniform = options_of(&forms[3], 16);

    ck_assert_double_eq_tol(tc_truncation_probability(&heavy, 1, 100), 6.0 / 81.0, 1e-15);
    ck_assert_double_eq_tol(tc_truncation_probability(&heavy, 40, 100), 6.0 / 120.0, 1e-15);
    ck_assert_double_eq_tol(tc_truncation_probability(&geometric, 1, 100), 1.0 / 16.0, 1e-15);
    ck_assert_double_eq_tol(tc_truncation_probability(&geometric, 40, 100), 1.0 / 16.0, 1e-15);
    ck_assert_double_eq_tol(tc_truncation_probability(&uniform, 1, 1), 1.0 / 2.0, 1e-15);
    ck_assert_double_eq_tol(tc_truncation_probability(&uniform, 3, 9), 1.0 / 10.0, 1e-15);
}
END_TEST

START_TEST(deterministic_forms_draw_no_random_numbers)
{
    struct tc_train_options options = {.truncate = 10};
    struct tc_random random = {5};

    ck_assert_uint_eq(tc_truncation_next(&options, 3, 25, &random, NULL), 10);
    ck_assert_uint_eq(tc_truncation_next(&options, 3, 7, &random, NULL), 7);
    options.lookback = 30;
    ck_assert_uint_eq(tc_truncation_next(&options, 3, 25, &random, NULL), 10);
    ck_assert_uint_eq(tc_truncation_max_frames(&options), 30);
    ck_assert_uint_eq(tc_truncation_recomputed(&options), 20);
    options.lookback = 0;
    options.truncation = TC_TRUNCATION_FULL;
    ck_assert_uint_eq(tc_truncation_next(&options, 3, 25, &random, NULL), 25);
    ck_assert_uint_eq(random.state, 5);
}
END_TEST

/* The number of chunks longer than t frames is the expected one within 4.5 standard deviations, and
 * every chunk has the gradient factors 1 / (1 - probability of a cut). */
START_TEST(chunk_lengths_and_factors_follow_the_probabilities)
{
    enum { DRAWS = 20000, MOST = 500 };
    const struct tc_train_options options = options_of(&forms[_i], 16);
    struct tc_random random = {1};
    unsigned longer[MOST] = {0};
    double probability = 1.0;

    for (unsigned i = 0; i < DRAWS; ++i) {
        float gradient_factor[MOST];
        const size_t n = tc_truncation_next(&options, 0, MOST, &random, gradient_factor);

        support_require(n >= 1 && n <= MOST, "%zu frames", n);
        for (size_t t = 1; t < n; ++t) {
            const double c = tc_truncation_probability(&options, t, t);

            ++longer[t];
            support_require(fabs((double)gradient_factor[t - 1] * (1.0 - c) - 1.0) < 1e-6,
                            "factor %zu is %g", t, (double)gradient_factor[t - 1]);
        }
        support_require(gradient_factor[n - 1] == 0.0f, "the last factor is %g",
                        (double)gradient_factor[n - 1]);
    }
    for (size_t t = 1; t < MOST; ++t) {
        probability *= 1.0 - tc_truncation_probability(&options, t, t);
        support_require(fabs(longer[t] - DRAWS * probability) <=
                            1.0 + 4.5 * sqrt(DRAWS * probability * (1.0 - probability)),
                        "%s: %u are longer than %zu frames, expected %g", forms[_i].name, longer[t],
                        t, DRAWS * probability);
    }
}
END_TEST

/* The mean length of the chunks of many segments, to 5 %. */
START_TEST(mean_chunk_length_is_the_documented_one)
{
    enum { SEGMENTS = 4000, FRAMES = 1000 };
    const struct tc_train_options options = options_of(&forms[_i], 16);
    struct tc_random random = {2};
    double chunks = 0.0, mean;
    float gradient_factor[FRAMES];

    for (unsigned i = 0; i < SEGMENTS; ++i)
        for (size_t elapsed = 0; elapsed < FRAMES; ++chunks)
            elapsed +=
                tc_truncation_next(&options, elapsed, FRAMES - elapsed, &random, gradient_factor);
    mean = (double)SEGMENTS * FRAMES / chunks;
    ck_assert_double_eq_tol(mean, tc_truncation_mean(&options, FRAMES), 0.05 * mean);
}
END_TEST

/* ------------------------------------------------------------------------- all random cuts */

/* A network and the signals of one sequence. */
struct unrolled_sequence {
    struct tc_architecture arch;
    size_t n, frames;
    float *parameters;
    double *exact, *input, *weight, *state;
};

static struct unrolled_sequence problem_new(const struct tc_architecture *arch, size_t frames)
{
    struct support_random random = {11};
    struct unrolled_sequence p = {.arch = *arch, .frames = frames};

    p.parameters = support_parameters(arch, 7, &p.n);
    p.exact = support_doubles(p.parameters, p.n);
    p.input = support_random_doubles(&random, frames * (arch->audio_inputs + arch->knobs));
    p.weight = support_random_doubles(&random, frames * arch->outputs);
    p.state = support_zeros(reference_state_size(arch), sizeof *p.state);
    reference_start(arch, p.exact, p.state);
    return p;
}

static void problem_free(struct unrolled_sequence *p)
{
    free(p->parameters);
    free(p->exact);
    free(p->input);
    free(p->weight);
    free(p->state);
}

/* The gradient of the whole segment with factors between its frames; to be freed. */
static double *gradient_with(const struct unrolled_sequence *p, const float *gradient_factor)
{
    double *const gradient = support_zeros(p->n, sizeof *gradient);

    reference_backward_truncated(&p->arch, p->exact, p->input, NULL, p->weight, p->state, p->frames,
                                 gradient_factor, gradient);
    return gradient;
}

/* Gradient factors with cuts after the frames whose bit is set; returns the probability of exactly
 * these cuts. */
static double cuts_of(const struct tc_train_options *options, unsigned bits, size_t frames,
                      float *gradient_factor)
{
    double probability = 1.0;
    size_t span = 0;

    for (size_t t = 0; t + 1 < frames; ++t) {
        const double c = tc_truncation_probability(options, ++span, t + 1);
        const bool cut = bits >> t & 1;

        probability *= cut ? c : 1.0 - c;
        gradient_factor[t] = cut ? 0.0f : (float)(1.0 / (1.0 - c));
        span = cut ? 0 : span;
    }
    return probability;
}

/* All combinations of cuts of a short segment, weighted by their probabilities. */
START_TEST(expectation_over_all_draws_is_the_full_gradient)
{
    enum { FRAMES = 7 };
    const struct support_network *const network = &support_networks[_i / FORMS];
    const struct tc_train_options options = options_of(&forms[_i % FORMS], 3);
    struct unrolled_sequence p = problem_new(&network->arch, FRAMES);
    double *const full = gradient_with(&p, NULL), *const mean = support_zeros(p.n, sizeof *mean);
    double all = 0.0;

    for (unsigned bits = 0; bits < 1u << (FRAMES - 1); ++bits) {
        float gradient_factor[FRAMES] = {0.0f};
        const double probability = cuts_of(&options, bits, FRAMES, gradient_factor);
        double *const gradient = gradient_with(&p, gradient_factor);

        all += probability;
        for (size_t i = 0; i < p.n; ++i)
            mean[i] += probability * gradient[i];
        free(gradient);
    }
    ck_assert_double_eq_tol(all, 1.0, 1e-12);
    for (size_t i = 0; i < p.n; ++i)
        support_require(fabs(mean[i] - full[i]) <= 2e-6 * (1.0 + fabs(full[i])),
                        "%s, %s: parameter %zu has %g on average, in full %g", network->name,
                        forms[_i % FORMS].name, i, mean[i], full[i]);
    free(mean);
    free(full);
    problem_free(&p);
}
END_TEST

/* ------------------------------------------------------------------------- many draws */

/* In float32, as in training: chunk by chunk, the state carried from one to the next. */
static void add_gradient(const struct unrolled_sequence *p, struct tc_shard *shard,
                         const struct tc_train_options *options, struct tc_random *random,
                         float *gradient)
{
    size_t n;
    float *const gradient_factor = support_zeros(p->frames, sizeof *gradient_factor);

    tc_shard_reset_sequence(shard, p->parameters, 0);
    for (size_t start = 0; start < p->frames; start += n) {
        n = tc_truncation_next(options, start, p->frames - start, random, gradient_factor);
        for (size_t t = 0; t < n; ++t) {
            tc_shard_input(shard, 0, 0)[t] = (float)p->input[start + t];
            tc_shard_output_gradient(shard, 0, 0)[t] = (float)p->weight[start + t];
        }
        tc_shard_forward(shard, (unsigned)n);
        tc_shard_cut_gradient(shard);
        tc_shard_backward_continued(shard, gradient, (unsigned)n,
                                    tc_truncation_is_random(options) ? gradient_factor : NULL);
        tc_shard_advance(shard, (unsigned)n);
    }
    free(gradient_factor);
}

/* Sums over draws of each component of a gradient. */
struct draws {
    unsigned n;
    double *sum, *squares;
};

static struct draws draw(const struct unrolled_sequence *p, struct tc_shard *shard,
                         const struct tc_train_options *options, unsigned n)
{
    struct draws draws = {n, support_zeros(p->n, sizeof(double)),
                          support_zeros(p->n, sizeof(double))};
    struct tc_random random = {3};
    float *const gradient = support_zeros(p->n, sizeof *gradient);

    for (unsigned d = 0; d < n; ++d) {
        memset(gradient, 0, p->n * sizeof *gradient);
        add_gradient(p, shard, options, &random, gradient);
        for (size_t i = 0; i < p->n; ++i) {
            draws.sum[i] += (double)gradient[i];
            draws.squares[i] += (double)gradient[i] * (double)gradient[i];
        }
    }
    free(gradient);
    return draws;
}

/* The standard error of the mean, at least that of float32. */
static double standard_error(const struct draws *draws, size_t i)
{
    const double mean = draws->sum[i] / draws->n;
    const double variance = fmax(0.0, draws->squares[i] / draws->n - mean * mean);

    return fmax(sqrt(variance / draws->n), 1e-6 * (1.0 + fabs(mean)));
}

/* The largest distance of the mean from a gradient's components, in standard errors. */
static double distance(const struct draws *draws, const double *from, size_t n)
{
    double most = 0.0;

    for (size_t i = 0; i < n; ++i)
        most = fmax(most, fabs(draws->sum[i] / draws->n - from[i]) / standard_error(draws, i));
    return most;
}

/* The gradient of truncation after a fixed number of frames. */
static double *fixed_gradient(const struct unrolled_sequence *p, struct tc_shard *shard,
                              unsigned truncate)
{
    const struct tc_train_options options = {.truncate = truncate};
    struct draws one = draw(p, shard, &options, 1);

    free(one.squares);
    return one.sum;
}

/* check-slow draws more, to find errors that are within the noise of a few draws. */
static unsigned number_of_draws(void)
{
    return getenv("LONG_TESTS") ? 100000 : 3000;
}

START_TEST(mean_of_many_draws_approaches_the_full_gradient)
{
    enum { FRAMES = 48, SHORT = 8 };
    static const enum tc_cell cells[] = {TC_CELL_RNN, TC_CELL_LSTM, TC_CELL_GRU};
    const struct tc_architecture arch = {
        .audio_inputs = 1,
        .outputs = 1,
        .layers = 2,
        .layer = {{cells[_i / FORMS], TC_TANH, 4}, {cells[_i / FORMS], TC_TANH, 3}}};
    const struct tc_train_options options = options_of(&forms[_i % FORMS], SHORT);
    struct unrolled_sequence p = problem_new(&arch, FRAMES);
    struct tc_weights *weights = NULL;
    struct tc_shard *shard = NULL;
    struct draws draws;
    double *full, *fixed;

    ck_assert_int_eq(tc_weights_new(&weights, &arch, NULL, NULL), TC_OK);
    tc_weights_pack(weights, p.parameters);
    ck_assert_int_eq(tc_shard_new(&shard, weights, 1, FRAMES, NULL), TC_OK);
    full = fixed_gradient(&p, shard, FRAMES);
    fixed = fixed_gradient(&p, shard, SHORT);
    draws = draw(&p, shard, &options, number_of_draws());
    support_require(distance(&draws, full, p.n) <= 4.0,
                    "%s, %s: the mean is %g standard errors away", tc_cell_name(cells[_i / FORMS]),
                    forms[_i % FORMS].name, distance(&draws, full, p.n));
    support_require(distance(&draws, fixed, p.n) > 8.0,
                    "%s: fixed truncation is only %g standard errors away",
                    tc_cell_name(cells[_i / FORMS]), distance(&draws, fixed, p.n));
    free(draws.squares);
    free(draws.sum);
    free(fixed);
    free(full);
    tc_shard_free(shard);
    tc_weights_free(weights);
    problem_free(&p);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("truncation");

    tcase_add_test(tests, probabilities_match_hand_calculation);
    tcase_add_test(tests, deterministic_forms_draw_no_random_numbers);
    tcase_add_loop_test(tests, chunk_lengths_and_factors_follow_the_probabilities, 0, FORMS);
    tcase_add_loop_test(tests, mean_chunk_length_is_the_documented_one, 0, FORMS);
    tcase_add_loop_test(tests, expectation_over_all_draws_is_the_full_gradient, 0,
                        SUPPORT_TRAINED * FORMS);
    tcase_add_loop_test(tests, mean_of_many_draws_approaches_the_full_gradient, 0, 3 * FORMS);
    return support_run(tests, "truncation");
}
