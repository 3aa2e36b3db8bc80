#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "train/network/network.h"
#include "train/truncation.h"

/* Influence balancing, the problem that truncation of fixed length gets wrong:
 *
 *      s = A s' + theta v,   l = (s_1 - 1)^2 / 2,   s = (1, ..., 1) at first
 *
 * A is 1/2 on the diagonal and above it, v is +1 ten times, then -1. A parameter pulls s_1 up at
 * first and down in the end: the sum over all steps is -6, and theta should become -1/6, but
 * gradients that end too early have the opposite sign.
 *
 * From: Tallec & Ollivier 2017, with the sizes of Vicol, Metz & Sohl-Dickstein 2021. */

enum { UNITS = 23, POSITIVE = 10, MOST = 4096 };

static const double optimum = -1.0 / 6.0;

static double sign_of(unsigned unit)
{
    return unit < POSITIVE ? 1.0 : -1.0;
}

/* Fixed truncation at so many frames, or at random around so many. */
static struct tc_train_options options_of(enum tc_truncation truncation, unsigned truncate)
{
    struct tc_train_options options;

    tc_train_options_init(&options);
    options.truncation = truncation;
    options.truncate = truncate;
    options.tail = 6.0f;
    return options;
}

/* One way to run a chunk and backward: the state moves on; returns dL/dtheta. */
typedef double chunk_fn(void *user, double theta, size_t n_frames, const float *gradient_factor);

/* Gradient descent, an update after each chunk. Ends early where theta leaves all bounds. */
static double descend(const struct tc_train_options *options, unsigned updates, uint64_t seed,
                      chunk_fn *chunk, void *user)
{
    const bool random_form = tc_truncation_is_random(options);
    struct tc_random random = {seed};
    double theta = 0.5;
    float gradient_factor[MOST];

    for (unsigned i = 0; i < updates && fabs(theta) < 1e3; ++i) {
        const size_t n = tc_truncation_next(options, 0, MOST, &random, gradient_factor);

        theta -= 1e-4 / sqrt(1.0 + i / 1000.0) *
                 chunk(user, theta, n, random_form ? gradient_factor : NULL);
    }
    return theta;
}

/* ------------------------------------------------------------------------- in double */

static double exact_chunk(void *user, double theta, size_t n_frames, const float *gradient_factor)
{
    double *const s = user, error[MOST], d[UNITS] = {0.0}, gradient = 0.0;

    for (size_t t = 0; t < n_frames; ++t) {
        for (unsigned i = 0; i < UNITS; ++i)
            s[i] = 0.5 * s[i] + (i + 1 < UNITS ? 0.5 * s[i + 1] : 0.0) + theta * sign_of(i);
        error[t] = s[0] - 1.0;
    }
    for (size_t t = n_frames; t-- > 0;) {
        for (unsigned i = UNITS; i-- > 0;)
            d[i] = (gradient_factor ? (double)gradient_factor[t] : 1.0) * 0.5 *
                   (d[i] + (i ? d[i - 1] : 0.0));
        d[0] += error[t];
        for (unsigned i = 0; i < UNITS; ++i)
            gradient += d[i] * sign_of(i);
    }
    return gradient;
}

static double descend_exactly(enum tc_truncation truncation, unsigned truncate, unsigned updates,
                              uint64_t seed)
{
    const struct tc_train_options options = options_of(truncation, truncate);
    double state[UNITS];

    for (unsigned i = 0; i < UNITS; ++i)
        state[i] = 1.0;
    return descend(&options, updates, seed, exact_chunk, state);
}

/* check-slow goes ten times as far. */
static unsigned updates_in(unsigned usual)
{
    return getenv("LONG_TESTS") ? 10 * usual : usual;
}

START_TEST(short_fixed_truncation_is_biased)
{
    static const unsigned lengths[] = {10, 50, 100};
    const double theta = descend_exactly(TC_TRUNCATION_FIXED, lengths[_i], updates_in(20000), 0);

    support_require(fabs(theta) >= 1e3, "%u frames: theta is %.9g", lengths[_i], theta);
}
END_TEST

START_TEST(long_fixed_truncation_reaches_the_optimum)
{
    const double theta = descend_exactly(TC_TRUNCATION_FIXED, 150, updates_in(20000), 0);

    ck_assert_double_eq_tol(theta, optimum, 1e-6);
}
END_TEST

START_TEST(random_truncation_reaches_the_optimum)
{
    const double theta =
        descend_exactly(TC_TRUNCATION_RANDOM, 16, updates_in(20000), (uint64_t)_i + 1);

    support_require(fabs(theta - optimum) <= 1e-6, "seed %d: theta is %.9g", 1 + _i, theta);
}
END_TEST

