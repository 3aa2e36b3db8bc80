#include "cli/time_left.h"
#include "tests/support/support.h"

#include <string.h>

/* The range of the time left, from speeds that are known. */

static void expect(const struct time_left *left, double time_s, double done, const char *expected)
{
    char text[TIME_LEFT_SIZE];

    ck_assert_str_eq(time_left_text(left, time_s, done, text), expected);
}

START_TEST(steady_work_has_one_time)
{
    struct time_left left;

    time_left_begin(&left, 100.0, 0.0);
    expect(&left, 101.0, 0.1, "");
    expect(&left, 103.0, 0.0, "");
    expect(&left, 104.0, 0.1, "36 s");
    expect(&left, 130.0, 0.1, "4 min");
    expect(&left, 130.0, 0.001, "8.3 h");
}
END_TEST

START_TEST(resumed_work_counts_from_its_begin)
{
    struct time_left left;

    time_left_begin(&left, 0.0, 0.9);
    expect(&left, 10.0, 0.95, "10 s");
}
END_TEST

/* 0.25 in 50 s, then 0.05 in 20 s: 0.7 is left at 0.0043 and at 0.0025 per second. */
START_TEST(slower_work_has_a_range)
{
    struct time_left left;

    time_left_begin(&left, 0.0, 0.0);
    for (int s = 1; s <= 50; ++s)
        time_left_update(&left, s, 0.005 * s);
    for (int s = 51; s <= 70; ++s)
        time_left_update(&left, s, 0.25 + 0.0025 * (s - 50));
    expect(&left, 70.0, 0.3, "3 to 5 min");
    time_left_update(&left, 71.0, 0.99);
    expect(&left, 71.0, 0.99, "1 s");
}
END_TEST

START_TEST(work_that_stands_still_is_left_to_the_mean)
{
    struct time_left left;

    time_left_begin(&left, 0.0, 0.0);
    time_left_update(&left, 10.0, 0.5);
    time_left_update(&left, 20.0, 0.5);
    time_left_update(&left, 30.0, 0.5);
    expect(&left, 40.0, 0.5, "40 s");
    expect(&left, 40.0, 1.0, "1 s");
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("time_left");

    tcase_add_test(tests, steady_work_has_one_time);
    tcase_add_test(tests, resumed_work_counts_from_its_begin);
    tcase_add_test(tests, slower_work_has_a_range);
    tcase_add_test(tests, work_that_stands_still_is_left_to_the_mean);
    return support_run(tests, "time_left");
}
