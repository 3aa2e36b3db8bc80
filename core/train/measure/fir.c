#include <assert.h>
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tonecell-train.h"

/* The normal equations of least squares, (R + ridge) c = p:
 *
 *      R[i][j] = sum x[n-i] x[n-j],   p[i] = sum t[n] x[n-i],   over the counted frames n
 *
 * which is the covariance method of linear prediction: exact, no window assumed. */
struct tc_fir {
    unsigned taps;
    double target_energy;
    double *p; /* [taps] */
    double *r; /* [taps][taps], only the upper triangle is kept */
    double values[];
};

enum { BLOCK = 4096 };

enum tc_status tc_fir_new(struct tc_fir **fir, unsigned taps, struct tc_error *error)
{
    struct tc_fir *made;

    if (taps < 1 || taps > TC_FIR_MAX_TAPS)
        return tc_fail(error, TC_BAD_ARGUMENT, "a filter of %u taps, expected 1 to %u", taps,
                       (unsigned)TC_FIR_MAX_TAPS);
    made = calloc(1, sizeof *made + ((size_t)taps + 1) * taps * sizeof(double));
    if (made == NULL)
        return tc_fail(error, TC_NO_MEMORY, "no memory for a filter of %u taps", taps);
    made->taps = taps;
    made->p = made->values;
    made->r = made->values + taps;
    *fir = made;
    return TC_OK;
}

void tc_fir_free(struct tc_fir *fir)
{
    free(fir);
}

/* The sample `lag` frames before frame n; a clip starts after silence. */
static double sample(const float *input, size_t n, size_t lag)
{
    return lag <= n ? (double)input[n - lag] : 0.0;
}

/* Add the first row of R and p for frames first to last - 1. Many frames and few taps: the taps
 * are the inner loop, so that it vectorises without a change in the order of any sum. Both sums
 * run backwards over the taps, as the samples in memory do. */
static void add_rows(double *restrict row, double *restrict p, unsigned taps, const float *input,
                     const float *target, size_t first, size_t last)
{
    double heard[BLOCK + TC_FIR_MAX_TAPS];

    for (size_t start = first; start < last; start += BLOCK) {
        const size_t n = last - start < BLOCK ? last - start : BLOCK;

        for (size_t i = 0; i < n + taps - 1; ++i)
            heard[i] = sample(input, start + i, taps - 1);
        for (size_t i = 0; i < n; ++i) {
            const double x = heard[i + taps - 1], t = (double)target[start + i];

            for (unsigned k = 0; k < taps; ++k) {
                row[k] += x * heard[i + k];
                p[k] += t * heard[i + k];
            }
        }
    }
}

/* Spread the first row over the upper triangle:
 *      R[i+1][j+1] = R[i][j] + x[first-1-i] x[first-1-j] - x[last-1-i] x[last-1-j] */
static void add_triangle(struct tc_fir *fir, const double *row, const float *input, size_t first,
                         size_t last)
{
    const unsigned taps = fir->taps;

    for (unsigned diagonal = 0; diagonal < taps; ++diagonal) {
        double sum = row[diagonal];

        for (unsigned i = 0; i + diagonal < taps; ++i) {
            const unsigned j = i + diagonal;

            fir->r[(size_t)i * taps + j] += sum;
            if (first > 0)
                sum += sample(input, first - 1, i) * sample(input, first - 1, j);
            sum -= sample(input, last - 1, i) * sample(input, last - 1, j);
        }
    }
}

void tc_fir_add(struct tc_fir *fir, const float *input, const float *target, size_t n_frames,
                size_t skip)
{
    const unsigned taps = fir->taps;
    double row[TC_FIR_MAX_TAPS] = {0}, backward[TC_FIR_MAX_TAPS] = {0}, p[TC_FIR_MAX_TAPS] = {0};

    if (skip >= n_frames)
        return;
    add_rows(backward, p, taps, input, target, skip, n_frames);
    for (unsigned i = 0; i < taps; ++i) {
        row[i] = backward[taps - 1 - i];
        fir->p[i] += p[taps - 1 - i];
    }
    add_triangle(fir, row, input, skip, n_frames);
    for (size_t n = skip; n < n_frames; ++n)
        fir->target_energy += (double)target[n] * (double)target[n];
}

void tc_fir_merge(struct tc_fir *fir, const struct tc_fir *other)
{
    assert(fir->taps == other->taps);
    fir->target_energy += other->target_energy;
    for (size_t i = 0; i < ((size_t)fir->taps + 1) * fir->taps; ++i)
        fir->values[i] += other->values[i];
}

/* Solve with the smallest ridge that Cholesky survives. Recordings with nothing in the top of the
 * spectrum make R singular to rounding; a ridge this small changes no score that anybody reads. */
static bool solve(const struct tc_fir *fir, double *r, double *c)
{
    const unsigned taps = fir->taps;
    const lapack_int n = (lapack_int)taps;

    for (double ridge = 1e-12; ridge < 1.0; ridge *= 10.0) {
        memcpy(r, fir->r, (size_t)taps * taps * sizeof *r);
        memcpy(c, fir->p, taps * sizeof *c);
        for (unsigned i = 0; i < taps; ++i)
            r[(size_t)i * taps + i] += ridge * fir->r[0];
        /* By columns, where the upper triangle is the lower: by rows LAPACKE would make a copy,
         * and want of memory for it would look like a matrix that is singular. */
        if (LAPACKE_dposv(LAPACK_COL_MAJOR, 'L', n, 1, r, n, c, n) == 0)
            return true;
    }
    return false;
}

/* sum t^2 - 2 c p + c R c */
static double error_energy(const struct tc_fir *fir, const double *c)
{
    double energy = fir->target_energy;

    for (unsigned i = 0; i < fir->taps; ++i) {
        const double *const row = fir->r + (size_t)i * fir->taps;
        double sum = c[i] * row[i] - 2.0 * fir->p[i];

        for (unsigned j = i + 1; j < fir->taps; ++j)
            sum += 2.0 * c[j] * row[j];
        energy += c[i] * sum;
    }
    return fmax(energy, 0.0);
}

enum tc_status tc_fir_solve(const struct tc_fir *fir, double *coefficients, double *esr,
                            struct tc_error *error)
{
    const size_t taps = fir->taps;
    double *const r = calloc((taps + 1) * taps, sizeof *r);

    if (r == NULL)
        return tc_fail(error, TC_NO_MEMORY, "no memory to solve for %zu taps", taps);
    /* A silent input leaves nothing to filter: the coefficients stay zero. */
    if (!(fir->r[0] > 0.0) || !solve(fir, r, r + taps * taps))
        memset(r + taps * taps, 0, taps * sizeof *r);
    if (coefficients != NULL)
        memcpy(coefficients, r + taps * taps, taps * sizeof *r);
    *esr = fir->target_energy > 0.0 ? error_energy(fir, r + taps * taps) / fir->target_energy
                                    : (double)NAN;
    free(r);
    return TC_OK;
}
