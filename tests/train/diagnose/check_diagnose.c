/* Diagnoses of networks with known gradients. */
#include "hand_set_network.h"
#include "tests/support/reference.h"
#include "tests/support/support.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tonecell-train.h"
#include "train/exact/network_jacobian.h"

/* The diagnosis of a model on a signal. */
static struct tc_diagnosis *diagnosis_on(const struct support_signals *signal,
                                         const struct tc_model *model, unsigned positions,
                                         size_t max_lag)
{
    const struct support_buffers buffers = support_buffers(signal, 0);
    struct tc_diagnose_options options;
    struct tc_diagnosis *diagnosis = NULL;
    struct tc_error error = {""};

    tc_diagnose_options_init(&options, model);
    options.positions = positions;
    options.max_lag = max_lag;
    const enum tc_status status =
        tc_diagnose(&diagnosis, model, support_inputs(&buffers), signal->frames, &options, &error);

    ck_assert_msg(status == TC_OK, "tc_diagnose: %s", error.message);
    return diagnosis;
}

/* The diagnosis of a model on noise. */
static struct tc_diagnosis *diagnosis_of(const struct tc_model *model, size_t frames,
                                         unsigned positions, size_t max_lag)
{
    const unsigned inputs = tc_model_architecture(model)->audio_inputs;
    struct support_signals noise = support_noise(inputs, frames, 11, 0.5f);
    struct tc_diagnosis *const diagnosis = diagnosis_on(&noise, model, positions, max_lag);

    support_signals_free(&noise);
    return diagnosis;
}

static struct tc_diagnosis *network_diagnosis(const struct hand_set_network *network, size_t frames,
                                              unsigned positions, size_t max_lag)
{
    struct tc_model *const model = network_model(network);
    struct tc_diagnosis *const diagnosis = diagnosis_of(model, frames, positions, max_lag);

    tc_model_free(model);
    return diagnosis;
}

/* ------------------------------------------------------------------------- linear networks */

static const float eigenvalues[] = {0.9f, 1.0f, 1.1f};
static const enum tc_gradient_flow flows[] = {TC_FLOW_VANISHING, TC_FLOW_HEALTHY,
                                              TC_FLOW_EXPLODING};

/* U is a scaled rotation: the norm of U^k is the eigenvalue's magnitude to the power k. */
START_TEST(norms_of_rotation_powers_follow_the_eigenvalue)
{
    enum { H = 7, FRAMES = 160 };
    const struct hand_set_network network = network_new(TC_CELL_RNN, TC_IDENTITY, 1, H);
    const double e = (double)eigenvalues[_i];

    for (size_t j = 0; j < H; ++j)
        network_tensor(&network, W_HH)[j * H + (j + 1) % H] = eigenvalues[_i];
    network_readout(&network)[2] = 3.0f;
    struct tc_diagnosis *const d = network_diagnosis(&network, FRAMES, 1, FRAMES);

    ck_assert_uint_eq(d->frames, FRAMES);
    ck_assert_uint_eq(d->lag[d->lags - 1], FRAMES - 1);
    for (size_t i = 0; i < d->lags; ++i) {
        const double power = pow(e, (double)d->lag[i]);

        ck_assert_double_eq_tol(d->jacobian[i].median / power, 1.0, 1e-9);
        ck_assert_double_eq_tol(d->bound[i] / power, 1.0, 1e-9);
        ck_assert_double_eq_tol(d->gradient[i].median / power, 3.0, 1e-9);
        ck_assert_double_eq_tol(d->layer[0].dh[i] / power, 3.0, 1e-9);
    }
    ck_assert_ptr_null(d->layer[0].dc);
    ck_assert_double_eq(d->layer[0].gamma, 1.0);
    ck_assert_double_eq_tol(d->layer[0].gate[0].radius, e, 1e-12);
    ck_assert_double_eq_tol(d->layer[0].gate[0].singular[H - 1], e, 1e-12);
    for (unsigned m = 0; m < TC_MAX_EXPONENTS; ++m)
        ck_assert_double_eq_tol(d->exponent[m], log(e), 1e-12);
    ck_assert_int_eq(d->flow, flows[_i]);
    if (_i == 0) /* 0.9^43 > 0.01 > 0.9^44 */
        ck_assert_double_eq(d->memory.median, 44.0);
    else
        ck_assert_double_infinite(d->memory.median);
    tc_diagnosis_free(d);
}
END_TEST

