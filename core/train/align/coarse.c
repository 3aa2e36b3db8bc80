#include "train/align/coarse.h"

#include "train/align/decimate.h"
#include "train/align/line.h"
#include "train/align/segments.h"
#include "train/align/spectra.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_TARGET = 700000,   /* frames of the decimated target */
    MAX_LENGTH = 16384,    /* decimated frames of a segment */
    N_SEGMENTS = 14,       /* of one recording */
    SEGMENTS_OF_MANY = 64, /* of many clips */
    PEAKS_PER_SEGMENT = 3, /* that become candidates */
    PEAK_WIDTH = 8,        /* lags on either side that belong to a peak */
    MIN_UNCERTAINTY = 40,  /* frames: the span of the filter that compares hypotheses */
    SMOOTH = 256,          /* the power is smoothed over so many parts of the band */
    CORRELATORS = 2,       /* that work at a time */
    WHOLE_PER_SECTION = 2  /* targets this much longer than the lags reach are read in sections */
};

/* The largest drift, and heights of peaks in units of the correlation's mean size: those that count
 * less than chance would give, that of a peak of the line, and beyond which none counts more. */
static const double max_drift = 5e-4, min_height = 5.0, line_height = 9.0, max_height = 40.0;

/* The correlation of one segment with its target. */
struct track {
    size_t clip;
    double start;   /* decimated frame of the input at which the segment starts */
    long first_lag; /* decimated frames */
    size_t n_lags;
    float *height; /* [n_lags] signed, in units of its mean size */
};

struct coarse {
    size_t factor, length; /* length of a segment in decimated frames */
    long max_lag;
    size_t n_tracks;
    struct track track[MAX_SEGMENTS];
};

static void coarse_done(struct coarse *c)
{
    for (size_t i = 0; i < c->n_tracks; ++i)
        free(c->track[i].height);
}

/* The lags for which at least half of the segment has its target. False without memory. */
static bool add_track(struct coarse *c, size_t clip, size_t start, size_t n_target)
{
    const long half = (long)c->length / 2;
    const long first = -half > (long)start - c->max_lag ? -half : (long)start - c->max_lag;
    const long end = (long)n_target - half, far = (long)start + c->max_lag + 1;
    const long last = end < far ? end : far;
    struct track *const track = &c->track[c->n_tracks++];

    *track = (struct track){.clip = clip, .start = (double)start, .first_lag = first - (long)start};
    track->n_lags = last > first ? (size_t)(last - first) : 0;
    track->height = calloc(track->n_lags + 1, sizeof *track->height);
    return track->height != NULL;
}

/* ------------------------------------------------------------------ correlations */

/* The decimated recordings of a clip. */
struct decimated {
    float *input, *target;
    size_t n_target, section; /* frames of the target that are transformed at once */
};

/* What a thread works with. */
struct correlator {
    struct align_transform transform;
    float *work;         /* [size] */
    kiss_fft_cpx *x, *t; /* [bins] */
    double *power;       /* [bins] */
    size_t first, n;     /* frames of the target of which t is the whitened spectrum */
};

static void decimated_done(struct decimated *d)
{
    free(d->input);
    free(d->target);
}

static bool decimated_init(struct decimated *d, const struct coarse *c,
                           const struct align_clip *clip)
{
    const size_t n_input = align_decimated_frames(&clip->input, c->factor);
    const size_t n_target = align_decimated_frames(&clip->target, c->factor);
    const size_t reached = 2 * (size_t)c->max_lag + 2 * c->length;

    *d = (struct decimated){.n_target = n_target};
    d->section = reached < n_target / WHOLE_PER_SECTION ? reached : n_target;
    d->input = calloc(n_input + 1, sizeof *d->input);
    d->target = calloc(n_target + 1, sizeof *d->target);
    if (d->input == NULL || d->target == NULL)
        return false;
    align_decimate(&clip->input, c->factor, d->input);
    align_decimate(&clip->target, c->factor, d->target);
    return true;
}

static void correlator_done(struct correlator *r)
{
    align_transform_done(&r->transform);
    free(r->work);
    free(r->x);
    free(r->power);
}

static bool correlator_init(struct correlator *r, size_t n_frames)
{
    if (!align_transform_init(&r->transform, n_frames))
        return false;
    r->work = calloc(r->transform.size, sizeof *r->work);
    r->x = calloc(2 * r->transform.bins, sizeof *r->x);
    r->t = r->x + r->transform.bins;
    r->power = calloc(r->transform.bins, sizeof *r->power);
    return r->work != NULL && r->x != NULL && r->power != NULL;
}

static void transform(struct correlator *r, const float *samples, size_t n, kiss_fft_cpx *spectrum)
{
    memcpy(r->work, samples, n * sizeof *r->work);
    memset(r->work + n, 0, (r->transform.size - n) * sizeof *r->work);
    kiss_fftr(r->transform.forward, r->work, spectrum);
    align_whiten(spectrum, r->transform.bins, r->transform.size / SMOOTH / 2, r->power);
}

