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

/* Cross-spectra of long recordings are averaged over at least so many segments, evenly spaced: a
 * minute or two of sound. */
enum { AVERAGED_SEGMENTS = 2000 };

/* Of the peaks far from the curve. */
static const double taper = 0.5;

/* The four sums follow each other. Returns what comes after them. */
static double *sums_at(struct align_sums *sums, double *values, size_t bins)
{
    *sums = (struct align_sums){values, values + bins, values + 2 * bins, values + 3 * bins};
    return values + 4 * bins;
}

static void share_out(struct align_local *local)
{
    double *values = local->values;

    for (unsigned r = 0; r < LOCAL_RUNS; ++r) {
        struct align_local_run *const run = &local->run[r];

        run->work = local->window + (r + 1) * local->size;
        run->x = local->spectra + 3 * r * local->bins;
        run->t = run->x + local->bins;
        run->cross = run->t + local->bins;
        values = sums_at(&run->sums, values, local->bins);
    }
    local->smooth_r = sums_at(&local->sums, values, local->bins);
    local->smooth_i = local->smooth_r + local->bins;
    local->weight = local->smooth_i + local->bins;
}

static double floor_of(const struct align_local *local, const float *samples)
{
    const double power = align_energy(samples, local->n_frames) / (double)(local->n_frames + 1);

    return floor_energy * hann_energy * power * (double)local->size;
}

bool align_local_init(struct align_local *local, const float *input, const float *target,
                      size_t n_frames, size_t min_size)
{
    bool done = true;

    *local = (struct align_local){.input = input, .target = target, .n_frames = n_frames};
    for (unsigned r = 0; r < LOCAL_RUNS; ++r)
        done = align_transform_init(&local->run[r].transform, min_size) && done;
    local->size = local->run->transform.size;
    local->bins = local->run->transform.bins;
    local->window = calloc((LOCAL_RUNS + 1) * local->size, sizeof *local->window);
    local->spectra = calloc(3 * LOCAL_RUNS * local->bins, sizeof *local->spectra);
    local->values = calloc((4 * LOCAL_RUNS + 7) * local->bins, sizeof *local->values);
    if (!done || local->window == NULL || local->spectra == NULL || local->values == NULL)
        return false;
    share_out(local);
    local->floor[0] = floor_of(local, input);
    align_hann(local->window, local->size);
    return true;
}

void align_local_done(struct align_local *local)
{
    for (unsigned r = 0; r < LOCAL_RUNS; ++r)
        align_transform_done(&local->run[r].transform);
    free(local->window);
    free(local->spectra);
    free(local->values);
}

/* ------------------------------------------------------------------ segments */

/* The spectrum of a segment, under a Hann window, with an energy of nearly 1. Returns the energy
 * that it had. */
static double transform(const struct align_local *local, const struct align_local_run *run,
                        const float *samples, double floor_value, kiss_fft_cpx *spectrum)
{
    double energy = 0.0;
    float scale;

#pragma omp simd reduction(+ : energy)
    for (size_t i = 0; i < local->size; ++i) {
        const float s = samples[i] * local->window[i];

        run->work[i] = s;
        energy += (double)s * (double)s;
    }
    scale = energy > 0.0 ? (float)(1.0 / sqrt(energy + floor_value)) : 0.0f;
    for (size_t i = 0; i < local->size; ++i)
        run->work[i] *= scale;
    kiss_fftr(run->transform.forward, run->work, spectrum);
    return energy;
}

/* Returns how much of both the floors leave, 0 to 1. */
static double transform_both(const struct align_local *local, const struct align_local_run *run,
                             size_t start)
{
    const double x = transform(local, run, local->input + start, local->floor[0], run->x);
    const double t = transform(local, run, local->target + start, local->floor[1], run->t);

    return x > 0.0 && t > 0.0 ? x / (x + local->floor[0]) * t / (t + local->floor[1]) : 0.0;
}

/* The first segment of a run; of the one after the last, how many there are. */
static size_t first_of_run(size_t n, unsigned r)
{
    return n * r / LOCAL_RUNS;
}

/* ------------------------------------------------------------------ what all have in common */

static void clear(struct align_sums *sums, size_t bins)
{
    memset(sums->s_r, 0, 4 * bins * sizeof *sums->s_r);
}

static void add_segment(const struct align_local_run *run)
{
    const struct align_sums *const sums = &run->sums;

    for (size_t i = 0; i < run->transform.bins; ++i) {
        const double x_r = (double)run->x[i].r, x_i = (double)run->x[i].i;
        const double t_r = (double)run->t[i].r, t_i = (double)run->t[i].i;

        sums->s_r[i] += x_r * t_r + x_i * t_i;
        sums->s_i[i] += x_r * t_i - x_i * t_r;
        sums->xx[i] += x_r * x_r + x_i * x_i;
        sums->tt[i] += t_r * t_r + t_i * t_i;
    }
}

