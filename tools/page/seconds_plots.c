#include "cli/paths.h"
#include "data/silence.h"
#include "page/content.h"
#include "page/svg_plot.h"

#include <math.h>
#include <stdlib.h>

static const double detail_s = 0.01;

static const struct svg_pen outline = {CURVE_MODEL, 0.8, false};

/* ------------------------------------------------------------------ the whole second */

/* The lowest and the highest value in each of SVG_PLOT_WIDTH parts of equal length. */
struct envelope {
    double low[SVG_PLOT_WIDTH], high[SVG_PLOT_WIDTH];
};

static void widen_at(struct envelope *e, size_t at, double value)
{
    e->low[at] = fmin(e->low[at], value);
    e->high[at] = fmax(e->high[at], value);
}

/* Of target, model and error. Returns the number of parts: fewer for less frames. */
static size_t find_envelopes(const struct scored_signals *s, const struct second *second,
                             struct envelope envelope[N_CURVES])
{
    const size_t n = second->n_frames < SVG_PLOT_WIDTH ? second->n_frames : SVG_PLOT_WIDTH;

    for (unsigned c = 0; c < N_CURVES; ++c)
        for (size_t i = 0; i < SVG_PLOT_WIDTH; ++i)
            envelope[c].low[i] = envelope[c].high[i] = 0.0;
    for (size_t i = 0; i < second->n_frames; ++i) {
        const size_t at = i * n / second->n_frames, frame = second->first + i;
        const double target = (double)s->target[frame], model = (double)s->output[frame];

        widen_at(&envelope[CURVE_TARGET], at, target);
        widen_at(&envelope[CURVE_MODEL], at, model);
        widen_at(&envelope[CURVE_ERROR], at, target - model);
    }
    return n;
}

static double largest(const struct scored_signals *s, size_t first, size_t n)
{
    const float peak = fmaxf(signal_peak(s->target + first, n), signal_peak(s->output + first, n));

    return fmax(1e-6, (double)peak);
}

static void draw_whole(FILE *out, const struct scored_signals *s, const struct second *second)
{
    const double peak = 1.05 * largest(s, second->first, second->n_frames);
    const double length_s = (double)second->n_frames / s->rate_hz;
    struct envelope envelope[N_CURVES];
    double x[SVG_PLOT_WIDTH];
    const size_t n = find_envelopes(s, second, envelope);
    const struct svg_plot plot = {.out = out,
                                  .label = "Target, model and error in this second",
                                  .x_title = "seconds",
                                  .y_title = "full scale is 1",
                                  .x_max = length_s,
                                  .y_min = -peak,
                                  .y_max = peak,
                                  .x_linear = true,
                                  .y_linear = true};

    for (size_t i = 0; i < n; ++i)
        x[i] = ((double)i + 0.5) * length_s / (double)n;
    svg_plot_begin(&plot);
    svg_plot_band(&plot, x, envelope[CURVE_TARGET].low, envelope[CURVE_TARGET].high, n,
                  CURVE_TARGET);
    svg_plot_line(&plot, x, envelope[CURVE_MODEL].low, n, &outline);
    svg_plot_line(&plot, x, envelope[CURVE_MODEL].high, n, &outline);
    svg_plot_band(&plot, x, envelope[CURVE_ERROR].low, envelope[CURVE_ERROR].high, n, CURVE_ERROR);
    svg_plot_end(&plot);
}

/* ------------------------------------------------------------------ a detail of it */

/* The first frame of the n that have the most error, by steps of a half of n. */
static size_t find_detail(const struct scored_signals *s, const struct second *second, size_t n)
{
    const size_t end = second->first + second->n_frames;
    size_t found = second->first;
    double most = -1.0;

    for (size_t first = second->first; first + n <= end; first += n / 2 + 1) {
        double energy = 0.0;

        for (size_t i = first; i < first + n; ++i)
            energy += pow((double)s->target[i] - (double)s->output[i], 2.0);
        if (energy > most) {
            most = energy;
            found = first;
        }
    }
    return found;
}

