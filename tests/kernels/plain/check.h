/** @file
 *  The part of the Check library that the tests of the core use, for machines without it. One
 *  process runs all tests; the first failure ends it. */
#ifndef PLAIN_CHECK_H
#define PLAIN_CHECK_H

#include <math.h>
#include <stddef.h>
#include <string.h>

enum { PLAIN_MAX_TESTS = 64 };

/** A test, run with each number from start to before end. */
struct plain_test {
    const char *name;
    void (*run)(int i);
    int start, end;
};

/** A case of tests; a suite and its runner hold just one. */
struct plain_case {
    size_t n;
    struct plain_test test[PLAIN_MAX_TESTS];
};

typedef struct plain_case TCase, Suite, SRunner; /* Check's names */

enum print_output { CK_ENV };

TCase *tcase_create(const char *name);
Suite *suite_create(const char *name);
SRunner *srunner_create(Suite *suite);
void tcase_set_timeout(TCase *tests, double seconds);
void suite_add_tcase(Suite *suite, TCase *tests);
void srunner_run_all(SRunner *runner, enum print_output output);
int srunner_ntests_failed(SRunner *runner);
void srunner_free(SRunner *runner);

void plain_add(TCase *tests, struct plain_test test);
_Noreturn void plain_fail(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#define START_TEST(name) static void name(__attribute__((unused)) int _i)
#define END_TEST
#define tcase_add_loop_test(tests, name, start, end) \
    plain_add(tests, (struct plain_test){#name, name, start, end})
#define tcase_add_test(tests, name) tcase_add_loop_test(tests, name, 0, 1)

#define ck_abort_msg(...) plain_fail(__FILE__, __LINE__, __VA_ARGS__)
#define ck_assert_msg(condition, ...) ((condition) ? (void)0 : ck_abort_msg(__VA_ARGS__))
#define ck_assert(condition) ck_assert_msg(condition, "not so: %s", #condition)

#define ck_assert_int_eq(a, b) ck_assert((a) == (b))
#define ck_assert_int_ne(a, b) ck_assert((a) != (b))
#define ck_assert_int_ge(a, b) ck_assert((a) >= (b))
#define ck_assert_uint_eq(a, b) ck_assert((a) == (b))
#define ck_assert_uint_le(a, b) ck_assert((a) <= (b))
#define ck_assert_uint_gt(a, b) ck_assert((a) > (b))
#define ck_assert_float_eq(a, b) ck_assert((a) == (b))
#define ck_assert_float_lt(a, b) ck_assert((a) < (b))
#define ck_assert_float_gt(a, b) ck_assert((a) > (b))
#define ck_assert_float_eq_tol(a, b, tolerance) ck_assert(fabsf((a) - (b)) <= (tolerance))
#define ck_assert_ptr_eq(a, b) ck_assert((a) == (b))
#define ck_assert_ptr_null(a) ck_assert(!(a))
#define ck_assert_ptr_nonnull(a) ck_assert(a)
#define ck_assert_str_eq(a, b) ck_assert(strcmp(a, b) == 0)
#define ck_assert_str_ne(a, b) ck_assert(strcmp(a, b) != 0)

#endif