/* U = [e 1; 0 e], so U^k = [e^k k e^(k-1); 0 e^k], whose norm exceeds the spectral radius. The
 * largest singular value of [a b; 0 a] is (|b| + sqrt(b^2 + 4 a^2)) / 2. */
START_TEST(norms_of_shear_powers_grow_before_decaying)
{
    enum { FRAMES = 150 };
    const struct hand_set_network network = network_new(TC_CELL_RNN, TC_IDENTITY, 1, 2);
    const float u[] = {eigenvalues[_i], 1.0f, 0.0f, eigenvalues[_i]};
    const double e = (double)eigenvalues[_i];

    memcpy(network_tensor(&network, W_HH), u, sizeof u);
    network_readout(&network)[0] = 1.0f;
    struct tc_diagnosis *const d = network_diagnosis(&network, FRAMES, 1, FRAMES);

    for (size_t i = 0; i < d->lags; ++i) {
        const double k = (double)d->lag[i], a = pow(e, k), b = k * pow(e, k - 1.0);
        const double norm = (b + sqrt(b * b + 4.0 * a * a)) / 2.0;

        ck_assert_double_eq_tol(d->jacobian[i].median / norm, 1.0, 1e-9);
        ck_assert_double_eq_tol(d->gradient[i].median / hypot(a, b), 1.0, 1e-9);
        ck_assert(norm <= d->bound[i] * (1.0 + 1e-12));
    }
    tc_diagnosis_free(d);
}
END_TEST

/* Norms below 1e-9 are 0, and above 1e12 infinite. */
START_TEST(norms_out_of_range_become_0_or_infinite)
{
    enum { FRAMES = 4000 };
    const struct hand_set_network network = network_new(TC_CELL_RNN, TC_IDENTITY, 1, 1);

    network_tensor(&network, W_HH)[0] = _i ? 1.1f : 0.9f;
    network_readout(&network)[0] = 1.0f;
    struct tc_diagnosis *const d = network_diagnosis(&network, FRAMES, 1, FRAMES);
    const double beyond = _i ? (double)INFINITY : 0.0;

    ck_assert_double_eq(d->jacobian[d->lags - 1].median, beyond);
    ck_assert_double_eq(d->gradient[d->lags - 1].median, beyond);
    ck_assert_double_eq(d->layer[0].dh[d->lags - 1], beyond);
    ck_assert_int_eq(d->flow, _i ? TC_FLOW_EXPLODING : TC_FLOW_VANISHING);
    tc_diagnosis_free(d);
}
END_TEST

/* Three linear layers of one unit, plain and residual, all weights positive. With L the sum of the
 * outputs, dL/db of a layer is the sum over the frames of the last output's dy/dh, including the
 * paths through the layers above and their residual connections. */
