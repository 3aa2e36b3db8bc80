#include "doctor/examination.h"

#include "data/levels.h"
#include "measurement/quantile.h"
#include "measurement/spectrum.h"
#include "report/chart.h"

#include <math.h>
#include <stdlib.h>

/* In points. */
static const double PAGE = 900.0, MARGIN = 60.0, BOX = 360.0, HEIGHT = 170.0, BLOCK = 520.0;

static const struct chart_pen dry = {0x2050b0, 1.0, 1.4, false}, wet = {0xc03030, 1.0, 1.4, false};
static const struct chart_pen band = {0xc03030, 0.2, 0.0, false};

static const double lowest_db = -100.0;

enum { MAX_PAIRS = 8, POINTS = 600, BINS = 61 };

/* Frames that are enough for the transfer curve. */
enum { CURVE_FRAMES = 300000 };

static double decibels(double power)
{
    return fmax(10.0 * log10(fmax(power, 1e-30)), lowest_db - 20.0);
}

/* The box in column 0 or 1 and row 0 or 1 of a block. */
static struct chart_axes axes_at(double top, unsigned column, unsigned row, const char *title,
                                 const char *x_title)
{
    return (struct chart_axes){.left = MARGIN + column * (BOX + 1.2 * MARGIN),
                               .top = top + row * (HEIGHT + 62.0),
                               .width = BOX,
                               .height = HEIGHT,
                               .title = title,
                               .x_title = x_title,
                               .x_linear = true,
                               .y_linear = true};
}

/* ------------------------------------------------------------------ delay */

/* How the delay wanders, about the constant part that was found with it. */
static enum tc_status draw_wander(struct chart *chart, const struct chart_axes *axes,
                                  const struct examined_pair *d, double rate_hz,
                                  struct tc_error *error)
{
    const struct tc_delay_curve *const wander = &d->pair->wander;
    const size_t n = wander->n_knots;
    double *const points = calloc(2 * n + 1, sizeof *points);

    if (points == NULL)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for the plot");
    for (size_t k = 0; k < n; ++k) {
        points[k] = (double)k * wander->step_frames / rate_hz;
        points[n + k] = (double)d->delay + wander->wander_frames[k];
    }
    chart_line(chart, axes, points, points + n, n, &dry);
    if (n > 0)
        chart_key(chart, axes, 0, "wow and flutter", &dry);
    free(points);
    return TC_OK;
}

static enum tc_status draw_delay(struct chart *chart, const struct examined_pair *d,
                                 const struct aligned_pair *pair, double top,
                                 struct tc_error *error)
{
    const struct delay_steps *const steps = &d->pair->steps;
    const double peak = d->pair->wander.n_knots > 0 ? d->pair->wander.peak_frames : 0.0;
    struct chart_axes axes = axes_at(top, 0, 0, "Delay of the target, frames", "seconds");
    double x[2 * MAX_DELAY_SECTIONS], y[2 * MAX_DELAY_SECTIONS];
    double low = (double)d->delay - peak, high = (double)d->delay + peak;

    for (size_t i = 0; i < steps->n_sections; ++i) {
        x[2 * i] = (double)i * steps->section_s;
        x[2 * i + 1] = (double)(i + 1) * steps->section_s;
        y[2 * i] = y[2 * i + 1] = steps->section_delay[i];
        low = fmin(low, steps->section_delay[i]);
        high = fmax(high, steps->section_delay[i]);
    }
    axes.x_max = (double)pair->n_frames / pair->rate_hz;
    axes.y_min = floor(low - 0.1 * (high - low)) - 2.0;
    axes.y_max = ceil(high + 0.1 * (high - low)) + 2.0;
    chart_axes(chart, &axes);
    chart_line(chart, &axes, x, y, 2 * steps->n_sections, &wet);
    return draw_wander(chart, &axes, d, pair->rate_hz, error);
}

/* ------------------------------------------------------------------ levels */

static enum tc_status draw_levels(struct chart *chart, const struct aligned_pair *pair, double top,
                                  struct tc_error *error)
{
    struct chart_axes axes = axes_at(top, 1, 0, "Levels, dB of full scale", "seconds");
    const double block = fmax((double)pair->n_frames / POINTS, 0.01 * pair->rate_hz);
    struct levels levels;
    double *values;
    const enum tc_status status =
        levels_init(&levels, pair->input, pair->target, pair->n_frames, block, error);

    if (status != TC_OK)
        return status;
    values = calloc(3 * levels.n + 1, sizeof *values);
    if (values == NULL) {
        levels_free(&levels);
        return tc_fail(error, TC_NO_MEMORY, "out of memory for the plot");
    }
    for (size_t b = 0; b < levels.n; ++b) {
        values[b] = ((double)b + 0.5) * (double)levels.size / pair->rate_hz;
        values[levels.n + b] = decibels(levels.input[b]);
        values[2 * levels.n + b] = decibels(levels.target[b]);
    }
    axes.x_max = (double)pair->n_frames / pair->rate_hz;
    axes.y_min = lowest_db;
    axes.y_max = 0.0;
    chart_axes(chart, &axes);
    chart_line(chart, &axes, values, values + levels.n, levels.n, &dry);
    chart_line(chart, &axes, values, values + 2 * levels.n, levels.n, &wet);
    chart_key(chart, &axes, 1, "input", &dry);
    chart_key(chart, &axes, 0, "target", &wet);
    free(values);
    levels_free(&levels);
    return TC_OK;
}

