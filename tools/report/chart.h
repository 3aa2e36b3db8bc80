/** @file
 *  Charts with logarithmic or linear axes, as SVG or PNG. The only part of Tonecell that sees
 *  cairo.
 *
 *  Coordinates on the page are in points from its top left corner. Drawing functions do not fail:
 *  chart_write() returns the first error. */
#ifndef TONECELL_CHART_H
#define TONECELL_CHART_H

#include "tonecell.h"

enum chart_format { CHART_SVG, CHART_PNG };

/** Set the format from a file name's ending, .svg or .png in either case; false for any other. */
bool chart_format_of(const char *path, enum chart_format *format);

struct chart;

/** A white page. NULL without memory. */
struct chart *chart_new(enum chart_format format, double width, double height);

/** Free it (NULL allowed). */
void chart_free(struct chart *chart);

/** Where curves are drawn: a box on the page, and what its edges stand for, above 0 on a
 *  logarithmic axis. */
struct chart_axes {
    double left, top, width, height;
    double x_min, x_max, y_min, y_max;
    const char *title, *x_title;
    bool x_linear, y_linear;
};

/** How something is drawn: colour 0xRRGGBB, and how much of it covers what is below. */
struct chart_pen {
    unsigned colour;
    double cover, width;
    bool dashed;
};

/** The box with its titles and a line at each power of ten, or at round numbers of a linear
 *  axis. */
void chart_axes(struct chart *chart, const struct chart_axes *axes);

/** A curve through n points; it is cut off at the box, and has gaps where a value is no number, or
 *  not above 0 on a logarithmic axis. */
void chart_line(struct chart *chart, const struct chart_axes *axes, const double *x,
                const double *y, size_t n, const struct chart_pen *pen);

/** The area between two curves, up to the first point where chart_line() has a gap. */
void chart_band(struct chart *chart, const struct chart_axes *axes, const double *x,
                const double *low, const double *high, size_t n, const struct chart_pen *pen);

/** A filled rectangle. */
void chart_bar(struct chart *chart, double left, double top, double width, double height,
               const struct chart_pen *pen);

/** Text that starts, or with `to_left` ends, at a point of its base line. */
void chart_text(struct chart *chart, double x, double y, double size, bool to_left,
                const char *text);

/** An entry of the key in the box's lower left corner, rows counted upwards: a piece of line and
 *  its text. */
void chart_key(struct chart *chart, const struct chart_axes *axes, unsigned row, const char *text,
               const struct chart_pen *pen);

/** Write the page into a file, whole or not at all. Nothing may be drawn afterwards.
 *  Errors: TC_IO, TC_NO_MEMORY. */
enum tc_status chart_write(struct chart *chart, const char *path, struct tc_error *error);

#endif
