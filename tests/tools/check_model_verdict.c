#include "tests/support/support.h"
#include "report/model_verdict.h"

#include <math.h>

/* A model's score, judged by those of the baselines. */

static const struct {
    double score, baseline;
    enum model_verdict verdict;
    const char *no_better_than;
} cases[] = {
    {0.01, 0.05, MODEL_BETTER, NULL},
    {0.047, 0.05, MODEL_BETTER, NULL},
    /* A twentieth either way is chance. */
    {0.048, 0.05, MODEL_EQUAL, "one gain"},
    {0.052, 0.05, MODEL_EQUAL, "one gain"},
    {0.053, 0.05, MODEL_WORSE, "one gain"},
    /* Worse, but hard to tell from the device. */
    {0.0029, 1e-14, MODEL_EQUAL, "one gain"},
    {0.0031, 1e-14, MODEL_WORSE, "one gain"},
    /* Equal to a baseline that is of no use itself. */
    {0.94, 0.94, MODEL_EQUAL, "one gain"},
    {0.96, 0.97, MODEL_WORSE, "silence"},
    {1.0, 1.3, MODEL_WORSE, "silence"},
    {0.94, 1.3, MODEL_BETTER, NULL},
    {1.33, 0.5, MODEL_WORSE, "one gain"},
    {(double)NAN, 0.5, MODEL_WORSE, "one gain"},
    {(double)INFINITY, 0.5, MODEL_WORSE, "one gain"},
};

START_TEST(scores_are_judged_by_the_baselines)
{
    const struct verdict_scale scale = {.baseline = {"one gain", cases[_i].baseline},
                                        .nothing = {"silence", 1.0},
                                        .inaudible_score = 0.003};

    ck_assert_int_eq(model_verdict_of(cases[_i].score, &scale), cases[_i].verdict);
    if (cases[_i].no_better_than)
        ck_assert_str_eq(model_verdict_baseline(cases[_i].score, &scale).name,
                         cases[_i].no_better_than);
}
END_TEST

START_TEST(verdicts_have_names)
{
    ck_assert_str_eq(model_verdict_name(MODEL_BETTER), "better");
    ck_assert_str_eq(model_verdict_name(MODEL_EQUAL), "equal");
    ck_assert_str_eq(model_verdict_name(MODEL_WORSE), "worse");
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("verdict");

    tcase_add_loop_test(tests, scores_are_judged_by_the_baselines, 0, sizeof cases / sizeof *cases);
    tcase_add_test(tests, verdicts_have_names);
    return support_run(tests, "verdict");
}
