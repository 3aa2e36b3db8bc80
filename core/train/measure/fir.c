#include <assert.h>
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tonecell-score.h"

/* The normal equations of least squares, (R + ridge I) c = p:
 *
 *      R[i][j] = sum x[n-i] x[n-j],   p[i] = sum t[n] x[n-i],   over the counted frames n
 *
 * This is the covariance method of linear prediction (Makhoul 1975): exact, without a window. */
struct tc_fir {
    unsigned taps;
    double target_energy;
    double *p; /* [taps] */
    double *r; /* [taps][taps], only the upper triangle is used */
    double values[];
};

enum { BLOCK = 4096 };

enum tc_status tc_fir_new(struct tc_fir **fir, unsigned taps, struct tc_error *error)
{
    struct tc_fir *new_fir;

    if (taps < 1 || taps > TC_FIR_MAX_TAPS)
        return tc_fail(error, TC_BAD_ARGUMENT, "a filter of %u taps, expected 1 to %u", taps,
                       (unsigned)TC_FIR_MAX_TAPS);
    new_fir = calloc(1, sizeof *new_fir + ((size_t)taps + 1) * taps * sizeof(double));
    if (new_fir == NULL)
        return tc_fail(error, TC_NO_MEMORY, "no memory for a filter of %u taps", taps);
    new_fir->taps = taps;
    new_fir->p = new_fir->values;
    new_fir->r = new_fir->values + taps;
    *fir = new_fir;
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

/* Add to the first row of R and to p, for frames first to last - 1. The taps are the inner loop, so
 * that it vectorises without a change in the order of any sum. Both results are in reverse order of
 * the taps, as samples in memory are. */
static void add_rows(double *restrict row, double *restrict p, unsigned taps, const float *input,
                     const float *target, size_t first, size_t last)
{
    double past[BLOCK + TC_FIR_MAX_TAPS];

    for (size_t start = first; start < last; start += BLOCK) {
        const size_t n = last - start < BLOCK ? last - start : BLOCK;

        for (size_t i = 0; i < n + taps - 1; ++i)
            past[i] = sample(input, start + i, taps - 1);
        for (size_t i = 0; i < n; ++i) {
            const double x = past[i + taps - 1], t = (double)target[start + i];

            for (unsigned k = 0; k < taps; ++k) {
                row[k] += x * past[i + k];
                p[k] += t * past[i + k];
            }
        }
    }
}

/* Add to the upper triangle of R, each diagonal from its first row on:
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

/* Solve with the smallest ridge, relative to R[0][0], for which Cholesky's decomposition exists.
 * Recordings without high frequencies make R singular up to rounding; a ridge this small does not
 * change the digits of a score that are shown. False if there is none. */
static bool solve(const struct tc_fir *fir, double *r, double *c)
{
    const unsigned taps = fir->taps;
    const lapack_int n = (lapack_int)taps;

    for (double ridge = 1e-12; ridge < 1.0; ridge *= 10.0) {
        memcpy(r, fir->r, (size_t)taps * taps * sizeof *r);
        memcpy(c, fir->p, taps * sizeof *c);
        for (unsigned i = 0; i < taps; ++i)
            r[(size_t)i * taps + i] += ridge * fir->r[0];
        /* In column-major order, in which this upper triangle is the lower one: for row-major order
         * LAPACKE allocates a copy, and a lack of memory would look like a singular matrix. */
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

double tc_fir_esr(const struct tc_fir *fir, const double *coefficients)
{
    return fir->target_energy > 0.0 ? error_energy(fir, coefficients) / fir->target_energy
                                    : (double)NAN;
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
    *esr = tc_fir_esr(fir, r + taps * taps);
    free(r);
    return TC_OK;
}
