#include "tests/support/support.h"
#include "model/model.h"
#include "tonecell-train.h"

#include <complex.h>
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

/* The response of two such layers to w radians per frame of the model, whose states are fed back
 * through `delay`. */
static double complex response_of_two(double complex delay)
{
    return 1.0 / ((1.0 - 0.7 * delay) * (1.0 + 0.4 * delay)) - 0.5;
}

/* By cubic interpolation between the frames 1 to 4. */
static double complex interpolated(double d, double w)
{
    double complex sum = 0.0;

    for (int k = 1; k <= 4; ++k) {
        double weight = 1.0;

        for (int m = 1; m <= 4; ++m)
            if (m != k)
                weight *= (d - m) / (k - m);
        sum += weight * cexp(-w / d * k * I);
    }
    return sum;
}

/* h1[t] = 0.7 h1[t - 1] + x, h2[t] = -0.4 h2[t - 1] + h1, y = h2 - x / 2: the difference of the
 * responses in closed form, for a spectrum of (1 + (f / 1 kHz)^2)^-3 up to 20 kHz. */
START_TEST(expected_error_of_a_delay_is_that_of_the_responses)
{
    enum { STEPS = 20000 };
    static const float parameters[] = {1.0f,  0.7f, 0.0f, 0.0f, 0.0f, 1.0f,
                                       -0.4f, 0.0f, 0.0f, 0.0f, 1.0f, 0.0f};
    static const double host_hz[] = {48000.0, 50000.0, 64000.0, 43000.0};
    const struct tc_architecture arch = {
        .audio_inputs = 1,
        .outputs = 1,
        .layers = 2,
        .direct = -0.5f,
        .layer = {{TC_CELL_RNN, TC_IDENTITY, 1}, {TC_CELL_RNN, TC_IDENTITY, 1}}};
    struct tc_model *const model = support_model_of(&arch, parameters);
    const double d = host_hz[_i] / 44100.0;
    double error = 0.0, output = 0.0;

    model->meta.sample_rate_hz = 44100.0;
    ck_assert_int_eq(tc_find_eigenvalues(model, NULL), TC_OK);
    for (double step = 0.5; step < STEPS; ++step) {
        const double frequency_hz = 20000.0 / STEPS * step, khz = frequency_hz / 1000.0;
        const double w = 2.0 * acos(-1.0) * frequency_hz / 44100.0;
        const double power = pow(1.0 + khz * khz, -3.0);
        const double complex own = response_of_two(cexp(-w * I));

        output += power * pow(cabs(own), 2.0);
        error += power * pow(cabs(response_of_two(interpolated(d, w)) - own), 2.0);
    }
    ck_assert_double_eq_tol(tc_player_delay_error_db(model, host_hz[_i]),
                            10.0 * log10(error / output), 0.5);
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
    tcase_add_loop_test(tests, expected_error_of_a_delay_is_that_of_the_responses, 0, 4);
    tcase_add_test(tests, levels_and_knobs_move_the_fixed_point);
    tcase_add_loop_test(tests, models_without_eigenvalues_stay_playable, 0, 2);
    return support_run(tests, "eigenvalues");
}
