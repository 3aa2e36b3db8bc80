#include "tests/stream/stream_fixture.h"

#include <stdlib.h>
#include <string.h>

/* The kernels of a stream: those requested by the caller, or by the environment, or the best. */

static struct tc_model *any_model(void)
{
    return support_model(&network_at(0)->arch, 1);
}

/* The name of the kernels of a stream. */
static const char *kernels_used(const char *requested)
{
    struct tc_model *const model = any_model();
    struct tc_stream *const stream = stream_with(model, 1, requested);
    const char *const name = tc_stream_kernels(stream);

    tc_stream_free(stream);
    tc_model_free(model);
    return name;
}

START_TEST(kernels_are_listed_best_first_and_c_last)
{
    unsigned n = 0;

    while (tc_kernels_name(n))
        ++n;
    ck_assert_uint_gt(n, 0);
    ck_assert_str_eq(tc_kernels_name(n - 1), "c");
    ck_assert_ptr_null(tc_kernels_name(n + 1));
    ck_assert_ptr_null(tc_kernels_name(~0u));
    ck_assert_int_eq(unsetenv("TONECELL_KERNELS"), 0);
    ck_assert_str_eq(kernels_used(NULL), tc_kernels_name(0));
}
END_TEST

START_TEST(requested_kernels_are_used)
{
    for (unsigned i = 0; tc_kernels_name(i); ++i)
        ck_assert_str_eq(kernels_used(tc_kernels_name(i)), tc_kernels_name(i));
}
END_TEST

START_TEST(unknown_kernels_are_unsupported)
{
    struct tc_model *const model = any_model();
    struct tc_stream *stream = NULL;
    struct tc_error error = {""};

    ck_assert_int_eq(tc_stream_new_with(&stream, model, 1, "abacus", TC_PRECISION_FULL, &error),
                     TC_UNSUPPORTED);
    ck_assert_ptr_null(stream);
    ck_assert_ptr_nonnull(strstr(error.message, "abacus"));
    ck_assert_int_eq(tc_stream_new_with(&stream, model, 1, "", TC_PRECISION_FULL, NULL),
                     TC_UNSUPPORTED);
    ck_assert_int_eq(tc_stream_new_with(&stream, model, 0, "c", TC_PRECISION_FULL, NULL),
                     TC_BAD_ARGUMENT);
    tc_model_free(model);
}
END_TEST

START_TEST(environment_selects_kernels)
{
    for (unsigned i = 0; tc_kernels_name(i); ++i) {
        ck_assert_int_eq(setenv("TONECELL_KERNELS", tc_kernels_name(i), 1), 0);
        ck_assert_str_eq(kernels_used(NULL), tc_kernels_name(i));
    }
}
END_TEST

START_TEST(environment_does_not_overrule_the_caller)
{
    ck_assert_int_eq(setenv("TONECELL_KERNELS", "c", 1), 0);
    ck_assert_str_eq(kernels_used(tc_kernels_name(0)), tc_kernels_name(0));
}
END_TEST

START_TEST(unknown_kernels_in_the_environment_are_ignored)
{
    static const char *const unknown[] = {"abacus", ""};

    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; ++i) {
        ck_assert_int_eq(setenv("TONECELL_KERNELS", unknown[i], 1), 0);
        ck_assert_str_eq(kernels_used(NULL), tc_kernels_name(0));
    }
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("kernel_choice");

    tcase_add_test(tests, kernels_are_listed_best_first_and_c_last);
    tcase_add_test(tests, requested_kernels_are_used);
    tcase_add_test(tests, unknown_kernels_are_unsupported);
    tcase_add_test(tests, environment_selects_kernels);
    tcase_add_test(tests, environment_does_not_overrule_the_caller);
    tcase_add_test(tests, unknown_kernels_in_the_environment_are_ignored);
    return support_run(tests, "kernel_choice");
}
