#include "config.h"
#include "report/selftest_verdict.h"

#include <math.h>

/* Outputs that differ by no more than this are the same model's. */
static const double SAME = 1e-4;

const char *selftest_verdict(const struct tc_file_facts *facts)
{
    if (isnan(facts->selftest_error))
        return "none";
    return facts->selftest_error <= SAME ? "passed" : "failed";
}
