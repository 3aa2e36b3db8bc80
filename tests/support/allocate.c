#include "allocate.h"

#include <check.h>
#include <stdlib.h>

void *support_zeros(size_t n, size_t size)
{
    void *const memory = calloc(n ? n : 1, size);

    ck_assert_ptr_nonnull(memory);
    return memory;
}

double *support_doubles(const float *values, size_t n)
{
    double *const doubles = support_zeros(n, sizeof *doubles);

    for (size_t i = 0; i < n; ++i)
        doubles[i] = (double)values[i];
    return doubles;
}
