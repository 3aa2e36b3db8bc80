#include "train/align/fine.h"
#include "train/align/local_delay.h"
#include "train/align/quick_warp.h"
#include "train/align/residual.h"
#include "train/align/smoother.h"

#include "tonecell-align.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Seconds of a segment, about; it has as many frames as are good to transform. Its Hann window
 * takes 10 Hz down by 13 %, which the next round makes up for. */
static const double segment_s = 0.0427;

/* Each round measures what the curve so far has left, more closely than the one before. */
enum { KNOTS = 4, ROUNDS = 4, PROBE_ROUNDS = 2 };
static const size_t strides[ROUNDS] = {4, 2, 2, 1}; /* knots from segment to segment */

/* The second round is repeated if it moved the curve by more frames than this, RMS: of strong
 * wander the first one leaves too much for one round to measure. */
enum { REPEATED = 2 };
static const double settled_frames = 0.75;

/* The largest delay from the curve so far, in the first round and later. */
static const double first_reach_s = 2e-3, next_reach_s = 0.7e-3;

/* The filter of the residuals: it begins so many frames before the curve. */
enum { BEFORE = 16, TAPS = 64 };

/* Recordings longer than some parts of them are searched only if there is wander in one. */
enum { PROBES = 3, WINDOWS = 8 };
static const double probe_s = 4.0, shortest_s = 2.0;

/* A curve is accepted that takes at least this part off the residual, certainly. A device that
 * distorts has a delay of its own that varies by signal: to follow it takes off about 1 %. */
static const double min_gain = 0.02, certain_lead = 5.0;
static const double min_probe_gain = 0.012, probe_lead = 2.5;

/* The median distance of local delays from their median, frames, below which there is no wander:
 * the first test, which is cheap. */
static const double min_spread = 0.15;

/* Delays of a variance of up to so many medians count where the curve is described. */
static const double max_known = 4.0;

/* Errors of delays that are the device's, in medians of those that are known. */
static const double device_error = 3.0;

enum { MIN_POINTS = 32 };

/* Frames by which the delay may be off that was measured while it wandered. */
enum { UNCERTAINTY = 16 };

struct curve_search {
    struct align_clip clip;
    const struct tc_alignment *alignment;
    double rate_hz;
    size_t n_frames; /* of the input */
    float *input;    /* [n_frames] */
    float *recorded; /* [target's frames] limited, as the input is, between margins */
    float *target;   /* [n_frames] read along the curve */
    const struct align_quick_warp *warp;
    struct align_local local;
    struct align_local_delay *delay; /* [knots] at most */
    struct align_points points;      /* at the knots */
    struct tc_delay_curve curve;
    struct align_residual before, after;
};

/* ------------------------------------------------------------------ memory */

static enum tc_status no_memory(struct tc_error *error)
{
    return tc_fail(error, TC_NO_MEMORY, "no memory to follow the delay of a recording");
}

static bool points_init(struct align_points *points, size_t n)
{
    points->n = n;
    points->value = calloc((4 + ALIGN_SMOOTHER_SCRATCH) * n, sizeof *points->value);
    points->variance = points->value + n;
    points->curve = points->variance + n;
    points->error = points->curve + n;
    points->scratch = points->error + n;
    return points->value != NULL;
}

static bool curve_init(struct tc_delay_curve *curve, size_t n, size_t step)
{
    curve->n_knots = n;
    curve->step_frames = (double)step;
    curve->wander_frames = calloc(2 * n, sizeof *curve->wander_frames);
    curve->error_frames = curve->wander_frames + n;
    return curve->wander_frames != NULL;
}

static void search_done(struct curve_search *s)
{
    align_local_done(&s->local);
    tc_delay_curve_free(&s->curve);
    free(s->points.value);
    free(s->delay);
    free(s->input);
    if (s->recorded != NULL)
        free(s->recorded - QUICK_MARGIN);
}

/* False without memory. */
static bool read_both(struct curve_search *s)
{
    const size_t n_target = s->clip.target.n_frames;
    float *const recorded = calloc(n_target + 2 * (size_t)QUICK_MARGIN, sizeof *recorded);

    s->input = calloc(2 * s->n_frames + 1, sizeof *s->input);
    s->recorded = recorded == NULL ? NULL : recorded + QUICK_MARGIN;
    if (s->input == NULL || s->recorded == NULL)
        return false;
    s->target = s->input + s->n_frames;
    align_read(&s->clip.input, 0, s->n_frames, s->input);
    align_read(&s->clip.target, 0, n_target, s->recorded);
    return true;
}

