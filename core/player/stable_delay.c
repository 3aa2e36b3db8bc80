#include "player/stable_delay.h"

#include "model/model.h"

#include <complex.h>
#include <math.h>

static const double PI = 3.14159265358979324;

enum { MAX_DEGREE = TC_MAX_RECURRENCE_DELAY + TC_DELAY_TAPS };

/* Are all zeros of a[0] z^n + ... + a[n], with a[0] = 1, within the unit circle? By reduction: that
 * is so if |a[n]| < 1 and the zeros of the polynomial of degree n - 1 with
 *      a'[i] = (a[i] - a[n] conj(a[n - i])) / (1 - |a[n]|^2)
 * are. */
static bool is_stable(double complex *a, unsigned n)
{
    for (; n > 0; --n) {
        const double complex last = a[n];
        const double rest = 1.0 - creal(last * conj(last));
        double complex reduced[MAX_DEGREE];

        if (!(rest > 0.0))
            return false;
        for (unsigned i = 0; i < n; ++i)
            reduced[i] = (a[i] - last * conj(a[n - i])) / rest;
        for (unsigned i = 0; i < n; ++i)
            a[i] = reduced[i];
    }
    return true;
}

static bool is_stable_with(const struct tc_recurrence_delay *delay, const struct tc_eigenvalue *e)
{
    const unsigned degree = tc_recurrence_delay_frames(delay);
    const double complex eigenvalue = e->real + e->imaginary * I;
    double complex a[MAX_DEGREE + 1] = {1.0};

    for (unsigned k = 0; k < delay->taps; ++k)
        a[delay->first + k] = -eigenvalue * (double)delay->weight[k];
    return is_stable(a, degree);
}

struct tc_recurrence_delay tc_stable_delay(const struct tc_model *model, double d)
{
    static const struct tc_recurrence_delay none;

    if (!model->eigenvalues || d > TC_MAX_RECURRENCE_DELAY)
        return none;
    for (unsigned taps = TC_DELAY_TAPS; taps >= 2; taps /= 2) {
        const struct tc_recurrence_delay delay = tc_recurrence_delay_of(d, taps);
        bool stable = true;

        for (size_t i = 0; i < model->n_eigenvalues && stable; ++i)
            stable = is_stable_with(&delay, &model->eigenvalues[i]);
        if (stable)
            return delay;
    }
    return none;
}

/* The squared error of the delay's response at w radians per frame of the model, d frames of the
 * host; 0 where the host has no such frequency. */
static double squared_error(const struct tc_recurrence_delay *delay, double d, double w)
{
    double complex error = -cexp(-w * I);

    if (w >= PI * d)
        return 0.0;
    for (unsigned k = 0; k < delay->taps; ++k)
        error += (double)delay->weight[k] * cexp(-w / d * (double)(delay->first + k) * I);
    return creal(error * conj(error));
}

double tc_delay_error_db(const struct tc_model *model, const struct tc_recurrence_delay *delay,
                         double d)
{
    double sum = 0.0;

    for (unsigned j = 0; model->knows_delay_sensitivity && j < TC_DELAY_BANDS; ++j)
        sum += (double)model->delay_sensitivity[j] *
               squared_error(delay, d, PI * (j + 0.5) / TC_DELAY_BANDS);
    return 10.0 * log10(sum);
}
