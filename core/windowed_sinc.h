/** @file
 *  Kaiser's window and the sinc function, of which low-pass filters and interpolation are made.
 *  From: Smith & Gossett, A flexible sampling-rate conversion method, ICASSP 1984. */
#ifndef TC_WINDOWED_SINC_H
#define TC_WINDOWED_SINC_H

#include <math.h>

/** The modified Bessel function of order 0: sum ((v / 2)^k / k!)^2 */
static inline double tc_bessel_i0(double v)
{
    const double square = v * v / 4.0;
    double sum = 1.0, term = 1.0;

    for (double k = 1.0; term > 1e-17 * sum; ++k) {
        term *= square / (k * k);
        sum += term;
    }
    return sum;
}

/** w(t) = I0(beta sqrt(1 - t^2)) within +-1, else 0, for a stop band so many dB down (above 50).
 *  Not scaled: w(0) = I0(beta). */
static inline double tc_kaiser(double t, double attenuation_db)
{
    const double beta = 0.1102 * (attenuation_db - 8.7);

    return fabs(t) < 1.0 ? tc_bessel_i0(beta * sqrt(1.0 - t * t)) : 0.0;
}

/** sin(pi t) / (pi t) */
static inline double tc_sinc(double t)
{
    const double angle = 3.14159265358979324 * t;

    return t == 0.0 ? 1.0 : sin(angle) / angle;
}

#endif
