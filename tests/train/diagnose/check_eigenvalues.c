#include "tests/support/support.h"
#include "model/model.h"
#include "tonecell-train.h"

#include <math.h>

/* The eigenvalues of a model's states at rest, worked out by hand. */

enum { LEVELS = 5 }; /* constant inputs at which they are found */

static double nearest(const struct tc_model *model, double real, double imaginary)
{
    double distance = INFINITY;

    for (size_t i = 0; i < model->n_eigenvalues; ++i)
        distance = fmin(distance, hypot(model->eigenvalues[i].real - real,
                                        model->eigenvalues[i].imaginary - imaginary));
    return distance;
}

/* h[t] = U h[t - 1] + x: those of U, whatever the input. One of the pair 0.5 +- 0.3 i is kept. */
START_TEST(linear_states_have_those_of_the_matrix)
{
    static const float parameters[] = {1.0f, 0.0f, 0.5f, -0.3f, 0.3f, 0.5f, 0.0f, 0.0f,
                                       0.0f, 0.0f, 1.0f, 0.0f,  0.0f, 0.0f, 0.0f};
    const struct tc_architecture arch = {
        .audio_inputs = 1, .outputs = 1, .layers = 1, .layer = {{TC_CELL_RNN, TC_IDENTITY, 2}}};
    struct tc_model *const model = support_model_of(&arch, parameters);

    ck_assert_int_eq(tc_find_eigenvalues(model, NULL), TC_OK);
    ck_assert_uint_eq(model->n_eigenvalues, LEVELS);
    for (size_t i = 0; i < LEVELS; ++i) {
        ck_assert_double_eq_tol(model->eigenvalues[i].real, 0.5, 1e-6);
        ck_assert_double_eq_tol(model->eigenvalues[i].imaginary, 0.3, 1e-6);
    }
    tc_model_free(model);
}
END_TEST

/* Without weights each gate is a half: c = c' / 2 and h = tanh(c) / 2 do not depend on h'. */
START_TEST(zero_lstm_halves_its_cell_state)
{
    static const float parameters[64] = {0};
    const struct tc_architecture arch = {
        .audio_inputs = 1,
        .outputs = 1,
        .layers = 2,
        .layer = {{TC_CELL_LSTM, TC_TANH, 1}, {TC_CELL_LSTM, TC_TANH, 1}}};
    struct tc_model *const model = support_model_of(&arch, parameters);

    ck_assert_int_eq(tc_find_eigenvalues(model, NULL), TC_OK);
    ck_assert_uint_eq(model->n_eigenvalues, 4 * LEVELS);
    ck_assert_double_lt(nearest(model, 0.5, 0.0), 1e-9);
    ck_assert_double_lt(nearest(model, 0.0, 0.0), 1e-9);
    for (size_t i = 0; i < model->n_eigenvalues; ++i)
        ck_assert_double_lt(fabs(model->eigenvalues[i].imaginary), 1e-9);
    tc_model_free(model);
}
END_TEST

/* Input at which tanh saturates: 1 - h^2 at the fixed point h = tanh(0.9 h + x) times 0.9. */
START_TEST(levels_and_knobs_move_the_fixed_point)
{
    static const float parameters[] = {1.0f, 2.0f, 0.9f, 0.0f, 0.0f, 0.0f, 1.0f, 0.0f};
    const struct tc_architecture arch = {.audio_inputs = 1,
                                         .knobs = 1,
                                         .outputs = 1,
                                         .layers = 1,
                                         .layer = {{TC_CELL_RNN, TC_TANH, 1}}};
    struct tc_model *const model = support_model_of(&arch, parameters);
    const struct tc_knob *const knob = &model->meta.knob[0];
    const double at[] = {(double)knob->at_min, (double)knob->at_max};

    ck_assert_int_eq(tc_find_eigenvalues(model, NULL), TC_OK);
    ck_assert_uint_eq(model->n_eigenvalues, 3 * LEVELS);
    for (size_t k = 0; k < 2; ++k) {
        double h = 0.0;

        for (int t = 0; t < 20000; ++t)
            h = tanh(0.9 * h + 0.5 + 2.0 * at[k]);
        ck_assert_double_lt(nearest(model, 0.9 * (1.0 - h * h), 0.0), 1e-6);
    }
    tc_model_free(model);
}
END_TEST

/* A state that grows without bounds, and activations without a Jacobian. */
START_TEST(models_without_eigenvalues_stay_playable)
{
    static const enum tc_activation activation[] = {TC_IDENTITY, TC_ELU};
    static const float parameters[] = {1.0f, 2.0f, 0.1f, 0.0f, 0.0f, 1.0f, 0.0f};
    const struct tc_architecture arch = {
        .audio_inputs = 1, .outputs = 1, .layers = 1, .layer = {{TC_CELL_RNN, activation[_i], 1}}};
    struct tc_model *const model = support_model_of(&arch, parameters);

    ck_assert_int_eq(tc_find_eigenvalues(model, NULL), TC_OK);
    for (size_t i = 0; i < model->n_eigenvalues; ++i)
        ck_assert_double_ge(model->eigenvalues[i].real, 1.0);
    ck_assert(!tc_player_delays(model, 96000.0));
    tc_model_free(model);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("eigenvalues");

    tcase_add_test(tests, linear_states_have_those_of_the_matrix);
    tcase_add_test(tests, zero_lstm_halves_its_cell_state);
    tcase_add_test(tests, levels_and_knobs_move_the_fixed_point);
    tcase_add_loop_test(tests, models_without_eigenvalues_stay_playable, 0, 2);
    return support_run(tests, "eigenvalues");
}
