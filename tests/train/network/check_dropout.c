#include "shard_problem.h"

#include <math.h>
#include <stdlib.h>

#include "tests/support/reference.h"

/* Dropout of layer inputs in training. */

/* ------------------------------------------------------------------------- one row */

enum { ROW = 43, ROWS = 500 };

/* A row of ones after dropout: its factors. */
static void apply_to_ones(float *row, float probability, uint64_t seed, size_t frame,
                          unsigned layer, size_t sequence, size_t t)
{
    const struct tc_dropout dropout = {probability, seed, 3, frame};

    for (size_t i = 0; i < ROW; ++i)
        row[i] = 1.0f;
    tc_dropout_apply(&dropout, row, ROW, layer, sequence, t);
}

static const float probabilities[] = {0.05f, 0.25f, 0.9f};

/* The fraction dropped is the probability within five standard errors; the others are scaled up. */
START_TEST(dropout_has_its_probability_and_preserves_the_mean)
{
    const double probability = (double)probabilities[_i], n = ROW * ROWS,
                 scale = 1.0 / (1.0 - probability);
    double dropped = 0.0;
    float row[ROW];

    for (size_t t = 0; t < ROWS; ++t) {
        apply_to_ones(row, probabilities[_i], 1, 0, 1, t % 7, t);
        for (size_t i = 0; i < ROW; ++i) {
            ck_assert(row[i] == 0.0f || fabs((double)row[i] - scale) < 1e-3 * scale);
            dropped += row[i] == 0.0f;
        }
    }
    ck_assert_double_eq_tol(dropped / n, probability,
                            5.0 * sqrt(probability * (1.0 - probability) / n));
}
END_TEST

START_TEST(every_position_has_its_own_mask)
{
    float row[ROW], other[ROW];

    apply_to_ones(row, 0.5f, 1, 0, 1, 2, 5);
    apply_to_ones(other, 0.5f, 1, 0, 1, 2, 5);
    ck_assert(support_same(row, other, ROW));
    apply_to_ones(other, 0.5f, 2, 0, 1, 2, 5);
    ck_assert(!support_same(row, other, ROW));
    apply_to_ones(other, 0.5f, 1, 0, 2, 2, 5);
    ck_assert(!support_same(row, other, ROW));
    apply_to_ones(other, 0.5f, 1, 0, 1, 3, 5);
    ck_assert(!support_same(row, other, ROW));
    apply_to_ones(other, 0.5f, 1, 0, 1, 2, 6);
    ck_assert(!support_same(row, other, ROW));
    apply_to_ones(other, 0.5f, 1, 16, 1, 2, 5);
    ck_assert(!support_same(row, other, ROW));
}
END_TEST

/* The mask does not depend on where chunks and shards begin. */
START_TEST(positions_count_from_the_start_of_the_segment)
{
    const struct tc_dropout one = {0.5f, 9, 10, 100}, other = {0.5f, 9, 8, 84};
    float a[ROW], b[ROW];

    for (size_t i = 0; i < ROW; ++i)
        a[i] = b[i] = (float)i;
    tc_dropout_apply(&one, a, ROW, 1, 0, 3);
    tc_dropout_apply(&other, b, ROW, 1, 2, 19);
    ck_assert(support_same(a, b, ROW));
}
END_TEST

/* Masks of neighbouring frames, sequences or units agree in half of all values, as independent
 * ones. */
START_TEST(neighbouring_masks_are_independent)
{
    const double tolerance = 5.0 * sqrt(0.25 / (ROW * ROWS));
    double agree[3] = {0.0};

    for (size_t t = 0; t < ROWS; ++t) {
        float row[ROW], next[ROW], beside[ROW];

        apply_to_ones(row, 0.5f, 1, 0, 1, 0, t);
        apply_to_ones(next, 0.5f, 1, 0, 1, 0, t + 1);
        apply_to_ones(beside, 0.5f, 1, 0, 1, 1, t);
        for (size_t i = 0; i < ROW; ++i) {
            agree[0] += row[i] == next[i];
            agree[1] += row[i] == beside[i];
            agree[2] += row[i] == row[(i + 1) % ROW];
        }
    }
    for (unsigned i = 0; i < 3; ++i)
        ck_assert_double_eq_tol(agree[i] / (ROW * ROWS), 0.5, tolerance);
}
END_TEST

/* ------------------------------------------------------------------------- a network */

/* With this seed no unit of modReLU or ReLU is at its kink. */
static struct tc_dropout dropout_from(size_t frame)
{
    return (struct tc_dropout){0.4f, 7, 10, frame};
}

