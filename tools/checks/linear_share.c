#include "checks/linear_share.h"

#include "tonecell-train.h"

#include <math.h>

enum { FIR_TAPS = 128 };

/* A second, shorter in a short recording. */
static size_t part_frames(const struct aligned_pair *pair)
{
    const size_t second = (size_t)pair->rate_hz, tenth = pair->n_frames / 10;

    return second < tenth ? second : tenth;
}

/* Add every second part, from part `first` on. */
static void add_parts(struct tc_fir *fir, const struct aligned_pair *pair, size_t first)
{
    const size_t length = part_frames(pair);

    for (size_t start = first * length; start + length <= pair->n_frames; start += 2 * length)
        tc_fir_add(fir, pair->input + start, pair->target + start, length, FIR_TAPS);
}

static enum tc_status score(const struct aligned_pair *pair, unsigned taps, double *esr,
                            struct tc_error *error)
{
    struct tc_fir *fitted = NULL, *scored = NULL;
    double coefficients[FIR_TAPS], fitted_esr;
    enum tc_status status = tc_fir_new(&fitted, taps, error);

    if (status == TC_OK)
        status = tc_fir_new(&scored, taps, error);
    if (status == TC_OK) {
        add_parts(fitted, pair, 0);
        add_parts(scored, pair, 1);
        status = tc_fir_solve(fitted, coefficients, &fitted_esr, error);
    }
    if (status == TC_OK) {
        const double unlimited = tc_fir_esr(scored, coefficients);

        *esr = unlimited > 1.0 ? 1.0 : unlimited;
    }
    tc_fir_free(fitted);
    tc_fir_free(scored);
    return status;
}

enum tc_status linear_share_measure(const struct aligned_pair *pair, struct linear_share *share,
                                    struct tc_error *error)
{
    enum tc_status status;

    *share = (struct linear_share){(double)NAN, (double)NAN};
    if (part_frames(pair) <= 2 * FIR_TAPS)
        return TC_OK;
    status = score(pair, FIR_TAPS, &share->fir_esr, error);
    return status == TC_OK ? score(pair, 1, &share->gain_esr, error) : status;
}
