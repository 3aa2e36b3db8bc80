#include <float.h>
#include <kiss_fftr.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tonecell-train.h"

/* Generalised cross-correlation with the phase transform (Knapp & Carter 1976):
 *
 *      r = IFFT( C / |C| ),   C = sum over segments of conj(X) T
 *
 * The cross-spectrum C is summed over segments of the recording, so that memory does not grow with
 * it and noise averages out, and is whitened at the end. Each segment of the input, under a Hann
 * window, is compared with a section of the target that is max_lag frames longer at either end:
 * every lag has the same number of products, and no lag wraps around into another. */

enum {
    MIN_SEGMENT = 32768, /* frames */
    PEAK_WIDTH = 32      /* lags on either side of the peak that belong to it */
};

/* Added to |C|, relative to its mean: bins far below it carry rounding noise and get less weight.
 */
static const float whitening_floor = 1e-9f;

struct correlator {
    size_t max_lag; /* frames */
    size_t segment; /* frames of input */
    size_t size;    /* of the transform, at least segment + 2 max_lag */
    kiss_fftr_cfg forward, inverse;
    float *x, *t;                                  /* [size] */
    kiss_fft_cpx *x_spectrum, *t_spectrum, *cross; /* [size / 2 + 1] */
};

static void correlator_done(struct correlator *c)
{
    kiss_fftr_free(c->forward);
    kiss_fftr_free(c->inverse);
    free(c->x);
    free(c->t);
    free(c->x_spectrum);
    free(c->t_spectrum);
    free(c->cross);
}

static bool correlator_init(struct correlator *c, size_t n_frames, size_t max_frames)
{
    const size_t max_lag = max_frames < n_frames / 2 ? max_frames : n_frames / 2;
    const size_t wanted = 2 * max_lag > MIN_SEGMENT ? 2 * max_lag : MIN_SEGMENT;
    const size_t segment = wanted < n_frames ? wanted : n_frames;
    const size_t size = (size_t)kiss_fftr_next_fast_size_real((int)(segment + 2 * max_lag));
    const size_t bins = size / 2 + 1;

    *c = (struct correlator){.max_lag = max_lag, .segment = segment, .size = size};
    c->forward = kiss_fftr_alloc((int)size, 0, NULL, NULL);
    c->inverse = kiss_fftr_alloc((int)size, 1, NULL, NULL);
    c->x = calloc(size, sizeof *c->x);
    c->t = calloc(size, sizeof *c->t);
    c->x_spectrum = calloc(bins, sizeof *c->x_spectrum);
    c->t_spectrum = calloc(bins, sizeof *c->t_spectrum);
    c->cross = calloc(bins, sizeof *c->cross);
    return c->forward != NULL && c->inverse != NULL && c->x != NULL && c->t != NULL &&
           c->x_spectrum != NULL && c->t_spectrum != NULL && c->cross != NULL;
}

/* Add the segment of input that starts at frame `start`. */
static void add_segment(struct correlator *c, const float *input, const float *target,
                        size_t n_frames, size_t start)
{
    for (size_t i = 0; i < c->segment; ++i) {
        const double phase = 2.0 * 3.14159265358979 * ((double)i + 0.5) / (double)c->segment;
        const float window = 0.5f - 0.5f * (float)cos(phase);

        c->x[i] = start + i < n_frames ? window * input[start + i] : 0.0f;
    }
    for (size_t i = 0; i < c->segment + 2 * c->max_lag; ++i) {
        const size_t at = start + i;

        c->t[i] = at >= c->max_lag && at - c->max_lag < n_frames ? target[at - c->max_lag] : 0.0f;
    }
    kiss_fftr(c->forward, c->x, c->x_spectrum);
    kiss_fftr(c->forward, c->t, c->t_spectrum);
    for (size_t i = 0; i < c->size / 2 + 1; ++i) {
        const kiss_fft_cpx x = c->x_spectrum[i], t = c->t_spectrum[i];

        c->cross[i].r += x.r * t.r + x.i * t.i;
        c->cross[i].i += x.r * t.i - x.i * t.r;
    }
}

/* Whiten and transform back: t[max_lag + lag] becomes the correlation at that lag. False if the
 * products left the range of float. */
static bool whiten(struct correlator *c)
{
    const size_t bins = c->size / 2 + 1;
    double mean = 0.0;

    for (size_t i = 0; i < bins; ++i)
        mean += hypot((double)c->cross[i].r, (double)c->cross[i].i) / (double)bins;
    if (!(mean > 0.0 && mean < (double)FLT_MAX))
        return false;
    for (size_t i = 0; i < bins; ++i) {
        const float size = hypotf(c->cross[i].r, c->cross[i].i) + whitening_floor * (float)mean;

        c->cross[i].r /= size;
        c->cross[i].i /= size;
    }
    kiss_fftri(c->inverse, c->cross, c->t);
    return true;
}

/* Height of the peak relative to the highest lag outside of it. */
static double confidence(const struct correlator *c, size_t peak)
{
    float next = 0.0f;

    for (size_t i = 0; i < 2 * c->max_lag + 1; ++i) {
        if (i + PEAK_WIDTH < peak || i > peak + PEAK_WIDTH)
            next = fmaxf(next, fabsf(c->t[i]));
    }
    return next > 0.0f ? (double)(fabsf(c->t[peak]) / next) : INFINITY;
}

static void find_peak(const struct correlator *c, struct tc_alignment *alignment)
{
    size_t peak = 0;

    for (size_t i = 1; i < 2 * c->max_lag + 1; ++i) {
        if (fabsf(c->t[i]) > fabsf(c->t[peak]))
            peak = i;
    }
    alignment->delay_frames = (long)peak - (long)c->max_lag;
    alignment->inverted = c->t[peak] < 0.0f;
    alignment->confidence = confidence(c, peak);
}

static bool is_silent(const float *samples, size_t n_frames)
{
    for (size_t i = 0; i < n_frames; ++i) {
        if (samples[i] != 0.0f)
            return false;
    }
    return true;
}

static enum tc_status check_signals(const float *input, const float *target, size_t n_frames,
                                    struct tc_error *error)
{
    if (n_frames < 2)
        return tc_fail(error, TC_BAD_ARGUMENT, "%zu frames to align, expected at least 2",
                       n_frames);
    if (is_silent(input, n_frames))
        return tc_fail(error, TC_BAD_VALUE, "the input is silent: no delay can be found");
    if (is_silent(target, n_frames))
        return tc_fail(error, TC_BAD_VALUE, "the target is silent: no delay can be found");
    return TC_OK;
}

enum tc_status tc_find_delay(const float *input, const float *target, size_t n_frames,
                             size_t max_frames, struct tc_alignment *alignment,
                             struct tc_error *error)
{
    struct correlator c;
    enum tc_status status = check_signals(input, target, n_frames, error);

    if (status != TC_OK)
        return status;
    if (!correlator_init(&c, n_frames, max_frames)) {
        correlator_done(&c);
        return tc_fail(error, TC_NO_MEMORY, "no memory to search %zu frames for a delay",
                       max_frames);
    }
    for (size_t start = 0; start < n_frames; start += c.segment / 2)
        add_segment(&c, input, target, n_frames, start);
    if (whiten(&c))
        find_peak(&c, alignment);
    else
        status =
            tc_fail(error, TC_BAD_VALUE, "input and target are too quiet or too loud to align");
    correlator_done(&c);
    return status;
}
