#include "train/align/smoother.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

enum { REWEIGHTINGS = 5 };

/* The weights of smoothness that are tried, relative to the median of the points' weights. */
static const double smallest = 0.1, largest = 1e8, ratio = 10.0;

/* The weight with which the curve is drawn to 0, relative to the same. */
static const double ridge = 1e-4;

/* Of normal errors: their standard deviation over the median of their size. */
static const double sd_per_median = 1.4826;

/* Points more standard deviations off have less weight. */
static const double reach = 1.345;

struct system {
    size_t n;
    double typical;              /* median of the weights */
    double *weight, *deviation;  /* [n] */
    double *d, *first, *second;  /* [n] of L D L' */
    double *solution, *variance; /* [n] */
};

/* ------------------------------------------------------------------ one system */

/* The entry of D'D in row i, `right` columns right of the diagonal; D takes second differences. */
static double penalty(size_t i, size_t right, size_t n)
{
    static const double difference[3] = {1.0, -2.0, 1.0};
    double sum = 0.0;

    for (size_t k = 0; k + right < 3; ++k)
        if (i >= k && i - k + 2 < n)
            sum += difference[k] * difference[k + right];
    return sum;
}

/* L D L' of W + ridge I + l D'D, whose band has two subdiagonals. */
static void factorise(struct system *s, double smoothness)
{
    for (size_t i = 0; i < s->n; ++i) {
        double d = s->weight[i] + ridge * s->typical + smoothness * penalty(i, 0, s->n);
        double first = smoothness * penalty(i, 1, s->n);

        if (i >= 1) {
            d -= s->first[i - 1] * s->first[i - 1] * s->d[i - 1];
            first -= s->first[i - 1] * s->second[i - 1] * s->d[i - 1];
        }
        if (i >= 2)
            d -= s->second[i - 2] * s->second[i - 2] * s->d[i - 2];
        s->d[i] = d;
        s->first[i] = i + 1 < s->n ? first / d : 0.0;
        s->second[i] = i + 2 < s->n ? smoothness * penalty(i, 2, s->n) / d : 0.0;
    }
}

static void substitute(struct system *s, const double *value)
{
    double *const z = s->solution;

    for (size_t i = 0; i < s->n; ++i) {
        z[i] = s->weight[i] > 0.0 ? s->weight[i] * value[i] : 0.0;
        z[i] -= i >= 1 ? s->first[i - 1] * z[i - 1] : 0.0;
        z[i] -= i >= 2 ? s->second[i - 2] * z[i - 2] : 0.0;
    }
    for (size_t i = s->n; i-- > 0;) {
        z[i] /= s->d[i];
        z[i] -= i + 1 < s->n ? s->first[i] * z[i + 1] : 0.0;
        z[i] -= i + 2 < s->n ? s->second[i] * z[i + 2] : 0.0;
    }
}

/* The diagonal of the inverse, from the last row up. */
static void invert(struct system *s)
{
    double diagonal[2] = {0}, right = 0.0; /* of the two rows below; [i + 1][i + 2] */

    for (size_t i = s->n; i-- > 0;) {
        const double one = -s->first[i] * diagonal[0] - s->second[i] * right;
        const double two = -s->first[i] * right - s->second[i] * diagonal[1];

        s->variance[i] = 1.0 / s->d[i] - s->first[i] * one - s->second[i] * two;
        diagonal[1] = diagonal[0];
        diagonal[0] = s->variance[i];
        right = one;
    }
}

/* ------------------------------------------------------------------ robust weights */

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The median of those above 0, which it sorts; 0 if there are none. */
static double median(double *values, size_t n)
{
    size_t first = 0;

    qsort(values, n, sizeof *values, compare);
    while (first < n && !(values[first] > 0.0))
        ++first;
    return first < n ? values[first + (n - first) / 2] : 0.0;
}

/* How far a point is off the curve, squared, over what it would be expected to be if its variance
 * were right: the curve follows the point, the more the greater its leverage. */
static double deviation(const struct system *s, const struct align_points *p, size_t i)
{
    const double off = p->value[i] - s->solution[i], leverage = s->weight[i] * s->variance[i];

    return off * off / (p->variance[i] * fmax(1.0 - leverage, 1e-6));
}

/* By which the variances are to be multiplied. */
static double scale_of(struct system *s, const struct align_points *p)
{
    double m;

    for (size_t i = 0; i < p->n; ++i)
        s->deviation[i] = isfinite(p->variance[i]) ? sqrt(deviation(s, p, i)) : 0.0;
    m = sd_per_median * median(s->deviation, p->n);
    return m * m;
}

/* Huber's weights. */
static void weigh(struct system *s, const struct align_points *p)
{
    const double limit = reach * reach * scale_of(s, p);

    for (size_t i = 0; i < p->n; ++i) {
        const double d = isfinite(p->variance[i]) ? deviation(s, p, i) : 0.0;

        s->weight[i] = isfinite(p->variance[i]) ? 1.0 / p->variance[i] : 0.0;
        if (d > limit)
            s->weight[i] *= sqrt(limit / d);
    }
}

/* ------------------------------------------------------------------ smoothness */

/* Returns the weighted squares of each point's distance from its prediction by the others. */
static double solve(struct system *s, const struct align_points *p, double smoothness)
{
    double sum = 0.0;

    factorise(s, smoothness);
    substitute(s, p->value);
    invert(s);
    for (size_t i = 0; i < p->n; ++i) {
        const double rest = fmax(1.0 - s->weight[i] * s->variance[i], 1e-6);
        const double off = s->weight[i] > 0.0 ? (p->value[i] - s->solution[i]) / rest : 0.0;

        sum += s->weight[i] * off * off;
    }
    return sum;
}

static void solve_best(struct system *s, const struct align_points *p)
{
    double best = largest, least = INFINITY;

    for (double v = largest; v >= smallest; v /= ratio) {
        const double sum = solve(s, p, v * s->typical);

        if (sum < least) {
            least = sum;
            best = v;
        }
    }
    (void)solve(s, p, best * s->typical);
}

void align_smooth(struct align_points *p)
{
    double *const m = p->scratch;
    const size_t n = p->n;
    struct system s = {n, 0.0, m, m + n, m + 2 * n, m + 3 * n, m + 4 * n, m + 5 * n, m + 6 * n};
    double scale;

    for (size_t i = 0; i < n; ++i)
        s.deviation[i] = s.weight[i] = isfinite(p->variance[i]) ? 1.0 / p->variance[i] : 0.0;
    s.typical = fmax(median(s.deviation, n), DBL_MIN);
    solve_best(&s, p);
    for (unsigned i = 0; i < REWEIGHTINGS; ++i) {
        weigh(&s, p);
        solve_best(&s, p);
    }
    scale = scale_of(&s, p);
    for (size_t i = 0; i < n; ++i) {
        p->curve[i] = s.solution[i];
        p->error[i] = sqrt(scale * fmax(s.variance[i], 0.0));
    }
}
