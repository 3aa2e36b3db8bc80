#include "tests/support/support.h"
#include "train/network/loss.h"
#include "train/network/network.h"
#include "train/network/sample_loss.h"
#include "train/network/shard_memory.h"

#include <math.h>

/* The loss of samples, and its gradient. */

#define RMS 0.5f /* of targets */

/* A shard for signals, and the weights that it needs. */
struct loss_fixture {
    struct tc_weights *weights;
    struct tc_shard *shard;
};

static struct loss_fixture fixture_new(unsigned outputs, unsigned sequences, unsigned frames)
{
    const struct tc_architecture arch = {
        .audio_inputs = 1, .outputs = outputs, .layers = 1, .layer = {{TC_CELL_RNN, TC_TANH, 1}}};
    struct loss_fixture fixture = {NULL, NULL};

    ck_assert_int_eq(tc_weights_new(&fixture.weights, &arch, NULL, NULL), TC_OK);
    ck_assert_int_eq(tc_shard_new(&fixture.shard, fixture.weights, sequences, frames, NULL), TC_OK);
    return fixture;
}

static void fixture_free(struct loss_fixture *fixture)
{
    tc_shard_free(fixture->shard);
    tc_weights_free(fixture->weights);
}

/* An output's samples, writable. */
static float *output_of(struct tc_shard *shard, unsigned sequence, unsigned output)
{
    return shard->y + (tc_shard_output(shard, sequence, output) - shard->y);
}

static struct tc_loss_terms terms_of(enum tc_loss loss, float dc_weight, unsigned outputs,
                                     float target_gain)
{
    return (struct tc_loss_terms){.loss = loss,
                                  .outputs = outputs,
                                  .target_gain = target_gain,
                                  .rms = RMS,
                                  .error_weight = 1.0f - dc_weight,
                                  .dc_weight = dc_weight,
                                  .denominator =
                                      loss == TC_LOSS_MSE ? 2.0 : (double)RMS * (double)RMS};
}

/* Errors 1 and 3, their sum 4, squares 10: (0.75 * 10 + 0.25 * 2 * 2^2) / 2. The frame between
 * them is ignored. */
START_TEST(loss_matches_hand_calculation)
{
    enum { FRAMES = 5 };
    const struct tc_loss_terms terms = terms_of(TC_LOSS_ESR, 0.25f, 1, 2.0f);
    static const bool ignored[FRAMES] = {false, false, true, false, false};
    struct loss_fixture fixture = fixture_new(1, 3, FRAMES);
    struct tc_shard *const shard = fixture.shard;
    const float target[FRAMES] = {9.0f, 1.0f, 9.0f, -0.5f, 9.0f};
    const float y[FRAMES] = {9.0f, 3.0f, 9.0f, 2.0f, 9.0f};
    const float *const targets[1] = {target}, expected[FRAMES] = {0.0f, 1.25f, 0.0f, 2.75f, 0.0f};
    const struct tc_loss_range range = {1, 4, ignored};

    for (unsigned t = 0; t < FRAMES; ++t) {
        output_of(shard, 1, 0)[t] = y[t];
        for (unsigned sequence = 0; sequence < 3; ++sequence)
            tc_shard_output_gradient(shard, sequence, 0)[t] = 7.0f;
    }
    ck_assert_double_eq_tol(tc_loss_sequence(&terms, shard, 1, targets, NULL, range, FRAMES, 0.5),
                            4.75, 1e-12);
    for (unsigned t = 0; t < FRAMES; ++t) {
        ck_assert_float_eq(tc_shard_output_gradient(shard, 1, 0)[t], expected[t]);
        ck_assert_float_eq(tc_shard_output_gradient(shard, 0, 0)[t], 7.0f);
        ck_assert_float_eq(tc_shard_output_gradient(shard, 2, 0)[t], 7.0f);
    }
    fixture_free(&fixture);
}
END_TEST

/* A sequence whose segment has ended: it has no target. */
START_TEST(empty_range_has_zero_loss)
{
    struct loss_fixture fixture = fixture_new(2, 2, 3);
    struct tc_shard *const shard = fixture.shard;
    const struct tc_loss_terms terms = terms_of(TC_LOSS_ESR, 0.25f, 2, 1.0f);
    const float *const targets[2] = {NULL, NULL};
    const struct tc_loss_range range = {0, 0, NULL};

    for (unsigned t = 0; t < 3; ++t)
        for (unsigned o = 0; o < 2; ++o)
            tc_shard_output_gradient(shard, 1, o)[t] = (float)NAN;
    ck_assert_double_eq(tc_loss_sequence(&terms, shard, 1, targets, NULL, range, 3, 1.0), 0.0);
    for (unsigned t = 0; t < 3; ++t)
        for (unsigned o = 0; o < 2; ++o)
            ck_assert_float_eq(tc_shard_output_gradient(shard, 1, o)[t], 0.0f);
    fixture_free(&fixture);
}
END_TEST

