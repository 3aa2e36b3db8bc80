#include "train/align/line.h"

#include <math.h>
#include <stdlib.h>

enum { MAX_SLOPES = 4096, ROUNDS = 12 };

/* Of normal errors: their standard deviation over the median of their size. */
static const double sd_per_median = 1.4826;

/* Points so many standard deviations from the line have no weight. */
static const double reach = 4.685;

/* Scatter below this, frames, is taken to be this: recordings by plug-ins have none at all. */
static const double min_scatter = 1e-3;

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *values, size_t n)
{
    qsort(values, n, sizeof *values, compare);
    return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2.0;
}

static double median_slope(const struct line_point *points, size_t n)
{
    const size_t step = n * n / (2 * MAX_SLOPES) + 1;
    double slope[MAX_SLOPES];
    size_t n_slopes = 0, pair = 0;

    for (size_t i = 0; i < n; ++i)
        for (size_t k = i + 1; k < n; ++k) {
            if (pair++ % step == 0 && points[k].x != points[i].x && n_slopes < MAX_SLOPES)
                slope[n_slopes++] = (points[k].y - points[i].y) / (points[k].x - points[i].x);
        }
    return n_slopes > 0 ? median(slope, n_slopes) : 0.0;
}

static double residual(const struct fitted_line *line, const struct line_point *p)
{
    return p->y - line->at_zero - line->slope * p->x;
}

static double median_offset(const struct fitted_line *line, const struct line_point *points,
                            size_t n)
{
    double offset[MAX_LINE_POINTS];

    for (size_t i = 0; i < n; ++i)
        offset[i] = residual(line, &points[i]);
    return median(offset, n);
}

static double scatter(const struct fitted_line *line, const struct line_point *points, size_t n)
{
    double size[MAX_LINE_POINTS];

    for (size_t i = 0; i < n; ++i)
        size[i] = fabs(residual(line, &points[i]));
    return fmax(sd_per_median * median(size, n), min_scatter);
}

static double biweight(double deviations)
{
    const double v = 1.0 - deviations * deviations / (reach * reach);

    return v > 0.0 ? v * v : 0.0;
}

static void improve(struct fitted_line *line, const struct line_point *points, size_t n,
                    int with_slope)
{
    double sum = 0.0, x = 0.0, y = 0.0, xx = 0.0, xy = 0.0, w[MAX_LINE_POINTS];

    line->scatter = scatter(line, points, n);
    line->n_inliers = 0;
    for (size_t i = 0; i < n; ++i) {
        const double deviations = residual(line, &points[i]) / line->scatter;

        w[i] = points[i].weight * biweight(deviations);
        line->n_inliers += fabs(deviations) < 4.0;
        sum += w[i];
        x += w[i] * points[i].x;
        y += w[i] * points[i].y;
    }
    if (!(sum > 0.0))
        return;
    x /= sum;
    y /= sum;
    for (size_t i = 0; i < n; ++i) {
        xx += w[i] * (points[i].x - x) * (points[i].x - x);
        xy += w[i] * (points[i].x - x) * (points[i].y - y);
    }
    if (with_slope && xx > 0.0) {
        line->slope = xy / xx;
        line->slope_error = line->scatter / sqrt(xx / sum * (double)line->n_inliers);
    }
    line->at_zero = y - line->slope * x;
}

struct fitted_line align_fit_line(const struct line_point *points, size_t n, int with_slope)
{
    struct fitted_line line = {.slope_error = INFINITY};

    if (n == 0)
        return line;
    line.slope = with_slope ? median_slope(points, n) : 0.0;
    line.at_zero = median_offset(&line, points, n);
    for (unsigned i = 0; i < ROUNDS; ++i)
        improve(&line, points, n, with_slope);
    return line;
}