/* ------------------------------------------------------------------ spectra */

static enum tc_status draw_spectra(struct chart *chart, const struct aligned_pair *pair, double top,
                                   struct tc_error *error)
{
    struct chart_axes axes = axes_at(top, 0, 1, "Spectra, dB", "Hz");
    double f[SPECTRUM_BANDS], input[SPECTRUM_BANDS], target[SPECTRUM_BANDS], highest = lowest_db;
    enum tc_status status;

    spectrum_frequencies(pair->rate_hz, f);
    status = spectrum_measure(pair->input, pair->n_frames, pair->rate_hz, f, input, error);
    if (status == TC_OK)
        status = spectrum_measure(pair->target, pair->n_frames, pair->rate_hz, f, target, error);
    if (status != TC_OK)
        return status;
    for (size_t i = 0; i < SPECTRUM_BANDS; ++i) {
        input[i] = decibels(input[i]);
        target[i] = decibels(target[i]);
        highest = fmax(highest, fmax(input[i], target[i]));
    }
    axes.x_linear = false;
    axes.x_min = f[0];
    axes.x_max = f[SPECTRUM_BANDS - 1];
    axes.y_max = 10.0 * ceil(0.1 * highest);
    axes.y_min = axes.y_max - 100.0;
    chart_axes(chart, &axes);
    chart_line(chart, &axes, f, input, SPECTRUM_BANDS, &dry);
    chart_line(chart, &axes, f, target, SPECTRUM_BANDS, &wet);
    return TC_OK;
}

/* ------------------------------------------------------------------ transfer curve */

/* The target's quantiles where the input is in a bin, of every stride-th frame; values (n_frames):
 * scratch. */
static void find_quantiles(const struct aligned_pair *pair, size_t stride, double low, double high,
                           double *values, double quantiles[3])
{
    static const double fractions[] = {0.1, 0.5, 0.9};
    size_t n = 0;

    for (size_t i = 0; i < pair->n_frames; i += stride)
        if ((double)pair->input[i] >= low && (double)pair->input[i] < high)
            values[n++] = (double)pair->target[i];
    for (unsigned q = 0; q < 3; ++q)
        quantiles[q] = n > 0 ? quantile(values, n, fractions[q]) : (double)NAN;
}

static enum tc_status draw_transfer(struct chart *chart, const struct examined_pair *d,
                                    const struct aligned_pair *pair, double top,
                                    struct tc_error *error)
{
    struct chart_axes axes =
        axes_at(top, 1, 1, "Transfer curve: target, median and middle 80 %", "input");
    const double peak = fmax((double)d->pair->checks.input_peak, 1e-6), width = 2.0 * peak / BINS;
    const size_t stride = pair->n_frames / CURVE_FRAMES + 1;
    double x[BINS], low[BINS], median[BINS], high[BINS];
    double *const values = calloc(pair->n_frames + 1, sizeof *values);

    if (values == NULL)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for the plot");
    for (size_t b = 0; b < BINS; ++b) {
        const double start = -peak + width * (double)b;
        double quantiles[3];

        find_quantiles(pair, stride, start, start + width, values, quantiles);
        x[b] = start + 0.5 * width;
        low[b] = quantiles[0];
        median[b] = quantiles[1];
        high[b] = quantiles[2];
    }
    free(values);
    axes.x_max = peak;
    axes.x_min = -peak;
    axes.y_max = fmax((double)d->pair->checks.target_peak, 1e-6);
    axes.y_min = -axes.y_max;
    chart_axes(chart, &axes);
    chart_band(chart, &axes, x, low, high, BINS, &band);
    chart_line(chart, &axes, x, median, BINS, &wet);
    return TC_OK;
}

/* ------------------------------------------------------------------ the page */

static enum tc_status draw_pair(struct chart *chart, const struct examined_pair *d, double top,
                                struct tc_error *error)
{
    const struct aligned_pair pair = recording_pair_aligned(d->pair, 0, d->delay);
    enum tc_status status;

    chart_text(chart, MARGIN, top - 26.0, 14.0, false, d->pair->target->path);
    status = draw_delay(chart, d, &pair, top, error);
    if (status == TC_OK)
        status = draw_levels(chart, &pair, top, error);
    if (status == TC_OK)
        status = draw_spectra(chart, &pair, top, error);
    return status == TC_OK ? draw_transfer(chart, d, &pair, top, error) : status;
}

enum tc_status examination_plot(const struct examination *examination, const char *path,
                                struct tc_error *error)
{
    const size_t n_pairs = examination->data->recordings.n_pairs;
    const size_t n = n_pairs < MAX_PAIRS ? n_pairs : MAX_PAIRS;
    enum chart_format format = CHART_SVG;
    struct chart *chart;
    enum tc_status status = TC_OK;

    (void)chart_format_of(path, &format);
    chart = chart_new(format, PAGE, (double)n * BLOCK);
    if (chart == NULL)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for the plot");
    for (size_t i = 0; i < n && status == TC_OK; ++i)
        status = draw_pair(chart, &examination->pair[i], 50.0 + (double)i * BLOCK, error);
    if (status == TC_OK)
        status = chart_write(chart, path, error);
    chart_free(chart);
    return status;
}
