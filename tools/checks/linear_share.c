#include "checks/linear_share.h"

#include "tonecell-train.h"

#include <math.h>

enum { FIR_TAPS = 128, MAX_SCORED = 20 };

/* The part of a recording with an index: a second, shorter in a short recording. */
static size_t part_frames(const struct aligned_pair *pair)
{
    const size_t second = (size_t)pair->rate_hz, tenth = pair->n_frames / 10;

    return second < tenth ? second : tenth;
}

static enum tc_status fit(const struct aligned_pair *pair, unsigned taps, double *coefficients,
                          struct tc_error *error)
{
    const size_t length = part_frames(pair);
    struct tc_fir *fir;
    double esr;
    enum tc_status status = tc_fir_new(&fir, taps, error);

    if (status != TC_OK)
        return status;
    for (size_t start = 0; start + length <= pair->n_frames; start += 2 * length)
        tc_fir_add(fir, pair->input + start, pair->target + start, length, FIR_TAPS);
    status = tc_fir_solve(fir, coefficients, &esr, error);
    tc_fir_free(fir);
    return status;
}

/* y[n] = sum over k of c[k] x[n - k]. */
static double filtered(const float *input, const double *coefficients, unsigned taps)
{
    double sum = 0.0;

    for (unsigned k = 0; k < taps; ++k)
        sum += coefficients[k] * (double)*(input - k);
    return sum;
}

static double score(const struct aligned_pair *pair, const double *coefficients, unsigned taps)
{
    const size_t length = part_frames(pair), n_parts = pair->n_frames / (2 * length);
    const size_t every = (n_parts + MAX_SCORED - 1) / MAX_SCORED;
    double error = 0.0, energy = 0.0;

    for (size_t part = 0; part < n_parts; part += every) {
        const size_t start = (2 * part + 1) * length;

        for (size_t i = start; i < start + length; ++i) {
            const double y = (double)pair->target[i];
            const double left = y - filtered(pair->input + i, coefficients, taps);

            error += left * left;
            energy += y * y;
        }
    }
    return energy > 0.0 ? fmin(error / energy, 1.0) : (double)NAN;
}

enum tc_status linear_share_measure(const struct aligned_pair *pair, struct linear_share *share,
                                    struct tc_error *error)
{
    double fir[FIR_TAPS], gain;
    enum tc_status status;

    *share = (struct linear_share){(double)NAN, (double)NAN};
    if (part_frames(pair) <= 2 * FIR_TAPS)
        return TC_OK;
    status = fit(pair, FIR_TAPS, fir, error);
    if (status == TC_OK)
        status = fit(pair, 1, &gain, error);
    if (status != TC_OK)
        return status;
    share->fir_esr = score(pair, fir, FIR_TAPS);
    share->gain_esr = score(pair, &gain, 1);
    return TC_OK;
}
