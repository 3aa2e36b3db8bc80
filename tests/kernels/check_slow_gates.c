#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>

/* The state of a GRU whose update gates z are close to 1 changes by a factor of z per frame, so
 * that an error of z accumulates over thousands of frames. */

enum { FRAMES = 40000 };

static const unsigned sizes[] = {3, 8, 11, 21};
/* The rounding error of the state itself, which has the same sign in every frame while it rises. */
static const double TOLERANCE = 2e-5;

/* The logit of unit u's z, for time constants from 3,000 to 400,000 frames. */
static float update_logit(unsigned u, unsigned units)
{
    return 8.0f + 5.0f * (float)u / (float)units;
}

/* Units are independent: the candidate depends on x only, and z is constant. The output is their
 * mean.
 */
static struct tc_model *slow_model(unsigned units)
{
    const struct tc_architecture arch = {
        .audio_inputs = 1, .outputs = 1, .layers = 1, .layer = {{TC_CELL_GRU, TC_TANH, units}}};
    struct tc_tensor tensor[TC_MAX_TENSORS];
    enum { W_IH, W_HH, B_IH, B_HH, H0, LIN_WEIGHT };
    size_t n;
    float *parameters;
    struct tc_model *model;

    (void)tc_architecture_tensors(&arch, tensor, &n);
    parameters = support_zeros(n, sizeof *parameters);
    for (unsigned u = 0; u < units; ++u) {
        parameters[tensor[W_IH].offset + 2 * units + u] = 0.5f;
        parameters[tensor[B_IH].offset + units + u] = update_logit(u, units);
        parameters[tensor[LIN_WEIGHT].offset + u] = 1.0f / (float)units;
    }
    model = support_model_of(&arch, parameters);
    free(parameters);
    return model;
}

/* For x = 1 from the first frame on: h_t = tanh(1/2) (1 - z^t), t from 1. */
static double expected(unsigned units, size_t t)
{
    double sum = 0.0;

    for (unsigned u = 0; u < units; ++u)
        sum -= expm1(-(double)t * log1p(exp(-(double)update_logit(u, units))));
    return tanh(0.5) * sum / units;
}

START_TEST(slow_gates_decay_at_the_exact_rate)
{
    const unsigned units = sizes[_i];
    struct support_signals in = support_signals_new(1, FRAMES),
                           out = support_signals_new(1, FRAMES);
    const struct support_signals none = {0};
    struct tc_model *const model = slow_model(units);
    struct tc_stream *const stream = support_stream(model, 1);

    for (size_t t = 0; t < FRAMES; ++t)
        in.samples[t] = 1.0f;
    support_play(stream, &in, &none, &out, 0, FRAMES);
    for (size_t t = 0; t < FRAMES; ++t)
        support_require(fabs((double)out.samples[t] - expected(units, t + 1)) <= TOLERANCE,
                        "%u units, frame %zu: %.9g, not %.9g", units, t, (double)out.samples[t],
                        expected(units, t + 1));
    tc_stream_free(stream);
    tc_model_free(model);
    support_signals_free(&in);
    support_signals_free(&out);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("slow gates");

    tcase_add_loop_test(tests, slow_gates_decay_at_the_exact_rate, 0,
                        sizeof sizes / sizeof sizes[0]);
    return support_run(tests, "slow gates");
}
