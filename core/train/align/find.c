#include "train/align/coarse.h"
#include "train/align/fine.h"
#include "train/align/residual.h"

#include "tonecell-align.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The filters of the residuals: they begin so many frames before the line. The shorter one tells
 * delays apart that differ by a few frames. */
enum { BEFORE = 4, TAPS = 32, SHORT_BEFORE = 2, SHORT_TAPS = 8 };
enum { RESIDUAL_LENGTH = 2048, RESIDUAL_SEGMENTS = 48 };

enum {
    MIN_FRAMES = 256,    /* of which anything can be said */
    NEAR_FRAMES = 24000, /* a delay within them is likelier than a longer one */
    REFINED = 16,        /* by which a candidate may still be off */
    RIVAL_FRAMES = 48,   /* hypotheses this far apart are rivals */
    WRONG_FRAMES = 4001, /* so far off, a delay is wrong: what is certain beats that, too */
    MIN_SHARED = 2       /* segments in which each frequency must be for a drift to be measured */
};

/* Leads, in standard errors, from which one hypothesis is certainly better; from which it is not
 * worse; and the least part of the target that a certain one explains. */
static const double certain_lead = 5.0, tie_lead = 2.0, min_explained = 0.03;

/* Added to the squares of the residuals: the scatter of few may be small by chance. */
static const double least_squares = 0.1;

/* A drift is a fact if it is many of its standard errors from 0, more if the error is large: wow
 * and flutter is no independent scatter. */
static const double max_drift_error = 0.3e-6, drift_errors = 5.0, min_drift = 0.3e-6;
static const double max_large_error = 3e-6, large_drift_errors = 12.0;

static const struct align_effort quick = {.n_segments = 16, .length = 8192};
static const struct align_effort full = {
    .n_segments = 48, .length = 16384, .n_rounds = 4, .with_drift = true};
static const struct align_effort still = {.n_segments = 48, .length = 16384, .n_rounds = 1};

/* The hypotheses, no delay, and two that are wrong. */
enum { MAX_CANDIDATES = MAX_HYPOTHESES + 3 };

struct candidate {
    struct align_fine fine;
    struct align_residual residual;
    double score; /* what is left, and what it may be more */
};

struct search {
    struct align_clip *clips;
    size_t n_clips;
    struct align_warp warp;
    int polarity;
    struct align_hypotheses hypotheses;
    size_t n;
    struct candidate candidate[MAX_CANDIDATES];
};

/* ------------------------------------------------------------------ candidates */

static double delay_at_middle(const struct search *s, const struct align_line *line)
{
    return line->delay + line->drift * (double)s->clips->input.n_frames / 2.0;
}

static size_t residual_length(const struct search *s)
{
    return align_segment_length(s->clips, s->n_clips, RESIDUAL_LENGTH);
}

static enum tc_status score(const struct search *s, struct candidate *c, struct tc_error *error)
{
    struct align_segments segments;
    double squares = 0.0, n;
    enum tc_status status;

    align_segments_choose(&segments, s->clips, s->n_clips, residual_length(s), RESIDUAL_SEGMENTS,
                          &c->fine.line);
    status = align_residual(s->clips, &segments, &s->warp, &c->fine.line, BEFORE, TAPS,
                            &c->residual, error);
    for (size_t k = 0; k < c->residual.n; ++k)
        squares +=
            (c->residual.part[k] - c->residual.mean) * (c->residual.part[k] - c->residual.mean);
    n = (double)c->residual.n;
    c->score =
        n < 2.0 ? INFINITY : c->residual.mean + 2.0 * sqrt((squares + least_squares) / n / n);
    return status;
}

/* Improve a candidate's line, which may be off by `uncertainty` frames. */
static enum tc_status improve(const struct search *s, struct candidate *c,
                              const struct align_line *line, size_t uncertainty,
                              const struct align_effort *effort, struct tc_error *error)
{
    struct align_effort with_polarity = *effort;

    with_polarity.polarity = s->polarity;
    return align_fine(s->clips, s->n_clips, &s->warp, line, uncertainty, &with_polarity, &c->fine,
                      error);
}

