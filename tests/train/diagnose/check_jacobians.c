/* The network in double and its Jacobian, against the reference of the tests. */
#include "tests/support/reference.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/cell.h"
#include "train/exact/network_jacobian.h"

enum { FRAMES = 5 };

/* A network under test, and its parameters in double. */
struct trial {
    const char *name;
    const struct tc_architecture *arch;
    struct tc_model *model;
    struct tc_jacobian_network *exact;
    float *parameters;
    double *parameters_double; /* the parameters */
    size_t n;                  /* values in the state */
};

static struct trial trial_new(int network)
{
    struct trial trial = {.name = support_networks[network].name,
                          .arch = &support_networks[network].arch};
    size_t values;

    trial.parameters = support_parameters(trial.arch, 7 + (uint64_t)network, &values);
    trial.model = support_model_of(trial.arch, trial.parameters);
    trial.exact = tc_jacobian_network_new(trial.model);
    ck_assert_ptr_nonnull(trial.exact);
    trial.n = trial.exact->states;
    trial.parameters_double = support_doubles(trial.parameters, values);
    return trial;
}

static void trial_free(struct trial *trial)
{
    free(trial->parameters_double);
    tc_jacobian_network_free(trial->exact);
    tc_model_free(trial->model);
    free(trial->parameters);
}

/* Convert between the two layouts of a state: the reference's has values for c in all layers. */
static void convert(const struct trial *trial, double *compact, double *full, bool to_full)
{
    for (unsigned l = 0; l < trial->arch->layers; ++l) {
        const size_t H = trial->arch->layer[l].hidden;
        const size_t size = (tc_cell_has_c(trial->arch->layer[l].cell) ? 2 : 1) * H;

        memcpy(to_full ? full : compact, to_full ? compact : full, size * sizeof *full);
        compact += size;
        full += 2 * H;
    }
}

/* One frame by the reference, from and to a compact state. */
static void reference_frame(const struct trial *trial, const double *input, double *state)
{
    double *const full = support_zeros(reference_state_size(trial->arch), sizeof *full);
    double *const output = support_zeros(trial->arch->outputs, sizeof *output);

    convert(trial, state, full, true);
    reference_run(trial->arch, trial->parameters_double, input, NULL, output, full, 1);
    convert(trial, state, full, false);
    free(output);
    free(full);
}

static void random_input(struct support_random *random, const struct trial *trial, double *input)
{
    for (size_t i = 0; i < trial->exact->inputs; ++i)
        input[i] = (double)support_uniform(random, -1.0f, 1.0f);
}

START_TEST(states_match_the_reference)
{
    struct trial trial = trial_new(_i);
    struct support_random random = {3};
    double *const state = support_zeros(2 * trial.n, sizeof *state);
    double *const expected = state + trial.n;
    double *const input = support_zeros(trial.exact->inputs, sizeof *input);

    tc_jacobian_initial_state(trial.model, trial.parameters, state);
    memcpy(expected, state, trial.n * sizeof *state);
    for (unsigned t = 0; t < FRAMES; ++t) {
        random_input(&random, &trial, input);
        tc_jacobian_advance(trial.exact, input, state, NULL);
        reference_frame(&trial, input, expected);
        for (size_t i = 0; i < trial.n; ++i)
            ck_assert_double_eq_tol(state[i], expected[i], 1e-13);
    }
    free(input);
    free(state);
    trial_free(&trial);
}
END_TEST

/* Column i of the Jacobian equals the central difference of the reference's next state. */
static void assert_column(const struct trial *trial, const double *input, const double *state,
                          const double *jacobian, size_t i)
{
    const double step = 1e-5;
    double *const above = support_zeros(2 * trial->n, sizeof *above);
    double *const below = above + trial->n;

    memcpy(above, state, trial->n * sizeof *above);
    memcpy(below, state, trial->n * sizeof *below);
    above[i] += step;
    below[i] -= step;
    reference_frame(trial, input, above);
    reference_frame(trial, input, below);
    for (size_t r = 0; r < trial->n; ++r) {
        const double slope = (above[r] - below[r]) / (2.0 * step);

        support_require(fabs(jacobian[r * trial->n + i] - slope) < 1e-9,
                        "%s: row %zu of column %zu is %.12g, differences give %.12g", trial->name,
                        r, i, jacobian[r * trial->n + i], slope);
    }
    free(above);
}

START_TEST(jacobians_match_central_differences)
{
    struct trial trial = trial_new(_i);
    struct support_random random = {5};
    double *const state = support_zeros(trial.n * (trial.n + 1), sizeof *state);
    double *const jacobian = state + trial.n;
    double *const input = support_zeros(trial.exact->inputs, sizeof *input);
    double *const before = support_zeros(trial.n, sizeof *before);

    tc_jacobian_initial_state(trial.model, trial.parameters, state);
    for (unsigned t = 0; t < FRAMES; ++t) {
        random_input(&random, &trial, input);
        memcpy(before, state, trial.n * sizeof *before);
        tc_jacobian_advance(trial.exact, input, state, jacobian);
        for (size_t i = 0; i < trial.n; ++i)
            assert_column(&trial, input, before, jacobian, i);
    }
    free(before);
    free(input);
    free(state);
    trial_free(&trial);
}
END_TEST

/* One unit with a recurrent weight of 1 and no input, from 0: the logistic function drifts, s(0) =
 * 1/2, s(1/2) = 0.622, s(0.622) = 0.651; tanh stays at 0. */
START_TEST(logistic_state_drifts_and_tanh_state_does_not)
{
    static const double drift[2][4] = {{0.0, 0.5, 0.622, 0.651}, {0.0, 0.0, 0.0, 0.0}};
    struct tc_architecture arch = {.audio_inputs = 1, .outputs = 1, .layers = 1};
    const float parameters[] = {0.0f, 1.0f, 0.0f, 0.0f, 0.0f, 1.0f, 0.0f}; /* U = 1, readout 1 */
    double state = 0.0;

    arch.layer[0] = (struct tc_layer){TC_CELL_RNN, _i ? TC_TANH : TC_LOGISTIC, 1};
    struct tc_model *const model = support_model_of(&arch, parameters);
    struct tc_jacobian_network *const exact = tc_jacobian_network_new(model);

    ck_assert_ptr_nonnull(exact);
    for (unsigned t = 0; t < 4; ++t) {
        ck_assert_double_eq_tol(state, drift[_i][t], 5e-4);
        tc_jacobian_advance(exact, (const double[]){0.0}, &state, NULL);
    }
    tc_jacobian_network_free(exact);
    tc_model_free(model);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("exact");

    tcase_add_loop_test(tests, states_match_the_reference, 0, SUPPORT_TRAINED);
    tcase_add_loop_test(tests, jacobians_match_central_differences, 0, SUPPORT_TRAINED);
    tcase_add_loop_test(tests, logistic_state_drifts_and_tanh_state_does_not, 0, 2);
    return support_run(tests, "exact");
}