static bool search_init(struct curve_search *s, const struct tc_align_clip *clip,
                        const struct tc_alignment *alignment, double rate_hz,
                        const struct align_quick_warp *warp)
{
    size_t step, n;

    *s = (struct curve_search){.alignment = alignment, .rate_hz = rate_hz, .warp = warp};
    s->clip = (struct align_clip){align_signal(clip->input, clip->n_input),
                                  align_signal(clip->target, clip->n_target)};
    s->n_frames = clip->n_input;
    if (!read_both(s) || !align_local_init(&s->local, s->input, s->target, s->n_frames,
                                           (size_t)(segment_s * rate_hz)))
        return false;
    step = s->local.size / KNOTS;
    n = s->n_frames / step + 1;
    s->delay = calloc(n, sizeof *s->delay);
    return s->delay != NULL && points_init(&s->points, n) && curve_init(&s->curve, n, step);
}

void tc_delay_curve_free(struct tc_delay_curve *curve)
{
    free(curve->wander_frames);
    *curve = (struct tc_delay_curve){0};
}

/* ------------------------------------------------------------------ one round */

static void read_target(struct curve_search *s)
{
    const struct tc_align_path path = {.first = s->alignment->delay_frames,
                                       .step = 1.0 + 1e-6 * s->alignment->drift_ppm,
                                       .curve = &s->curve};

    align_quick_read(s->warp, s->recorded, s->clip.target.n_frames, &path, s->target, s->n_frames);
}

/* Measure the delays at each stride-th knot. Returns how many there are. */
static size_t measure(struct curve_search *s, size_t stride, size_t reach)
{
    const size_t size = s->local.size, hop = stride * (size / KNOTS);
    const size_t n = s->n_frames < size ? 0 : (s->n_frames - size) / hop + 1;
    size_t known = 0;

    align_local_prepare(&s->local);
    align_local_delays(&s->local, hop, n, reach, s->delay);
    for (size_t k = 0; k < s->points.n; ++k)
        s->points.variance[k] = INFINITY;
    for (size_t i = 0; i < n; ++i) {
        const size_t k = i * stride + KNOTS / 2;

        s->points.value[k] = s->curve.wander_frames[k] + s->delay[i].frames;
        s->points.variance[k] = s->delay[i].variance;
        known += isfinite(s->delay[i].variance) ? 1 : 0;
    }
    return known;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The median of those values that are finite, of which there is one; `sorted` is scratch. */
static double finite_median(const double *value, size_t n, double *sorted)
{
    size_t known = 0;

    for (size_t k = 0; k < n; ++k)
        if (isfinite(value[k]))
            sorted[known++] = value[k];
    qsort(sorted, known, sizeof *sorted, compare);
    return sorted[known / 2];
}

static double spread(struct align_points *points)
{
    double *const known = points->scratch, *const sorted = known + points->n;
    size_t n = 0;
    double middle;

    for (size_t k = 0; k < points->n; ++k)
        if (isfinite(points->variance[k]))
            known[n++] = points->value[k];
    middle = finite_median(known, n, sorted);
    for (size_t k = 0; k < n; ++k)
        known[k] = fabs(known[k] - middle);
    return finite_median(known, n, sorted);
}

/* A device that distorts delays its notes differently: such an error all delays have, however well
 * they are known. */
static void add_device_error(struct align_points *points)
{
    const double error =
        device_error * sqrt(finite_median(points->variance, points->n, points->scratch));

    for (size_t k = 0; k < points->n; ++k) {
        const double sum = sqrt(points->variance[k]) + error;

        points->variance[k] = sum * sum;
    }
}

/* ------------------------------------------------------------------ all rounds */

/* Both have been limited, and are in units of the limit. */
static struct align_clip clip_along(const struct curve_search *s)
{
    return (struct align_clip){{s->input, s->n_frames, 1.0f}, {s->target, s->n_frames, 1.0f}};
}

static enum tc_status residual(struct curve_search *s, struct align_residual *left,
                               struct tc_error *error)
{
    const struct align_clip clip = clip_along(s);
    const struct align_line none = {0};
    struct align_segments segments;

    align_segments_choose(&segments, &clip, 1, s->local.size, MAX_SEGMENTS, &none);
    return align_residual(&clip, &segments, NULL, &none, BEFORE, TAPS, left, error);
}

/* Returns the frames by which the curve moves, RMS. */
static double improve(struct curve_search *s)
{
    double *const wander = s->curve.wander_frames, squares = 0.0;

    add_device_error(&s->points);
    align_smooth(&s->points);
    for (size_t k = 0; k < s->points.n; ++k) {
        const double move = s->points.curve[k] - wander[k];

        squares += move * move;
        wander[k] = s->points.curve[k];
    }
    read_target(s);
    return sqrt(squares / (double)s->points.n);
}

/* *found is false if no wander can be seen. */
static enum tc_status follow(struct curve_search *s, unsigned rounds, bool *found,
                             struct tc_error *error)
{
    const size_t first_reach = (size_t)(first_reach_s * s->rate_hz) + 1;
    const size_t next_reach = (size_t)(next_reach_s * s->rate_hz) + 1;
    double moved = INFINITY;
    enum tc_status status;

    read_target(s);
    *found = measure(s, strides[0], first_reach) >= MIN_POINTS && spread(&s->points) >= min_spread;
    if (!*found)
        return TC_OK;
    status = residual(s, &s->before, error);
    for (unsigned round = 0; round < rounds && status == TC_OK; ++round) {
        if (round == REPEATED && moved <= settled_frames)
            continue;
        if (round > 0)
            (void)measure(s, strides[round], next_reach);
        moved = improve(s);
    }
    return status == TC_OK ? residual(s, &s->after, error) : status;
}

/* Whether a curve of so many rounds takes so much off the residual. */
static enum tc_status helps(struct curve_search *s, unsigned rounds, double gain, double lead,
                            bool *yes, struct tc_error *error)
{
    enum tc_status status = follow(s, rounds, yes, error);

    if (status == TC_OK && *yes)
        *yes = align_residual_gain(&s->after, &s->before, &s->curve.lead) >= -log(1.0 - gain) &&
               s->curve.lead >= lead;
    return status;
}

/* ------------------------------------------------------------------ probes */

static double energy(const float *samples, size_t n)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; ++i)
        sum += fmin((double)samples[i] * (double)samples[i], 1e6);
    return sum;
}

