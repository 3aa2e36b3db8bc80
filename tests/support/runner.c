#include "runner.h"

#include "tonecell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *support_kernels(unsigned index)
{
    const char *const only = getenv("TONECELL_KERNELS");
    unsigned i = 0;

    if (!only)
        return tc_kernels_name(index);
    while (tc_kernels_name(i) && strcmp(tc_kernels_name(i), only) != 0)
        ++i;
    return index == 0 ? tc_kernels_name(i) : NULL;
}

static int run_all(SRunner *runner)
{
    enum { SKIPPED = 77 };

    if (!support_kernels(0)) {
        printf("skipped: kernels '%s' are not compiled in, or this CPU cannot run them\n",
               getenv("TONECELL_KERNELS"));
        return SKIPPED;
    }
    srunner_run_all(runner, CK_ENV);
    return srunner_ntests_failed(runner) ? EXIT_FAILURE : EXIT_SUCCESS;
}

int support_run_within(TCase *tests, const char *name, double seconds)
{
    Suite *const suite = suite_create(name);
    SRunner *const runner = srunner_create(suite);

    tcase_set_timeout(tests, seconds);
    suite_add_tcase(suite, tests);
    const int result = run_all(runner);

    srunner_free(runner);
    return result;
}

int support_run(TCase *tests, const char *name)
{
    return support_run_within(tests, name, 120.0);
}
