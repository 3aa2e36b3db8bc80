#include "config.h"
#include "report/chart.h"

#include "report/axis.h"

#include <cairo-svg.h>
#include <cairo.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const double SMALL = 11.0, LARGE = 13.0, PNG_SCALE = 2.0;
static const unsigned GREY = 0xd0d0d0, INK = 0x202020;

struct chart {
    enum chart_format format;
    cairo_surface_t *surface;
    cairo_t *cairo;
    unsigned char *bytes; /* the file's */
    size_t size, capacity;
};

bool chart_format_of(const char *path, enum chart_format *format)
{
    const char *const dot = strrchr(path, '.');

    if (!dot || (strcasecmp(dot, ".svg") != 0 && strcasecmp(dot, ".png") != 0))
        return false;
    *format = strcasecmp(dot, ".svg") == 0 ? CHART_SVG : CHART_PNG;
    return true;
}

/* ------------------------------------------------------------------------- the page */

static cairo_status_t append(void *user, const unsigned char *bytes, unsigned n)
{
    struct chart *const chart = user;

    if (chart->size + n > chart->capacity) {
        const size_t capacity = 2 * (chart->size + n);
        unsigned char *const larger = realloc(chart->bytes, capacity);

        if (!larger)
            return CAIRO_STATUS_NO_MEMORY;
        chart->bytes = larger;
        chart->capacity = capacity;
    }
    memcpy(chart->bytes + chart->size, bytes, n);
    chart->size += n;
    return CAIRO_STATUS_SUCCESS;
}

static void set_pen(struct chart *chart, const struct chart_pen *pen)
{
    const double dashes[] = {5.0, 3.0};

    cairo_set_source_rgba(chart->cairo, (pen->colour >> 16) / 255.0,
                          (pen->colour >> 8 & 0xff) / 255.0, (pen->colour & 0xff) / 255.0,
                          pen->cover);
    cairo_set_line_width(chart->cairo, pen->width);
    cairo_set_dash(chart->cairo, dashes, pen->dashed ? 2 : 0, 0.0);
}

struct chart *chart_new(enum chart_format format, double width, double height)
{
    struct chart *const chart = calloc(1, sizeof *chart);

    if (!chart)
        return NULL;
    chart->format = format;
    if (format == CHART_SVG)
        chart->surface = cairo_svg_surface_create_for_stream(append, chart, width, height);
    else
        chart->surface = cairo_image_surface_create(
            CAIRO_FORMAT_RGB24, (int)ceil(PNG_SCALE * width), (int)ceil(PNG_SCALE * height));
    chart->cairo = cairo_create(chart->surface);
    if (format == CHART_PNG)
        cairo_scale(chart->cairo, PNG_SCALE, PNG_SCALE);
    cairo_select_font_face(chart->cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
                           CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_line_join(chart->cairo, CAIRO_LINE_JOIN_ROUND);
    chart_bar(chart, 0.0, 0.0, width, height, &(struct chart_pen){0xffffff, 1.0, 0.0, false});
    return chart;
}

void chart_free(struct chart *chart)
{
    if (!chart)
        return;
    cairo_destroy(chart->cairo);
    cairo_surface_destroy(chart->surface);
    free(chart->bytes);
    free(chart);
    cairo_debug_reset_static_data(); /* its caches, so that no memory looks lost */
}

enum tc_status chart_write(struct chart *chart, const char *path, struct tc_error *error)
{
    cairo_status_t status = cairo_status(chart->cairo);

