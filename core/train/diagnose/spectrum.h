/** @file
 *  Eigenvalues and singular values, by LAPACK. */
#ifndef TC_SPECTRUM_H
#define TC_SPECTRUM_H

#include "tonecell.h"

/** The singular values of a matrix (n, n), the largest first. Errors: TC_NO_MEMORY. */
enum tc_status tc_singular_values(const double *matrix, size_t n, double *values);

/** The largest singular value: |matrix|. */
enum tc_status tc_matrix_norm(const double *matrix, size_t n, double *norm);

/** The largest absolute value of an eigenvalue. */
enum tc_status tc_spectral_radius(const double *matrix, size_t n, double *radius);

/** What the largest singular value cannot exceed, for a pass over the matrix:
 *      min( Frobenius norm, sqrt(largest sum of a row * largest sum of a column) )
 *  sums (n) is scratch. */
double tc_norm_bound(const double *matrix, size_t n, double *sums);

#endif
