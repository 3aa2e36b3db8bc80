#include "cli/paths.h"
#include "page/content.h"
#include "page/svg_plot.h"

#include <math.h>
#include <stdlib.h>

enum { POINTS = 600, MAX_PAIRS = N_CURVES };

static const enum curve colour[MAX_PAIRS] = {CURVE_TARGET, CURVE_MODEL, CURVE_ERROR, CURVE_INPUT};

/* The delay that was undone, in frames, at a frame of the input. */
static double delay_at(const struct recording_pair *pair, double frame)
{
    const struct tc_delay_curve *const wander = &pair->wander;
    double delay = (double)recording_pair_delay(pair) + 1e-6 * pair->drift_ppm * frame;

    if (wander->n_knots > 0) {
        const double last = (double)wander->n_knots - 1.0;
        const double knot =
            fmin(fmax((frame - (double)pair->start) / wander->step_frames, 0.0), last);
        const size_t k = (size_t)fmin(knot, fmax(last - 1.0, 0.0));
        const size_t next = k + 1 < wander->n_knots ? k + 1 : k;

        delay += wander->wander_frames[k] +
                 (knot - (double)k) * (wander->wander_frames[next] - wander->wander_frames[k]);
    }
    return delay;
}

struct delay_curve {
    double x_s[POINTS], y_ms[POINTS];
};

static void take_curve(const struct recording_pair *pair, double rate_hz, struct delay_curve *curve)
{
    for (size_t i = 0; i < POINTS; ++i) {
        const double frame = (double)pair->n_frames * (double)i / (POINTS - 1);

        curve->x_s[i] = frame / rate_hz;
        curve->y_ms[i] = 1000.0 * delay_at(pair, frame) / rate_hz;
    }
}

static void draw(FILE *out, const struct delay_curve *curve, size_t n)
{
    struct svg_plot plot = {.out = out,
                            .label = "Delay of the target over time",
                            .x_title = "seconds of the recording",
                            .y_title = "milliseconds",
                            .y_min = (double)INFINITY,
                            .y_max = (double)-INFINITY,
                            .x_linear = true,
                            .y_linear = true};

    for (size_t c = 0; c < n; ++c) {
        plot.x_max = fmax(plot.x_max, curve[c].x_s[POINTS - 1]);
        for (size_t i = 0; i < POINTS; ++i) {
            plot.y_min = fmin(plot.y_min, curve[c].y_ms[i]);
            plot.y_max = fmax(plot.y_max, curve[c].y_ms[i]);
        }
    }
    plot.y_min -= 0.05; /* a constant delay is a line in the middle, not noise of rounding */
    plot.y_max += 0.05;
    svg_plot_begin(&plot);
    for (size_t c = 0; c < n; ++c)
        svg_plot_line(&plot, curve[c].x_s, curve[c].y_ms, POINTS,
                      &(struct svg_pen){colour[c], 2.0, false});
    svg_plot_end(&plot);
}

enum tc_status page_write_delay(const struct content *content, FILE *out, struct tc_error *error)
{
    const struct recordings *const recordings = content->page->recordings;
    const size_t n = recordings->n_pairs < MAX_PAIRS ? recordings->n_pairs : MAX_PAIRS;
    struct delay_curve *const curve = calloc(n + 1, sizeof *curve);
    struct figure_key keys[MAX_PAIRS];

    if (curve == NULL)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for a plot");
    for (size_t i = 0; i < n; ++i) {
        take_curve(&recordings->pair[i], content->page->signals->rate_hz, &curve[i]);
        keys[i] = (struct figure_key){colour[i], path_name(recordings->pair[i].target->path)};
    }
    figure_begin(out, "Delay over time");
    draw(out, curve, n);
    figure_end(
        out, keys, n,
        "By how much the target comes after the input, or, below 0, before it. This was undone "
        "before everything else. Up to four recordings are shown.");
    free(curve);
    return TC_OK;
}
