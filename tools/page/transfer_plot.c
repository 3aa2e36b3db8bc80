#include "data/silence.h"
#include "measurement/quantile.h"
#include "page/content.h"
#include "page/svg_plot.h"

#include <math.h>
#include <stdlib.h>

enum { BINS = 61, LEAST_IN_BIN = 12, MOST_FRAMES = 400000 };

/* The halves of a loop: while the input rises, and while it falls. */
enum { RISING, FALLING, N_WAYS };

/* Input values that are binned, and medians of a signal in each bin. */
struct transfer {
    double low, width;
    double x[BINS], y[N_WAYS][BINS];
};

static void set_bins(struct transfer *t, const struct scored_signals *s)
{
    const double peak = fmax(1e-6, (double)signal_peak(s->input, s->n_frames));

    t->low = -peak;
    t->width = 2.0 * peak / BINS;
    for (size_t b = 0; b < BINS; ++b)
        t->x[b] = t->low + t->width * ((double)b + 0.5);
}

/* values (n_frames): scratch. */
static double median_in_bin(const struct transfer *t, const struct scored_signals *s,
                            const float *signal, size_t bin, unsigned way, double *values)
{
    const size_t stride = s->n_frames / MOST_FRAMES + 1;
    const double low = t->low + t->width * (double)bin;
    size_t n = 0;

    for (size_t i = 1; i < s->n_frames; i += stride) {
        const double input = (double)s->input[i];
        const bool rising = s->input[i] > s->input[i - 1];

        if (input >= low && input < low + t->width && rising == (way == RISING))
            values[n++] = (double)signal[i];
    }
    return n >= LEAST_IN_BIN ? quantile(values, n, 0.5) : (double)NAN;
}

static void measure(struct transfer *t, const struct scored_signals *s, const float *signal,
                    double *values)
{
    for (unsigned way = 0; way < N_WAYS; ++way)
        for (size_t b = 0; b < BINS; ++b)
            t->y[way][b] = median_in_bin(t, s, signal, b, way, values);
}

static void widen_to(struct svg_plot *plot, const struct transfer *t)
{
    for (unsigned way = 0; way < N_WAYS; ++way)
        for (size_t b = 0; b < BINS; ++b)
            if (!isnan(t->y[way][b])) {
                plot->y_min = fmin(plot->y_min, t->y[way][b]);
                plot->y_max = fmax(plot->y_max, t->y[way][b]);
            }
}

static void draw_loop(const struct svg_plot *plot, const struct transfer *t, enum curve curve,
                      double width)
{
    svg_plot_line(plot, t->x, t->y[RISING], BINS, &(struct svg_pen){curve, width, false});
    svg_plot_line(plot, t->x, t->y[FALLING], BINS, &(struct svg_pen){curve, width, true});
}

static void draw(FILE *out, const struct transfer *target, const struct transfer *model)
{
    struct svg_plot plot = {.out = out,
                            .label = "Transfer curves of target and model, for a rising and a "
                                     "falling input",
                            .x_title = "input",
                            .y_title = "output",
                            .x_min = target->low,
                            .x_max = -target->low,
                            .y_min = (double)INFINITY,
                            .y_max = (double)-INFINITY,
                            .x_linear = true,
                            .y_linear = true};

    widen_to(&plot, target);
    widen_to(&plot, model);
    svg_plot_widen(&plot.y_min, &plot.y_max, true);
    svg_plot_begin(&plot);
    draw_loop(&plot, target, CURVE_TARGET, 2.6);
    draw_loop(&plot, model, CURVE_MODEL, 1.2);
    svg_plot_end(&plot);
}

enum tc_status page_write_transfer(const struct content *content, FILE *out, struct tc_error *error)
{
    static const struct figure_key keys[] = {{CURVE_TARGET, "target"}, {CURVE_MODEL, "model"}};
    const struct scored_signals *const s = content->page->signals;
    double *const values = calloc(s->n_frames + 1, sizeof *values);
    struct transfer target, model;

    if (values == NULL)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for the transfer curve");
    set_bins(&target, s);
    set_bins(&model, s);
    measure(&target, s, s->target, values);
    measure(&model, s, s->output, values);
    free(values);
    figure_begin(out, "Transfer curve");
    draw(out, &target, &model);
    figure_end(
        out, keys, 2,
        "The usual output for each input value, full scale is 1: solid while the input rises, "
        "dashed while it falls. A bend is distortion; a loop between the two is memory: "
        "filtering, hysteresis or compression.");
    return TC_OK;
}