static enum tc_status consider(const struct search *s, struct candidate *c,
                               const struct align_line *line, struct tc_error *error)
{
    enum tc_status status = improve(s, c, line, s->hypotheses.uncertainty, &quick, error);

    if (status == TC_OK && c->fine.n_segments > 0)
        status = score(s, c, error);
    return status;
}

/* Add n candidates, of which those without any segment are left out. */
static enum tc_status add_candidates(struct search *s, const struct align_line *line, size_t n,
                                     struct tc_error *error)
{
    struct candidate *const added = s->candidate + s->n;
    enum tc_status status[MAX_CANDIDATES];

#pragma omp parallel for schedule(dynamic, 1)
    for (size_t i = 0; i < n; ++i)
        status[i] = consider(s, &added[i], &line[i], NULL);
    for (size_t i = 0; i < n; ++i) {
        if (status[i] != TC_OK)
            return tc_fail(error, status[i], "no memory to compare delays");
        if (added[i].fine.n_segments > 0)
            s->candidate[s->n++] = added[i];
    }
    return TC_OK;
}

/* The best; of equals the nearest to no delay, which recordings that repeat themselves have. */
static size_t best_candidate(const struct search *s)
{
    size_t best = 0, near;

    for (size_t i = 1; i < s->n; ++i)
        if (s->candidate[i].score < s->candidate[best].score)
            best = i;
    near = best;
    for (size_t i = 0; i < s->n; ++i) {
        const struct align_line *const line = &s->candidate[i].fine.line;

        if (fabs(line->delay) <= NEAR_FRAMES &&
            fabs(s->candidate[near].fine.line.delay) > NEAR_FRAMES &&
            align_residual_lead(&s->candidate[best].residual, &s->candidate[i].residual) < tie_lead)
            near = i;
    }
    return near;
}

/* ------------------------------------------------------------------ drift */

static bool drift_is_certain(const struct align_fine *fine)
{
    const double drift = fabs(fine->line.drift), drift_error = fine->drift_error;

    return fine->shared >= MIN_SHARED && drift > min_drift &&
           ((drift_error < max_drift_error && drift > drift_errors * drift_error) ||
            (drift_error < max_large_error && drift > large_drift_errors * drift_error));
}

static enum tc_status refine(struct search *s, struct candidate *best, struct tc_error *error)
{
    const struct align_line start = best->fine.line;
    const double middle = delay_at_middle(s, &start);
    const struct align_line without = {middle, 0.0};
    enum tc_status status = improve(s, best, &start, REFINED, &full, error);

    if (status == TC_OK && !drift_is_certain(&best->fine)) {
        const double drift_error = best->fine.drift_error;

        status = improve(s, best, &without, REFINED, &still, error);
        best->fine.drift_error = drift_error;
    }
    if (status == TC_OK)
        status = score(s, best, error);
    return status;
}

/* ------------------------------------------------------------------ certainty */

static double least_lead(const struct search *s, const struct candidate *best)
{
    const double delay = delay_at_middle(s, &best->fine.line);
    double least = INFINITY;

    for (size_t i = 0; i < s->n; ++i) {
        const struct candidate *const c = &s->candidate[i];
        const double other = delay_at_middle(s, &c->fine.line);

        if (c == best || fabs(other - delay) < RIVAL_FRAMES ||
            (fabs(delay) <= NEAR_FRAMES && fabs(other) > NEAR_FRAMES))
            continue;
        least = fmin(least, align_residual_lead(&best->residual, &c->residual));
    }
    return least;
}

static void report(const struct search *s, const struct candidate *best,
                   struct tc_alignment *alignment)
{
    alignment->delay_frames = best->fine.line.delay;
    alignment->drift_ppm = 1e6 * best->fine.line.drift;
    alignment->drift_error_ppm = 1e6 * best->fine.drift_error;
    alignment->inverted = best->fine.inverted;
    alignment->explained = fmax(1.0 - best->residual.mean, 0.0);
    alignment->lead = least_lead(s, best);
    alignment->certain = alignment->lead >= certain_lead && alignment->explained >= min_explained;
}

/* ------------------------------------------------------------------ the search */

static enum tc_status add_hypotheses(struct search *s, struct tc_error *error)
{
    struct align_line line[MAX_HYPOTHESES + 1] = {{0.0, 0.0}}; /* the first is no delay */