START_TEST(layer_gradients_sum_to_the_bias_gradients)
{
    enum { FRAMES = 7, LAYERS = 3 };
    struct hand_set_network network = network_new(TC_CELL_RNN, TC_IDENTITY, LAYERS, 1);
    double input[FRAMES] = {0}, weight[FRAMES] = {0}, state[2 * LAYERS] = {0};
    double parameters[5 * LAYERS + 2], gradient[5 * LAYERS + 2] = {0};

    network.arch.residual = _i;
    for (unsigned l = 0; l < LAYERS; ++l) {
        network_tensor(&network, 5 * l + W_IH)[0] = 0.5f + 0.25f * (float)l;
        network_tensor(&network, 5 * l + W_HH)[0] = 0.75f - 0.125f * (float)l;
    }
    network_readout(&network)[0] = 2.0f;
    for (size_t i = 0; i < 5 * LAYERS + 2; ++i)
        parameters[i] = (double)network.values[i];
    weight[FRAMES - 1] = 1.0;
    reference_backward(&network.arch, parameters, input, NULL, weight, state, FRAMES, gradient);
    struct tc_diagnosis *const d = network_diagnosis(&network, FRAMES, 1, FRAMES);

    ck_assert_uint_eq(d->lags, FRAMES); /* every lag */
    for (unsigned l = 0; l < LAYERS; ++l) {
        double sum = 0.0;

        for (size_t i = 0; i < FRAMES; ++i)
            sum += d->layer[l].dh[i];
        ck_assert_double_eq_tol(sum, gradient[network.tensor[5 * l + B_IH].offset], 1e-12);
    }
    tc_diagnosis_free(d);
}
END_TEST

/* ------------------------------------------------------------------------- cells */

static double logistic(double v)
{
    return 1.0 / (1.0 + exp(-v));
}

/* All matrices are 0, so that a change of c decays by the forget gate alone:
 *     dy/dc = w o f^k,   dy/dh = w at lag 0 and nothing before. */
START_TEST(lstm_measurements_match_hand_calculation)
{
    enum { FRAMES = 40 };
    const struct hand_set_network network = network_new(TC_CELL_LSTM, TC_TANH, 1, 1);
    const double f = logistic(3.0), o = logistic(0.5);

    network_tensor(&network, B_IH)[1] = 3.0f; /* of the forget gate */
    network_tensor(&network, B_HH)[3] = 0.5f; /* of the output gate */
    network_readout(&network)[0] = 4.0f;
    struct tc_diagnosis *const d = network_diagnosis(&network, FRAMES, 1, FRAMES);

    for (size_t i = 0; i < d->lags; ++i) {
        const double k = (double)d->lag[i];

        ck_assert_double_eq_tol(d->layer[0].dc[i], 4.0 * o * pow(f, k), 1e-12);
        ck_assert_double_eq_tol(d->layer[0].dh[i], i ? 0.0 : 4.0, 1e-12);
        ck_assert_double_eq_tol(d->jacobian[i].median, i ? pow(f, k) * hypot(1.0, o) : 1.0, 1e-12);
        ck_assert(d->jacobian[i].median <= d->bound[i] * (1.0 + 1e-12));
    }
    ck_assert_double_eq_tol(d->exponent[0], log(f), 1e-12);
    ck_assert_double_lt(d->exponent[1],
                        -30.0); /* h has no effect on the next frame, except by rounding */
    ck_assert_double_nan(d->layer[0].gamma);
    ck_assert_uint_eq(d->layer[0].gates, 4);
    ck_assert_str_eq(d->layer[0].gate[1].name, "forget");
    ck_assert_double_eq(d->layer[0].gate[1].high, 1.0);
    ck_assert_double_eq(d->layer[0].gate[3].high, 0.0);
    ck_assert_double_eq(d->layer[0].gate[1].radius, 0.0);
    tc_diagnosis_free(d);
}
END_TEST

/* The first unit's gates are at 0, the second's at 1: half of all each. Candidates are at -1 and 1.
 */
START_TEST(saturation_is_counted)
{
    const struct hand_set_network network = network_new(TC_CELL_GRU, TC_TANH, 1, 2);

    for (unsigned gate = 0; gate < 3; ++gate) {
        network_tensor(&network, B_IH)[2 * gate] = -5.0f;
        network_tensor(&network, B_IH)[2 * gate + 1] = gate == 1 ? 2.0f : 5.0f; /* s(2) = 0.88 */
    }
    struct tc_diagnosis *const d = network_diagnosis(&network, 100, 3, 20);

    for (unsigned gate = 0; gate < 3; ++gate) {
        ck_assert_double_eq(d->layer[0].gate[gate].low, 0.5);
        ck_assert_double_eq(d->layer[0].gate[gate].high, gate == 1 ? 0.0 : 0.5);
    }
    tc_diagnosis_free(d);
}
END_TEST

