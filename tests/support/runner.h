/** @file
 *  Running a test case, and the kernels to test. */
#ifndef SUPPORT_RUNNER_H
#define SUPPORT_RUNNER_H

#include <check.h>

/** The kernels to test: those that the environment variable TONECELL_KERNELS names, or else all
 *  that this CPU supports. NULL after the last, so for index 0 if those named are not supported. */
const char *support_kernels(unsigned index);

/** Run one test case, each test for at most 120 s. Returns the value for main() to return: 77,
 *  with a message, if the kernels to test are not supported here. */
int support_run(TCase *tests, const char *name);

/** The same with another time limit. */
int support_run_within(TCase *tests, const char *name, double seconds);

#endif
