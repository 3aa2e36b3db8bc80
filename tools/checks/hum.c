#include "checks/hum.h"

#include "data/levels.h"
#include "measurement/goertzel.h"
#include "measurement/quantile.h"

#include <math.h>
#include <stdlib.h>

static const double segment_s = 0.5, mains_hz[] = {50.0, 60.0};

static const double line_factor = 10.0, input_factor = 4.0;

enum { MULTIPLES = 8, MIN_LINES = 3, MIN_SEGMENTS = 2, SOFTEST = 10 /* one in so many segments */ };

static const double slow_hz = 2500.0;

/* Both signals at a low rate, which is all that hum needs. */
struct slow_pair {
    double rate_hz;
    size_t n, segment, n_segments; /* segment: frames */
    float *input, *target;         /* [n] */
    float *window;                 /* [segment] */
    double *power;                 /* [n_segments] of the input */
    double limit;                  /* segments up to this are soft */
};

/* Means of as many frames as make about slow_hz: no steep filter, but the lines are far below. */
static void average(const float *samples, size_t factor, size_t n, float *slow)
{
    for (size_t i = 0; i < n; ++i) {
        double sum = 0.0;

        for (size_t k = 0; k < factor; ++k)
            sum += (double)samples[i * factor + k];
        slow[i] = (float)(sum / (double)factor);
    }
}

static enum tc_status slow_pair_make(struct slow_pair *slow, const struct aligned_pair *pair,
                                     struct tc_error *error)
{
    const size_t factor = (size_t)fmax(1.0, floor(pair->rate_hz / slow_hz));

    *slow =
        (struct slow_pair){.rate_hz = pair->rate_hz / (double)factor, .n = pair->n_frames / factor};
    slow->segment = (size_t)(segment_s * slow->rate_hz) + 1;
    slow->n_segments = slow->n / slow->segment;
    slow->input = calloc(2 * slow->n + slow->segment, sizeof *slow->input);
    slow->power = calloc(2 * slow->n_segments + 1, sizeof *slow->power);
    if (slow->input == NULL || slow->power == NULL)
        return tc_fail(error, TC_NO_MEMORY, "no memory for %zu frames", slow->n);
    slow->target = slow->input + slow->n;
    slow->window = slow->target + slow->n;
    average(pair->input, factor, slow->n, slow->input);
    average(pair->target, factor, slow->n, slow->target);
    hann_fill(slow->window, slow->segment);
    return TC_OK;
}

static void find_soft_segments(struct slow_pair *slow)
{
    double *const sorted = slow->power + slow->n_segments;
    const double fraction = fmax(1.0 / SOFTEST, (double)MIN_SEGMENTS / (double)slow->n_segments);

    for (size_t s = 0; s < slow->n_segments; ++s)
        sorted[s] = slow->power[s] = levels_power(slow->input + s * slow->segment, slow->segment);
    slow->limit = quantile(sorted, slow->n_segments, fraction);
}

/* The mean square of a sine that has the power at f_hz in the soft segments. */
static double line_power(const struct slow_pair *slow, const float *signal, double f_hz)
{
    double sum = 0.0;
    size_t n = 0;

    for (size_t s = 0; s < slow->n_segments; ++s) {
        if (slow->power[s] > slow->limit)
            continue;
        sum += goertzel_power(signal + s * slow->segment, slow->window, slow->segment,
                              f_hz / slow->rate_hz);
        ++n;
    }
    return sum / (double)n;
}

/* The power at a line, and how many times it is that between the lines. */
static double line_ratio(const struct slow_pair *slow, const float *signal, double f_hz,
                         double *power)
{
    static const double beside_hz[] = {-16.0, -12.0, 12.0, 16.0};
    double beside = 0.0;

    *power = line_power(slow, signal, f_hz);
    for (size_t i = 0; i < 4; ++i)
        beside += line_power(slow, signal, f_hz + beside_hz[i]) / 4.0;
    return beside > 0.0 ? *power / beside : 0.0;
}

static void find_lines(const struct slow_pair *slow, double mains, struct hum *hum)
{
    unsigned lines = 0;
    double sum = 0.0;

    for (unsigned k = 1; k <= MULTIPLES; ++k) {
        double power, input_power;
        const double ratio = line_ratio(slow, slow->target, k * mains, &power);

        if (ratio < line_factor ||
            ratio < input_factor * line_ratio(slow, slow->input, k * mains, &input_power))
            continue;
        ++lines;
        sum += power;
    }
    if (lines >= MIN_LINES && sum > hum->power)
        *hum = (struct hum){mains, sum};
}

enum tc_status hum_find(const struct aligned_pair *pair, struct hum *hum, struct tc_error *error)
{
    struct slow_pair slow;
    const enum tc_status status = slow_pair_make(&slow, pair, error);

    *hum = (struct hum){0};
    if (status == TC_OK && slow.n_segments >= MIN_SEGMENTS) {
        find_soft_segments(&slow);
        for (size_t i = 0; i < 2; ++i)
            find_lines(&slow, mains_hz[i], hum);
    }
    free(slow.input);
    free(slow.power);
    return status;
}