/* Networks whose first exponent is a single one: with a complex pair the growth depends on the
 * direction of the perturbation. */
static const unsigned networks_with_single_exponent[] = {4, 9, 10};

/* The first Lyapunov exponent is the mean logarithmic growth of a perturbation. */
START_TEST(lyapunov_exponents_match_the_growth_of_perturbations)
{
    enum { FRAMES = 400 };
    struct tc_model *const model =
        support_model(&support_networks[networks_with_single_exponent[_i]].arch, 5);
    struct support_signals noise = support_noise(1, FRAMES, 11, 0.5f);
    struct tc_diagnosis *const d = diagnosis_on(&noise, model, 1, FRAMES);
    struct tc_jacobian_network *const exact = tc_jacobian_network_new(model);
    const int n = (int)exact->states;
    double *const state = support_zeros((size_t)(n * (n + 3)), sizeof *state);
    double *const jacobian = state + n, *v = jacobian + n * n, *next = v + n, growth = 0.0;

    tc_jacobian_initial_state(model, tc_model_parameters(model), state);
    for (int i = 0; i < n; ++i)
        v[i] = 1.0 / (1.0 + i);
    for (size_t t = 0; t < FRAMES; ++t) {
        tc_jacobian_advance(exact, (const double[]){(double)noise.samples[t]}, state, jacobian);
        cblas_dgemv(CblasRowMajor, CblasNoTrans, n, n, 1.0, jacobian, n, v, 1, 0.0, next, 1);
        const double length = cblas_dnrm2(n, next, 1);

        for (int i = 0; i < n; ++i)
            v[i] = next[i] / length;
        growth += t >= FRAMES / 4 ? log(length) : 0.0;
    }
    ck_assert_double_eq_tol(d->exponent[0], growth / (FRAMES - FRAMES / 4), 1e-9);
    free(state);
    tc_jacobian_network_free(exact);
    tc_diagnosis_free(d);
    support_signals_free(&noise);
    tc_model_free(model);
}
END_TEST

/* y of the last of n frames, from a given state. */
static void last_output(const struct tc_architecture *arch, const double *parameters,
                        const double *input, const double *state, size_t n, double *y)
{
    double *const moving = support_zeros(reference_state_size(arch), sizeof *moving);
    double *const output = support_zeros(n * arch->outputs, sizeof *output);

    memcpy(moving, state, reference_state_size(arch) * sizeof *moving);
    reference_run(arch, parameters, input, NULL, output, moving, n);
    memcpy(y, output + (n - 1) * arch->outputs, arch->outputs * sizeof *y);
    free(moving);
    free(output);
}

/* |dy / dh| of the last layer by central differences of its state before n frames. */
static double slope_of_last_layer(const struct tc_architecture *arch, const double *parameters,
                                  const double *input, double *state, size_t n)
{
    const size_t H = arch->layer[arch->layers - 1].hidden;
    double *const h = state + reference_state_size(arch) - 2 * H, square = 0.0;
    const double step = 1e-5;
    double *const above = support_zeros(2 * arch->outputs, sizeof *above);
    double *const below = above + arch->outputs;

    for (size_t j = 0; j < H; ++j) {
        const double original = h[j];

        h[j] = original + step;
        last_output(arch, parameters, input, state, n, above);
        h[j] = original - step;
        last_output(arch, parameters, input, state, n, below);
        h[j] = original;
        for (unsigned o = 0; o < arch->outputs; ++o)
            square += pow((above[o] - below[o]) / (2.0 * step), 2.0);
    }
    free(above);
    return sqrt(square);
}

