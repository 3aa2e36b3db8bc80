/* Faults of networks with known behaviour. */
#include "tests/support/support.h"
#include "tests/train/diagnose/hand_set_network.h"

#include <math.h>
#include <stdlib.h>

#include "tonecell-health.h"
#include "train/data/random.h"

static const double rate_hz = 48000.0; /* of the models of hand-set networks */

/* Free the network, too. */
static struct tc_health health_of(const struct hand_set_network *network, unsigned *faults)
{
    struct tc_model *const model = network_model(network);
    struct tc_health health;
    struct tc_error error = {""};
    const enum tc_status status = tc_health_measure(model, NULL, &health, &error);

    ck_assert_msg(status == TC_OK, "tc_health_measure: %s", error.message);
    *faults = tc_health_faults(tc_model_architecture(model), &health);
    tc_model_free(model);
    return health;
}

/* One plain unit: h = f(x + u h + b), y = h. */
static struct hand_set_network unit(enum tc_activation activation, float u, float b)
{
    const struct hand_set_network network = network_new(TC_CELL_RNN, activation, 1, 1);

    network_tensor(&network, W_IH)[0] = 1.0f;
    network_tensor(&network, W_HH)[0] = u;
    network_tensor(&network, B_IH)[0] = b;
    network_readout(&network)[0] = 1.0f;
    return network;
}

/* h = a h on silence: |h| has fallen by 60 dB after log(1e-3) / log(a) frames. */
static const float decays[] = {0.9f, 0.99f, 0.999f};

START_TEST(a_linear_unit_forgets_when_its_power_has_fallen_by_60_db)
{
    const struct hand_set_network network = unit(TC_IDENTITY, decays[_i], 0.0f);
    unsigned faults;
    const struct tc_health health = health_of(&network, &faults);
    const double frames = log(1e-3) / log((double)decays[_i]);

    ck_assert_double_eq_tol(health.forgets_s * rate_hz, ceil(frames), 1.01);
    ck_assert_double_eq_tol(health.silence_s, 2.0, 1e-9);
    ck_assert_double_eq(health.settles_start_s, 0.0);
    ck_assert_uint_eq(faults, 0);
}
END_TEST

/* y = 2 x + 0.05, without memory. The noise has a variance of 1e-12. */
START_TEST(a_gain_is_measured_exactly)
{
    enum { FRAMES = 20000 };
    struct hand_set_network network = unit(TC_IDENTITY, 0.0f, 0.0f);
    float *const half = support_zeros(FRAMES, sizeof *half);
    const float *const input[1] = {half};
    struct tc_error error = {""};
    struct tc_model *model;
    struct tc_health health;
    double db;

    network_readout(&network)[0] = 2.0f;
    network_readout(&network)[1] = 0.05f;
    model = network_model(&network);
    ck_assert_int_eq(tc_health_measure(model, NULL, &health, &error), TC_OK);
    ck_assert_double_eq_tol(health.rest_dc[0], 0.05, 1e-7);
    ck_assert_double_eq_tol(health.rest_rms[0], 0.0, 1e-9);
    ck_assert_double_eq(health.forgets_s, 0.0);
    ck_assert_double_eq_tol(health.burst_peak, 2.05, 1e-3);
    ck_assert_double_eq_tol(health.impulse_peak, 2.0, 1e-6);
    ck_assert_double_eq_tol(health.constant_peak, 2.05, 1e-6);
    ck_assert_double_eq_tol(health.sine_peak, 2.05, 1e-6);
    for (size_t i = 0; i < FRAMES; ++i)
        half[i] = 0.5f;
    ck_assert_int_eq(tc_health_sensitivity(model, NULL, input, FRAMES, &db, &error), TC_OK);
    /* The largest of all variants is that with the least output: inverted, y = -0.95. */
    ck_assert_double_eq_tol(db, 10.0 * log10(4e-12 / (0.95 * 0.95)), 0.1);
    ck_assert_uint_eq(tc_health_faults(tc_model_architecture(model), &health), 0);
    tc_model_free(model);
    free(half);
}
END_TEST

