#include "page/content.h"
#include "page/svg_plot.h"

#include <math.h>
#include <stdlib.h>

static const struct svg_pen each = {CURVE_MODEL, 2.2, false}, pooled = {CURVE_TARGET, 1.5, true};

static void draw(FILE *out, const struct content *content, const double *x, const double *y,
                 size_t n)
{
    const double length_s =
        (double)content->page->signals->n_frames / content->page->signals->rate_hz;
    const double mean = content->page->scores.esr;
    const double ends[] = {0.0, length_s}, means[] = {mean, mean};
    struct svg_plot plot = {.out = out,
                            .label = "ESR of each second",
                            .x_title = "seconds of what was scored",
                            .y_title = "ESR",
                            .x_max = length_s,
                            .y_min = mean > 0.0 ? mean : (double)INFINITY,
                            .y_max = mean > 0.0 ? mean : 0.0,
                            .x_linear = true};

    for (size_t i = 0; i < n; ++i)
        if (y[i] > 0.0) {
            plot.y_min = fmin(plot.y_min, y[i]);
            plot.y_max = fmax(plot.y_max, y[i]);
        }
    svg_plot_widen(&plot.y_min, &plot.y_max, false);
    svg_plot_begin(&plot);
    svg_plot_line(&plot, ends, means, 2, &pooled);
    svg_plot_line(&plot, x, y, n, &each);
    svg_plot_end(&plot);
}

enum tc_status page_write_esr(const struct content *content, FILE *out, struct tc_error *error)
{
    static const struct figure_key keys[] = {{CURVE_MODEL, "each second"},
                                             {CURVE_TARGET, "all together"}};
    const struct seconds *const seconds = &content->seconds;
    double *const values = calloc(2 * seconds->n + 1, sizeof *values);

    if (values == NULL)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for a plot");
    for (size_t i = 0; i < seconds->n; ++i) {
        const struct second *const s = &seconds->second[i];

        values[i] =
            ((double)s->first + 0.5 * (double)s->n_frames) / content->page->signals->rate_hz;
        values[seconds->n + i] = s->esr;
    }
    figure_begin(out, "Error over time");
    draw(out, content, values, values + seconds->n, seconds->n);
    figure_end(out, keys, 2,
               "Lower is better. Seconds that are 40 dB below the mean level have gaps: there is "
               "next to nothing to compare.");
    free(values);
    return TC_OK;
}
