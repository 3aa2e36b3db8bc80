#include "train/align/fine.h"

#include "train/align/line.h"
#include "train/align/peak.h"
#include "train/align/segments.h"
#include "train/align/spectra.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What a device does to neighbouring frequencies is alike: sums over segments are also sums over
 * so many bins on either side, and a fraction of the frequency more where the delay is known. */
enum { SMOOTH_BINS = 8, SMOOTH_FRACTION = 32 };

/* Delay that may be that of the device's filters. */
enum { OWN_FRAMES = 16 };

static const double PI = 3.14159265358979324;

/* The amplitude of a device is known where the coherence is more than this. */
static const double known_coherence = 0.1;

/* A signal-to-noise ratio above this counts as this. */
static const double max_ratio = 30.0;

/* Of the sums below, relative to their mean: bins far below hold rounding noise. */
static const double floor_power = 1e-9;

/* A line that would move by less, frames, stays where it is. */
static const double settled = 1e-3;

/* What a thread works with, at every n_runs-th segment. For few segments there is but one. */
enum { FINE_RUNS = 2, MIN_SHARED_OUT = 32 };

struct fine_run {
    struct align_transform transform;
    float *work;         /* [size] */
    kiss_fft_cpx *cross; /* [bins] */
};

struct fine {
    const struct align_clip *clips;
    const struct align_warp *warp;
    struct align_segments segments;
    int polarity;
    size_t n_runs;
    struct fine_run run[FINE_RUNS]; /* the first also for what concerns all segments */
    kiss_fft_cpx *x, *t;            /* [segments][bins] */
    double *s_r, *s_i, *xx, *tt;    /* [bins] the sums over segments */
    double *xx_squares;             /* [bins] sum over segments of |X|^4 */
    double *smooth_r, *smooth_i;    /* [bins] of the sum of X* T, over neighbours */
    double *smooth_xx;              /* [bins] */
    double *prefix[4];              /* [bins + 1] scratch */
    double common;                  /* delay, by which the sum of X* T has been advanced */
    double *coherence;              /* [bins] g^2, without what chance gives */
    size_t last_bin;                /* from which on the coherence is 0 */
    double *weight;                 /* [bins] of a segment's X* T S* */
    float *window;                  /* [length] Hann */
};

static void fine_done(struct fine *f)
{
    for (size_t r = 0; r < f->n_runs; ++r) {
        align_transform_done(&f->run[r].transform);
        free(f->run[r].work);
        free(f->run[r].cross);
    }
    free(f->x);
    free(f->t);
    free(f->window);
    free(f->s_r);
}

static bool run_init(struct fine_run *run, size_t min_size)
{
    if (!align_transform_init(&run->transform, min_size))
        return false;
    run->work = calloc(run->transform.size, sizeof *run->work);
    run->cross = calloc(run->transform.bins, sizeof *run->cross);
    return run->work != NULL && run->cross != NULL;
}

static bool fine_init(struct fine *f)
{
    size_t bins;

    f->n_runs = f->segments.n < MIN_SHARED_OUT ? 1 : FINE_RUNS;
    for (size_t r = 0; r < f->n_runs; ++r)
        if (!run_init(&f->run[r], 2 * f->segments.length))
            return false;
    bins = f->run->transform.bins;
    f->x = calloc((f->segments.n + 1) * bins, sizeof *f->x);
    f->t = calloc((f->segments.n + 1) * bins, sizeof *f->t);
    f->window = calloc(f->segments.length, sizeof *f->window);
    f->s_r = calloc(14 * (bins + 1), sizeof *f->s_r);
    if (f->x == NULL || f->t == NULL || f->window == NULL || f->s_r == NULL)
        return false;
    f->s_i = f->s_r + bins;
    f->xx = f->s_i + bins;
    f->tt = f->xx + bins;
    f->xx_squares = f->tt + bins;
    f->coherence = f->xx_squares + bins;
    f->weight = f->coherence + bins;
    f->smooth_r = f->weight + bins;
    f->smooth_i = f->smooth_r + bins;
    f->smooth_xx = f->smooth_i + bins;
    for (unsigned i = 0; i < 4; ++i)
        f->prefix[i] = f->smooth_xx + bins + i * (bins + 1);
    align_hann(f->window, f->segments.length);
    return true;
}

/* ------------------------------------------------------------------ spectra */

