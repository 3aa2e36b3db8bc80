#include "tonecell-train.h"

#include "train/align/warp.h"

#include <stdlib.h>
#include <string.h>

/* floor(), of numbers that a long can hold: without SSE4.1 that is a call. */
static double whole_part(double v)
{
    const double whole = (double)(long)v;

    return whole > v ? whole - 1.0 : whole;
}

/* Beyond either end of the signal are zeros. */
static float sample_at(const struct align_warp *warp, const float *samples, size_t n_frames,
                       double position)
{
    const double whole = whole_part(position), first = whole - WARP_BEFORE;
    float around[WARP_TAPS];

    if (first >= 0.0 && first + WARP_TAPS <= (double)n_frames)
        return align_warp_at(warp, samples + (size_t)first, position - whole);
    memset(around, 0, sizeof around);
    for (int k = 0; k < WARP_TAPS; ++k) {
        const double at = first + k;

        if (at >= 0.0 && at < (double)n_frames)
            around[k] = samples[(size_t)at];
    }
    return align_warp_at(warp, around, position - whole);
}

/* The curve at a frame of the input: cubic between the knots (Catmull & Rom 1974). */
static double curve_at(const struct tc_delay_curve *curve, double frame)
{
    const double last = (double)curve->n_knots - 1.0;
    const double along = frame / curve->step_frames;
    const double at = along <= 0.0 ? 0.0 : along < last ? along : last;
    const size_t n = curve->n_knots, last_but_one = n > 2 ? n - 2 : 0;
    const size_t k = (size_t)at < last_but_one ? (size_t)at : last_but_one;
    const double f = at - (double)k, *const z = curve->wander_frames;
    const double z0 = z[k > 0 ? k - 1 : 0], z1 = z[k], z2 = z[k + 1 < n ? k + 1 : n - 1];
    const double z3 = z[k + 2 < n ? k + 2 : n - 1];

    return z1 + 0.5 * f *
                    (z2 - z0 +
                     f * (2.0 * z0 - 5.0 * z1 + 4.0 * z2 - z3 + f * (3.0 * (z1 - z2) + z3 - z0)));
}

enum tc_status tc_align_resample(const float *samples, size_t n_frames,
                                 const struct tc_align_path *path, float *out, size_t n_out,
                                 struct tc_error *error)
{
    struct align_warp *const warp = malloc(sizeof *warp);
    const struct tc_delay_curve *const curve = path->curve;
    const bool wanders = curve != NULL && curve->n_knots > 0;

    if (warp == NULL)
        return tc_fail(error, TC_NO_MEMORY, "no memory to resample %zu frames", n_out);
    align_warp_init(warp);
    for (size_t i = 0; i < n_out; ++i) {
        const double wander = wanders ? curve_at(curve, path->curve_first + (double)i) : 0.0;

        out[i] = sample_at(warp, samples, n_frames, path->first + path->step * (double)i + wander);
    }
    free(warp);
    return TC_OK;
}
