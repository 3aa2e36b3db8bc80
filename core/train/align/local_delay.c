#include "train/align/local_delay.h"

#include "train/align/peak.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Neighbours of a bin on either side, and the fraction of its number that are so as well. */
enum { SMOOTH_BINS = 2, SMOOTH_FRACTION = 32 };


/* Of the mean energy, and what a Hann window leaves of it: quiet segments count less. */
static const double floor_energy = 0.01, hann_energy = 0.375;

/* A signal-to-noise ratio above this counts as this. */
static const double max_ratio = 30.0;

/* A peak is never known to be better than this, nor a delay, frames squared. */
static const double least_error = 1e-4, least_variance = 1e-6;

/* Of the peaks far from the curve. */
static const double taper = 0.5;

static double mean_power(const float *samples, size_t n)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; ++i)
        sum += (double)samples[i] * (double)samples[i];
    return sum / (double)(n + 1);
}

bool align_local_init(struct align_local *local, const float *input, const float *target,
                      size_t n_frames, size_t length)
{
    size_t bins;

    *local = (struct align_local){.input = input, .target = target, .n_frames = n_frames};
    if (!align_transform_init(&local->transform, length))
        return false;
    length = local->transform.size;
    bins = local->transform.bins;
    local->window = calloc(2 * length, sizeof *local->window);
    local->x = calloc(3 * bins, sizeof *local->x);
    local->s_r = calloc(7 * bins, sizeof *local->s_r);
    if (local->window == NULL || local->x == NULL || local->s_r == NULL)
        return false;
    local->work = local->window + length;
    local->t = local->x + bins;
    local->cross = local->t + bins;
    local->s_i = local->s_r + bins;
    local->xx = local->s_i + bins;
    local->tt = local->xx + bins;
    local->smooth_r = local->tt + bins;
    local->smooth_i = local->smooth_r + bins;
    local->weight = local->smooth_i + bins;
    align_hann(local->window, length);
    return true;
}

void align_local_done(struct align_local *local)
{
    align_transform_done(&local->transform);
    free(local->window);
    free(local->x);
    free(local->s_r);
}

void align_local_reset(struct align_local *local)
{
    const double frames = floor_energy * hann_energy * (double)local->transform.size;

    local->floor[0] = frames * mean_power(local->input, local->n_frames);
    local->floor[1] = frames * mean_power(local->target, local->n_frames);
    memset(local->s_r, 0, 4 * local->transform.bins * sizeof *local->s_r);
}

/* Returns the energy, of which what it is scaled by lacks the floor: 0 if there is nothing. */
static double transform(struct align_local *local, const float *samples, double floor_value,
                        kiss_fft_cpx *spectrum)
{
    const size_t n = local->transform.size;
    double energy = 0.0;
    float scale;

    for (size_t i = 0; i < n; ++i) {
        local->work[i] = local->window[i] * samples[i];
        energy += (double)local->work[i] * (double)local->work[i];
    }
    scale = energy > 0.0 ? (float)(1.0 / sqrt(energy + floor_value)) : 0.0f;
    for (size_t i = 0; i < n; ++i)
        local->work[i] *= scale;
    kiss_fftr(local->transform.forward, local->work, spectrum);
    return energy;
}

/* Returns how much of both the floors leave, 0 to 1. */
static double transform_both(struct align_local *local, size_t start)
{
    const double x = transform(local, local->input + start, local->floor[0], local->x);
    const double t = transform(local, local->target + start, local->floor[1], local->t);

    return x > 0.0 && t > 0.0 ? x / (x + local->floor[0]) * t / (t + local->floor[1]) : 0.0;
}

void align_local_add(struct align_local *local, size_t start)
{
    if (!(transform_both(local, start) > 0.0))
        return;
    for (size_t i = 0; i < local->transform.bins; ++i) {
        const double x_r = (double)local->x[i].r, x_i = (double)local->x[i].i;
        const double t_r = (double)local->t[i].r, t_i = (double)local->t[i].i;

        local->s_r[i] += x_r * t_r + x_i * t_i;
        local->s_i[i] += x_r * t_i - x_i * t_r;
        local->xx[i] += x_r * x_r + x_i * x_i;
        local->tt[i] += t_r * t_r + t_i * t_i;
    }
}

/* Sums over a bin and its neighbours of S and of both powers. Returns how many there are. */
static double neighbours(struct align_local *local, size_t bin, double *xx, double *tt)
{
    const size_t half = SMOOTH_BINS + bin / SMOOTH_FRACTION;
    const size_t first = bin > half ? bin - half : 0;
    const size_t end =
        bin + half + 1 < local->transform.bins ? bin + half + 1 : local->transform.bins;

    *xx = *tt = local->smooth_r[bin] = local->smooth_i[bin] = 0.0;
    for (size_t i = first; i < end; ++i) {
        local->smooth_r[bin] += local->s_r[i];
        local->smooth_i[bin] += local->s_i[i];
        *xx += local->xx[i];
        *tt += local->tt[i];
    }
    return (double)(end - first);
}

/* With m independent terms chance alone gives a coherence of 1 / m, which is taken off; the windows
 * of the segments overlap, and a window makes half of the bins independent. */
void align_local_weigh(struct align_local *local, size_t n_segments)
{
    local->end = 0;
    for (size_t i = 0; i < local->transform.bins; ++i) {
        double xx, tt;
        const double n = neighbours(local, i, &xx, &tt);
        const double chance = fmin(4.0 / (n * (double)n_segments), 0.5);
        const double s2 =
            local->smooth_r[i] * local->smooth_r[i] + local->smooth_i[i] * local->smooth_i[i];
        const double g2 =
            xx * tt > 0.0 ? fmax((s2 / (xx * tt) - chance) / (1.0 - chance), 0.0) : 0.0;
        const double ratio = fmin(g2 / fmax(1.0 - g2, 1e-9), max_ratio);

        local->weight[i] = ratio > 0.0 ? ratio / sqrt(s2 * xx * tt) : 0.0;
        if (ratio > 0.0)
            local->end = i + 1;
    }
}

/* Of the frequencies: how many would say as much if all said the same. */
static double independent(const struct align_local *local)
{
    double sum = 0.0, squares = 0.0;

    for (size_t i = 0; i < local->end; ++i) {
        const double a2 = (double)local->cross[i].r * (double)local->cross[i].r +
                          (double)local->cross[i].i * (double)local->cross[i].i;

        sum += sqrt(a2);
        squares += a2;
    }
    return squares > 0.0 ? sum * sum / squares : 0.0;
}

double align_local_delay(struct align_local *local, size_t start, size_t reach, double *variance)
{
    struct align_peak peak;
    const double left = transform_both(local, start);
    double n;

    *variance = INFINITY;
    if (local->end == 0 || !(left > 0.0))
        return 0.0;
    memset(local->cross, 0, local->transform.bins * sizeof *local->cross);
    align_cross(local->x, local->t, local->smooth_r, local->smooth_i, local->weight, local->end,
                local->cross);
    peak =
        align_find_peak(&local->transform, local->cross, local->end, reach, taper, 1, local->work);
    n = independent(local);
    if (peak.height > 0.0 && peak.curvature > 0.0 && n > 0.0)
        *variance = 2.0 * fmax(1.0 - peak.height, least_error) / (n * peak.curvature * left) +
                    least_variance;
    return peak.lag;
}