/* Soft outputs count as -40 dB: a change of -120 dB beside silence is a sensitivity of -80 dB. */
START_TEST(silence_is_not_sensitive)
{
    const struct hand_set_network network = unit(TC_IDENTITY, 0.0f, 0.0f);
    struct tc_model *const model = network_model(&network);
    const float silence[5000] = {0}, *const input[1] = {silence};
    double db;

    ck_assert_int_eq(tc_health_sensitivity(model, NULL, input, 5000, &db, NULL), TC_OK);
    ck_assert_double_eq_tol(db, -80.0, 0.1);
    ck_assert_int_eq(tc_health_sensitivity(model, NULL, input, 0, &db, NULL), TC_OK);
    ck_assert(isnan(db));
    tc_model_free(model);
}
END_TEST

/* ------------------------------------------------------------------ faults */

/* h = tanh(-4 h + 0.1) alternates in sign from frame to frame. */
START_TEST(an_alternating_unit_hums_at_half_the_rate)
{
    const struct hand_set_network network = unit(TC_TANH, -4.0f, 0.1f);
    unsigned faults;
    const struct tc_health health = health_of(&network, &faults);

    ck_assert_uint_ne(faults & TC_HEALTH_HUMS, 0);
    ck_assert_double_eq(health.hum_hz, 0.5 * rate_hz);
    ck_assert_double_gt(health.rest_rms[0], 0.99);
    ck_assert(isnan(health.settles_start_s));
}
END_TEST

/* Two linear units turn by 2 pi / 48 in each frame: what the burst leaves goes on at 1 kHz. */
START_TEST(a_rotation_hums_at_its_frequency_and_remembers)
{
    const struct hand_set_network network = network_new(TC_CELL_RNN, TC_IDENTITY, 1, 2);
    const double angle = 2.0 * 3.14159265358979324 / 48.0;
    float *const u = network_tensor(&network, W_HH);
    unsigned faults;

    u[0] = u[3] = (float)cos(angle);
    u[1] = -(u[2] = (float)sin(angle));
    network_tensor(&network, W_IH)[0] = 0.1f;
    network_readout(&network)[0] = 1.0f;
    const struct tc_health health = health_of(&network, &faults);

    ck_assert_uint_eq(faults, TC_HEALTH_HUMS | TC_HEALTH_REMEMBERS);
    ck_assert_double_eq(health.hum_hz, 1000.0);
    ck_assert_double_eq(health.settles_start_s, 0.0);
    ck_assert(isnan(health.settles_burst_s));
    ck_assert(isnan(health.forgets_s));
}
END_TEST

/* h = tanh(2 h) stays at 0 if it begins there, and at +-0.9575 after a burst. */
START_TEST(a_bistable_unit_remembers)
{
    const struct hand_set_network network = unit(TC_TANH, 2.0f, 0.0f);
    unsigned faults;
    const struct tc_health health = health_of(&network, &faults);

    ck_assert_uint_eq(faults, TC_HEALTH_REMEMBERS | TC_HEALTH_OFFSET);
    ck_assert_double_eq_tol(fabs(health.rest_dc[0]), 0.95750, 1e-5);
    ck_assert(isnan(health.hum_hz));
}
END_TEST

/* 32 units with random weights of variance g^2 / 32 are chaotic for g > 1, and come to rest for
 * g < 1.  From: Sompolinsky, Crisanti & Sommers 1988. */
static struct hand_set_network random_network(float g)
{
    enum { H = 32 };
    const struct hand_set_network network = network_new(TC_CELL_RNN, TC_TANH, 1, H);
    struct tc_random random = {3};

    for (size_t i = 0; i < H; ++i)
        network_tensor(&network, W_IH)[i] = (float)tc_random_normal(&random);
    for (size_t i = 0; i < H * H; ++i)
        network_tensor(&network, W_HH)[i] = g / sqrtf(H) * (float)tc_random_normal(&random);
    for (size_t i = 0; i < H; ++i)
        network_readout(&network)[i] = 0.1f * (float)tc_random_normal(&random);
    return network;
}

