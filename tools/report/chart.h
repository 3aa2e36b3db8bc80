/** @file
 *  Charts with logarithmic axes, as SVG or PNG. The only part of Tonecell that sees cairo.
 *
 *  Places on the page are in points from its top left corner. Drawing cannot fail before
 *  chart_write() says so. */
#ifndef TONECELL_CHART_H
#define TONECELL_CHART_H

#include "tonecell.h"

enum chart_format { CHART_SVG, CHART_PNG };

/** The format that a file's name ends in, .svg or .png in either case; false if in another. */
bool chart_format_of(const char *path, enum chart_format *format);

struct chart;

/** A white page. NULL if there is no memory. */
struct chart *chart_new(enum chart_format format, double width, double height);

/** Free it (NULL allowed). */
void chart_free(struct chart *chart);

/** Where curves are drawn: a box on the page, and what its edges stand for, all above 0. */
struct chart_axes {
    double left, top, width, height;
    double x_min, x_max, y_min, y_max;
    const char *title, *x_title;
};

/** How something is drawn: colour 0xRRGGBB, and how much of it covers what is below. */
struct chart_pen {
    unsigned colour;
    double cover, width;
    bool dashed;
};

/** The box with its titles and a line at each power of ten. */
void chart_axes(struct chart *chart, const struct chart_axes *axes);

/** A curve through n points; it is cut off at the box, and has gaps where a value is not above 0 or
 *  no number. */
void chart_line(struct chart *chart, const struct chart_axes *axes, const double *x,
                const double *y, size_t n, const struct chart_pen *pen);

/** The area between two curves, up to the first point that has no place. */
void chart_band(struct chart *chart, const struct chart_axes *axes, const double *x,
                const double *low, const double *high, size_t n, const struct chart_pen *pen);

/** A filled rectangle. */
void chart_bar(struct chart *chart, double left, double top, double width, double height,
               const struct chart_pen *pen);

/** Text that starts, or with `to_left` ends, at a point of its base line. */
void chart_text(struct chart *chart, double x, double y, double size, bool to_left,
                const char *text);

/** A word in a box's lower left corner, each further row above, and how its curve is drawn. */
void chart_key(struct chart *chart, const struct chart_axes *axes, unsigned row, const char *text,
               const struct chart_pen *pen);

/** Write the page into a file, which is there complete or not at all; nothing more is drawn after.
 *  Errors: TC_IO, TC_NO_MEMORY. */
enum tc_status chart_write(struct chart *chart, const char *path, struct tc_error *error);

#endif
