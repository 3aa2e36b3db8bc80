/** @file
 *  Plots as SVG elements within an HTML page, whose style gives them their colours and fonts; so
 *  they follow light and dark, and text stays text. (Charts of report/chart.h are files of their
 *  own: their glyphs have names that would collide within one page.) */
#ifndef TONECELL_SVG_PLOT_H
#define TONECELL_SVG_PLOT_H

#include "page/html.h"

#include <stdbool.h>

/** Units of the plot's own: the width of the box, as many as points that can be told apart. */
enum { SVG_PLOT_WIDTH = 350 };

struct svg_plot {
    FILE *out;
    const char *label; /* what is plotted, for those who cannot see it */
    const char *x_title, *y_title;
    double x_min, x_max, y_min, y_max; /* above 0 on logarithmic axes */
    bool x_linear, y_linear;
};

/** How a curve looks. */
struct svg_pen {
    enum curve curve;
    double width;
    bool dashed;
};

/** Write the box with its axes. svg_plot_end() follows the curves. */
void svg_plot_begin(const struct svg_plot *plot);
void svg_plot_end(const struct svg_plot *plot);

/** A curve through n points, cut off at the box; it has gaps where a value is no number, or not
 *  above 0 on a logarithmic axis. A point between gaps is a dot. */
void svg_plot_line(const struct svg_plot *plot, const double *x, const double *y, size_t n,
                   const struct svg_pen *pen);

/** The area between two curves of finite values. */
void svg_plot_band(const struct svg_plot *plot, const double *x, const double *low,
                   const double *high, size_t n, enum curve curve);

/** Widen a range so that curves do not touch the box, and so that it is not empty. */
void svg_plot_widen(double *min, double *max, bool linear);

#endif
