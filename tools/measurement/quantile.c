#include "measurement/quantile.h"

#include <math.h>
#include <stdlib.h>

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double quantile(double *values, size_t n, double q)
{
    qsort(values, n, sizeof *values, by_size);
    return values[(size_t)ceil(q * (double)n) - 1];
}
