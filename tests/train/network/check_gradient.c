#include "shard_problem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/reference.h"

/* The gradient of a network, truncated and full, with all kernels. */

static float *chunked_gradient(const struct shard_problem *p, unsigned max_frames, unsigned chunk)
{
    float *const gradient = support_zeros(p->n, sizeof *gradient);

    run_chunks(p, max_frames, chunk, NULL, gradient);
    return gradient;
}

START_TEST(gradient_matches_central_differences)
{
    const unsigned network = (unsigned)_i / CUTS, cut = (unsigned)_i % CUTS;
    struct shard_problem p = problem_new(&support_networks[network].arch, cuts[cut].sequences);
    float *const gradient = chunked_gradient(&p, cuts[cut].chunk, cuts[cut].chunk);
    double *const exact = exact_gradient(&p, cuts[cut].chunk, NULL);

    support_compare_gradients(p.arch, gradient, exact, 1e-4, support_networks[network].name);
    free(exact);
    free(gradient);
    problem_free(&p);
}
END_TEST

/* From a given state, and from the initial state, whose gradient is that of h0 and c0. */
START_TEST(chain_rule_reference_matches_central_differences)
{
    struct shard_problem p = problem_new(&support_networks[_i % SUPPORT_TRAINED].arch, 1);
    double *const given = support_zeros(p.state_size, sizeof *given);
    const double *const state = _i < SUPPORT_TRAINED ? given : NULL;
    double *const differences = support_zeros(p.n, sizeof *differences);
    double *const derived = support_zeros(p.n, sizeof *derived);

    reference_start(p.arch, p.exact, given);
    reference_gradient(p.arch, p.exact, p.input, NULL, p.weight, state, FRAMES, differences);
    reference_backward(p.arch, p.exact, p.input, NULL, p.weight, state, FRAMES, derived);
    for (size_t i = 0; i < p.n; ++i)
        ck_assert_double_eq_tol(derived[i], differences[i], 1e-7 * (1.0 + fabs(differences[i])));
    free(derived);
    free(differences);
    free(given);
    problem_free(&p);
}
END_TEST

/* A few frames of all sequences with all kernels that this CPU supports. */
static void check_all_kernels(struct shard_problem *p)
{
    enum { SHORT = 3 };
    double *const exact = support_zeros(p->n, sizeof *exact);
    double *const state = support_zeros(p->state_size, sizeof *state);

    reference_start(p->arch, p->exact, state);
    for (unsigned sequence = 0; sequence < p->sequences; ++sequence)
        reference_backward(p->arch, p->exact, input_at(p, sequence, 0), NULL,
                           weight_at(p, sequence, 0), state, SHORT, exact);
    for (const struct tc_layer_kernels *const *k = tc_layer_kernels_all; *k; ++k) {
        if ((*k)->needs & ~tc_cpu_features())
            continue;
        float *const gradient = support_zeros(p->n, sizeof *gradient);

        use_kernels(p, *k);
        struct tc_shard *const shard = shard_new(p, SHORT);

        forward(p, shard, 0, SHORT);
        backward(p, shard, 0, SHORT, gradient);
        support_compare_gradients(p->arch, gradient, exact, 1e-4, (*k)->name);
        tc_shard_free(shard);
        free(gradient);
    }
    free(state);
    free(exact);
}

/* Layer widths and numbers of sequences that are not multiples of vectors, tiles and groups, with
 * every remainder. */
START_TEST(gradient_matches_the_reference_at_every_width)
{
    static const enum tc_cell cells[] = {
        TC_CELL_LSTM, TC_CELL_GRU, TC_CELL_RNN, TC_CELL_LSTM_PEEPHOLE, TC_CELL_GRU_RESET_BEFORE,
        TC_CELL_LSTM};

    for (unsigned hidden = 1; hidden <= 130; ++hidden) {
        const struct tc_architecture arch = {
            .audio_inputs = 2,
            .outputs = 2,
            .layers = 2,
            .direct = 1.0f,
            .layer = {{cells[_i], TC_TANH, hidden},
                      {cells[_i + 1], TC_TANH, 1 + hidden * 37 % 131}}};
        struct shard_problem p = problem_new(&arch, 1 + hidden * 29 % 70);

        check_all_kernels(&p);
        problem_free(&p);
    }
}
END_TEST

/* Truncation after all frames is none: the gradient is bit-identical for any capacity of the shard.
 */
START_TEST(single_chunk_is_full_backpropagation)
{
    struct shard_problem p = problem_new(&support_networks[_i].arch, 3);
    float *const whole = chunked_gradient(&p, FRAMES, FRAMES);
    float *const large_capacity = chunked_gradient(&p, 2 * FRAMES + 1, FRAMES);
    float *const long_chunk = chunked_gradient(&p, 3 * FRAMES, 3 * FRAMES);

    ck_assert(support_same(whole, large_capacity, p.n));
    ck_assert(support_same(whole, long_chunk, p.n));
    free(long_chunk);
    free(large_capacity);
    free(whole);
    problem_free(&p);
}
END_TEST

/* Forward chunk by chunk, then backward from the last chunk to the first, each recomputed before,
 * and into the initial state. */
