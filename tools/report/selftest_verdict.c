#include "config.h"
#include "report/selftest_verdict.h"

#include <math.h>

/* The largest difference from the stored output that still passes. */
static const double SAME = 1e-4;

const char *selftest_verdict(const struct tc_file_facts *facts)
{
    if (isnan(facts->selftest_error))
        return "none";
    return facts->selftest_error <= SAME ? "passed" : "failed";
}