/* The loudest window of those that begin from `first` to `last`. */
static size_t loudest(const struct tc_align_clip *clip, size_t first, size_t last, size_t n)
{
    double most = -1.0;
    size_t best = first;

    for (unsigned i = 0; i < WINDOWS; ++i) {
        const size_t start = first + (last - first) / WINDOWS * i;
        const double e = energy(clip->input + start, n);

        if (e > most) {
            most = e;
            best = start;
        }
    }
    return best;
}

static enum tc_status probe(const struct tc_align_clip *clip, const struct tc_alignment *alignment,
                            double rate_hz, const struct align_quick_warp *warp, size_t start,
                            size_t n, bool *wanders, struct tc_error *error)
{
    const double delay = alignment->delay_frames + 1e-6 * alignment->drift_ppm * (double)start;
    const size_t at = (size_t)fmax((double)start + floor(delay), 0.0);
    const size_t left = at < clip->n_target ? clip->n_target - at : 0;
    const struct tc_align_clip part = {clip->input + start, clip->target + (left > 0 ? at : 0), n,
                                       left < n ? left : n};
    struct tc_alignment along = *alignment;
    struct curve_search s;
    enum tc_status status = TC_OK;

    along.delay_frames = (double)start + delay - (double)at;
    if (!search_init(&s, &part, &along, rate_hz, warp))
        status = no_memory(error);
    else
        status = helps(&s, PROBE_ROUNDS, min_probe_gain, probe_lead, wanders, error);
    search_done(&s);
    return status;
}

/* The loudest part of each third. */
static enum tc_status probe_all(const struct tc_align_clip *clip,
                                const struct tc_alignment *alignment, double rate_hz,
                                const struct align_quick_warp *warp, bool *wanders,
                                struct tc_error *error)
{
    const size_t n = (size_t)(probe_s * rate_hz);
    enum tc_status status = TC_OK;

    *wanders = clip->n_input < 2 * PROBES * n;
    for (unsigned i = 0; i < PROBES && status == TC_OK && !*wanders; ++i) {
        const size_t third = clip->n_input / PROBES;
        const size_t start = loudest(clip, third * i, third * (i + 1) - n, n);

        status = probe(clip, alignment, rate_hz, warp, start, n, wanders, error);
    }
    return status;
}