/* ------------------------------------------------------------------------- as trained */

/* The same as a network of linear units in float32: A is its recurrent matrix, theta v the weights
 * of an input that is always 1, and the readout s_1. Only theta learns. */
struct network {
    struct tc_architecture arch;
    struct tc_layer_offsets at;
    float *parameters, *gradient;
    size_t values;
    struct tc_weights *weights;
    struct tc_shard *shard;
};

static struct network network_new(void)
{
    struct network n = {.arch = {.audio_inputs = 1,
                                 .outputs = 1,
                                 .layers = 1,
                                 .layer = {{TC_CELL_RNN, TC_IDENTITY, UNITS}}}};
    struct tc_layer_offsets at[TC_MAX_LAYERS];
    struct tc_readout_offsets readout;

    n.values = tc_parameter_offsets(&n.arch, at, &readout);
    n.at = at[0];
    n.parameters = support_zeros(n.values, sizeof *n.parameters);
    n.gradient = support_zeros(n.values, sizeof *n.gradient);
    for (unsigned i = 0; i < UNITS; ++i) {
        n.parameters[n.at.w_hh + i * UNITS + i] = 0.5f;
        if (i + 1 < UNITS)
            n.parameters[n.at.w_hh + i * UNITS + i + 1] = 0.5f;
        n.parameters[n.at.h0 + i] = 1.0f;
    }
    n.parameters[readout.w] = 1.0f;
    ck_assert_int_eq(tc_weights_new(&n.weights, &n.arch, NULL, NULL), TC_OK);
    ck_assert_int_eq(tc_shard_new(&n.shard, n.weights, 1, MOST, NULL), TC_OK);
    tc_shard_reset_sequence(n.shard, n.parameters, 0);
    for (unsigned t = 0; t < MOST; ++t)
        tc_shard_input(n.shard, 0, 0)[t] = 1.0f;
    return n;
}

static void network_free(struct network *n)
{
    tc_shard_free(n->shard);
    tc_weights_free(n->weights);
    free(n->gradient);
    free(n->parameters);
}

static double network_chunk(void *user, double theta, size_t n_frames, const float *gradient_factor)
{
    struct network *const n = user;
    double gradient = 0.0;

    for (unsigned i = 0; i < UNITS; ++i)
        n->parameters[n->at.w_ih + i] = (float)(theta * sign_of(i));
    tc_weights_pack(n->weights, n->parameters);
    memset(n->gradient, 0, n->values * sizeof *n->gradient);
    tc_shard_forward(n->shard, (unsigned)n_frames);
    for (size_t t = 0; t < n_frames; ++t)
        tc_shard_output_gradient(n->shard, 0, 0)[t] = tc_shard_output(n->shard, 0, 0)[t] - 1.0f;
    tc_shard_cut_gradient(n->shard);
    tc_shard_backward_continued(n->shard, n->gradient, (unsigned)n_frames, gradient_factor);
    tc_shard_advance(n->shard, (unsigned)n_frames);
    for (unsigned i = 0; i < UNITS; ++i)
        gradient += (double)n->gradient[n->at.w_ih + i] * sign_of(i);
    return gradient;
}

static const struct {
    enum tc_truncation truncation;
    unsigned truncate, updates;
    bool found;
} trained[] = {{TC_TRUNCATION_FIXED, 10, 5000, false},
               {TC_TRUNCATION_FIXED, 50, 5000, false},
               {TC_TRUNCATION_FIXED, 100, 5000, false},
               {TC_TRUNCATION_FIXED, 150, 5000, true},
               {TC_TRUNCATION_RANDOM, 16, 20000, true}};

START_TEST(float32_training_converges_to_the_predicted_weights)
{
    const struct tc_train_options options =
        options_of(trained[_i].truncation, trained[_i].truncate);
    struct network n = network_new();
    const double theta = descend(&options, updates_in(trained[_i].updates), 1, network_chunk, &n);

    if (trained[_i].found)
        ck_assert_double_eq_tol(theta, optimum, 1e-3);
    else
        ck_assert_double_ge(fabs(theta), 1e3);
    network_free(&n);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("influence");

    tcase_add_loop_test(tests, short_fixed_truncation_is_biased, 0, 3);
    tcase_add_test(tests, long_fixed_truncation_reaches_the_optimum);
    tcase_add_loop_test(tests, random_truncation_reaches_the_optimum, 0, 5);
    tcase_add_loop_test(tests, float32_training_converges_to_the_predicted_weights, 0,
                        sizeof trained / sizeof *trained);
    return support_run(tests, "influence");
}