/* The mask as factors, in the layout of the reference. */
static double *factors_of(const struct shard_problem *p)
{
    const struct tc_dropout dropout = dropout_from(0);
    double *const all =
        support_zeros(p->sequences * FRAMES * reference_dropout_size(p->arch) + 1, sizeof *all);
    double *factors = all;

    for (size_t sequence = 0; sequence < p->sequences; ++sequence)
        for (size_t t = 0; t < FRAMES; ++t)
            for (unsigned l = 1; l < p->arch->layers; ++l) {
                const size_t inputs = p->arch->layer[l - 1].hidden;
                float row[TC_MAX_UNITS];

                for (size_t i = 0; i < inputs; ++i)
                    row[i] = 1.0f;
                tc_dropout_apply(&dropout, row, inputs, l, sequence, t);
                for (size_t i = 0; i < inputs; ++i)
                    *factors++ = (double)row[i];
            }
    return all;
}

static float *gradient_with_dropout(const struct shard_problem *p, unsigned chunk)
{
    struct tc_shard *const shard = shard_new(p, chunk);
    float *const gradient = support_zeros(p->n, sizeof *gradient);

    for (unsigned start = 0; start < FRAMES; start += chunk) {
        const unsigned n = start + chunk < FRAMES ? chunk : FRAMES - start;

        tc_shard_set_dropout(shard, dropout_from(start));
        forward(p, shard, start, n);
        backward(p, shard, start, n, gradient);
        tc_shard_advance(shard, n);
    }
    tc_shard_free(shard);
    return gradient;
}

START_TEST(gradient_matches_central_differences)
{
    const unsigned network = (unsigned)_i / CUTS, cut = (unsigned)_i % CUTS;
    struct shard_problem p = problem_new(&support_networks[network].arch, cuts[cut].sequences);
    float *const gradient = gradient_with_dropout(&p, cuts[cut].chunk);
    double *const factors = factors_of(&p);
    double *const exact = exact_gradient(&p, cuts[cut].chunk, factors);

    support_compare_gradients(p.arch, gradient, exact, 1e-4, support_networks[network].name);
    free(exact);
    free(factors);
    free(gradient);
    problem_free(&p);
}
END_TEST

/* A probability of 0 is bit-identical to no dropout; so is any probability with a single layer. */
START_TEST(no_dropout_by_default)
{
    struct shard_problem p = problem_new(&support_networks[_i].arch, 3);
    struct tc_shard *const plain = shard_new(&p, FRAMES), *const with_dropout =
                                                              shard_new(&p, FRAMES);
    float *const a = support_zeros(p.n, sizeof *a), *const b = support_zeros(p.n, sizeof *b);
    const float probability = p.arch->layers > 1 ? 0.0f : 0.5f;

    tc_shard_set_dropout(with_dropout, (struct tc_dropout){.probability = probability});
    forward(&p, plain, 0, FRAMES);
    forward(&p, with_dropout, 0, FRAMES);
    backward(&p, plain, 0, FRAMES, a);
    backward(&p, with_dropout, 0, FRAMES, b);
    ck_assert(support_same(a, b, p.n));
    free(a);
    free(b);
    tc_shard_free(plain);
    tc_shard_free(with_dropout);
    problem_free(&p);
}
END_TEST

/* The mask depends on neither the vectors' width nor the padding. */
START_TEST(all_kernels_draw_the_same_masks)
{
    struct shard_problem p = problem_new(&support_networks[_i].arch, 3);
    double *const factors = factors_of(&p), *const exact = exact_gradient(&p, FRAMES, factors);

    for (const struct tc_layer_kernels *const *k = tc_layer_kernels_all; *k; ++k) {
        float *gradient;

        if ((*k)->needs & ~tc_cpu_features())
            continue;
        use_kernels(&p, *k);
        gradient = gradient_with_dropout(&p, FRAMES);
        support_compare_gradients(p.arch, gradient, exact, 1e-4, (*k)->name);
        free(gradient);
    }
    free(exact);
    free(factors);
    problem_free(&p);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("dropout");

    tcase_add_loop_test(tests, dropout_has_its_probability_and_preserves_the_mean, 0,
                        sizeof probabilities / sizeof *probabilities);
    tcase_add_test(tests, every_position_has_its_own_mask);
    tcase_add_test(tests, positions_count_from_the_start_of_the_segment);
    tcase_add_test(tests, neighbouring_masks_are_independent);
    tcase_add_loop_test(tests, gradient_matches_central_differences, 0, SUPPORT_TRAINED * CUTS);
    tcase_add_loop_test(tests, no_dropout_by_default, 0, SUPPORT_TRAINED);
    tcase_add_loop_test(tests, all_kernels_draw_the_same_masks, 0, SUPPORT_TRAINED);
    return support_run(tests, "dropout");
}