/* ------------------------------------------------------------------ the result */

/* Whether the delay at a knot was measured, and well enough to count. */
static bool is_known(const struct curve_search *s, size_t k, double median)
{
    return s->points.variance[k] <= max_known * median;
}

static void describe(struct curve_search *s, double *mean)
{
    struct tc_delay_curve *const c = &s->curve;
    const double median = finite_median(s->points.variance, c->n_knots, s->points.scratch);
    double n = 0.0, sum = 0.0, squares = 0.0, crossings = 0.0;

    for (size_t k = 0; k < c->n_knots; ++k)
        if (is_known(s, k, median)) {
            sum += c->wander_frames[k];
            n += 1.0;
        }
    *mean = n > 0.0 ? sum / n : 0.0;
    for (size_t k = 0; k < c->n_knots; ++k) {
        const double z = c->wander_frames[k] -= *mean;

        if (!is_known(s, k, median))
            continue;
        squares += z * z;
        c->peak_frames = fmax(c->peak_frames, fabs(z));
        crossings += k > 0 && z * c->wander_frames[k - 1] < 0.0;
    }
    c->rms_frames = n > 0.0 ? sqrt(squares / n) : 0.0;
    c->rate_hz = n > 0.0 ? crossings / 2.0 / (n * c->step_frames / s->rate_hz) : 0.0;
    c->left_before = s->before.mean;
    c->left_after = s->after.mean;
}

/* With the wander undone, the delay can be measured to a fraction of a frame. */
static enum tc_status measure_delay(struct curve_search *s, int polarity, struct align_fine *fine,
                                    struct tc_error *error)
{
    const struct align_clip clip = clip_along(s);
    const struct align_effort still = {
        .n_segments = 48, .length = 16384, .n_rounds = 1, .polarity = polarity};
    const struct align_line none = {0};

    return align_fine(&clip, 1, NULL, &none, UNCERTAINTY, &still, fine, error);
}

/* The alignment is that of the curve's mean. */
static enum tc_status search_all(struct curve_search *s, int polarity, bool *wanders,
                                 struct tc_alignment *found, struct tc_error *error)
{
    struct align_fine fine;
    enum tc_status status = helps(s, ROUNDS, min_gain, certain_lead, wanders, error);
    double mean;

    if (status != TC_OK || !*wanders)
        return status;
    status = measure_delay(s, polarity, &fine, error);
    memcpy(s->curve.error_frames, s->points.error, s->points.n * sizeof *s->points.error);
    describe(s, &mean);
    found->delay_frames += mean + fine.line.delay;
    found->inverted = fine.inverted;
    found->certain = true;
    return status;
}

static enum tc_status search_clip(const struct tc_align_clip *clip, double rate_hz, int polarity,
                                  const struct align_quick_warp *warp,
                                  struct tc_alignment *alignment, struct tc_delay_curve *curve,
                                  struct tc_error *error)
{
    struct tc_alignment found = *alignment;
    struct curve_search s;
    bool wanders = false;
    enum tc_status status = probe_all(clip, alignment, rate_hz, warp, &wanders, error);

    if (status != TC_OK || !wanders)
        return status;
    if (!search_init(&s, clip, alignment, rate_hz, warp))
        status = no_memory(error);
    else
        status = search_all(&s, polarity, &wanders, &found, error);
    if (status == TC_OK && wanders) {
        *alignment = found;
        *curve = s.curve;
        s.curve = (struct tc_delay_curve){0};
    }
    search_done(&s);
    return status;
}

enum tc_status tc_find_delay_curve(const struct tc_align_clip *clip, double rate_hz, int polarity,
                                   struct tc_alignment *alignment, struct tc_delay_curve *curve,
                                   struct tc_error *error)
{
    struct align_quick_warp *warp;
    enum tc_status status;

    *curve = (struct tc_delay_curve){0};
    if ((double)clip->n_input < shortest_s * rate_hz)
        return TC_OK;
    warp = malloc(sizeof *warp);
    if (warp == NULL)
        return no_memory(error);
    align_quick_warp_init(warp);
    status = search_clip(clip, rate_hz, polarity, warp, alignment, curve, error);
    free(warp);
    return status;
}
