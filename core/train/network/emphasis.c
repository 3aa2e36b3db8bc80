#include "train/network/emphasis.h"

#include <math.h>

static const double coefficient = 0.85; /* of both filters of first order */

static void add_section(struct tc_emphasis *filter, double b0, double b1, double a1)
{
    filter->section[filter->n].b0 = b0;
    filter->section[filter->n].b1 = b1;
    filter->section[filter->n].a1 = a1;
    ++filter->n;
}

/* ------------------------------------------------------------------ A-weighting */

/* s = k (1 - z^-1) / (1 + z^-1), k = 2 rate, in s / (s + w): a zero at 0 Hz. */
static void add_high_pass(struct tc_emphasis *filter, double w, double k, double gain)
{
    add_section(filter, gain * k / (k + w), -gain * k / (k + w), (w - k) / (k + w));
}

/* The same in w / (s + w). */
static void add_low_pass(struct tc_emphasis *filter, double w, double k)
{
    add_section(filter, w / (k + w), w / (k + w), (w - k) / (k + w));
}

/* |A(s)| of these sections at 1 kHz. */
static double gain_at_1_khz(const double w[4])
{
    const double u = 2.0 * M_PI * 1000.0;
    const double high = u / hypot(u, w[0]), low = w[3] / hypot(u, w[3]);

    return high * high * u / hypot(u, w[1]) * u / hypot(u, w[2]) * low * low;
}

static void add_a_weighting(struct tc_emphasis *filter, double rate_hz)
{
    const double w[4] = {2.0 * M_PI * 20.598997, 2.0 * M_PI * 107.65265, 2.0 * M_PI * 737.86223,
                         2.0 * M_PI * 12194.217};
    const double k = 2.0 * rate_hz;

    add_high_pass(filter, w[0], k, 1.0 / gain_at_1_khz(w));
    add_high_pass(filter, w[0], k, 1.0);
    add_high_pass(filter, w[1], k, 1.0);
    add_high_pass(filter, w[2], k, 1.0);
    add_low_pass(filter, w[3], k);
    add_low_pass(filter, w[3], k);
}

struct tc_emphasis tc_emphasis_of(enum tc_pre_emphasis kind, double rate_hz)
{
    struct tc_emphasis filter = {.n = 0};

    switch (kind) {
    case TC_PRE_EMPHASIS_NONE:
        break;
    case TC_PRE_EMPHASIS_HIGH:
        add_section(&filter, 1.0, -coefficient, 0.0);
        break;
    case TC_PRE_EMPHASIS_A_WEIGHTING:
        add_a_weighting(&filter, rate_hz);
        add_section(&filter, 1.0 / (1.0 + coefficient), coefficient / (1.0 + coefficient), 0.0);
        break;
    }
    return filter;
}

/* ------------------------------------------------------------------ filtering */

static double filter_sample(const struct tc_emphasis *filter, double *state, double v)
{
    for (unsigned i = 0; i < filter->n; ++i) {
        const double y = filter->section[i].b0 * v + state[i];

        state[i] = filter->section[i].b1 * v - filter->section[i].a1 * y;
        v = y;
    }
    return v;
}

/* v[0], v[step], ... */
static void filter_samples(const struct tc_emphasis *filter, float *state, float *v, ptrdiff_t step,
                           size_t n)
{
    double s[TC_EMPHASIS_SECTIONS];

    for (unsigned i = 0; i < filter->n; ++i)
        s[i] = (double)state[i];
    for (; n > 0; --n, v += step)
        *v = (float)filter_sample(filter, s, (double)*v);
    for (unsigned i = 0; i < filter->n; ++i)
        state[i] = (float)s[i];
}

void tc_emphasis_apply(const struct tc_emphasis *filter, float *state, float *v, size_t n_frames)
{
    if (filter->n > 0)
        filter_samples(filter, state, v, 1, n_frames);
}

void tc_emphasis_apply_transposed(const struct tc_emphasis *filter, float *state, float *v,
                                  size_t n_frames)
{
    if (filter->n > 0 && n_frames > 0)
        filter_samples(filter, state, v + (n_frames - 1), -1, n_frames);
}
