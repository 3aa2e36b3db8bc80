#include "checks/pair_checks.h"

#include "checks/noise_floor.h"
#include "data/levels.h"
#include "data/silence.h"
#include "measurement/quantile.h"

#include <math.h>
#include <stdlib.h>

static const double usual_ring_s = 0.1, longest_ring_s = 1.0, offset_block_s = 0.04;
static const double level_block_s = 0.01;

/* The median over blocks of their mean, unless the means differ by more than that. */
static enum tc_status find_offset(const struct aligned_pair *pair, double *offset,
                                  struct tc_error *error)
{
    const size_t size = (size_t)(offset_block_s * pair->rate_hz) + 1, n = pair->n_frames / size;
    double *const means = calloc(n + 1, sizeof *means);

    if (means == NULL)
        return tc_fail(error, TC_NO_MEMORY, "no memory for %zu means", n);
    for (size_t i = 0; i < n * size; ++i)
        means[i / size] += (double)pair->target[i] / (double)size;
    *offset = n > 0 ? quantile(means, n, 0.5) : 0.0;
    if (n > 0 && quantile(means, n, 0.75) - quantile(means, n, 0.25) > fabs(*offset))
        *offset = 0.0;
    free(means);
    return TC_OK;
}

/* Repeated passages say something of noise only if they leave the device time to forget. */
static void find_lowest_esr(const struct aligned_pair *pair, struct pair_checks *checks)
{
    const bool long_passage = (double)checks->repeats.longest >= 2.0 * pair->rate_hz;

    checks->lowest_esr = (double)NAN;
    if (!isnan(checks->noise_power) && checks->target_power > 0.0)
        checks->lowest_esr = checks->noise_power / checks->target_power;
    else if (long_passage)
        checks->lowest_esr = checks->repeats.esr;
}

static enum tc_status check_levels(const struct aligned_pair *pair, const struct levels *levels,
                                   struct pair_checks *checks, struct tc_error *error)
{
    enum tc_status status = decay_measure(levels, &checks->decay, error);
    const double ring_s = fmin(fmax(2.0 * checks->decay.ring_s, usual_ring_s), longest_ring_s);

    if (status == TC_OK)
        status = dropouts_find(pair, levels, &checks->dropouts, error);
    if (status != TC_OK)
        return status;
    return noise_floor_measure(pair, levels, ring_s, &checks->noise_power, error);
}

enum tc_status pair_checks_run(const struct aligned_pair *pair, struct pair_checks *checks,
                               struct tc_error *error)
{
    struct levels levels;
    enum tc_status status = levels_init(&levels, pair->input, pair->target, pair->n_frames,
                                        level_block_s * pair->rate_hz, error);

    if (status != TC_OK)
        return status;
    status = check_levels(pair, &levels, checks, error);
    levels_free(&levels);
    if (status == TC_OK)
        status = find_offset(pair, &checks->offset, error);
    if (status == TC_OK)
        status = hum_find(pair, &checks->hum, error);
    if (status == TC_OK)
        status = repeats_find(pair, &checks->repeats, error);
    if (status == TC_OK)
        status = direction_measure(pair, &checks->direction, error);
    checks->input_peak = signal_peak(pair->input, pair->n_frames);
    checks->target_peak = signal_peak(pair->target, pair->n_frames);
    checks->target_power = levels_power(pair->target, pair->n_frames);
    find_lowest_esr(pair, checks);
    return status;
}