/* The spectrum of the frames in `work`, under a Hann window, with an energy of 1. */
static void transform(const struct fine *f, const struct fine_run *run, kiss_fft_cpx *spectrum)
{
    const size_t n = f->segments.length;
    double energy;
    float scale;

    for (size_t i = 0; i < n; ++i)
        run->work[i] *= f->window[i];
    energy = align_energy(run->work, n);
    scale = energy > 0.0 ? (float)(1.0 / sqrt(energy)) : 0.0f;
    for (size_t i = 0; i < n; ++i)
        run->work[i] *= scale;
    memset(run->work + n, 0, (run->transform.size - n) * sizeof *run->work);
    kiss_fftr(run->transform.forward, run->work, spectrum);
}

static void transform_input(struct fine *f, const struct fine_run *run, size_t k)
{
    const struct align_segment *const at = &f->segments.at[k];

    align_read(&f->clips[at->clip].input, (long)at->start, f->segments.length, run->work);
    transform(f, run, f->x + k * run->transform.bins);
}

static void transform_target(struct fine *f, const struct fine_run *run,
                             const struct align_line *line, size_t k)
{
    const struct align_segment *const at = &f->segments.at[k];

    align_read_line(&f->clips[at->clip].target, line, f->warp, (long)at->start, f->segments.length,
                    run->work);
    transform(f, run, f->t + k * run->transform.bins);
}

static void transform_inputs(struct fine *f)
{
#pragma omp parallel for schedule(static, 1)
    for (size_t r = 0; r < f->n_runs; ++r)
        for (size_t k = r; k < f->segments.n; k += f->n_runs)
            transform_input(f, &f->run[r], k);
}

static void transform_targets(struct fine *f, const struct align_line *line)
{
#pragma omp parallel for schedule(static, 1)
    for (size_t r = 0; r < f->n_runs; ++r)
        for (size_t k = r; k < f->segments.n; k += f->n_runs)
            transform_target(f, &f->run[r], line, k);
}

static void add_up(struct fine *f)
{
    const size_t bins = f->run->transform.bins;

    memset(f->s_r, 0, 5 * bins * sizeof *f->s_r);
    for (size_t k = 0; k < f->segments.n; ++k) {
        const kiss_fft_cpx *const x = f->x + k * bins, *const t = f->t + k * bins;

        for (size_t i = 0; i < bins; ++i) {
            const double power = (double)x[i].r * (double)x[i].r + (double)x[i].i * (double)x[i].i;

            f->s_r[i] += (double)x[i].r * (double)t[i].r + (double)x[i].i * (double)t[i].i;
            f->s_i[i] += (double)x[i].r * (double)t[i].i - (double)x[i].i * (double)t[i].r;
            f->xx[i] += power;
            f->tt[i] += (double)t[i].r * (double)t[i].r + (double)t[i].i * (double)t[i].i;
            f->xx_squares[i] += power * power;
        }
    }
}

static double mean(const double *values, size_t n)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; ++i)
        sum += values[i] / (double)n;
    return sum;
}

/* prefix[k][i] = the sum of the first i values. */
static void sum_up(struct fine *f)
{
    const double *const values[4] = {f->s_r, f->s_i, f->xx, f->tt};

    for (unsigned k = 0; k < 4; ++k)
        for (size_t i = 0; i < f->run->transform.bins; ++i)
            f->prefix[k][i + 1] = f->prefix[k][i] + values[k][i];
}

/* g^2 of the sums over segments and neighbouring bins. With m independent terms chance alone gives
 * 1 / m, which is taken off; zero-padding makes half of the bins independent, the window half of
 * these. */
static double coherence(struct fine *f, size_t bin, size_t half, double least)
{
    const size_t first = bin > half ? bin - half : 0;
    const size_t end =
        bin + half + 1 < f->run->transform.bins ? bin + half + 1 : f->run->transform.bins;
    const double n = (double)(end - first);
    const double chance = 1.0 / fmax((double)f->segments.n * n / 4.0, 1.5);
    const double r = f->prefix[0][end] - f->prefix[0][first];
    const double i = f->prefix[1][end] - f->prefix[1][first];
    const double xx = f->prefix[2][end] - f->prefix[2][first];
    const double tt = f->prefix[3][end] - f->prefix[3][first];
    const double g2 = (r * r + i * i) / (fmax(xx * tt, 0.0) + n * n * least);

    f->smooth_r[bin] = r;
    f->smooth_i[bin] = i;
    f->smooth_xx[bin] = xx;
    return fmax((g2 - chance) / (1.0 - chance), 0.0);
}

