#include "page/svg_plot.h"

#include "report/axis.h"

#include <math.h>

enum { LEFT = 54, TOP = 22, HEIGHT = 180, RIGHT = 16, BELOW = 40, LINE = 15 };

/* ------------------------------------------------------------------ axes */

static double to_x(const struct svg_plot *p, double x)
{
    return SVG_PLOT_WIDTH * axis_position(x, p->x_min, p->x_max, p->x_linear);
}

static double to_y(const struct svg_plot *p, double y)
{
    return HEIGHT * (1.0 - axis_position(y, p->y_min, p->y_max, p->y_linear));
}

static void write_label(FILE *out, double x, double y, const char *anchor, const char *text)
{
    fprintf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y, anchor);
    html_text(out, text);
    fputs("</text>\n", out);
}

static void write_rule(FILE *out, double x1, double y1, double x2, double y2)
{
    fprintf(out, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>", x1, y1, x2, y2);
}

static void write_x_axis(const struct svg_plot *p)
{
    struct axis_tick tick[AXIS_MAX_TICKS];
    const unsigned n = axis_ticks(p->x_min, p->x_max, p->x_linear, AXIS_DIGITS, tick);

    for (unsigned i = 0; i < n; ++i) {
        const double x = LEFT + to_x(p, tick[i].value);

        write_rule(p->out, x, TOP, x, TOP + HEIGHT);
        write_label(p->out, x, TOP + HEIGHT + LINE, "middle", tick[i].text);
    }
}

static void write_y_axis(const struct svg_plot *p)
{
    struct axis_tick tick[AXIS_MAX_TICKS];
    const unsigned n = axis_ticks(p->y_min, p->y_max, p->y_linear, AXIS_SHORT, tick);

    for (unsigned i = 0; i < n; ++i) {
        const double y = TOP + to_y(p, tick[i].value);

        write_rule(p->out, LEFT, y, LEFT + SVG_PLOT_WIDTH, y);
        write_label(p->out, LEFT - 5, y + 4.0, "end", tick[i].text);
    }
}

void svg_plot_begin(const struct svg_plot *plot)
{
    FILE *const out = plot->out;

    fprintf(out, "<svg class=\"plot\" viewBox=\"0 0 %d %d\" role=\"img\"><title>",
            LEFT + SVG_PLOT_WIDTH + RIGHT, TOP + HEIGHT + BELOW);
    html_text(out, plot->label);
    fputs("</title>\n", out);
    write_x_axis(plot);
    write_y_axis(plot);
    write_label(out, 4.0, 13.0, "start", plot->y_title);
    write_label(out, LEFT + SVG_PLOT_WIDTH, TOP + HEIGHT + 2.2 * LINE, "end", plot->x_title);
    fprintf(out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>\n", LEFT, TOP,
            SVG_PLOT_WIDTH, HEIGHT);
    /* An inner svg cuts off what is beyond its edges. */
    fprintf(out, "<svg x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\">\n", LEFT, TOP, SVG_PLOT_WIDTH,
            HEIGHT);
}

void svg_plot_end(const struct svg_plot *plot)
{
    fputs("</svg></svg>\n", plot->out);
}

void svg_plot_widen(double *min, double *max, bool linear)
{
    if (!(*min <= *max)) {
        *min = linear ? 0.0 : 0.1;
        *max = 1.0;
    } else if (linear) {
        const double margin = fmax(0.06 * (*max - *min), 1e-9 + 1e-3 * fabs(*max));

        *min -= margin;
        *max += margin;
    } else {
        *min *= 0.7;
        *max *= 1.4;
    }
}

/* ------------------------------------------------------------------ curves */

static bool is_drawable(const struct svg_plot *p, double x, double y)
{
    return axis_has(x, p->x_linear) && axis_has(y, p->y_linear);
}

void svg_plot_line(const struct svg_plot *plot, const double *x, const double *y, size_t n,
                   const struct svg_pen *pen)
{
    bool drawing = false;

    fprintf(plot->out, "<path class=\"%s%s\" stroke-width=\"%.1f\" d=\"", curve_class[pen->curve],
            pen->dashed ? " dashed" : "", pen->width);
    for (size_t i = 0; i < n; ++i) {
        const bool drawable = is_drawable(plot, x[i], y[i]);

        if (drawable && drawing)
            fprintf(plot->out, "L%.1f %.1f", to_x(plot, x[i]), to_y(plot, y[i]));
        else if (drawable) /* no way, but with round ends a dot */
            fprintf(plot->out, "M%.1f %.1fh0", to_x(plot, x[i]), to_y(plot, y[i]));
        drawing = drawable;
    }
    fputs("\"/>\n", plot->out);
}

void svg_plot_band(const struct svg_plot *plot, const double *x, const double *low,
                   const double *high, size_t n, enum curve curve)
{
    if (n == 0)
        return;
    fprintf(plot->out, "<path class=\"%s band\" d=\"", curve_class[curve]);
    for (size_t i = 0; i < n; ++i)
        fprintf(plot->out, "%c%.1f %.1f", i > 0 ? 'L' : 'M', to_x(plot, x[i]), to_y(plot, high[i]));
    for (size_t i = n; i-- > 0;)
        fprintf(plot->out, "L%.1f %.1f", to_x(plot, x[i]), to_y(plot, low[i]));
    fputs("z\"/>\n", plot->out);
}
