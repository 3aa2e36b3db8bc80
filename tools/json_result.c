#include "json_result.h"

#include <math.h>
#include <stdio.h>

json_t *json_number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

bool json_print(const json_t *result)
{
    if (json_dumpf(result, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(9)) != 0)
        return false;
    putchar('\n');
    return true;
}