/* work[i] = the correlation at frame first + i of the target, negative i from the end of it on. */
static void correlate(struct correlator *r, const struct decimated *d, size_t start, size_t length)
{
    transform(r, d->input + start, length, r->x);
    for (size_t i = 0; i < r->transform.bins; ++i) {
        const kiss_fft_cpx x = r->x[i], t = r->t[i];

        r->x[i].r = x.r * t.r + x.i * t.i;
        r->x[i].i = x.r * t.i - x.i * t.r;
    }
    kiss_fftri(r->transform.inverse, r->x, r->work);
}

/* Have t of the target's section that has all lags of a track, or of all of it. */
static void load_target(struct correlator *r, const struct decimated *d, const struct track *track)
{
    const long from = (long)track->start + track->first_lag;
    const size_t last = d->n_target - d->section;
    const size_t wanted = from > 0 ? (size_t)from : 0, first = wanted < last ? wanted : last;

    if (r->n > 0 && r->first == first)
        return;
    r->first = first;
    r->n = d->section;
    transform(r, d->target + first, r->n, r->t);
}

static void fill(struct track *track, const struct correlator *r)
{
    const long first = (long)track->start + track->first_lag - (long)r->first;
    double size = 0.0;

    for (size_t i = 0; i < track->n_lags; ++i) {
        const long at = first + (long)i;

        track->height[i] = r->work[at < 0 ? at + (long)r->transform.size : at];
        size += fabs((double)track->height[i]) / (double)track->n_lags;
    }
    for (size_t i = 0; i < track->n_lags && size > 0.0; ++i)
        track->height[i] /= (float)size;
}

/* Every CORRELATORS-th of n tracks. */
static void fill_some(struct correlator *r, const struct decimated *d, size_t length,
                      struct track *track, size_t n)
{
    for (size_t k = 0; k < n; k += CORRELATORS) {
        load_target(r, d, &track[k]);
        correlate(r, d, (size_t)track[k].start, length);
        fill(&track[k], r);
    }
}

static bool fill_tracks(struct coarse *c, const struct decimated *d, struct track *track, size_t n)
{
    struct correlator r[CORRELATORS] = {{.n = 0}};
    const size_t used = n < CORRELATORS ? n : CORRELATORS;
    bool done = true;

    for (size_t i = 0; i < used && done; ++i)
        done = correlator_init(&r[i], d->section + c->length);
    if (done) {
#pragma omp parallel for schedule(static, 1)
        for (size_t i = 0; i < used; ++i)
            fill_some(&r[i], d, c->length, track + i, n - i);
    }
    for (size_t i = 0; i < used; ++i)
        correlator_done(&r[i]);
    return done;
}

/* The segments of one clip, which follow each other. *next becomes the first of the next clip.
 * False without memory. */
static bool correlate_clip(struct coarse *c, const struct align_clip *clips,
                           const struct align_segments *segments, size_t *next)
{
    const size_t clip = segments->at[*next].clip, first = c->n_tracks;
    struct decimated d;
    bool done = decimated_init(&d, c, &clips[clip]);

    for (; done && *next < segments->n && segments->at[*next].clip == clip; ++*next)
        done = add_track(c, clip, segments->at[*next].start / c->factor, d.n_target);
    done = done && fill_tracks(c, &d, c->track + first, c->n_tracks - first);
    decimated_done(&d);
    return done;
}

/* ------------------------------------------------------------------ hypotheses */

static double reach(const struct track *a, const struct track *b)
{
    return 2.0 + (a->clip == b->clip ? max_drift * fabs(a->start - b->start) : 0.0);
}

/* The highest peak of one sign within `width` lags of `lag`. Its index; n_lags if there is none. */
static size_t nearby_peak(const struct track *track, double lag, double width, float sign)
{
    const double low = lag - width - (double)track->first_lag;
    const double high = lag + width - (double)track->first_lag;
    size_t best = track->n_lags;

    for (double i = fmax(ceil(low), 0.0); i <= high && i < (double)track->n_lags; ++i) {
        const size_t at = (size_t)i;

        if (best == track->n_lags || sign * track->height[at] > sign * track->height[best])
            best = at;
    }
    return best;
}

static double votes(const struct coarse *c, const struct track *from, double lag, float sign)
{
    double sum = 0.0;

    for (size_t i = 0; i < c->n_tracks; ++i) {
        const struct track *const track = &c->track[i];
        const size_t peak = nearby_peak(track, lag, reach(from, track), sign);

        if (peak < track->n_lags)
            sum += fmin(fmax((double)(sign * track->height[peak]) - min_height, 0.0), max_height);
    }
    return sum;
}

/* The top of the parabola through a peak and its neighbours. */
static double peak_lag(const struct track *track, size_t peak)
{
    const double lag = (double)track->first_lag + (double)peak;
    double a, b, c, bend;

    if (peak == 0 || peak + 1 >= track->n_lags)
        return lag;
    a = (double)track->height[peak - 1];
    b = (double)track->height[peak];
    c = (double)track->height[peak + 1];
    bend = a - 2.0 * b + c;
    return fabs(bend) > 0.0 ? lag + fmax(fmin(0.5 * (a - c) / bend, 1.0), -1.0) : lag;
}

