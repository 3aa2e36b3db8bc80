/** @file
 *  The result of the self-test in a model's file, as a word. */
#ifndef TONECELL_SELFTEST_VERDICT_H
#define TONECELL_SELFTEST_VERDICT_H

#include "tonecell.h"

/** "passed", "failed", or "none" if there is none in the file. */
const char *selftest_verdict(const struct tc_file_facts *facts);

#endif
