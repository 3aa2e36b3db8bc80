#include "config.h"
#include "report/chart.h"
#include "report/diagnosis.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* In points. */
static const double PAGE = 700.0, MARGIN = 60.0, CURVES = 230.0, GAP = 62.0, ROW = 16.0;
static const double FLOOR = 1e-6, CEILING = 1e6, MEMORY_LEVEL = 0.01;
static const unsigned RED = 0xc03030, BLUE = 0x2050b0, GREY = 0x707070;

static const unsigned layer_colours[] = {0x2050b0, 0xd07000, 0x208040, 0x9030a0,
                                         0x806020, 0x00a0a0, 0xc03080, 0x506070};

enum { COLOURS = sizeof layer_colours / sizeof *layer_colours };

/* Curves over the lags from 1 on, since a logarithmic axis has no 0. */
struct curves {
    const struct tc_diagnosis *result;
    size_t n;
    double *lag, *low, *median, *high; /* [n] */
};

static bool curves_init(struct curves *curves, const struct tc_diagnosis *result)
{
    *curves = (struct curves){.result = result, .n = result->lags - 1};
    curves->lag = malloc(4 * result->lags * sizeof *curves->lag);
    if (!curves->lag)
        return false;
    curves->low = curves->lag + result->lags;
    curves->median = curves->low + result->lags;
    curves->high = curves->median + result->lags;
    for (size_t i = 0; i < curves->n; ++i)
        curves->lag[i] = (double)result->lag[i + 1];
    return true;
}

static void load_spreads(struct curves *curves, const struct tc_spread *spreads)
{
    for (size_t i = 0; i < curves->n; ++i) {
        curves->low[i] = spreads[i + 1].low;
        curves->median[i] = spreads[i + 1].median;
        curves->high[i] = spreads[i + 1].high;
    }
}

/* ------------------------------------------------------------------------- curves */

static double largest(const double *values, size_t n)
{
    double most = 0.0;

    for (size_t i = 0; i < n; ++i)
        if (isfinite(values[i]))
            most = fmax(most, values[i]);
    return most;
}

static struct chart_axes axes_at(const struct curves *curves, double top, double highest,
                                 const char *title, const char *x_title)
{
    const double y_max = pow(10.0, ceil(log10(fmin(fmax(highest, 1.0), CEILING)) + 0.1));

    return (struct chart_axes){.left = MARGIN,
                               .top = top,
                               .width = PAGE - 1.5 * MARGIN,
                               .height = CURVES,
                               .x_min = 1.0,
                               .x_max = fmax(curves->lag[curves->n - 1], 2.0),
                               .y_min = FLOOR,
                               .y_max = y_max,
                               .title = title,
                               .x_title = x_title};
}

static void draw_level(struct chart *chart, const struct chart_axes *axes, double level)
{
    const double x[] = {axes->x_min, axes->x_max}, y[] = {level, level};

    chart_line(chart, axes, x, y, 2, &(struct chart_pen){GREY, 1.0, 1.0, true});
}

static void draw_norms(struct chart *chart, struct curves *curves, double top, const char *x_title)
{
    const struct chart_pen line = {BLUE, 1.0, 1.6, false}, band = {BLUE, 0.2, 0.0, false};
    const struct chart_pen key = {BLUE, 0.2, 8.0, false}, bound = {RED, 1.0, 1.2, true};

    load_spreads(curves, curves->result->jacobian);
    const struct chart_axes axes =
        axes_at(curves, top, largest(curves->high, curves->n),
                "Gradient of the state by an earlier state: |ds_t / ds_k|", x_title);

    chart_axes(chart, &axes);
    chart_band(chart, &axes, curves->lag, curves->low, curves->high, curves->n, &band);
    chart_line(chart, &axes, curves->lag, curves->median, curves->n, &line);
    chart_line(chart, &axes, curves->lag, curves->result->bound + 1, curves->n, &bound);
    chart_key(chart, &axes, 2, "median of the positions", &line);
    chart_key(chart, &axes, 1, "lowest to highest", &key);
    chart_key(chart, &axes, 0, "bound", &bound);
}

static void draw_layers(struct chart *chart, const struct chart_axes *axes,
                        const struct curves *curves)
{
    for (unsigned l = 0; l < curves->result->layers; ++l) {
        const struct tc_layer_diagnosis *const layer = &curves->result->layer[l];
        const unsigned colour = layer_colours[l % COLOURS];
        const struct chart_pen h = {colour, 1.0, 1.6, false}, c = {colour, 1.0, 1.6, true};
        char name[48];

        chart_line(chart, axes, curves->lag, layer->dh + 1, curves->n, &h);
        if (layer->dc)
            chart_line(chart, axes, curves->lag, layer->dc + 1, curves->n, &c);
        snprintf(name, sizeof name, "layer %u%s", l + 1, layer->dc ? ": h, dashed c" : "");
        if (l < COLOURS)
            chart_key(chart, axes, l, name, &h);
    }
}