static float *gradient_through_chunks(const struct shard_problem *p, unsigned chunk,
                                      const float *gradient_factor)
{
    struct tc_shard *const shard = shard_new(p, chunk);
    const size_t floats = tc_shard_state_floats(shard);
    float *const states = support_zeros((FRAMES / chunk + 1) * floats, sizeof *states);
    float *const gradient = support_zeros(p->n, sizeof *gradient);

    for (unsigned start = 0; start < FRAMES; start += chunk) {
        tc_shard_save_state(shard, 0, states + start / chunk * floats);
        forward(p, shard, start, start + chunk < FRAMES ? chunk : FRAMES - start);
        tc_shard_advance(shard, chunk);
    }
    tc_shard_cut_gradient(shard);
    for (unsigned start = (FRAMES - 1) / chunk * chunk;; start -= chunk) {
        const unsigned n = start + chunk < FRAMES ? chunk : FRAMES - start;

        tc_shard_load_state(shard, states + start / chunk * floats);
        forward(p, shard, start, n);
        fill_output_gradient(p, shard, start, n);
        tc_shard_backward_continued(shard, gradient, n,
                                    gradient_factor ? gradient_factor + start : NULL);
        if (start == 0)
            break;
    }
    tc_shard_add_initial_state_gradient(shard, gradient);
    free(states);
    tc_shard_free(shard);
    return gradient;
}

/* Factors like those of random truncation, and some zeros. */
static void fill_factors(float *gradient_factor)
{
    struct support_random random = {3};

    for (unsigned t = 0; t < FRAMES; ++t)
        gradient_factor[t] = t % 13 == 7 ? 0.0f : support_uniform(&random, 0.5f, 1.5f);
}

START_TEST(gradient_crosses_chunks_scaled_by_the_factors)
{
    const unsigned network = (unsigned)_i / CUTS, cut = (unsigned)_i % CUTS;
    struct shard_problem p = problem_new(&support_networks[network].arch, cuts[cut].sequences);
    float gradient_factor[FRAMES];

    fill_factors(gradient_factor);
    for (unsigned with = 0; with < 2; ++with) {
        double *const exact = support_zeros(p.n, sizeof *exact);

        for (unsigned sequence = 0; sequence < p.sequences; ++sequence)
            reference_backward_truncated(p.arch, p.exact, input_at(&p, sequence, 0), NULL,
                                         weight_at(&p, sequence, 0), NULL, FRAMES,
                                         with ? gradient_factor : NULL, exact);
        for (const struct tc_layer_kernels *const *k = tc_layer_kernels_all; *k; ++k) {
            float *gradient;

            if ((*k)->needs & ~tc_cpu_features())
                continue;
            use_kernels(&p, *k);
            gradient = gradient_through_chunks(&p, cuts[cut].chunk, with ? gradient_factor : NULL);
            support_compare_gradients(p.arch, gradient, exact, 1e-4, (*k)->name);
            free(gradient);
        }
        free(exact);
    }
    problem_free(&p);
}
END_TEST

START_TEST(backward_accumulates_the_gradient)
{
    struct shard_problem p = problem_new(&support_networks[_i].arch, 3);
    float *const once = chunked_gradient(&p, FRAMES, FRAMES);
    float *const added = support_zeros(p.n, sizeof *added);
    double *const expected = support_zeros(p.n, sizeof *expected);

    for (size_t i = 0; i < p.n; ++i) {
        added[i] = (float)(i % 5) - 2.0f;
        expected[i] = (double)added[i] + (double)once[i];
    }
    run_chunks(&p, FRAMES, FRAMES, NULL, added);
    support_compare_gradients(p.arch, added, expected, 1e-5, support_networks[_i].name);
    free(expected);
    free(added);
    free(once);
    problem_free(&p);
}
END_TEST

START_TEST(initial_state_receives_no_gradient)
{
    struct shard_problem p = problem_new(&support_networks[_i].arch, 3);
    struct tc_tensor tensors[TC_MAX_TENSORS];
    const unsigned n = tc_architecture_tensors(p.arch, tensors, NULL);
    float *const gradient = support_zeros(p.n, sizeof *gradient);

    for (size_t i = 0; i < p.n; ++i)
        gradient[i] = 0.25f;
    run_chunks(&p, FRAMES, FRAMES, NULL, gradient);
    for (unsigned i = 0; i < n; ++i)
        if (strstr(tensors[i].name, "h0") || strstr(tensors[i].name, "c0"))
            for (size_t j = 0; j < tensors[i].rows * tensors[i].cols; ++j)
                ck_assert_float_eq(gradient[tensors[i].offset + j], 0.25f);
    free(gradient);
    problem_free(&p);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("gradient");

    tcase_add_loop_test(tests, gradient_matches_central_differences, 0, SUPPORT_TRAINED * CUTS);
    tcase_add_loop_test(tests, chain_rule_reference_matches_central_differences, 0,
                        2 * SUPPORT_TRAINED);
    tcase_add_loop_test(tests, gradient_matches_the_reference_at_every_width, 0, 5);
    tcase_add_loop_test(tests, single_chunk_is_full_backpropagation, 0, SUPPORT_TRAINED);
    tcase_add_loop_test(tests, gradient_crosses_chunks_scaled_by_the_factors, 0,
                        SUPPORT_TRAINED * CUTS);
    tcase_add_loop_test(tests, backward_accumulates_the_gradient, 0, SUPPORT_TRAINED);
    tcase_add_loop_test(tests, initial_state_receives_no_gradient, 0, SUPPORT_TRAINED);
    return support_run_within(tests, "gradient", 600.0);
}
