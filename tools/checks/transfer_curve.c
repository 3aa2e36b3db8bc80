#include "checks/transfer_curve.h"

#include "data/levels.h"
#include "tonecell-train.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TAPS = 128, AHEAD = 32, MAX_PIECES = 30, MIN_BLOCKS = 50 };

static const double piece_s = 1.0, block_s = 0.02, loud = 1e-3; /* -30 dB */

/* The filter's output and the target, of all pieces one after the other. */
struct curve_points {
    size_t n_pieces, piece; /* frames of the recording in each */
    size_t n;               /* points: less than that by TAPS + AHEAD for each piece */
    float *output, *target;
};

/* ------------------------------------------------------------------ filter */

static size_t piece_start(const struct aligned_pair *pair, const struct curve_points *points,
                          size_t index)
{
    const size_t room = pair->n_frames - points->piece;

    return points->n_pieces > 1 ? room / (points->n_pieces - 1) * index : 0;
}

static enum tc_status fit(const struct aligned_pair *pair, const struct curve_points *points,
                          double coefficients[TAPS], struct tc_error *error)
{
    struct tc_fir *fir;
    double esr;
    enum tc_status status = tc_fir_new(&fir, TAPS, error);

    if (status != TC_OK)
        return status;
    for (size_t p = 0; p < points->n_pieces; ++p) {
        const size_t start = piece_start(pair, points, p);

        tc_fir_add(fir, pair->input + start + AHEAD, pair->target + start, points->piece - AHEAD,
                   TAPS);
    }
    status = tc_fir_solve(fir, coefficients, &esr, error);
    tc_fir_free(fir);
    return status;
}

/* y[i] = sum over k of c[k] x[i + AHEAD - k] for n frames from `start` on. */
static void filter(const float *input, size_t start, size_t n, const double coefficients[TAPS],
                   float *output)
{
    memset(output, 0, n * sizeof *output);
    for (size_t k = 0; k < TAPS; ++k) {
        const float *const x = input + start + AHEAD - k;
        const float c = (float)coefficients[k];

        for (size_t i = 0; i < n; ++i)
            output[i] += c * x[i];
    }
}

static void fill(const struct aligned_pair *pair, const double coefficients[TAPS],
                 struct curve_points *points)
{
    const size_t n = points->piece - TAPS - AHEAD;

    for (size_t p = 0; p < points->n_pieces; ++p) {
        const size_t start = piece_start(pair, points, p) + TAPS;

        filter(pair->input, start, n, coefficients, points->output + p * n);
        memcpy(points->target + p * n, pair->target + start, n * sizeof *points->target);
    }
}

/* ------------------------------------------------------------------ levels */

static double level_slope(const struct levels *l)
{
    double n = 0.0, x = 0.0, y = 0.0, xx = 0.0, xy = 0.0;

    for (size_t b = 0; b < l->n; ++b) {
        double u, v;

        if (l->input[b] < loud * l->loud_input || l->target[b] < loud * l->loud_target)
            continue;
        u = 10.0 * log10(l->input[b]);
        v = 10.0 * log10(l->target[b]);
        n += 1.0;
        x += u;
        y += v;
        xx += u * u;
        xy += u * v;
    }
    if (n < MIN_BLOCKS || n * xx - x * x <= 0.0)
        return (double)NAN;
    return (n * xy - x * y) / (n * xx - x * x);
}

static enum tc_status measure_slope(const struct curve_points *points, double rate_hz,
                                    double *slope, struct tc_error *error)
{
    struct levels levels;
    const enum tc_status status =
        levels_init(&levels, points->output, points->target, points->n, block_s * rate_hz, error);

    if (status != TC_OK)
        return status;
    *slope = level_slope(&levels);
    levels_free(&levels);
    return TC_OK;
}

/* ------------------------------------------------------------------ samples */

