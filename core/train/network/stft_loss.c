#include "train/network/stft_loss.h"

#include "train/align/spectra.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RESOLUTIONS = 3, SHORTEST = TC_STFT_LONGEST >> (RESOLUTIONS - 1), OVERLAP = 4 };

static const double relative_floor = 1e-3; /* of d */

struct resolution {
    unsigned n; /* N */
    kiss_fft_cfg forward, inverse;
    float window[TC_STFT_LONGEST];
    double energy; /* sum w^2 */
};

struct tc_stft_loss {
    double rms;
    struct resolution resolution[RESOLUTIONS];
};

/* ------------------------------------------------------------------ plans */

static bool make_resolution(struct resolution *r, unsigned n)
{
    r->n = n;
    r->forward = kiss_fft_alloc((int)n, 0, NULL, NULL);
    r->inverse = kiss_fft_alloc((int)n, 1, NULL, NULL);
    align_hann(r->window, n);
    for (unsigned i = 0; i < n; ++i)
        r->energy += (double)r->window[i] * (double)r->window[i];
    return r->forward && r->inverse;
}

enum tc_status tc_stft_loss_new(struct tc_stft_loss **stft, double rms, struct tc_error *error)
{
    struct tc_stft_loss *const created = calloc(1, sizeof *created);
    bool ok = created != NULL;

    for (unsigned i = 0; ok && i < RESOLUTIONS; ++i)
        ok = make_resolution(&created->resolution[i], (unsigned)SHORTEST << i);
    if (!ok) {
        tc_stft_loss_free(created);
        return tc_fail(error, TC_NO_MEMORY, "out of memory for an STFT loss");
    }
    created->rms = rms;
    *stft = created;
    return TC_OK;
}

void tc_stft_loss_free(struct tc_stft_loss *stft)
{
    for (unsigned i = 0; stft && i < RESOLUTIONS; ++i) {
        kiss_fft_free(stft->resolution[i].forward);
        kiss_fft_free(stft->resolution[i].inverse);
    }
    free(stft);
}

/* ------------------------------------------------------------------ one window */

/* The signals of a chunk. */
struct signals {
    const float *y, *target;
    float target_gain;
    const struct tc_loss_range *range;
};

static bool is_ignored(const struct signals *s, size_t t)
{
    return s->range->ignored && s->range->ignored[t];
}

/* The spectra of the output and the target, N / 2 + 1 bins each, by one transform of y + i t: those
 * of real signals are the even and the odd part of its. The arrays hold N values, as both are also
 * the memory of the transform; what is after these bins has no meaning. */
static void transform(const struct resolution *r, const struct signals *s, size_t start,
                      kiss_fft_cpx *y, kiss_fft_cpx *t)
{
    const unsigned n = r->n;

    for (unsigned i = 0; i < n; ++i) {
        const float target = s->target_gain * s->target[start + i];

        y[i].r = r->window[i] * (is_ignored(s, start + i) ? target : s->y[start + i]);
        y[i].i = r->window[i] * target;
    }
    kiss_fft(r->forward, y, t);
    for (unsigned k = 0; k <= n / 2; ++k) {
        const kiss_fft_cpx a = t[k], b = t[(n - k) % n];

        y[k].r = 0.5f * (a.r + b.r);
        y[k].i = 0.5f * (a.i - b.i);
        t[k].r = 0.5f * (a.i + b.i);
        t[k].i = 0.5f * (b.r - a.r);
    }
}

static double square(kiss_fft_cpx v)
{
    return (double)v.r * (double)v.r + (double)v.i * (double)v.i;
}

/* Sums over the windows of a chunk. */
struct spectral_sums {
    double squares; /* (|T| - |Y|)^2 */
    double logs;    /* |log magnitude of T - that of Y| */
};

static void add_window(const struct resolution *r, const struct signals *s, size_t start,
                       double floor_power, struct spectral_sums *sums)
{
    kiss_fft_cpx y[TC_STFT_LONGEST], t[TC_STFT_LONGEST];

    transform(r, s, start, y, t);
    for (unsigned k = 0; k <= r->n / 2; ++k) {
        const double yy = square(y[k]), tt = square(t[k]), difference = sqrt(tt) - sqrt(yy);

        sums->squares += difference * difference;
        sums->logs += 0.5 * fabs(log(tt + floor_power) - log(yy + floor_power));
    }
}

/* ------------------------------------------------------------------ its gradient */

/* Factors on the derivatives of the two sums. */
struct spectral_factors {
    double convergence, log_magnitude;
};

/* dL/d|Y| / |Y|, with which Y becomes the gradient's spectrum. */
static double gradient_factor(const struct spectral_factors *f, double yy, double tt,
                              double floor_power)
{
    const double sign = (yy > tt) - (yy < tt);
    const double convergence = yy > 0.0 ? f->convergence * (1.0 - sqrt(tt / yy)) : 0.0;

    return convergence + f->log_magnitude * sign / (yy + floor_power);
}

/* d|Y_k| / dy_n = w_n Re(Y_k / |Y_k| exp(2 pi i k n / N)); an inverse transform sums over k. */
static void add_window_gradient(const struct resolution *r, const struct signals *s, size_t start,
                                double floor_power, const struct spectral_factors *factors,
                                float *dy)
{
    kiss_fft_cpx y[TC_STFT_LONGEST], t[TC_STFT_LONGEST];

    transform(r, s, start, y, t);
    memset(y + r->n / 2 + 1, 0, (r->n / 2 - 1) * sizeof *y);
    for (unsigned k = 0; k <= r->n / 2; ++k) {
        const float factor =
            (float)gradient_factor(factors, square(y[k]), square(t[k]), floor_power);

        y[k].r *= factor;
        y[k].i *= factor;
    }
    kiss_fft(r->inverse, y, t);
    for (unsigned i = 0; i < r->n; ++i)
        if (!is_ignored(s, start + i))
            dy[start + i] += r->window[i] * t[i].r;
}

/* ------------------------------------------------------------------ a chunk */

static double add_resolution(const struct resolution *r, double rms, const struct signals *s,
                             double scale, float *dy)
{
    const size_t first = s->range->first, n = s->range->end - first, hop = r->n / OVERLAP;
    const size_t windows = n < r->n ? 0 : (n - r->n) / hop + 1;
    const double values = (double)windows * (r->n / 2 + 1), power = rms * rms * r->energy;
    const double norm = sqrt(values * power);
    const double floor_power = relative_floor * relative_floor * power;
    struct spectral_sums sums = {0.0, 0.0};
    struct spectral_factors factors;
    double distance;

    for (size_t i = 0; i < windows; ++i)
        add_window(r, s, first + i * hop, floor_power, &sums);
    if (!windows)
        return 0.0;
    distance = sqrt(sums.squares);
    factors.convergence = distance > 0.0 ? scale / (distance * norm) : 0.0;
    factors.log_magnitude = scale / values;
    for (size_t i = 0; i < windows; ++i)
        add_window_gradient(r, s, first + i * hop, floor_power, &factors, dy);
    return scale * (distance / norm + sums.logs / values);
}

double tc_stft_loss_add(const struct tc_stft_loss *stft, const float *y, const float *target,
                        float target_gain, const struct tc_loss_range *range, double scale,
                        float *dy)
{
    const struct signals signals = {y, target, target_gain, range};
    double loss = 0.0;

    for (unsigned i = 0; i < RESOLUTIONS; ++i)
        loss += add_resolution(&stft->resolution[i], stft->rms, &signals, scale / RESOLUTIONS, dy);
    return loss;
}
