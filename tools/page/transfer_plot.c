#include "data/silence.h"
#include "measurement/quantile.h"
#include "page/content.h"
#include "page/svg_plot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BINS = 61, LEAST_IN_BIN = 12, MOST_FRAMES = 400000 };

/* The halves of a loop: while the input rises, and while it falls. */
enum { RISING, FALLING, N_WAYS };

enum { GROUPS = N_WAYS * BINS };

/* ------------------------------------------------------------------ frames by their input */

/* Group way BINS + bin has the frames frame[start[group]] to frame[start[group + 1] - 1]. */
struct input_groups {
    double low, width; /* bins: low + bin width to low + (bin + 1) width */
    size_t start[GROUPS + 1];
    size_t *frame;
};

static size_t group_of(const struct input_groups *groups, const float *input, size_t i)
{
    const double bin = ((double)input[i] - groups->low) / groups->width;
    const size_t way = input[i] > input[i - 1] ? RISING : FALLING;

    return way * BINS + (size_t)fmin(fmax(bin, 0.0), BINS - 1);
}

/* A counting sort of at most about MOST_FRAMES frames. */
static enum tc_status groups_init(struct input_groups *groups, const struct scored_signals *s,
                                  struct tc_error *error)
{
    const double peak = fmax(1e-6, (double)signal_peak(s->input, s->n_frames));
    const size_t stride = s->n_frames / MOST_FRAMES + 1;
    size_t next[GROUPS];

    *groups = (struct input_groups){.low = -peak, .width = 2.0 * peak / BINS};
    groups->frame = calloc(s->n_frames / stride + 1, sizeof *groups->frame);
    if (groups->frame == NULL)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for the transfer curve");
    for (size_t i = 1; i < s->n_frames; i += stride)
        ++groups->start[group_of(groups, s->input, i) + 1];
    for (size_t g = 0; g < GROUPS; ++g)
        groups->start[g + 1] += groups->start[g];
    memcpy(next, groups->start, sizeof next);
    for (size_t i = 1; i < s->n_frames; i += stride)
        groups->frame[next[group_of(groups, s->input, i)]++] = i;
    return TC_OK;
}

/* ------------------------------------------------------------------ curves */

/* Medians of a signal in each group; NAN: too few frames. */
struct transfer {
    double y[N_WAYS][BINS];
};

/* values: scratch, for all frames of the groups. */
static void measure(struct transfer *t, const struct input_groups *groups, const float *signal,
                    double *values)
{
    for (size_t g = 0; g < GROUPS; ++g) {
        const size_t *const frame = groups->frame + groups->start[g];
        const size_t n = groups->start[g + 1] - groups->start[g];

        for (size_t i = 0; i < n; ++i)
            values[i] = (double)signal[frame[i]];
        t->y[g / BINS][g % BINS] = n >= LEAST_IN_BIN ? quantile(values, n, 0.5) : (double)NAN;
    }
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

static void draw_loop(const struct svg_plot *plot, const double x[BINS], const struct transfer *t,
                      enum curve curve, double width)
{
    svg_plot_line(plot, x, t->y[RISING], BINS, &(struct svg_pen){curve, width, false});
    svg_plot_line(plot, x, t->y[FALLING], BINS, &(struct svg_pen){curve, width, true});
}

static void draw(FILE *out, const struct input_groups *groups, const struct transfer *target,
                 const struct transfer *model)
{
    struct svg_plot plot = {.out = out,
                            .label = "Transfer curves of target and model, for a rising and a "
                                     "falling input",
                            .x_title = "input",
                            .y_title = "output",
                            .x_min = groups->low,
                            .x_max = -groups->low,
                            .y_min = (double)INFINITY,
                            .y_max = (double)-INFINITY,
                            .x_linear = true,
                            .y_linear = true};
    double x[BINS];

    for (size_t b = 0; b < BINS; ++b)
        x[b] = groups->low + groups->width * ((double)b + 0.5);
    widen_to(&plot, target);
    widen_to(&plot, model);
    svg_plot_widen(&plot.y_min, &plot.y_max, true);
    svg_plot_begin(&plot);
    draw_loop(&plot, x, target, CURVE_TARGET, 2.6);
    draw_loop(&plot, x, model, CURVE_MODEL, 1.2);
    svg_plot_end(&plot);
}

static enum tc_status measure_both(const struct input_groups *groups,
                                   const struct scored_signals *s, struct transfer *target,
                                   struct transfer *model, struct tc_error *error)
{
    double *const values = calloc(groups->start[GROUPS] + 1, sizeof *values);

    if (values == NULL)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for the transfer curve");
    measure(target, groups, s->target, values);
    measure(model, groups, s->output, values);
    free(values);
    return TC_OK;
}

enum tc_status page_write_transfer(const struct content *content, FILE *out, struct tc_error *error)
{
    static const struct figure_key keys[] = {{CURVE_TARGET, "target"}, {CURVE_MODEL, "model"}};
    const struct scored_signals *const s = content->page->signals;
    struct input_groups groups;
    struct transfer target, model;
    enum tc_status status = groups_init(&groups, s, error);

    if (status == TC_OK)
        status = measure_both(&groups, s, &target, &model, error);
    free(groups.frame);
    if (status != TC_OK)
        return status;
    figure_begin(out, "Transfer curve");
    draw(out, &groups, &target, &model);
    figure_end(
        out, keys, 2,
        "The usual output for each input value, full scale is 1: solid while the input rises, "
        "dashed while it falls. A bend is distortion; a loop between the two is memory: "
        "filtering, hysteresis or compression.");
    return TC_OK;
}