static void draw_gradients(struct chart *chart, struct curves *curves, double top,
                           const char *x_title)
{
    const double memory_level = MEMORY_LEVEL * curves->result->gradient[0].median;
    const double memory = curves->result->memory.median;

    load_spreads(curves, curves->result->gradient);
    const struct chart_axes axes = axes_at(
        curves, top, largest(curves->high, curves->n),
        "Gradient of the output by the state of each layer: |dy_t / dh_k|, |dy_t / dc_k|", x_title);
    const double x[] = {memory, memory}, y[] = {axes.y_min, axes.y_max};

    chart_axes(chart, &axes);
    draw_layers(chart, &axes, curves);
    draw_level(chart, &axes, memory_level);
    chart_line(chart, &axes, x, y, 2, &(struct chart_pen){GREY, 1.0, 1.0, true});
}

/* ------------------------------------------------------------------------- gates */

static unsigned gate_rows(const struct tc_diagnosis *result)
{
    unsigned rows = 0;

    for (unsigned l = 0; l < result->layers; ++l)
        rows += result->layer[l].gates;
    return rows;
}

/* From the left the fraction of the time at the low end of the range, from the right at the high.
 */
static void draw_gate(struct chart *chart, double top, const char *name,
                      const struct tc_gate_diagnosis *gate)
{
    const double left = 3.0 * MARGIN, width = PAGE - left - 0.5 * MARGIN;
    const struct chart_pen back = {0xe8e8e8, 1.0, 0.0, false};
    const struct chart_pen low = {BLUE, 1.0, 0.0, false}, high = {RED, 1.0, 0.0, false};

    chart_text(chart, left - 6.0, top + 0.7 * ROW, 11.0, true, name);
    chart_bar(chart, left, top, width, 0.8 * ROW, &back);
    chart_bar(chart, left, top, width * gate->low, 0.8 * ROW, &low);
    chart_bar(chart, left + width * (1.0 - gate->high), top, width * gate->high, 0.8 * ROW, &high);
}

static void draw_gates(struct chart *chart, const struct tc_diagnosis *result, double top)
{
    chart_text(chart, MARGIN, top - 6.0, 13.0, false,
               "Saturated gates: fraction of the time at the low end of their range (blue), at the "
               "high end (red)");
    for (unsigned l = 0; l < result->layers; ++l)
        for (unsigned g = 0; g < result->layer[l].gates; ++g, top += ROW) {
            char name[48];

            snprintf(name, sizeof name, "layer %u %s", l + 1, result->layer[l].gate[g].name);
            draw_gate(chart, top, name, &result->layer[l].gate[g]);
        }
}

/* ------------------------------------------------------------------------- the page */

static void draw(struct chart *chart, const struct diagnosis *diagnosis, struct curves *curves)
{
    const double first = 1.1 * MARGIN, second = first + CURVES + GAP;
    struct diagnosis_summary summary;
    char x_title[96];

    diagnosis_summarise(diagnosis, &summary);
    snprintf(x_title, sizeof x_title, "t - k, in samples (%.4g of them are a millisecond)",
             1e-3 * diagnosis->rate_hz);
    chart_text(chart, MARGIN, 28.0, 16.0, false, summary.headline);
    draw_norms(chart, curves, first, x_title);
    draw_gradients(chart, curves, second, x_title);
    draw_gates(chart, diagnosis->result, second + CURVES + GAP);
}

enum tc_status diagnosis_plot(const struct diagnosis *diagnosis, const char *path,
                              struct tc_error *error)
{
    const double height =
        1.1 * MARGIN + 2.0 * (CURVES + GAP) + ROW * gate_rows(diagnosis->result) + 0.5 * MARGIN;
    enum chart_format format = CHART_SVG;
    struct curves curves;
    struct chart *chart;
    enum tc_status status;

    (void)chart_format_of(path, &format);
    chart = chart_new(format, PAGE, height);
    if (!chart || !curves_init(&curves, diagnosis->result)) {
        chart_free(chart);
        return tc_fail(error, TC_NO_MEMORY, "out of memory for the plot");
    }
    draw(chart, diagnosis, &curves);
    free(curves.lag);
    status = chart_write(chart, path, error);
    chart_free(chart);
    return status;
}
