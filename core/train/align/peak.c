#include "train/align/peak.h"

#include <math.h>

enum { NEWTON_STEPS = 4 };

/* A step of Newton's method below this, lags, is the last: the next one would be its square. */
static const double last_step = 1e-6;

static const double PI = 3.14159265358979324;

/* A sum over bins is taken as so many partial sums, each over every fourth bin: the elements of a
 * vector register. */
enum { PARTIAL_SUMS = 4 };

/* Phasors exp(i w lag) of the bins that come next, one for each partial sum. */
struct phasors {
    double r[PARTIAL_SUMS], i[PARTIAL_SUMS];
    double value[3][PARTIAL_SUMS]; /* partial sums, as evaluate() has them */
};

static void add_bins(struct phasors *p, const kiss_fft_cpx *cross, size_t first, size_t n,
                     double step)
{
    for (size_t k = 0; k < n; ++k) {
        const double w = step * (double)(first + k);
        const double c_r = (double)cross[first + k].r, c_i = (double)cross[first + k].i;
        const double real = c_r * p->r[k] - c_i * p->i[k];

        p->value[0][k] += real;
        p->value[1][k] -= w * (c_r * p->i[k] + c_i * p->r[k]);
        p->value[2][k] -= w * w * real;
    }
}

/* The correlation at a lag t that need not be whole, sum over bins of Re(cross exp(iwt)), and its
 * first two derivatives by the lag. */
static void evaluate(const kiss_fft_cpx *cross, size_t end, double step, double lag,
                     double value[3])
{
    const double turn_r = cos(PARTIAL_SUMS * step * lag), turn_i = sin(PARTIAL_SUMS * step * lag);
    struct phasors p = {.value = {{0.0}}};
    size_t k = 0;

    for (unsigned l = 0; l < PARTIAL_SUMS; ++l) {
        p.r[l] = cos(l * step * lag);
        p.i[l] = sin(l * step * lag);
    }
    for (; k + PARTIAL_SUMS <= end; k += PARTIAL_SUMS) {
        add_bins(&p, cross, k, PARTIAL_SUMS, step);
        for (unsigned l = 0; l < PARTIAL_SUMS; ++l) {
            const double next = p.r[l] * turn_r - p.i[l] * turn_i;

            p.i[l] = p.r[l] * turn_i + p.i[l] * turn_r;
            p.r[l] = next;
        }
    }
    add_bins(&p, cross, k, end - k, step);
    for (unsigned d = 0; d < 3; ++d)
        value[d] = (p.value[d][0] + p.value[d][1]) + (p.value[d][2] + p.value[d][3]);
}

static long highest_whole_lag(const float *correlation, size_t size, size_t reach, double taper,
                              int sign)
{
    long best = 0;
    float highest = -INFINITY;

    for (long i = -(long)reach; i <= (long)reach; ++i) {
        const float v = correlation[i < 0 ? i + (long)size : i];
        const double part = (double)i / (double)(reach + 1);
        const float counts = (float)(1.0 - taper * part * part);
        const float compared = counts * (sign == 0 ? fabsf(v) : (float)sign * v);

        if (compared > highest) {
            highest = compared;
            best = i;
        }
    }
    return best;
}

struct align_peak align_find_peak(const struct align_transform *transform,
                                  const kiss_fft_cpx *cross, size_t end, size_t reach, double taper,
                                  int sign, float *work)
{
    const double step = 2.0 * PI / (double)transform->size;
    double sum = 0.0, lag, value[3];
    long best;

    kiss_fftri(transform->inverse, cross, work);
    best = highest_whole_lag(work, transform->size, reach, taper, sign);
    for (size_t k = 0; k < end; ++k)
        sum += (double)sqrtf(cross[k].r * cross[k].r + cross[k].i * cross[k].i);
    lag = (double)best;
    evaluate(cross, end, step, lag, value);
    for (unsigned i = 0; i < NEWTON_STEPS; ++i) {
        const double move = -value[1] / value[2];

        if (!(fabs(move) <= 1.0) || fabs(lag + move - (double)best) > 1.0)
            break;
        lag += move;
        if (fabs(move) < last_step)
            break;
        evaluate(cross, end, step, lag, value);
    }
    return (struct align_peak){lag, sum > 0.0 ? value[0] / sum : 0.0,
                               sum > 0.0 ? fabs(value[2]) / sum : 0.0};
}

void align_cross(const kiss_fft_cpx *x, const kiss_fft_cpx *t, const double *s_r, const double *s_i,
                 const double *weight, size_t end, kiss_fft_cpx *cross)
{
    for (size_t i = 0; i < end; ++i) {
        const double r = (double)x[i].r * (double)t[i].r + (double)x[i].i * (double)t[i].i;
        const double im = (double)x[i].r * (double)t[i].i - (double)x[i].i * (double)t[i].r;

        cross[i].r = (float)(weight[i] * (r * s_r[i] + im * s_i[i]));
        cross[i].i = (float)(weight[i] * (im * s_r[i] - r * s_i[i]));
    }
}