/* x (n) and each y (n): milliseconds, and target, model and error from frame `first` on. */
static void take_detail(const struct scored_signals *s, size_t first, size_t n, double *x,
                        double *const y[N_CURVES])
{
    for (size_t i = 0; i < n; ++i) {
        x[i] = 1000.0 * (double)i / s->rate_hz;
        y[CURVE_TARGET][i] = (double)s->target[first + i];
        y[CURVE_MODEL][i] = (double)s->output[first + i];
        y[CURVE_ERROR][i] = y[CURVE_TARGET][i] - y[CURVE_MODEL][i];
    }
}

static enum tc_status draw_detail(FILE *out, const struct scored_signals *s,
                                  const struct second *second, struct tc_error *error)
{
    const size_t wanted = (size_t)(detail_s * s->rate_hz + 1.0);
    const size_t n = wanted < second->n_frames ? wanted : second->n_frames;
    const size_t first = find_detail(s, second, n);
    const double peak = 1.05 * largest(s, first, n);
    double *const values = calloc((1 + N_CURVES) * n, sizeof *values), *y[N_CURVES];
    const struct svg_plot plot = {.out = out,
                                  .label = "Target, model and error in the 10 milliseconds with "
                                           "the most error",
                                  .x_title = "milliseconds",
                                  .y_title = "the 10 ms with the most error",
                                  .x_max = 1000.0 * (double)n / s->rate_hz,
                                  .y_min = -peak,
                                  .y_max = peak,
                                  .x_linear = true,
                                  .y_linear = true};

    if (values == NULL)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for a plot");
    for (unsigned c = 0; c < N_CURVES; ++c)
        y[c] = values + (1 + c) * n;
    take_detail(s, first, n, values, y);
    svg_plot_begin(&plot);
    svg_plot_line(&plot, values, y[CURVE_TARGET], n, &(struct svg_pen){CURVE_TARGET, 2.6, false});
    svg_plot_line(&plot, values, y[CURVE_MODEL], n, &(struct svg_pen){CURVE_MODEL, 1.2, false});
    svg_plot_line(&plot, values, y[CURVE_ERROR], n, &(struct svg_pen){CURVE_ERROR, 1.2, false});
    svg_plot_end(&plot);
    free(values);
    return TC_OK;
}

/* ------------------------------------------------------------------ figures */

static enum tc_status write_second(const struct content *content, FILE *out, const char *title,
                                   size_t index, struct tc_error *error)
{
    static const struct figure_key keys[] = {
        {CURVE_TARGET, "target"}, {CURVE_MODEL, "model"}, {CURVE_ERROR, "error"}};
    const struct scored_signals *const s = content->page->signals;
    const struct second *const second = &content->seconds.second[index];
    const struct scored_part *const part = scored_signals_part(s, second->first);
    char number[NUMBER_SIZE], sentence[512];
    enum tc_status status;

    snprintf(sentence, sizeof sentence, "ESR %s. It begins %.1f s into %.300s.",
             html_number(second->esr, number),
             (double)(part->start + second->first - part->first) / s->rate_hz,
             path_name(part->source->row->input));
    figure_begin_wide(out, title);
    draw_whole(out, s, second);
    status = draw_detail(out, s, second, error);
    figure_end_wide(out, keys, 3, sentence);
    return status;
}

enum tc_status page_write_seconds(const struct content *content, FILE *out, struct tc_error *error)
{
    const struct seconds *const seconds = &content->seconds;
    enum tc_status status;

    fputs("<section><h2>The best, the median and the worst second</h2>\n", out);
    if (seconds->n_scored == 0) {
        fputs("<p>No second is loud enough to be compared.</p></section>\n", out);
        return TC_OK;
    }
    fputs("<div class=\"figures\">\n", out);
    status = write_second(content, out, "Best second", seconds->best, error);
    if (status == TC_OK)
        status = write_second(content, out, "Median second", seconds->median, error);
    if (status == TC_OK)
        status = write_second(content, out, "Worst second", seconds->worst, error);
    fputs("</div></section>\n", out);
    return status;
}