/* ------------------------------------------------------------------------- single samples */

static const struct {
    enum tc_loss loss;
    float e;
    double value, derivative;
} by_hand[] = {
    {TC_LOSS_ESR, 3.0f, 9.0, 6.0},
    {TC_LOSS_MSE, -3.0f, 9.0, -6.0},
    {TC_LOSS_MAE, 3.0f, 1.5, 0.5},
    {TC_LOSS_MAE, -0.25f, 0.125, -0.5},
    {TC_LOSS_MAE, 0.0f, 0.0, 0.0},
    {TC_LOSS_LOG_COSH, 0.0f, 0.0, 0.0},
    {TC_LOSS_LOG_COSH, 0.5f, 0.25 * 0.433780830483027, 0.5 * 0.761594155955765},
    {TC_LOSS_LOG_COSH, -1e4f, 0.25 * (2e4 - 0.693147180559945), -0.5},
};

START_TEST(samples_have_the_loss_of_its_definition)
{
    const enum tc_loss loss = by_hand[_i].loss;

    ck_assert_double_eq_tol(tc_sample_loss(loss, by_hand[_i].e, RMS), by_hand[_i].value,
                            1e-12 * fmax(1.0, by_hand[_i].value));
    ck_assert_double_eq_tol((double)tc_sample_loss_derivative(loss, by_hand[_i].e, RMS),
                            by_hand[_i].derivative, 1e-7);
}
END_TEST

/* A step whose output is not a number must be seen as such. */
START_TEST(samples_that_are_no_numbers_stay_such)
{
    ck_assert(isnan(tc_sample_loss((enum tc_loss)_i, (float)NAN, RMS)));
    ck_assert(isnan(tc_sample_loss_derivative((enum tc_loss)_i, (float)NAN, RMS)));
}
END_TEST

/* ------------------------------------------------------------------------- gradients */

/* Two chunks of a segment. In the first one the first frames are of the warm-up. */
enum {
    CHUNK = 50,
    FRAMES = 2 * CHUNK,
    OUTPUTS = 2,
    SEQUENCE = 2,
    LOSSES = TC_LOSS_LOG_COSH + 1,
    KINDS = TC_PRE_EMPHASIS_A_WEIGHTING + 1
};

static const bool ignored[FRAMES] = {
    [20] = true, [21] = true, [40] = true, [CHUNK + 10] = true, [CHUNK + 11] = true};
static const struct tc_loss_range ranges[2] = {{5, CHUNK, ignored}, {0, 41, ignored + CHUNK}};

static bool carries_loss(size_t t)
{
    return t >= ranges[0].first && t < CHUNK + ranges[1].end && !ignored[t];
}

/* What is needed to compute a loss in double precision. */
struct exact_problem {
    struct tc_loss_terms terms;
    const float *const *target; /* (OUTPUTS, FRAMES) */
    double y[OUTPUTS][FRAMES];
    double response[FRAMES]; /* of the filter to an impulse */
};

/* As enum tc_loss has it. */
static double exact_sample(enum tc_loss loss, double e)
{
    const double r = (double)RMS;

    switch (loss) {
    case TC_LOSS_ESR:
        return e * e / (r * r);
    case TC_LOSS_MSE:
        return 0.5 * e * e;
    case TC_LOSS_MAE:
        return fabs(e) / r;
    case TC_LOSS_LOG_COSH:
        break;
    }
    return log(cosh(e / r));
}

static double exact_error(const struct exact_problem *x, unsigned o, size_t t)
{
    return carries_loss(t) ? x->y[o][t] - 1.5 * (double)x->target[o][t] : 0.0;
}

/* All errors from the first on through the filter. */
static double exact_filtered_error(const struct exact_problem *x, unsigned o, size_t t)
{
    double sum = 0.0;

    for (size_t k = 0; k <= t; ++k)
        sum += x->response[k] * exact_error(x, o, t - k);
    return sum;
}

/* The mean of a loss over one chunk's frames with loss. */
static double exact_loss(const struct exact_problem *x, unsigned chunk)
{
    const double unit = x->terms.loss == TC_LOSS_MSE ? 0.5 : 1.0 / ((double)RMS * (double)RMS);
    const double dc_weight = (double)x->terms.dc_weight, n = tc_loss_range_frames(&ranges[chunk]);
    double sum = 0.0;

    for (unsigned o = 0; o < OUTPUTS; ++o) {
        double errors = 0.0, mean = 0.0;

        for (size_t t = chunk * CHUNK; t < (chunk + 1) * CHUNK; ++t)
            if (carries_loss(t)) {
                errors += exact_sample(x->terms.loss, exact_filtered_error(x, o, t));
                mean += exact_error(x, o, t) / n;
            }
        sum += (1.0 - dc_weight) * errors + dc_weight * n * mean * mean * unit;
    }
    return sum / n;
}

