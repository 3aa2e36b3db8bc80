#include "formats/selftest.h"
#include "tests/support/sample_model.h"
#include "tests/support/support.h"

#include <math.h>
#include <string.h>

/* Frame by frame: audio inputs, then knobs; played as any stream is. */
START_TEST(self_test_equals_the_output_of_a_stream)
{
    struct tc_model *const model = sample_model((enum tc_cell)_i, 2, 2);
    struct tc_stream *const stream = support_stream(model, 1);
    static float signal[2048][4], found[2048][2];

    tc_selftest_signal(model, 2048, signal[0]);
    ck_assert_int_eq(tc_selftest_run(model, 2048, signal[0], found[0], NULL), TC_OK);
    for (unsigned frame = 0; frame < 2048; ++frame) {
        const float *const in[] = {&signal[frame][0], &signal[frame][1]};
        const float *const knobs[] = {&signal[frame][2], &signal[frame][3]};
        float y[2], *const out[] = {&y[0], &y[1]};

        tc_stream_process(stream, in, knobs, out, 1);
        support_require(memcmp(y, found[frame], sizeof y) == 0, "frame %u differs", frame);
    }
    tc_stream_free(stream);
    tc_model_free(model);
}
END_TEST

/* Every input varies, and each knob takes its whole range and no more. */
START_TEST(test_signal_covers_all_inputs_and_knob_ranges)
{
    struct tc_model *const model = sample_model(TC_CELL_RNN, 1, 2);
    const struct tc_knob *const knob = tc_model_metadata(model)->knob;
    float signal[2048][4], least[4], most[4];

    tc_selftest_signal(model, 2048, signal[0]);
    for (unsigned i = 0; i < 4; ++i) {
        least[i] = INFINITY;
        most[i] = -INFINITY;
        for (unsigned frame = 0; frame < 2048; ++frame) {
            least[i] = fminf(least[i], signal[frame][i]);
            most[i] = fmaxf(most[i], signal[frame][i]);
        }
    }
    for (unsigned i = 0; i < 2; ++i) {
        ck_assert_float_lt(least[i], -0.2f);
        ck_assert_float_gt(most[i], 0.2f);
        ck_assert_float_lt(fmaxf(-least[i], most[i]), 1.0f);
        ck_assert_float_ge(least[2 + i], knob[i].min);
        ck_assert_float_le(most[2 + i], knob[i].max);
        ck_assert_float_gt(most[2 + i] - least[2 + i], 0.99f * (knob[i].max - knob[i].min));
    }
    tc_model_free(model);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("selftest");

    tcase_add_loop_test(tests, self_test_equals_the_output_of_a_stream, 0, TC_CELLS);
    tcase_add_test(tests, test_signal_covers_all_inputs_and_knob_ranges);
    return support_run(tests, "selftest");
}