static double cubic_share(const struct curve_points *points, double power)
{
    double u2 = 0.0, u4 = 0.0, u6 = 0.0, ee = 0.0, eu = 0.0, eu3 = 0.0, linear, cc, ec;

    for (size_t i = 0; i < points->n; ++i) {
        const double u = (double)points->output[i] / sqrt(power);
        const double e = (double)points->target[i] / sqrt(power) - u;

        u2 += u * u;
        u4 += u * u * u * u;
        u6 += u * u * u * u * u * u;
        ee += e * e;
        eu += e * u;
        eu3 += e * u * u * u;
    }
    linear = u4 / u2;
    cc = u6 - 2.0 * linear * u4 + linear * linear * u2;
    ec = eu3 - linear * eu;
    return cc > 0.0 && ee > 0.0 ? ec * ec / (cc * ee) : 0.0;
}

/* Sums over the samples of each eighth of an octave of the filter's output. */
enum { BINS = 256, BINS_PER_OCTAVE = 8, TOP = 5 /* octaves above the RMS */ };

struct curve_bins {
    double energy[BINS], product[BINS]; /* sum u^2, sum u y */
};

static void sort_into_bins(const struct curve_points *points, double power, struct curve_bins *bins)
{
    for (size_t i = 0; i < points->n; ++i) {
        const double u = (double)points->output[i], y = (double)points->target[i];
        const double octaves = TOP - 0.5 * log2(u * u / power);
        const double bin = fmin(fmax(BINS_PER_OCTAVE * octaves, 0.0), BINS - 1);

        bins->energy[(size_t)bin] += u * u;
        bins->product[(size_t)bin] += u * y;
    }
}

/* The gain of the samples that have shares `from` to `to` of the energy above them. */
static double gain(const struct curve_bins *bins, double total, double from, double to)
{
    double above = 0.0, energy = 0.0, product = 0.0;

    for (size_t b = 0; b < BINS; ++b) {
        const double middle = (above + 0.5 * bins->energy[b]) / total;

        above += bins->energy[b];
        if (middle < from || middle >= to)
            continue;
        energy += bins->energy[b];
        product += bins->product[b];
    }
    return energy > 0.0 ? product / energy : (double)NAN;
}

static double loud_gain(const struct curve_points *points, double power)
{
    struct curve_bins bins = {0};
    const double total = power * (double)points->n;

    sort_into_bins(points, power, &bins);
    return gain(&bins, total, 0.0, 0.1) / gain(&bins, total, 0.5, 0.75);
}

static double mean_square(const float *samples, size_t n)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; ++i)
        sum += (double)samples[i] * (double)samples[i];
    return sum / (double)n;
}

/* ------------------------------------------------------------------ all */

static enum tc_status measure(const struct aligned_pair *pair, struct curve_points *points,
                              struct transfer_curve *curve, struct tc_error *error)
{
    double coefficients[TAPS], power;
    const enum tc_status status = fit(pair, points, coefficients, error);

    if (status != TC_OK)
        return status;
    fill(pair, coefficients, points);
    power = mean_square(points->output, points->n);
    if (power <= 0.0)
        return TC_OK;
    curve->cubic = cubic_share(points, power);
    curve->loud = loud_gain(points, power);
    return measure_slope(points, pair->rate_hz, &curve->slope, error);
}

enum tc_status transfer_curve_measure(const struct aligned_pair *pair, struct transfer_curve *curve,
                                      struct tc_error *error)
{
    struct curve_points points = {.piece = (size_t)(piece_s * pair->rate_hz)};
    enum tc_status status;

    *curve = (struct transfer_curve){.slope = (double)NAN, .loud = 1.0};
    if (points.piece <= 2 * (TAPS + AHEAD) || pair->n_frames < points.piece)
        return TC_OK;
    points.n_pieces = pair->n_frames / points.piece;
    points.n_pieces = points.n_pieces < MAX_PIECES ? points.n_pieces : MAX_PIECES;
    points.n = points.n_pieces * (points.piece - TAPS - AHEAD);
    points.output = calloc(points.n, 2 * sizeof *points.output);
    if (points.output == NULL)
        return tc_fail(error, TC_NO_MEMORY, "no memory for %zu frames", points.n);
    points.target = points.output + points.n;
    status = measure(pair, &points, curve, error);
    free(points.output);
    return status;
}
