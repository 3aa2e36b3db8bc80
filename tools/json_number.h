/** @file
 *  Numbers for results in JSON. */
#ifndef TONECELL_JSON_NUMBER_H
#define TONECELL_JSON_NUMBER_H

#include <jansson.h>
#include <math.h>

/** null for NaN and infinities, which JSON does not have. */
static inline json_t *json_number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

#endif