/* What follows of the sums: the coherence, and the weights for the delays of single segments. */
static void weigh(struct fine *f, size_t fraction)
{
    const size_t bins = f->run->transform.bins;
    const double least = floor_power * (mean(f->xx, bins) * mean(f->tt, bins)) + DBL_MIN;

    sum_up(f);
    f->last_bin = 0;
    for (size_t i = 0; i < bins; ++i) {
        const double g2 = coherence(f, i, SMOOTH_BINS + i / fraction, least);
        const double ratio = fmin(g2 / fmax(1.0 - g2, 1e-9), max_ratio);
        const double size = hypot(f->smooth_r[i], f->smooth_i[i]) * sqrt(f->xx[i] * f->tt[i]);

        f->coherence[i] = g2;
        f->weight[i] = size > 0.0 ? ratio / size : 0.0;
        if (f->weight[i] > 0.0)
            f->last_bin = i + 1;
    }
}

/* Of the device: log |H|, H = S / sum |X|^2 over neighbouring bins. */
static float log_amplitude(const struct fine *f, size_t bin)
{
    const double power = f->smooth_xx[bin];

    return power > 0.0 ? (float)log(hypot(f->smooth_r[bin], f->smooth_i[bin]) / power + 1e-9)
                       : 0.0f;
}

/* S exp(iw delay): the sum as if the target were so much earlier. */
static void advance(struct fine *f, double delay)
{
    const double step = 2.0 * PI / (double)f->run->transform.size;

    for (size_t k = 0; k < f->run->transform.bins; ++k) {
        const double c = cos(step * delay * (double)k), s = sin(step * delay * (double)k);
        const double r = f->s_r[k];

        f->s_r[k] = r * c - f->s_i[k] * s;
        f->s_i[k] = r * s + f->s_i[k] * c;
    }
    f->common += delay;
}

/* Over the frequencies that count, the number of segments that have them. */
static double shared_by(const struct fine *f)
{
    double sum = 0.0, weight = 0.0;

    for (size_t i = 0; i < f->last_bin; ++i) {
        if (!(f->xx_squares[i] > 0.0))
            continue;
        sum += f->coherence[i] * f->xx[i] * f->xx[i] / f->xx_squares[i];
        weight += f->coherence[i];
    }
    return weight > 0.0 ? sum / weight : 0.0;
}

/* ------------------------------------------------------------------ peaks */

static double find_peak(const struct fine *f, const struct fine_run *run, size_t reach, int sign,
                        double *height)
{
    const struct align_peak peak =
        align_find_peak(&run->transform, run->cross, f->last_bin, reach, 0.0, sign, run->work);

    *height = peak.height;
    return peak.lag;
}

static double common_delay(struct fine *f, size_t reach, double *height)
{
    for (size_t i = 0; i < f->run->transform.bins; ++i) {
        const double size = hypot(f->s_r[i], f->s_i[i]);
        const double scale = size > 0.0 ? f->coherence[i] / size : 0.0;

        f->run->cross[i].r = (float)(scale * f->s_r[i]);
        f->run->cross[i].i = (float)(scale * f->s_i[i]);
    }
    return find_peak(f, f->run, reach, f->polarity, height);
}

/* The delay of segment k against what all have in common. */
static struct line_point own_delay(const struct fine *f, const struct fine_run *run, size_t k,
                                   size_t reach)
{
    const size_t bins = run->transform.bins;
    double delay, height;

    memset(run->cross, 0, bins * sizeof *run->cross);
    align_cross(f->x + k * bins, f->t + k * bins, f->smooth_r, f->smooth_i, f->weight, f->last_bin,
                run->cross);
    delay = find_peak(f, run, reach, 1, &height);
    return (struct line_point){(double)f->segments.at[k].start + (double)f->segments.length / 2.0,
                               delay, fmax(height, 0.01)};
}

/* ------------------------------------------------------------------ the line */

static struct fitted_line local_line(struct fine *f, size_t reach, bool with_drift)
{
    const size_t from_common = reach + (size_t)fabs(f->common);
    struct line_point point[MAX_SEGMENTS];

#pragma omp parallel for schedule(static, 1)
    for (size_t r = 0; r < f->n_runs; ++r)
        for (size_t k = r; k < f->segments.n; k += f->n_runs)
            point[k] = own_delay(f, &f->run[r], k, from_common);
    return align_fit_line(point, f->segments.n, with_drift && f->segments.n >= 4);
}

