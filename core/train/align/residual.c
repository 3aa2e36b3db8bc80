#include "train/align/residual.h"

#include "tonecell-score.h"

#include <math.h>
#include <stdlib.h>

/* A wrong filter may leave much more than there is. */
static const double worst = 1.2;

/* Of few or equal differences the standard error would be too small. */
static const double least_error = 0.005;

/* Less than this is rounding noise; the least error of a mean of logarithms. */
static const double least_part = 1e-6, least_ratio_error = 1e-3;

struct fold {
    struct tc_fir *fir;
    double coefficients[TC_FIR_MAX_TAPS];
};

struct reader {
    const struct align_clip *clips;
    const struct align_segments *segments;
    const struct align_warp *warp;
    const struct align_line *line;
    unsigned before;
    float *input, *target; /* [length] */
};

/* The target is read `before` frames late, so that tap k belongs to lag k - before. */
static void read_segment(const struct reader *r, size_t k)
{
    const struct align_segment *const at = &r->segments->at[k];
    const struct align_clip *const clip = &r->clips[at->clip];

    align_read(&clip->input, (long)at->start, r->segments->length, r->input);
    align_read_line(&clip->target, r->line, r->warp, (long)at->start - (long)r->before,
                    r->segments->length, r->target);
}

static double part_left(const struct reader *r, const double *coefficients, unsigned taps)
{
    double left = 0.0, energy = 0.0;

    for (size_t n = taps; n < r->segments->length; ++n) {
        const double t = (double)r->target[n];
        double y = 0.0;

#pragma omp simd reduction(+ : y)
        for (unsigned k = 0; k < taps; ++k)
            y += coefficients[k] * (double)r->input[n - k];
        left += (t - y) * (t - y);
        energy += t * t;
    }
    return energy > 0.0 ? fmin(left / energy, worst) : 1.0;
}

static enum tc_status fit_and_score(const struct reader *r, unsigned taps, struct fold fold[2],
                                    struct align_residual *residual, struct tc_error *error)
{
    enum tc_status status = tc_fir_new(&fold[0].fir, taps, error);

    if (status == TC_OK)
        status = tc_fir_new(&fold[1].fir, taps, error);
    for (size_t k = 0; k < r->segments->n && status == TC_OK; ++k) {
        read_segment(r, k);
        tc_fir_add(fold[k % 2].fir, r->input, r->target, r->segments->length, taps);
    }
    for (unsigned i = 0; i < 2 && status == TC_OK; ++i) {
        double esr;

        status = tc_fir_solve(fold[i].fir, fold[i].coefficients, &esr, error);
    }
    for (size_t k = 0; k < r->segments->n && status == TC_OK; ++k) {
        read_segment(r, k);
        residual->part[k] = part_left(r, fold[(k + 1) % 2].coefficients, taps);
        residual->mean += residual->part[k] / (double)r->segments->n;
    }
    return status;
}

enum tc_status align_residual(const struct align_clip *clips, const struct align_segments *segments,
                              const struct align_warp *warp, const struct align_line *line,
                              unsigned before, unsigned taps, struct align_residual *residual,
                              struct tc_error *error)
{
    struct reader r = {clips, segments, warp, line, before, NULL, NULL};
    struct fold *const fold = calloc(2, sizeof *fold);
    enum tc_status status = TC_OK;

    *residual = (struct align_residual){.n = segments->n};
    r.input = calloc(2 * segments->length + 1, sizeof *r.input);
    if (fold == NULL || r.input == NULL) {
        status = tc_fail(error, TC_NO_MEMORY, "no memory to compare delays");
    } else {
        r.target = r.input + segments->length;
        status = fit_and_score(&r, taps, fold, residual, error);
        tc_fir_free(fold[0].fir);
        tc_fir_free(fold[1].fir);
    }
    free(fold);
    free(r.input);
    return status;
}

/* The mean of n values, and how many standard errors it is. */
static double mean_of(const double *value, size_t n, double least, double *lead)
{
    double sum = 0.0, squares = 0.0, mean;

    *lead = 0.0;
    if (n < 2)
        return 0.0;
    for (size_t k = 0; k < n; ++k) {
        sum += value[k];
        squares += value[k] * value[k];
    }
    mean = sum / (double)n;
    *lead = mean / (sqrt(fmax(squares / (double)n - mean * mean, 0.0) / ((double)n - 1.0)) + least);
    return mean;
}

double align_residual_lead(const struct align_residual *a, const struct align_residual *b)
{
    const size_t n = a->n < b->n ? a->n : b->n;
    double difference[MAX_SEGMENTS], lead;

    for (size_t k = 0; k < n; ++k)
        difference[k] = b->part[k] - a->part[k];
    (void)mean_of(difference, n, least_error, &lead);
    return lead;
}

double align_residual_gain(const struct align_residual *a, const struct align_residual *b,
                           double *lead)
{
    const size_t n = a->n < b->n ? a->n : b->n;
    double ratio[MAX_SEGMENTS];

    for (size_t k = 0; k < n; ++k)
        ratio[k] = log((b->part[k] + least_part) / (a->part[k] + least_part));
    return mean_of(ratio, n, least_ratio_error, lead);
}
