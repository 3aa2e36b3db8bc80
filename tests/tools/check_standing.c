#include "tests/support/support.h"
#include "report/standing.h"

#include <math.h>

/* How a model's score stands against those of what needs no model. */

static const struct {
    double score, baseline;
    enum standing standing;
    const char *rival;
} cases[] = {
    {0.01, 0.05, STANDING_BETTER, NULL},
    {0.047, 0.05, STANDING_BETTER, NULL},
    /* A twentieth either way is chance. */
    {0.048, 0.05, STANDING_EQUAL, "one gain"},
    {0.052, 0.05, STANDING_EQUAL, "one gain"},
    {0.053, 0.05, STANDING_WORSE, "one gain"},
    /* Worse, but hard to tell from the device. */
    {0.0029, 1e-14, STANDING_EQUAL, "one gain"},
    {0.0031, 1e-14, STANDING_WORSE, "one gain"},
    /* Equal to a baseline that is of no use itself. */
    {0.94, 0.94, STANDING_EQUAL, "one gain"},
    {0.96, 0.97, STANDING_WORSE, "silence"},
    {1.0, 1.3, STANDING_WORSE, "silence"},
    {0.94, 1.3, STANDING_BETTER, NULL},
    {1.33, 0.5, STANDING_WORSE, "one gain"},
    {(double)NAN, 0.5, STANDING_WORSE, "one gain"},
    {(double)INFINITY, 0.5, STANDING_WORSE, "one gain"},
};

START_TEST(scores_stand_where_they_should)
{
    const struct standing_scale scale = {.baseline = {"one gain", cases[_i].baseline},
                                         .nothing = {"silence", 1.0},
                                         .inaudible_score = 0.003};

    ck_assert_int_eq(standing_of(cases[_i].score, &scale), cases[_i].standing);
    if (cases[_i].rival)
        ck_assert_str_eq(standing_rival(cases[_i].score, &scale).name, cases[_i].rival);
}
END_TEST

START_TEST(standings_have_names)
{
    ck_assert_str_eq(standing_name(STANDING_BETTER), "better");
    ck_assert_str_eq(standing_name(STANDING_EQUAL), "equal");
    ck_assert_str_eq(standing_name(STANDING_WORSE), "worse");
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("standing");

    tcase_add_loop_test(tests, scores_stand_where_they_should, 0, sizeof cases / sizeof *cases);
    tcase_add_test(tests, standings_have_names);
    return support_run(tests, "standing");
}
