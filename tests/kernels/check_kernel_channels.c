#include "kernel_cases.h"
#include "trial_checks.h"

#include <math.h>

/* A channel hears of no other, whatever they hold, and of no cut. */

enum poisoned { IN_X, IN_H, IN_C, POISONED };

static void put_nan(struct trial *trial, enum poisoned where, size_t channel)
{
    switch (where) {
    case IN_X:
        x_at(trial, 0, channel)[trial->layer.inputs - 1] = NAN;
        break;
    case IN_H:
        h_at(trial, 0, channel)[trial->layer.hidden - 1] = NAN;
        break;
    default:
        for (size_t u = 0; u < trial->layer.hidden; ++u)
            c_at(trial, channel)[u] = NAN;
        break;
    }
}

/* All of a channel is NaN, and no bit of the others differs. */
static void check_nan(const struct tc_kernels *k, const struct tc_layer_weights *weights,
                      enum poisoned where, size_t lost)
{
    struct trial clean = trial_random(k, weights, 3, 1), trial = trial_random(k, weights, 3, 1);
    const size_t hidden = weights->hidden;

    put_nan(&trial, where, lost);
    trial_run(&clean, 0, 1);
    trial_run(&trial, 0, 1);
    for (size_t u = 0; u < hidden; ++u) {
        trial_require(isnan(h_at(&trial, 1, lost)[u]), &trial, "h hides NaN", u, lost);
        trial_require(!tc_cell_has_c(weights->cell) || isnan(c_at(&trial, lost)[u]), &trial,
                      "c hides NaN", u, lost);
    }
    for (size_t channel = 0; channel < 3; ++channel)
        trial_require(
            channel == lost ||
                (support_same(h_at(&trial, 1, channel), h_at(&clean, 1, channel), hidden) &&
                 support_same(c_at(&trial, channel), c_at(&clean, channel), hidden)),
            &trial, "another channel's NaN shows", (size_t)0, channel);
    trial_free(&clean);
    trial_free(&trial);
}

START_TEST(nan_is_never_hidden)
{
    const enum poisoned end = tc_cell_has_c(kinds[_i].cell) ? POISONED : IN_C;

    for (const struct tc_kernels *const *k = tested(tc_kernels_all); k; k = tested(k + 1))
        for (size_t hidden = 1; hidden <= 40; ++hidden)
            for (enum poisoned where = IN_X; where < end; ++where) {
                struct tc_layer_weights weights = weights_new(&kinds[_i], 2, hidden, 1.0f);

                check_nan(*k, &weights, where, (hidden + where) % 3);
                weights_free(&weights);
            }
}
END_TEST

START_TEST(a_channel_depends_on_no_other_and_on_no_cut)
{
    for (const struct tc_kernels *const *k = tested(tc_kernels_all); k; k = tested(k + 1))
        for (size_t hidden = 1; hidden <= MOST_HIDDEN; hidden += hidden < 40 ? 1 : 7) {
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
        struct trial trial = trial_random(*k, &weights, 2, 1),
                     same = trial_random(*k, &weights, 2, 1);

        trial_run(&trial, 0, 0);
        ck_assert(support_same(trial.h.v, same.h.v, 2 * trial.layer.units));
        ck_assert(support_same(trial.c.v, same.c.v, trial.c.n));
        trial_free(&trial);
        trial_free(&same);
        weights_free(&weights);
    }
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("kernel_channels");

    tcase_add_loop_test(tests, nan_is_never_hidden, 0, KINDS);
    tcase_add_loop_test(tests, a_channel_depends_on_no_other_and_on_no_cut, 0, KINDS);
    tcase_add_loop_test(tests, no_frames_change_nothing, 0, KINDS);
    return support_run(tests, "kernel_channels");
}
