#include "kernel_cases.h"
#include "step_checks.h"

#include <math.h>

/* A channel depends neither on the values of other channels nor on the division into blocks. */

enum poisoned { IN_X, IN_H, IN_C, POISONED };

static void put_nan(struct kernel_fixture *fixture, enum poisoned where, size_t channel)
{
    switch (where) {
    case IN_X:
        x_at(fixture, 0, channel)[fixture->layer.inputs - 1] = NAN;
        break;
    case IN_H:
        h_at(fixture, 0, channel)[fixture->layer.hidden - 1] = NAN;
        break;
    default:
        for (size_t u = 0; u < fixture->layer.hidden; ++u)
            c_at(fixture, channel)[u] = NAN;
        break;
    }
}

/* The whole channel becomes NaN; the others stay bit-identical. */
static void check_nan(const struct tc_kernels *k, const struct tc_layer_weights *weights,
                      enum poisoned where, size_t lost)
{
    struct kernel_fixture clean = fixture_random(k, weights, 3, 1),
                          fixture = fixture_random(k, weights, 3, 1);
    const size_t hidden = weights->hidden;

    put_nan(&fixture, where, lost);
    fixture_forward(&clean, 0, 1);
    fixture_forward(&fixture, 0, 1);
    for (size_t u = 0; u < hidden; ++u) {
        fixture_require(isnan(h_at(&fixture, 1, lost)[u]), &fixture, "h hides NaN", u, lost);
        fixture_require(!tc_cell_has_c(weights->cell) || isnan(c_at(&fixture, lost)[u]), &fixture,
                        "c hides NaN", u, lost);
    }
    for (size_t channel = 0; channel < 3; ++channel)
        fixture_require(
            channel == lost ||
                (support_same(h_at(&fixture, 1, channel), h_at(&clean, 1, channel), hidden) &&
                 support_same(c_at(&fixture, channel), c_at(&clean, channel), hidden)),
            &fixture, "another channel's NaN shows", (size_t)0, channel);
    fixture_free(&clean);
    fixture_free(&fixture);
}

START_TEST(nan_propagates_to_the_output)
{
    const enum poisoned end = tc_cell_has_c(kinds[_i].cell) ? POISONED : IN_C;
    const size_t stride = hidden_stride(), first = 1 + (size_t)_i % stride;

    for (const struct tc_kernels *const *k = tested(tc_kernels_all); k; k = tested(k + 1))
        for (size_t hidden = first; hidden <= 40; hidden += stride)
            for (enum poisoned where = IN_X; where < end; ++where) {
                struct tc_layer_weights weights = weights_new(&kinds[_i], 2, hidden, 1.0f);

                check_nan(*k, &weights, where, (hidden + where) % 3);
                weights_free(&weights);
            }
}
END_TEST

START_TEST(channels_and_block_sizes_do_not_change_the_bits)
{
    for (const struct tc_kernels *const *k = tested(tc_kernels_all); k; k = tested(k + 1))
        for (size_t hidden = 1; hidden <= MAX_HIDDEN; hidden += hidden < 40 ? 1 : 7) {
            struct tc_layer_weights weights =
                weights_new(&kinds[_i], inputs_for(hidden, _i), hidden, 2.0f);

            for (size_t l = 1; l < CHANNEL_COUNTS; l += hidden < 40 ? 1 : 2)
                check_channels(*k, &weights, channels_tried[l]);
            weights_free(&weights);
        }
}
END_TEST

START_TEST(no_frames_change_nothing)
{
    for (const struct tc_kernels *const *k = tested(tc_kernels_all); k; k = tested(k + 1)) {
        struct tc_layer_weights weights = weights_new(&kinds[_i], 1, 9, 1.0f);
        struct kernel_fixture fixture = fixture_random(*k, &weights, 2, 1),
                              same = fixture_random(*k, &weights, 2, 1);

        fixture_forward(&fixture, 0, 0);
        ck_assert(support_same(fixture.h.v, same.h.v, 2 * fixture.layer.units));
        ck_assert(support_same(fixture.c.v, same.c.v, fixture.c.n));
        fixture_free(&fixture);
        fixture_free(&same);
        weights_free(&weights);
    }
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("kernel_channels");

    tcase_add_loop_test(tests, nan_propagates_to_the_output, 0, KINDS);
    tcase_add_loop_test(tests, channels_and_block_sizes_do_not_change_the_bits, 0, KINDS);
    tcase_add_loop_test(tests, no_frames_change_nothing, 0, KINDS);
    return support_run(tests, "kernel_channels");
}