START_TEST(a_chaotic_network_runs_away)
{
    const struct hand_set_network network = random_network(4.0f);
    unsigned faults;
    const struct tc_health health = health_of(&network, &faults);

    ck_assert_uint_ne(faults & TC_HEALTH_RUNS_AWAY, 0);
    ck_assert_double_gt(health.sensitivity_db, -6.0);
}
END_TEST

START_TEST(a_network_that_contracts_is_healthy)
{
    const struct hand_set_network network = random_network(0.5f);
    unsigned faults;
    const struct tc_health health = health_of(&network, &faults);

    ck_assert_uint_eq(faults, 0);
    ck_assert_double_lt(health.sensitivity_db, -80.0);
    ck_assert_double_lt(health.forgets_s, 0.001);
}
END_TEST

/* ------------------------------------------------------------------ what is measured */

/* Every network that the stream plays can be measured, knobs and several channels included; large
 * ones with fewer frames. */
START_TEST(all_networks_are_measured)
{
    const struct tc_architecture *const arch = &support_networks[_i].arch;
    struct tc_model *const model = support_model(arch, 1);
    struct tc_health health;

    ck_assert_int_eq(tc_health_measure(model, NULL, &health, NULL), TC_OK);
    for (unsigned o = 0; o < arch->outputs; ++o)
        ck_assert(isfinite(health.rest_dc[o]) && isfinite(health.rest_rms[o]));
    tc_model_free(model);
}
END_TEST

START_TEST(the_work_is_bounded)
{
    const struct tc_architecture arch = {
        .audio_inputs = 1, .outputs = 1, .layers = 1, .layer = {{TC_CELL_LSTM, TC_TANH, 1024}}};
    struct tc_model *const model = support_model(&arch, 1);
    struct tc_health health;

    ck_assert_int_eq(tc_health_measure(model, NULL, &health, NULL), TC_OK);
    ck_assert_double_lt(health.silence_s, 0.1);
    ck_assert(isnan(health.sensitivity_db));
    ck_assert_uint_eq(tc_health_faults(tc_model_architecture(model), &health) & TC_HEALTH_REMEMBERS,
                      0);
    tc_model_free(model);
}
END_TEST

START_TEST(symbols_are_refused)
{
    const struct tc_architecture arch = {.symbols = 5,
                                         .embedding = 3,
                                         .outputs = 5,
                                         .layers = 1,
                                         .readout = TC_READOUT_SOFTMAX,
                                         .layer = {{TC_CELL_GRU, TC_TANH, 4}}};
    struct tc_model *const model = support_model(&arch, 1);
    struct tc_health health;
    struct tc_error error;

    ck_assert_int_eq(tc_health_measure(model, NULL, &health, &error), TC_UNSUPPORTED);
    ck_assert_str_eq(error.message, "the model has an input of symbols, expected audio");
    tc_model_free(model);
}
END_TEST

int main(void)
{
    TCase *const tc = tcase_create("health");

    tcase_add_loop_test(tc, a_linear_unit_forgets_when_its_power_has_fallen_by_60_db, 0,
                        sizeof decays / sizeof *decays);
    tcase_add_test(tc, a_gain_is_measured_exactly);
    tcase_add_test(tc, silence_is_not_sensitive);
    tcase_add_test(tc, an_alternating_unit_hums_at_half_the_rate);
    tcase_add_test(tc, a_rotation_hums_at_its_frequency_and_remembers);
    tcase_add_test(tc, a_bistable_unit_remembers);
    tcase_add_test(tc, a_chaotic_network_runs_away);
    tcase_add_test(tc, a_network_that_contracts_is_healthy);
    tcase_add_loop_test(tc, all_networks_are_measured, 0, SUPPORT_NETWORKS);
    tcase_add_test(tc, the_work_is_bounded);
    tcase_add_test(tc, symbols_are_refused);
    return support_run(tc, "health");
}