/* Take from S the phase of the minimum-phase filter that has the device's amplitudes, which is the
 * Hilbert transform of their logarithm, by way of the folded cepstrum: what is left is delay.
 * Frequencies of which nothing is known count as the nearest below. From: Oppenheim & Schafer,
 * Discrete-time signal processing. */
static void remove_minimum_phase(struct fine *f)
{
    const size_t size = f->run->transform.size;
    float level = 0.0f;

    for (size_t i = f->run->transform.bins; i-- > 0;)
        if (f->coherence[i] > known_coherence)
            level = log_amplitude(f, i);
    for (size_t i = 0; i < f->run->transform.bins; ++i) {
        if (f->coherence[i] > known_coherence)
            level = log_amplitude(f, i);
        f->run->cross[i] = (kiss_fft_cpx){level / (float)size, 0.0f};
    }
    kiss_fftri(f->run->transform.inverse, f->run->cross, f->run->work);
    for (size_t n = 1; n < size / 2; ++n)
        f->run->work[n] *= 2.0f;
    memset(f->run->work + size / 2 + 1, 0, (size / 2 - 1) * sizeof *f->run->work);
    kiss_fftr(f->run->transform.forward, f->run->work, f->run->cross);
    for (size_t i = 0; i < f->run->transform.bins; ++i) {
        const double c = cos((double)f->run->cross[i].i), s = sin((double)f->run->cross[i].i);
        const double r = f->s_r[i];

        f->s_r[i] = r * c + f->s_i[i] * s;
        f->s_i[i] = f->s_i[i] * c - r * s;
    }
}

static void measure(struct fine *f, const struct align_line *line, size_t reach)
{
    double height;

    transform_targets(f, line);
    add_up(f);
    f->common = 0.0;
    weigh(f, f->run->transform.size);
    advance(f, common_delay(f, reach, &height));
    weigh(f, SMOOTH_FRACTION);
}

/* Frames by which a line would move at most, at the segments. */
static double largest_change(const struct fine *f, const struct fitted_line *by)
{
    double largest = 0.0;

    for (size_t k = 0; k < f->segments.n; ++k)
        largest = fmax(largest, fabs(by->at_zero + by->slope * (double)f->segments.at[k].start));
    return largest;
}

static void improve(struct fine *f, size_t reach, const struct align_effort *effort,
                    struct align_fine *found)
{
    double delay;

    measure(f, &found->line, reach);
    for (unsigned round = 0; round < effort->n_rounds; ++round) {
        const struct fitted_line line = local_line(f, reach, effort->with_drift);

        found->scatter = line.scatter;
        if (!effort->with_drift || line.n_inliers < 4 || !isfinite(line.slope_error))
            continue;
        found->drift_error = line.slope_error;
        if (largest_change(f, &line) < settled)
            break;
        found->line.delay += line.at_zero;
        found->line.drift += line.slope;
        reach = reach < 64 ? reach : 64;
        measure(f, &found->line, reach);
    }
    found->shared = shared_by(f);
    remove_minimum_phase(f);
    delay = f->common + common_delay(f, OWN_FRAMES, &found->peak);
    if (found->line.drift == 0.0)
        found->line.delay = (double)lround(found->line.delay);
    found->line.delay += delay;
    found->inverted = found->peak < 0.0;
    found->peak = fabs(found->peak);
}

enum tc_status align_fine(const struct align_clip *clips, size_t n_clips,
                          const struct align_warp *warp, const struct align_line *line,
                          size_t uncertainty, const struct align_effort *effort,
                          struct align_fine *found, struct tc_error *error)
{
    struct fine f = {.clips = clips, .warp = warp, .polarity = effort->polarity};
    const size_t length = align_segment_length(clips, n_clips, effort->length);
    const size_t reach = uncertainty < length / 4 ? uncertainty : length / 4;

    *found = (struct align_fine){.line = *line, .drift_error = INFINITY};
    align_segments_choose(&f.segments, clips, n_clips, length, effort->n_segments, line);
    if (!fine_init(&f)) {
        fine_done(&f);
        return tc_fail(error, TC_NO_MEMORY, "no memory to measure a delay");
    }
    found->n_segments = f.segments.n;
    if (f.segments.n > 0) {
        transform_inputs(&f);
        improve(&f, reach, effort, found);
    }
    fine_done(&f);
    return TC_OK;
}
