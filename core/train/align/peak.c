#include "train/align/peak.h"

#include <math.h>

enum { NEWTON_STEPS = 4 };

static const double PI = 3.14159265358979324;

/* The correlation at a lag that need not be whole, sum over bins of Re(cross exp(iwt)), and its first
 * two derivatives by the lag. */
static void evaluate(const kiss_fft_cpx *cross, size_t end, double step, double lag,
                     double value[3])
{
    const double turn_r = cos(step * lag), turn_i = sin(step * lag);
    double r = 1.0, i = 0.0;

    value[0] = value[1] = value[2] = 0.0;
    for (size_t k = 0; k < end; ++k) {
        const double w = step * (double)k, next = r * turn_r - i * turn_i;
        const double c_r = (double)cross[k].r, c_i = (double)cross[k].i;
        const double real = c_r * r - c_i * i;

        value[0] += real;
        value[1] -= w * (c_r * i + c_i * r);
        value[2] -= w * w * real;
        i = r * turn_i + i * turn_r;
        r = next;
    }
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
