#include "checks/noise_floor.h"

#include "tonecell-train.h"

#include <math.h>
#include <stdlib.h>

static const double shortest_s = 0.1, least_s = 0.25;

static const double quiet_power = 1e-4; /* -40 dB of the loud parts */

enum { FIR_TAPS = 32 };

/* All pauses so far. */
struct pauses {
    const struct aligned_pair *pair;
    struct tc_fir *fir;
    float *centred; /* [n_frames] a pause of the target without its mean */
    size_t ring;    /* frames left out after the signal */
    double frames, energy;
};

static void add_pause(struct pauses *pauses, size_t start, size_t stop)
{
    const struct aligned_pair *const pair = pauses->pair;
    double sum = 0.0;

    start += start > 0 ? pauses->ring : 0;
    if ((double)stop < (double)start + shortest_s * pair->rate_hz)
        return;
    for (size_t i = start; i < stop; ++i)
        sum += (double)pair->target[i];
    for (size_t i = start; i < stop; ++i) {
        pauses->centred[i - start] =
            (float)((double)pair->target[i] - sum / (double)(stop - start));
        if (i >= start + FIR_TAPS)
            pauses->energy +=
                (double)pauses->centred[i - start] * (double)pauses->centred[i - start];
    }
    tc_fir_add(pauses->fir, pair->input + start, pauses->centred, stop - start, FIR_TAPS);
    pauses->frames += (double)(stop - start - FIR_TAPS);
}

static void add_all(struct pauses *pauses, const struct levels *levels)
{
    size_t first, end = 0;

    while (levels_next_pause(levels, quiet_power, &first, &end))
        add_pause(pauses, first * levels->size, end * levels->size);
}

static enum tc_status find_power(const struct pauses *pauses, double *power, struct tc_error *error)
{
    double unexplained = 0.0;
    enum tc_status status;

    *power = (double)NAN;
    if (pauses->frames < least_s * pauses->pair->rate_hz)
        return TC_OK;
    status = tc_fir_solve(pauses->fir, NULL, &unexplained, error);
    if (status == TC_OK)
        *power = pauses->energy > 0.0 ? unexplained * pauses->energy / pauses->frames : 0.0;
    return status;
}

enum tc_status noise_floor_measure(const struct aligned_pair *pair, const struct levels *levels,
                                   double ring_s, double *power, struct tc_error *error)
{
    struct pauses pauses = {.pair = pair, .ring = (size_t)(ring_s * pair->rate_hz)};
    enum tc_status status = tc_fir_new(&pauses.fir, FIR_TAPS, error);

    if (status != TC_OK)
        return status;
    pauses.centred = calloc(pair->n_frames + 1, sizeof *pauses.centred);
    if (pauses.centred == NULL) {
        status = tc_fail(error, TC_NO_MEMORY, "no memory for %zu frames", pair->n_frames);
    } else {
        add_all(&pauses, levels);
        status = find_power(&pauses, power, error);
    }
    tc_fir_free(pauses.fir);
    free(pauses.centred);
    return status;
}
