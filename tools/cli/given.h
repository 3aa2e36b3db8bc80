/** @file
 *  Options that were not given: what their fields hold before parsing, outside the range of any
 *  option. A flag that was not given is false, a text NULL, and a list empty. */
#ifndef TONECELL_GIVEN_H
#define TONECELL_GIVEN_H

#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#define UINT_NOT_GIVEN UINT_MAX
#define COUNT_NOT_GIVEN UINT64_MAX
#define CHOICE_NOT_GIVEN (-1)
#define REAL_NOT_GIVEN ((double)NAN) /* also of OPT_TIME */

static inline bool uint_is_given(unsigned value)
{
    return value != UINT_NOT_GIVEN;
}

static inline bool count_is_given(uint64_t value)
{
    return value != COUNT_NOT_GIVEN;
}

static inline bool choice_is_given(int value)
{
    return value != CHOICE_NOT_GIVEN;
}

static inline bool real_is_given(double value)
{
    return !isnan(value);
}

/** True if the field of an option was set. */
/* clang-format off */
#define is_given(field)                \
    _Generic((field),                  \
             unsigned: uint_is_given,  \
             uint64_t: count_is_given, \
             int: choice_is_given,     \
             double: real_is_given)(field)
/* clang-format on */

#endif