/* Network input. Knobs of support_model_of() are at their initial value, which is mapped to 0. */
static double *input_of(const struct tc_architecture *arch, const struct support_signals *noise)
{
    const size_t rows = arch->audio_inputs + arch->knobs;
    double *const input = support_zeros(noise->frames * rows, sizeof *input);

    for (size_t t = 0; t < noise->frames; ++t)
        for (size_t a = 0; a < arch->audio_inputs; ++a)
            input[t * rows + a] = (double)noise->samples[a * noise->frames + t];
    return input;
}

START_TEST(gradients_match_central_differences)
{
    enum { FRAMES = 6 };
    struct tc_architecture arch = support_networks[_i].arch;
    struct support_signals noise = support_noise(arch.audio_inputs, FRAMES, 11, 0.5f);
    double *const input = input_of(&arch, &noise), *parameters, *state, *output;
    struct tc_diagnosis *d;
    struct tc_model *model;
    size_t n;
    float *values;

    arch.readout = TC_READOUT_LINEAR; /* gradients are those of the logits */
    values = support_parameters(&arch, 3, &n);
    model = support_model_of(&arch, values);
    parameters = support_doubles(values, n);
    state = support_zeros(reference_state_size(&arch), sizeof *state);
    output = support_zeros(arch.outputs, sizeof *output);
    d = diagnosis_on(&noise, model, 1, FRAMES);
    reference_start(&arch, parameters, state);
    for (size_t k = 0; k + 1 < FRAMES; ++k) {
        const double *const frame = input + k * (arch.audio_inputs + arch.knobs);
        const size_t lag = FRAMES - 1 - k;
        double expected;

        reference_run(&arch, parameters, frame, NULL, output, state, 1);
        expected = slope_of_last_layer(&arch, parameters, frame + arch.audio_inputs + arch.knobs,
                                       state, lag);
        ck_assert_uint_eq(d->lag[lag], lag);
        ck_assert_double_eq_tol(d->layer[arch.layers - 1].dh[lag], expected,
                                1e-7 * (1.0 + expected));
    }
    tc_diagnosis_free(d);
    tc_model_free(model);
    support_signals_free(&noise);
    free(values);
    free(parameters);
    free(input);
    free(state);
    free(output);
}
END_TEST

/* Norms do not exceed their bound, and gamma is the largest derivative of the activation. */
START_TEST(gradients_stay_within_their_bounds)
{
    const struct tc_architecture *const arch = &support_networks[_i].arch;
    struct tc_model *const model = support_model(arch, 3);
    struct tc_diagnosis *const d = diagnosis_of(model, 400, 5, 60);

    ck_assert_uint_eq(d->positions, 5);
    ck_assert_uint_eq(d->frames, 61);
    for (size_t i = 0; i < d->lags; ++i) {
        ck_assert(d->jacobian[i].low <= d->jacobian[i].median);
        ck_assert(d->jacobian[i].median <= d->jacobian[i].high);
        ck_assert(d->jacobian[i].high <= d->bound[i] * (1.0 + 1e-9));
    }
    if (arch->layers == 1 && arch->layer[0].cell == TC_CELL_RNN) {
        const double slope = arch->layer[0].activation == TC_LOGISTIC ? 0.25 : 1.0;

        ck_assert_double_eq(d->layer[0].gamma, slope);
        ck_assert_double_eq(d->step_bound, slope * d->layer[0].gate[0].singular[0]);
    }
    tc_diagnosis_free(d);
    tc_model_free(model);
}
END_TEST

/* ------------------------------------------------------------------------- memory */

enum { LONG = 5000 };