static void add_run(struct align_local *local, unsigned r, size_t hop, size_t n)
{
    struct align_local_run *const run = &local->run[r];
    const size_t end = first_of_run(n, r + 1);

    clear(&run->sums, local->bins);
    for (size_t k = first_of_run(n, r); k < end; ++k)
        if (transform_both(local, run, k * hop) > 0.0)
            add_segment(run);
}

static void add_all(struct align_local *local, size_t hop, size_t n)
{
#pragma omp parallel for schedule(dynamic, 1)
    for (unsigned r = 0; r < LOCAL_RUNS; ++r)
        add_run(local, r, hop, n);
    clear(&local->sums, local->bins);
    for (unsigned r = 0; r < LOCAL_RUNS; ++r)
        for (size_t i = 0; i < 4 * local->bins; ++i)
            local->sums.s_r[i] += local->run[r].sums.s_r[i];
}

/* Sums over a bin and its neighbours of S and of both powers. Returns how many there are. */
static double neighbours(struct align_local *local, size_t bin, double *xx, double *tt)
{
    const size_t half = SMOOTH_BINS + bin / SMOOTH_FRACTION;
    const size_t first = bin > half ? bin - half : 0;
    const size_t end = bin + half + 1 < local->bins ? bin + half + 1 : local->bins;

    *xx = *tt = local->smooth_r[bin] = local->smooth_i[bin] = 0.0;
    for (size_t i = first; i < end; ++i) {
        local->smooth_r[bin] += local->sums.s_r[i];
        local->smooth_i[bin] += local->sums.s_i[i];
        *xx += local->sums.xx[i];
        *tt += local->sums.tt[i];
    }
    return (double)(end - first);
}

/* With m independent terms chance alone gives a coherence of 1 / m, which is taken off; the windows
 * of the segments overlap, and a window makes half of the bins independent. */
static void weigh(struct align_local *local, size_t n_segments)
{
    local->end = 0;
    for (size_t i = 0; i < local->bins; ++i) {
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

void align_local_prepare(struct align_local *local)
{
    const size_t side_by_side = local->n_frames / local->size;
    const size_t step = side_by_side / AVERAGED_SEGMENTS;
    const size_t every = step > 1 ? step : 1;
    const size_t n = side_by_side / every;

    local->floor[1] = floor_of(local, local->target);
    add_all(local, every * local->size, n);
    weigh(local, n);
}

/* ------------------------------------------------------------------ delays */

/* The effective number of bins, (sum a)^2 / sum a^2 of their magnitudes a: n if n are equal. */
static double independent(const kiss_fft_cpx *cross, size_t end)
{
    double sum = 0.0, squares = 0.0;

    for (size_t i = 0; i < end; ++i) {
        const double a2 =
            (double)cross[i].r * (double)cross[i].r + (double)cross[i].i * (double)cross[i].i;

        sum += sqrt(a2);
        squares += a2;
    }
    return squares > 0.0 ? sum * sum / squares : 0.0;
}

static struct align_local_delay delay_of(const struct align_local *local,
                                         const struct align_local_run *run, size_t start,
                                         size_t reach)
{
    struct align_local_delay found = {0.0, INFINITY};
    struct align_peak peak;
    const double left = transform_both(local, run, start);
    double n;

    if (!(left > 0.0))
        return found;
    align_cross(run->x, run->t, local->smooth_r, local->smooth_i, local->weight, local->end,
                run->cross);
    peak = align_find_peak(&run->transform, run->cross, local->end, reach, taper, 1, run->work);
    n = independent(run->cross, local->end);
    found.frames = peak.lag;
    if (peak.height > 0.0 && peak.curvature > 0.0 && n > 0.0)
        found.variance = 2.0 * fmax(1.0 - peak.height, least_error) / (n * peak.curvature * left) +
                         least_variance;
    return found;
}

static void find_run(struct align_local *local, unsigned r, size_t hop, size_t n, size_t reach,
                     struct align_local_delay *delay)
{
    struct align_local_run *const run = &local->run[r];
    const size_t end = first_of_run(n, r + 1);

    memset(run->cross, 0, local->bins * sizeof *run->cross);
    for (size_t k = first_of_run(n, r); k < end; ++k)
        delay[k] = delay_of(local, run, k * hop, reach);
}

void align_local_delays(struct align_local *local, size_t hop, size_t n, size_t reach,
                        struct align_local_delay *delay)
{
    if (local->end == 0) {
        for (size_t k = 0; k < n; ++k)
            delay[k] = (struct align_local_delay){0.0, INFINITY};
        return;
    }
#pragma omp parallel for schedule(dynamic, 1)
    for (unsigned r = 0; r < LOCAL_RUNS; ++r)
        find_run(local, r, hop, n, reach, delay);
}