    if (!status && chart->format == CHART_PNG)
        status = cairo_surface_write_to_png_stream(chart->surface, append, chart);
    cairo_surface_finish(chart->surface);
    if (!status)
        status = cairo_surface_status(chart->surface);
    if (status)
        return tc_fail(error, status == CAIRO_STATUS_NO_MEMORY ? TC_NO_MEMORY : TC_IO,
                       "the chart cannot be drawn: %s", cairo_status_to_string(status));
    return tc_file_replace(path, chart->bytes, chart->size, 0666, error);
}

/* ------------------------------------------------------------------------- what is on it */

void chart_bar(struct chart *chart, double left, double top, double width, double height,
               const struct chart_pen *pen)
{
    set_pen(chart, pen);
    cairo_rectangle(chart->cairo, left, top, width, height);
    cairo_fill(chart->cairo);
}

void chart_text(struct chart *chart, double x, double y, double size, bool to_left,
                const char *text)
{
    cairo_text_extents_t extents;

    set_pen(chart, &(struct chart_pen){INK, 1.0, 1.0, false});
    cairo_set_font_size(chart->cairo, size);
    cairo_text_extents(chart->cairo, text, &extents);
    cairo_move_to(chart->cairo, x - (to_left ? extents.x_advance : 0.0), y);
    cairo_show_text(chart->cairo, text);
}

static double to_page_x(const struct chart_axes *a, double x)
{
    return a->left + a->width * axis_position(x, a->x_min, a->x_max, a->x_linear);
}

static double to_page_y(const struct chart_axes *a, double y)
{
    return a->top + a->height * (1.0 - axis_position(y, a->y_min, a->y_max, a->y_linear));
}

static void rule(struct chart *chart, double x, double y, double to_x, double to_y)
{
    set_pen(chart, &(struct chart_pen){GREY, 1.0, 0.7, false});
    cairo_move_to(chart->cairo, x, y);
    cairo_line_to(chart->cairo, to_x, to_y);
    cairo_stroke(chart->cairo);
}

static void rule_x(struct chart *chart, const struct chart_axes *a, double x, const char *text)
{
    const double at = to_page_x(a, x), bottom = a->top + a->height;

    rule(chart, at, a->top, at, bottom);
    chart_text(chart, at, bottom + 1.4 * SMALL, SMALL, false, text);
}

static void rule_y(struct chart *chart, const struct chart_axes *a, double y, const char *text)
{
    const double at = to_page_y(a, y);

    rule(chart, a->left, at, a->left + a->width, at);
    chart_text(chart, a->left - 4.0, at + 0.35 * SMALL, SMALL, true, text);
}

void chart_axes(struct chart *chart, const struct chart_axes *axes)
{
    struct axis_tick tick[AXIS_MAX_TICKS];
    unsigned n = axis_ticks(axes->x_min, axes->x_max, axes->x_linear, AXIS_DIGITS, tick);

    for (unsigned i = 0; i < n; ++i)
        rule_x(chart, axes, tick[i].value, tick[i].text);
    n = axis_ticks(axes->y_min, axes->y_max, axes->y_linear, AXIS_SHORT, tick);
    for (unsigned i = 0; i < n; ++i)
        rule_y(chart, axes, tick[i].value, tick[i].text);
    set_pen(chart, &(struct chart_pen){INK, 1.0, 0.8, false});
    cairo_rectangle(chart->cairo, axes->left, axes->top, axes->width, axes->height);
    cairo_stroke(chart->cairo);
    chart_text(chart, axes->left, axes->top - 6.0, LARGE, false, axes->title);
    chart_text(chart, axes->left + axes->width, axes->top + axes->height + 2.7 * SMALL, SMALL, true,
               axes->x_title);
}

/* ------------------------------------------------------------------------- curves */

static bool is_drawable(const struct chart_axes *a, double x, double y)
{
    return axis_has(x, a->x_linear) && axis_has(y, a->y_linear);
}

/* Everything from here to end_curve() is cut off at the box. */
static void begin_curve(struct chart *chart, const struct chart_axes *a,
                        const struct chart_pen *pen)
{
    cairo_save(chart->cairo);
    cairo_rectangle(chart->cairo, a->left, a->top, a->width, a->height);
    cairo_clip(chart->cairo);
    set_pen(chart, pen);
}

static void end_curve(struct chart *chart)
{
    cairo_restore(chart->cairo);
}

void chart_line(struct chart *chart, const struct chart_axes *axes, const double *x,
                const double *y, size_t n, const struct chart_pen *pen)
{
    begin_curve(chart, axes, pen);
    for (size_t i = 0; i < n; ++i) {
        if (is_drawable(axes, x[i], y[i]))
            cairo_line_to(chart->cairo, to_page_x(axes, x[i]), to_page_y(axes, y[i]));
        else
            cairo_new_sub_path(chart->cairo);
    }
    cairo_stroke(chart->cairo);
    end_curve(chart);
}

void chart_band(struct chart *chart, const struct chart_axes *axes, const double *x,
                const double *low, const double *high, size_t n, const struct chart_pen *pen)
{
    size_t last = 0;

    begin_curve(chart, axes, pen);
    for (; last < n && is_drawable(axes, x[last], low[last]) &&
           is_drawable(axes, x[last], high[last]);
         ++last)
        cairo_line_to(chart->cairo, to_page_x(axes, x[last]), to_page_y(axes, high[last]));
    while (last-- > 0)
        cairo_line_to(chart->cairo, to_page_x(axes, x[last]), to_page_y(axes, low[last]));
    cairo_fill(chart->cairo);
    end_curve(chart);
}

void chart_key(struct chart *chart, const struct chart_axes *axes, unsigned row, const char *text,
               const struct chart_pen *pen)
{
    const double x = axes->left + 10.0, y = axes->top + axes->height - 8.0 - 1.4 * SMALL * row;

    set_pen(chart, pen);
    cairo_move_to(chart->cairo, x, y - 0.35 * SMALL);
    cairo_line_to(chart->cairo, x + 24.0, y - 0.35 * SMALL);
    cairo_stroke(chart->cairo);
    chart_text(chart, x + 30.0, y, SMALL, false, text);
}