    memcpy(line + 1, s->hypotheses.line, s->hypotheses.n * sizeof *line);
    return add_candidates(s, line, s->hypotheses.n + 1, error);
}

static enum tc_status add_wrong(struct search *s, const struct align_line *line,
                                struct tc_error *error)
{
    const struct align_line wrong[2] = {{line->delay - (double)WRONG_FRAMES, line->drift},
                                        {line->delay + (double)WRONG_FRAMES, line->drift}};

    return add_candidates(s, wrong, 2, error);
}

static enum tc_status search(struct search *s, size_t max_frames, struct tc_alignment *alignment,
                             struct tc_error *error)
{
    enum tc_status status = align_coarse(s->clips, s->n_clips, max_frames, &s->hypotheses, error);
    struct candidate *best;

    if (status == TC_OK)
        status = add_hypotheses(s, error);
    if (status != TC_OK || s->n == 0)
        return status;
    best = &s->candidate[best_candidate(s)];
    status = refine(s, best, error);
    if (status == TC_OK)
        status = add_wrong(s, &best->fine.line, error);
    if (status == TC_OK)
        report(s, best, alignment);
    return status;
}

static void search_free(struct search *s)
{
    if (s != NULL)
        free(s->clips);
    free(s);
}

/* The clips of which something can be said. NULL without memory. */
static struct search *search_new(const struct tc_align_clip *clips, size_t n_clips)
{
    struct search *const s = calloc(1, sizeof *s);

    if (s != NULL)
        s->clips = calloc(n_clips + 1, sizeof *s->clips);
    if (s == NULL || s->clips == NULL) {
        search_free(s);
        return NULL;
    }
    for (size_t i = 0; i < n_clips; ++i) {
        const struct align_clip clip = {align_signal(clips[i].input, clips[i].n_input),
                                        align_signal(clips[i].target, clips[i].n_target)};

        if (clip.input.limit > 0.0f && clip.target.limit > 0.0f &&
            clip.input.n_frames >= MIN_FRAMES && clip.target.n_frames >= MIN_FRAMES)
            s->clips[s->n_clips++] = clip;
    }
    align_warp_init(&s->warp);
    return s;
}

enum tc_status tc_find_alignment(const struct tc_align_clip *clips, size_t n_clips,
                                 size_t max_frames, int polarity, struct tc_alignment *alignment,
                                 struct tc_error *error)
{
    struct tc_alignment found = {.drift_error_ppm = INFINITY, .inverted = polarity < 0};
    enum tc_status status = TC_OK;
    struct search *s;

    if (n_clips == 0)
        return tc_fail(error, TC_BAD_ARGUMENT, "no clips to align");
    s = search_new(clips, n_clips);
    if (s == NULL)
        return tc_fail(error, TC_NO_MEMORY, "no memory to search for a delay");
    s->polarity = polarity;
    if (s->n_clips > 0)
        status = search(s, max_frames, &found, error);
    search_free(s);
    if (status == TC_OK)
        *alignment = found;
    return status;
}

enum tc_status tc_align_compare(const struct tc_align_clip *clips, size_t n_clips,
                                double delay_frames, double other_frames, double *lead,
                                struct tc_error *error)
{
    const struct align_line line[2] = {{delay_frames, 0.0}, {other_frames, 0.0}};
    struct search *const s = search_new(clips, n_clips);
    struct align_residual residual[2];
    struct align_segments segments;
    enum tc_status status = TC_OK;

    if (s == NULL)
        return tc_fail(error, TC_NO_MEMORY, "no memory to compare delays");
    *lead = 0.0;
    if (s->n_clips == 0) {
        search_free(s);
        return TC_OK;
    }
    align_segments_choose(&segments, s->clips, s->n_clips, residual_length(s), RESIDUAL_SEGMENTS,
                          line);
    for (unsigned i = 0; i < 2 && status == TC_OK; ++i)
        status = align_residual(s->clips, &segments, &s->warp, &line[i], SHORT_BEFORE, SHORT_TAPS,
                                &residual[i], error);
    if (status == TC_OK)
        *lead = align_residual_lead(&residual[0], &residual[1]);
    search_free(s);
    return status;
}
