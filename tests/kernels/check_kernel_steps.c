#include "kernel_cases.h"
#include "step_checks.h"

/* The error of a step of every cell is within the bound documented in kernels.h. */

static void check_steps(const struct tc_kernels *k, const struct tc_layer *kind, size_t hidden,
                        size_t inputs, size_t channels)
{
    for (int saturates = 0; saturates < 2; ++saturates) {
        struct tc_layer_weights weights =
            weights_new(kind, inputs, hidden, saturates ? 20.0f : 1.0f);
        struct kernel_fixture fixture = fixture_random(k, &weights, channels, 1);

        check_frame(&fixture, 0, false);
        fixture_free(&fixture);
        weights_free(&weights);
    }
}

START_TEST(a_step_is_within_its_bound)
{
    const size_t stride = hidden_stride(), first = 1 + (size_t)_i % stride;

    for (const struct tc_kernels *const *k = tested(tc_kernels_all); k; k = tested(k + 1))
        for (size_t hidden = first; hidden <= MAX_HIDDEN; hidden += stride)
            check_steps(*k, &kinds[_i], hidden, inputs_for(hidden, _i), channels_for(hidden, 0));
}
END_TEST

/* Sizes near half a vector, one and two vectors, with all inputs and channels. */
START_TEST(small_layers_take_any_inputs_and_channels)
{
    const size_t stride = hidden_stride(), first = 1 + (size_t)_i % stride;

    for (const struct tc_kernels *const *k = tested(tc_kernels_all); k; k = tested(k + 1))
        for (size_t hidden = first; hidden <= 20 && hidden <= 2 * (*k)->width + 4; hidden += stride)
            for (size_t i = 0; i < INPUTS; ++i)
                for (size_t l = 0; l < CHANNEL_COUNTS; ++l)
                    check_steps(*k, &kinds[_i], hidden, inputs_tried[i], channels_tried[l]);
}
END_TEST

/* The state is carried from frame to frame. */
START_TEST(later_frames_are_within_their_bound)
{
    const size_t step = 5 * hidden_stride();

    for (const struct tc_kernels *const *k = tested(tc_kernels_all); k; k = tested(k + 1))
        for (size_t hidden = 1 + (size_t)_i % step; hidden <= MAX_HIDDEN; hidden += step) {
            struct tc_layer_weights weights = weights_new(&kinds[_i], 2, hidden, 1.0f);
            struct kernel_fixture fixture =
                fixture_random(*k, &weights, channels_for(hidden, 1), 4);

            for (size_t t = 0; t < fixture.frames; ++t)
                check_frame(&fixture, t, false);
            fixture_free(&fixture);
            weights_free(&weights);
        }
}
END_TEST

/* Weights of one input away from 0, so that 1e30 saturates every sum but a GRU's q. */
static struct tc_layer_weights steep_weights(const struct tc_layer *kind, size_t hidden)
{
    const struct tc_layer_weights weights = weights_new(kind, 1, hidden, 1.0f);
    float *const w = (float *)weights.w_ih;

    for (size_t i = 0; i < tc_cell_gates(kind->cell) * hidden; ++i)
        w[i] += w[i] < 0.0f ? -0.01f : 0.01f;
    return weights;
}

START_TEST(huge_inputs_saturate)
{
    const bool bounded = kinds[_i].activation == TC_TANH || kinds[_i].activation == TC_LOGISTIC;

    for (const struct tc_kernels *const *k = tested(tc_kernels_all); k; k = tested(k + 1))
        for (size_t hidden = 1; hidden <= 40; ++hidden) {
            struct tc_layer_weights weights = steep_weights(&kinds[_i], hidden);
            struct kernel_fixture fixture = fixture_random(*k, &weights, 3, 1);

            x_at(&fixture, 0, 0)[0] = 1e30f;
            x_at(&fixture, 0, 1)[0] = -1e30f;
            x_at(&fixture, 0, 2)[0] = 1e36f;
            check_frame(&fixture, 0, bounded);
            fixture_free(&fixture);
            weights_free(&weights);
        }
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("kernel_steps");

    tcase_add_loop_test(tests, a_step_is_within_its_bound, 0, KINDS);
    tcase_add_loop_test(tests, small_layers_take_any_inputs_and_channels, 0, KINDS);
    tcase_add_loop_test(tests, later_frames_are_within_their_bound, 0, KINDS);
    tcase_add_loop_test(tests, huge_inputs_saturate, 0, KINDS);
    return support_run(tests, "kernel_steps");
}
