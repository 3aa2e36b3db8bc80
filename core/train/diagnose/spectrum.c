#include "train/diagnose/spectrum.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* LAPACK works in place. Read by columns the copy is the transpose, whose values are the same. */
static double *copy_of(const double *matrix, size_t n, size_t more)
{
    double *const copy = malloc((n * n + more) * sizeof *copy);

    return copy ? memcpy(copy, matrix, n * n * sizeof *copy) : NULL;
}

enum tc_status tc_singular_values(const double *matrix, size_t n, double *values)
{
    const lapack_int order = (lapack_int)n;
    double *const copy = copy_of(matrix, n, 0);
    lapack_int failed;

    if (!copy)
        return TC_NO_MEMORY;
    failed = LAPACKE_dgesdd(LAPACK_COL_MAJOR, 'N', order, order, copy, order, values, NULL, order,
                            NULL, order);
    free(copy);
    return failed ? TC_NO_MEMORY : TC_OK;
}

enum tc_status tc_matrix_norm(const double *matrix, size_t n, double *norm)
{
    double *const values = malloc(n * sizeof *values);
    const enum tc_status status = values ? tc_singular_values(matrix, n, values) : TC_NO_MEMORY;

    if (!status)
        *norm = values[0];
    free(values);
    return status;
}

enum tc_status tc_spectral_radius(const double *matrix, size_t n, double *radius)
{
    const lapack_int order = (lapack_int)n;
    double *const copy = copy_of(matrix, n, 2 * n);
    double *const real = copy + n * n, *const imaginary = real + n;
    lapack_int failed;

    if (!copy)
        return TC_NO_MEMORY;
    failed = LAPACKE_dgeev(LAPACK_COL_MAJOR, 'N', 'N', order, copy, order, real, imaginary, NULL,
                           order, NULL, order);
    *radius = 0.0;
    for (size_t i = 0; i < n; ++i)
        *radius = fmax(*radius, hypot(real[i], imaginary[i]));
    free(copy);
    return failed ? TC_NO_MEMORY : TC_OK;
}

double tc_norm_bound(const double *matrix, size_t n, double *sums)
{
    double row = 0.0, column = 0.0;

    memset(sums, 0, n * sizeof *sums);
    for (size_t i = 0; i < n; ++i) {
        row = fmax(row, cblas_dasum((int)n, matrix + i * n, 1));
        for (size_t j = 0; j < n; ++j)
            sums[j] += fabs(matrix[i * n + j]);
    }
    for (size_t j = 0; j < n; ++j)
        column = fmax(column, sums[j]);
    return sqrt(fmin(cblas_ddot((int)(n * n), matrix, 1, matrix, 1), row * column));
}