/* Outputs of earlier chunks are constants. */
static void compare_gradient(struct exact_problem *x, unsigned chunk, struct tc_shard *shard)
{
    const double width = 1e-6;

    for (unsigned o = 0; o < OUTPUTS; ++o)
        for (unsigned t = 0; t < CHUNK; ++t) {
            double *const y = &x->y[o][chunk * CHUNK + t], original = *y;
            double high, low;

            *y = original + width;
            high = exact_loss(x, chunk);
            *y = original - width;
            low = exact_loss(x, chunk);
            *y = original;
            ck_assert_double_eq_tol((double)tc_shard_output_gradient(shard, SEQUENCE, o)[t],
                                    (high - low) / (2.0 * width), 1e-7);
        }
}

static void set_problem(struct exact_problem *x, enum tc_loss loss, enum tc_pre_emphasis kind,
                        float dc_weight)
{
    float response[FRAMES] = {1.0f}, state[TC_EMPHASIS_SECTIONS] = {0.0f};
    struct support_random random = {2};

    x->terms = terms_of(loss, dc_weight, OUTPUTS, 1.5f);
    x->terms.emphasis = tc_emphasis_of(kind, 44100.0);
    for (unsigned o = 0; o < OUTPUTS; ++o)
        for (unsigned t = 0; t < FRAMES; ++t)
            x->y[o][t] = (double)support_uniform(&random, -0.5f, 1.0f);
    tc_emphasis_apply(&x->terms.emphasis, state, response, FRAMES);
    for (unsigned t = 0; t < FRAMES; ++t)
        x->response[t] = (double)response[t];
}

/* The loss of one chunk, from the state that the chunk before has left. */
static double chunk_loss(const struct exact_problem *x, unsigned chunk, struct tc_shard *shard,
                         const struct tc_loss_state *state)
{
    const double scale = 1.0 / (x->terms.denominator * tc_loss_range_frames(&ranges[chunk]));
    const float *const target[OUTPUTS] = {x->target[0] + chunk * CHUNK,
                                          x->target[1] + chunk * CHUNK};

    for (unsigned o = 0; o < OUTPUTS; ++o)
        for (unsigned t = 0; t < CHUNK; ++t)
            output_of(shard, SEQUENCE, o)[t] = (float)x->y[o][chunk * CHUNK + t];
    return tc_loss_sequence(&x->terms, shard, SEQUENCE, target, state, ranges[chunk], CHUNK, scale);
}

/* No error is so small that the bend of |e| lies within the width of the differences. */
START_TEST(loss_and_gradient_match_central_differences_in_double)
{
    struct loss_fixture fixture = fixture_new(OUTPUTS, 3, CHUNK);
    struct support_signals signals = support_noise(OUTPUTS, FRAMES, 1, 0.5f);
    const struct support_buffers targets = support_buffers(&signals, 0);
    struct exact_problem x = {.target = support_inputs(&targets)};
    float error[OUTPUTS * TC_EMPHASIS_SECTIONS] = {0.0f};

    set_problem(&x, (enum tc_loss)(_i / 2 % LOSSES), (enum tc_pre_emphasis)(_i / 2 / LOSSES),
                _i % 2 ? 0.25f : 0.0f);
    for (unsigned chunk = 0; chunk < 2; ++chunk) {
        float gradient[OUTPUTS * TC_EMPHASIS_SECTIONS] = {0.0f};
        const struct tc_loss_state state = {error, gradient};
        const double mean = chunk_loss(&x, chunk, fixture.shard, &state);

        ck_assert_double_eq_tol(mean, exact_loss(&x, chunk), 1e-6);
        compare_gradient(&x, chunk, fixture.shard);
    }
    support_signals_free(&signals);
    fixture_free(&fixture);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("loss");

    tcase_add_test(tests, loss_matches_hand_calculation);
    tcase_add_test(tests, empty_range_has_zero_loss);
    tcase_add_loop_test(tests, samples_have_the_loss_of_its_definition, 0,
                        sizeof by_hand / sizeof *by_hand);
    tcase_add_loop_test(tests, samples_that_are_no_numbers_stay_such, 0, LOSSES);
    tcase_add_loop_test(tests, loss_and_gradient_match_central_differences_in_double, 0,
                        2 * LOSSES * KINDS);
    return support_run(tests, "loss");
}
