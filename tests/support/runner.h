/** @file
 *  Running a test case, and the kernels to test. */
#ifndef SUPPORT_RUNNER_H
#define SUPPORT_RUNNER_H

#include <check.h>

/** The kernels to test: those that the environment variable TONECELL_KERNELS names, or else all
 *  that this CPU can run. NULL beyond the last, so for index 0 if those named cannot be run. */
const char *support_kernels(unsigned index);

/** Run one test case, each test for at most 120 s. Returns the value for main() to return: 77,
 *  with a line that says why, if the kernels to test cannot be run here. */
int support_run(TCase *tests, const char *name);

/** The same with another time limit. */
int support_run_within(TCase *tests, const char *name, double seconds);

#endif