/* A line through the high peaks near the candidate, in frames. */
static struct align_line line_through(const struct coarse *c, const struct track *from, double lag,
                                      float sign)
{
    const double factor = (double)c->factor;
    struct line_point point[MAX_SEGMENTS];
    struct fitted_line line;
    size_t n = 0;

    for (size_t i = 0; i < c->n_tracks; ++i) {
        const struct track *const track = &c->track[i];
        const size_t peak = nearby_peak(track, lag, reach(from, track), sign);

        if (peak == track->n_lags || (double)(sign * track->height[peak]) < line_height)
            continue;
        point[n++] = (struct line_point){factor * (track->start + (double)c->length / 2.0),
                                         factor * peak_lag(track, peak), 1.0};
    }
    if (n == 0)
        return (struct align_line){factor * lag, 0.0};
    line = align_fit_line(point, n, n >= 4);
    if (fabs(line.slope) > max_drift)
        line = align_fit_line(point, n, 0);
    return (struct align_line){line.at_zero, line.slope};
}

static bool is_new(const struct align_hypotheses *found, const struct align_line *line,
                   const struct track *from, double factor)
{
    for (size_t i = 0; i < found->n; ++i) {
        const double frame = factor * from->start;
        const double apart =
            line->delay - found->line[i].delay + (line->drift - found->line[i].drift) * frame;

        if (fabs(apart) <= PEAK_WIDTH * factor)
            return false;
    }
    return true;
}

static void insert(struct align_hypotheses *found, struct align_line line, double n_votes)
{
    size_t i;

    if (found->n == MAX_HYPOTHESES && found->votes[MAX_HYPOTHESES - 1] >= n_votes)
        return;
    found->n += found->n < MAX_HYPOTHESES;
    for (i = found->n - 1; i > 0 && found->votes[i - 1] < n_votes; --i) {
        found->line[i] = found->line[i - 1];
        found->votes[i] = found->votes[i - 1];
    }
    found->line[i] = line;
    found->votes[i] = n_votes;
}

static void add_peaks(const struct coarse *c, const struct track *track,
                      struct align_hypotheses *found)
{
    size_t peak[PEAKS_PER_SEGMENT];

    for (size_t k = 0; k < PEAKS_PER_SEGMENT; ++k) {
        size_t best = track->n_lags;
        float sign;
        double lag;
        struct align_line line;

        for (size_t i = 0; i < track->n_lags; ++i) {
            bool taken = false;

            for (size_t p = 0; p < k; ++p)
                taken |= i + PEAK_WIDTH >= peak[p] && i <= peak[p] + PEAK_WIDTH;
            if (!taken &&
                (best == track->n_lags || fabsf(track->height[i]) > fabsf(track->height[best])))
                best = i;
        }
        if (best == track->n_lags)
            return;
        peak[k] = best;
        sign = track->height[best] < 0.0f ? -1.0f : 1.0f;
        lag = (double)track->first_lag + (double)best;
        line = line_through(c, track, lag, sign);
        if (is_new(found, &line, track, (double)c->factor))
            insert(found, line, votes(c, track, lag, sign));
    }
}

/* ------------------------------------------------------------------ the search */

static size_t decimation(const struct align_clip *clips, size_t n_clips)
{
    size_t longest = 0, factor = 1;

    for (size_t i = 0; i < n_clips; ++i) {
        longest = clips[i].target.n_frames > longest ? clips[i].target.n_frames : longest;
        longest = clips[i].input.n_frames > longest ? clips[i].input.n_frames : longest;
    }
    while (longest / factor > MAX_TARGET && factor < MAX_DECIMATION)
        factor *= 2;
    return factor;
}

static enum tc_status correlate_all(struct coarse *c, const struct align_clip *clips,
                                    size_t n_clips, struct tc_error *error)
{
    const size_t length = align_segment_length(clips, n_clips, MAX_LENGTH * c->factor);
    struct align_segments segments;

    c->length = length / c->factor;
    align_segments_choose(&segments, clips, n_clips, length,
                          n_clips > N_SEGMENTS ? SEGMENTS_OF_MANY : N_SEGMENTS, NULL);
    for (size_t next = 0; next < segments.n;) {
        if (!correlate_clip(c, clips, &segments, &next))
            return tc_fail(error, TC_NO_MEMORY, "no memory to search for a delay");
    }
    return TC_OK;
}

enum tc_status align_coarse(const struct align_clip *clips, size_t n_clips, size_t max_frames,
                            struct align_hypotheses *found, struct tc_error *error)
{
    struct coarse c = {.factor = decimation(clips, n_clips)};
    enum tc_status status;

    *found = (struct align_hypotheses){.uncertainty = 3 * c.factor + MIN_UNCERTAINTY};
    c.max_lag = (long)(max_frames / c.factor) + 1;
    status = correlate_all(&c, clips, n_clips, error);
    for (size_t i = 0; i < c.n_tracks && status == TC_OK; ++i)
        add_peaks(&c, &c.track[i], found);
    coarse_done(&c);
    return status;
}