/* The output LONG frames after a pulse, as a fraction of that at the pulse; and the diagnosis. */
static double pulse_fraction(const struct hand_set_network *network,
                             struct tc_diagnosis **diagnosis)
{
    struct tc_model *const model = network_model(network);
    struct tc_stream *const stream = support_stream(model, 1);
    struct support_signals in = support_signals_new(1, LONG + 1);
    struct support_signals none = support_signals_new(0, LONG + 1);
    struct support_signals out = support_signals_new(1, LONG + 1);

    in.samples[0] = 1.0f;
    support_play(stream, &in, &none, &out, 0, LONG + 1);
    const double part = (double)out.samples[LONG] / (double)out.samples[0];

    *diagnosis = diagnosis_on(&in, model, 1, LONG);
    support_signals_free(&out);
    support_signals_free(&none);
    support_signals_free(&in);
    tc_stream_free(stream);
    tc_model_free(model);
    return part;
}

START_TEST(open_forget_gate_remembers_a_pulse)
{
    const struct hand_set_network lstm = network_latch(), rnn = network_leaky_unit();
    struct tc_diagnosis *kept, *lost;

    ck_assert(pulse_fraction(&lstm, &kept) > 0.9);
    ck_assert(fabs(pulse_fraction(&rnn, &lost)) < 1e-6);
    ck_assert_uint_eq(kept->lag[kept->lags - 1], LONG);
    ck_assert(kept->jacobian[kept->lags - 1].median > 0.9);
    ck_assert_double_infinite(kept->memory.median);
    ck_assert_int_eq(kept->flow, TC_FLOW_HEALTHY);
    ck_assert_double_eq(lost->jacobian[lost->lags - 1].median, 0.0);
    ck_assert(lost->memory.median < 500.0);
    ck_assert_int_eq(lost->flow, TC_FLOW_VANISHING);
    tc_diagnosis_free(lost);
    tc_diagnosis_free(kept);
}
END_TEST

/* The state at a position follows from all frames before it, not from the initial state: a pulse
 * long before keeps a unit saturated. */
START_TEST(positions_have_the_state_after_all_frames_before)
{
    enum { FRAMES = 3000 };
    const struct hand_set_network network = network_latch();
    struct tc_model *const model = network_model(&network);
    float samples[FRAMES] = {1.0f};
    const float *const input[] = {samples};
    struct tc_diagnose_options options;
    struct tc_diagnosis *d = NULL;

    tc_diagnose_options_init(&options, model);
    options.positions = 1;
    options.max_lag = 10;
    ck_assert_int_eq(tc_diagnose(&d, model, input, FRAMES, &options, NULL), TC_OK);
    /* c is tanh(2) = 0.964, so dh/dc = 1 - tanh^2 c = 0.445; it would be 1 from h0, c0. */
    ck_assert_double_eq_tol(d->layer[0].dc[0], 0.445, 0.02);
    tc_diagnosis_free(d);
    tc_model_free(model);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("diagnose");

    tcase_add_loop_test(tests, norms_of_rotation_powers_follow_the_eigenvalue, 0, 3);
    tcase_add_loop_test(tests, norms_of_shear_powers_grow_before_decaying, 0, 3);
    tcase_add_loop_test(tests, norms_out_of_range_become_0_or_infinite, 0, 2);
    tcase_add_loop_test(tests, layer_gradients_sum_to_the_bias_gradients, 0, 2);
    tcase_add_test(tests, lstm_measurements_match_hand_calculation);
    tcase_add_test(tests, saturation_is_counted);
    tcase_add_loop_test(tests, lyapunov_exponents_match_the_growth_of_perturbations, 0, 3);
    tcase_add_loop_test(tests, gradients_match_central_differences, 0, SUPPORT_TRAINED);
    tcase_add_loop_test(tests, gradients_stay_within_their_bounds, 0, SUPPORT_TRAINED);
    tcase_add_test(tests, open_forget_gate_remembers_a_pulse);
    tcase_add_test(tests, positions_have_the_state_after_all_frames_before);
    return support_run(tests, "diagnose");
}
