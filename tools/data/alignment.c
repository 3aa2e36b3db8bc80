#include "data/alignment.h"

#include "tonecell-train.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* A peak this early is as likely the device's own filtering as a late recording. A causal model can
 * learn a few frames of delay at no cost, but cannot know future frames: such targets are not
 * moved. */
enum { OWN_DELAY_FRAMES = 8 };

/* Recordings of one device differ by more than this, frames, or not at all: its filters move the
 * peak by a frame or two as knobs are turned. */
enum { MIN_DIFFERENCE = 3 };

/* Standard errors from which on a difference is certain. */
static const double certain_lead = 5.0;

/* Share of the sound from which on it is not the device that leaves doubt of a delay. */
static const double well_explained = 0.5;

/* The largest delay that is searched for. */
static const double max_delay_s = 30.0;

/* By how much a given delay may be off for the drift to be measured from there on, seconds. */
static const double max_off_s = 0.25;

/* A drift below this is not compensated. */
static const double min_drift_ppm = 1.0;

/* Up to so many recordings each have a line of their own in the report. */
enum { MAX_LINES = 4 };

const char *alignment_options_check(const struct alignment_options *options)
{
    return options->no_align && is_given(options->delay) ? "give --delay or --no-align, not both"
                                                         : NULL;
}

/* ------------------------------------------------------------------ measuring */

/* What is known of the pairs: each by itself, and all together. */
struct measurement {
    size_t n_pairs;
    struct tc_align_clip *clip; /* [n_pairs] */
    struct tc_alignment *own;   /* [n_pairs] */
    struct tc_alignment shared;
    bool of_model;    /* the shared one is that of the model's recordings */
    int polarity;     /* 1 or -1 if it was given, else 0 */
    bool flutter;     /* whether a wander is looked for */
    bool keep_drift;  /* a drift is left as it is */
    bool to_fraction; /* delays are compensated to fractions of a frame */
    size_t max_frames;
};

static struct tc_align_clip clip_of(const struct recording_pair *pair)
{
    const size_t start = (size_t)pair->start, stop = (size_t)pair->stop;
    const bool to_the_end = stop == pair->n_frames;
    const struct audio *const input = &pair->input->audio, *const target = &pair->target->audio;

    return (struct tc_align_clip){.input = input->channel[0] + start,
                                  .target = target->channel[0] + start,
                                  .n_input = (to_the_end ? input->n_frames : stop) - start,
                                  .n_target = (to_the_end ? target->n_frames : stop) - start};
}

static enum tc_status find(const struct measurement *m, size_t first, size_t n,
                           struct tc_alignment *found, struct tc_error *error)
{
    return tc_find_alignment(m->clip + first, n, m->max_frames, m->polarity, found, error);
}

static enum tc_status measure(struct measurement *m, struct recordings *recordings,
                              struct model_alignment model, struct tc_error *error)
{
    enum tc_status status = TC_OK;
    bool any_wanders = false;

    for (size_t i = 0; i < m->n_pairs && status == TC_OK; ++i) {
        struct recording_pair *const pair = &recordings->pair[i];

        m->clip[i] = clip_of(pair);
        status = find(m, i, 1, &m->own[i], error);
        if (status == TC_OK && m->flutter && pair->needed)
            status = tc_find_delay_curve(&m->clip[i], recordings->rate_hz, m->polarity, &m->own[i],
                                         &pair->wander, error);
        any_wanders = any_wanders || pair->wander.n_knots > 0;
    }
    m->shared = m->own[0];
    if (status == TC_OK && m->n_pairs > 1)
        status = find(m, 0, m->n_pairs, &m->shared, error);
    m->of_model = !isnan(model.delay_s);
    m->to_fraction = model.to_fraction || (any_wanders && !m->of_model);
    if (m->of_model) {
        m->shared.delay_frames = model.delay_s * recordings->rate_hz;
        m->shared.drift_ppm = 0.0;
        m->shared.certain = true;
    }
    return status;
}

/* Whether it is certain that a pair has another delay than all together. */
static enum tc_status differs(const struct measurement *m, size_t i, bool *different,
                              struct tc_error *error)
{
    const struct tc_alignment *const own = &m->own[i], *const shared = &m->shared;
    double lead = 0.0;
    enum tc_status status = TC_OK;

    *different = own->certain && !shared->certain;
    if (!own->certain || !shared->certain ||
        fabs(own->delay_frames - shared->delay_frames) < MIN_DIFFERENCE)
        return TC_OK;
    status =
        tc_align_compare(m->clip + i, 1, own->delay_frames, shared->delay_frames, &lead, error);
    *different = lead >= certain_lead;
    return status;
}

/* ------------------------------------------------------------------ the pairs */

/* In whole frames. More of the rest is left as a delay, which a model can learn. */
static long whole_frames(double delay)
{
    return (long)floor(delay + 0.4);
}

static long moved_by(double delay)
{
    const long frames = whole_frames(delay);

    return frames < 0 || frames > OWN_DELAY_FRAMES ? frames : 0;
}

/* Frame n + pair->delay of the compensated target is frame n + delay + drift n + wander(n) of the
 * recorded one, n from the first frame that the rows use. */
static enum tc_status compensate(struct recording_pair *pair, const struct tc_alignment *found,
                                 bool keep_drift, bool to_fraction, struct tc_error *error)
{
    const struct audio *const target = &pair->target->audio;
    const double drift_ppm = keep_drift ? 0.0 : found->drift_ppm;
    const double drift = 1e-6 * drift_ppm, delay = (double)pair->delay;
    const double fraction = delay != 0.0 || to_fraction ? found->delay_frames - delay : 0.0;
    const double first = delay + (double)pair->start;
    const struct tc_align_path path = {.first = fraction - drift * first,
                                       .step = 1.0 + drift,
                                       .curve = &pair->wander,
                                       .curve_first = -first};
    enum tc_status status = recording_pair_detach_target(pair, error);

    for (unsigned c = 0; c < target->channels && status == TC_OK; ++c)
        status = tc_align_resample(target->channel[c], target->n_frames, &path,
                                   pair->compensated[c], pair->n_frames, error);
    if (status == TC_OK)
        status = frame_mask_resample(&pair->ignored, &path, pair->n_frames, error);
    pair->drift_ppm = drift_ppm;
    return status;
}

static enum tc_status set_pair(struct recording_pair *pair, const struct tc_alignment *found,
                               const struct measurement *m, bool of_model, struct tc_error *error)
{
    const bool drifts = fabs(found->drift_ppm) >= min_drift_ppm && !m->keep_drift;
    const bool moves = drifts || pair->wander.n_knots > 0;

    pair->measured = found->certain;
    pair->unclear = pair->needed && !found->certain;
    pair->inverted = found->inverted && found->certain;
    if (found->certain)
        pair->delay = of_model         ? lround(found->delay_frames)
                      : m->to_fraction ? whole_frames(found->delay_frames)
                                       : moved_by(found->delay_frames);
    return pair->needed && found->certain && (moves || m->to_fraction)
               ? compensate(pair, found, m->keep_drift, m->to_fraction, error)
               : TC_OK;
}

/* ------------------------------------------------------------------ the report */

static void report_unclear(struct findings *findings, const char *path, const char *which,
                           const struct tc_alignment *found, bool fits_swapped)
{
    struct finding *const f = findings_add(findings, "delay", FINDING_FATAL, path);
    const long best = lround(found->delay_frames);

    if (found->explained < well_explained)
        snprintf(f->what, sizeof f->what,
                 "no clear delay%s (%ld frames, the best, explain only %.0f %% of the sound)",
                 which, best, 100.0 * found->explained);
    else
        snprintf(
            f->what, sizeof f->what,
            "no clear delay%s (%ld frames fit best, but so little or so uniform a sound leaves "
            "doubt)",
            which, best);

    snprintf(f->effect, sizeof f->effect, "a model cannot know frames that come later");
    if (fits_swapped)
        snprintf(f->action, sizeof f->action,
                 "the other way round it is clear: were DRY and WET given in the wrong order? If "
                 "not, --delay FRAMES sets one");
    else
        snprintf(f->action, sizeof f->action, "left as it is; --delay FRAMES sets one");
}

/* What comes out of a device before it goes in has been moved by a program, or is what went in. */
static void report_early(struct findings *findings, const char *path, long delay,
                         const struct tc_alignment *found, double rate_hz)
{
    struct finding *f;

    if (!found->certain || delay >= 0)
        return;
    f = findings_tell(findings, "early", FINDING_NOTE, path, "WET begins %.1f ms before DRY",
                      -1000.0 * (double)delay / rate_hz);
    snprintf(f->action, sizeof f->action,
             "if no program has moved it, the files may be in the wrong order");
}

static void report_delay(struct findings *findings, const char *path, const char *which, long delay,
                         const struct tc_alignment *found, bool of_model)
{
    const char *const polarity = found->inverted ? ", polarity inverted" : "";

    if (of_model)
        findings_tell(findings, "delay", FINDING_FACT, path,
                      "delay %ld frames%s, as in the model's training", delay, which);
    else if (delay != whole_frames(found->delay_frames))
        findings_tell(findings, "delay", FINDING_FACT, path,
                      "delay 0 frames%s (peak at %ld, no more than a filter's)%s", which,
                      whole_frames(found->delay_frames), polarity);
    else
        findings_tell(findings, "delay", FINDING_FACT, path, "delay %ld frames%s%s%s", delay, which,
                      delay < 0   ? " (early), compensated"
                      : delay > 0 ? " (late), compensated"
                                  : "",
                      polarity);
}

static void report_drift(struct findings *findings, const struct recording_pair *pair,
                         const struct tc_alignment *found, bool keep)
{
    const double frames = 1e-6 * found->drift_ppm * (double)(pair->stop - pair->start);

    struct finding *f;

    if (pair->drift_ppm == 0.0 &&
        !(keep && found->certain && fabs(found->drift_ppm) >= min_drift_ppm))
        return;
    f = findings_tell(findings, "drift", FINDING_NOTE, pair->target->path,
                      "the recorder's clock drifts by %+.2f ppm, %.1f frames from start to end",
                      found->drift_ppm, fabs(frames));
    snprintf(f->effect, sizeof f->effect, "high frequencies %s lost", keep ? "are" : "would be");
    snprintf(f->action, sizeof f->action, keep ? "left as it is (--drift keep)" : "resampled");
}

/* What the filter leaves more than along the curve, no model can know either. */
static void report_flutter(struct findings *findings, const struct recording_pair *pair)
{
    const struct tc_delay_curve *const w = &pair->wander;
    struct finding *f;

    if (w->n_knots == 0)
        return;
    f = findings_tell(
        findings, "flutter", FINDING_NOTE, pair->target->path,
        "the delay wanders as that of a tape (wow and flutter), by up to %.1f frames, "
        "%.1f RMS, at about %.1f Hz",
        w->peak_frames, w->rms_frames, w->rate_hz);
    snprintf(f->effect, sizeof f->effect, "as it is, no model gets an ESR below about %.2g",
             w->left_before - w->left_after);
    snprintf(f->action, sizeof f->action,
             "undone (--flutter keep for a device that is meant to do that)");
}

/* What most recordings share, in one line for all of them. */
static void report_shared(struct recordings *recordings, const struct measurement *m,
                          size_t n_shared)
{
    char which[64];

    if (n_shared == 0)
        return;
    (void)snprintf(which, sizeof which, " in %zu of %zu recordings", n_shared, recordings->n_pairs);
    if (m->shared.certain)
        report_delay(&recordings->findings, NULL, which,
                     m->of_model ? lround(m->shared.delay_frames)
                                 : moved_by(m->shared.delay_frames),
                     &m->shared, m->of_model);
    else
        report_unclear(&recordings->findings, NULL, which, &m->shared, false);
    if (!m->of_model)
        report_early(&recordings->findings, NULL, moved_by(m->shared.delay_frames), &m->shared,
                     recordings->rate_hz);
}

/* Distortion is easier to predict than to undo. */
static enum tc_status find_swapped(const struct measurement *m, size_t i, bool *certain,
                                   struct tc_error *error)
{
    const struct tc_align_clip *const clip = &m->clip[i];
    const struct tc_align_clip swapped = {clip->target, clip->input, clip->n_target, clip->n_input};
    struct tc_alignment found;
    const enum tc_status status =
        tc_find_alignment(&swapped, 1, m->max_frames, m->polarity, &found, error);

    *certain = status == TC_OK && found.certain;
    return status;
}

/* Report what was found of a pair. */
static enum tc_status report_pair(struct recordings *recordings, const struct measurement *m,
                                  size_t i, const struct tc_alignment *found, bool own,
                                  struct tc_error *error)
{
    struct findings *const findings = &recordings->findings;
    const struct recording_pair *const pair = &recordings->pair[i];
    const char *const path = pair->target->path;
    const bool lines = m->n_pairs <= MAX_LINES, of_model = m->of_model && !own;
    bool fits_swapped = false;
    enum tc_status status = TC_OK;

    if (!found->certain && lines) {
        status = find_swapped(m, i, &fits_swapped, error);
        report_unclear(findings, path, "", found, fits_swapped);
    } else if (own || lines) {
        report_delay(findings, path, "", pair->delay, found, of_model);
        if (!of_model)
            report_early(findings, path, pair->delay, found, recordings->rate_hz);
    }
    report_drift(findings, pair, found, m->keep_drift);
    report_flutter(findings, pair);
    return status;
}

static enum tc_status decide(struct recordings *recordings, const struct measurement *m,
                             struct tc_error *error)
{
    const bool lines = m->n_pairs <= MAX_LINES;
    size_t n_shared = 0;
    enum tc_status status = TC_OK;

    for (size_t i = 0; i < m->n_pairs && status == TC_OK; ++i) {
        struct recording_pair *const pair = &recordings->pair[i];
        const struct tc_alignment *found;
        bool own;

        status = differs(m, i, &own, error);
        /* A drift can only be compensated from where the pair itself starts. */
        own = own || pair->wander.n_knots > 0 ||
              (m->own[i].certain &&
               (m->to_fraction || (fabs(m->own[i].drift_ppm) >= min_drift_ppm && !m->keep_drift)));
        found = own ? &m->own[i] : &m->shared;
        if (status == TC_OK)
            status = set_pair(pair, found, m, m->of_model && !own, error);
        if (status != TC_OK || !pair->needed)
            continue;
        n_shared += !own;
        status = report_pair(recordings, m, i, found, own, error);
    }
    if (status == TC_OK && !lines)
        report_shared(recordings, m, n_shared);
    return status;
}

static void set_polarities(struct recordings *recordings, const struct measurement *m)
{
    for (size_t i = 0; i < m->n_pairs; ++i)
        recordings->pair[i].inverted = m->own[i].certain && m->own[i].inverted;
}

/* ------------------------------------------------------------------ a given delay */

/* What drifts from a delay on that is given: it is that of the first frame that the rows use. */
static enum tc_status compensate_drift(struct recordings *recordings, struct recording_pair *pair,
                                       long delay, int polarity, struct tc_error *error)
{
    const struct aligned_pair a = recording_pair_aligned(pair, 0, delay);
    const struct tc_align_clip clip = {a.input, a.target, a.n_frames, a.n_frames};
    const long delay_of_other_rows = pair->delay;
    struct tc_alignment found;
    enum tc_status status;

    if (a.n_frames == 0)
        return TC_OK;
    status = tc_find_alignment(&clip, 1, (size_t)(max_off_s * recordings->rate_hz), polarity,
                               &found, error);
    if (status != TC_OK || !found.certain || fabs(found.drift_ppm) < min_drift_ppm)
        return status;
    found.delay_frames = (double)delay;
    pair->delay = delay;
    status = compensate(pair, &found, false, false, error);
    pair->delay = delay_of_other_rows;
    if (status == TC_OK)
        report_drift(&recordings->findings, pair, &found, false);
    return status;
}

/* Of those pairs whose delay is given for all, or by each of their rows. */
static enum tc_status compensate_drifts(struct recordings *recordings,
                                        const struct alignment_options *options, int polarity,
                                        struct tc_error *error)
{
    enum tc_status status = TC_OK;

    for (size_t i = 0; i < recordings->n_pairs && status == TC_OK; ++i) {
        struct recording_pair *const pair = &recordings->pair[i];

        if (is_given(options->delay))
            status = compensate_drift(recordings, pair, pair->delay, polarity, error);
        else if (!pair->needed && !isnan(pair->row_delay))
            status =
                compensate_drift(recordings, pair, recording_pair_delay(pair), polarity, error);
    }
    return status;
}

/* ------------------------------------------------------------------ all of it */

/* 1 or -1 if it was given, else 0. */
static int polarity_of(const struct alignment_options *options)
{
    return options->polarity == POLARITY_NORMAL     ? 1
           : options->polarity == POLARITY_INVERTED ? -1
                                                    : 0;
}

static enum tc_status measure_and_decide(struct recordings *recordings,
                                         const struct alignment_options *options,
                                         bool polarity_only, struct model_alignment model,
                                         struct tc_error *error)
{
    struct measurement m = {.n_pairs = recordings->n_pairs,
                            .polarity = polarity_of(options),
                            .flutter = options->flutter != FLUTTER_KEEP && !polarity_only,
                            .keep_drift = options->drift == DRIFT_KEEP,
                            .max_frames = (size_t)(max_delay_s * recordings->rate_hz)};
    enum tc_status status;

    m.clip = calloc(m.n_pairs, sizeof *m.clip);
    m.own = calloc(m.n_pairs, sizeof *m.own);
    if (m.clip == NULL || m.own == NULL)
        status = tc_fail(error, TC_NO_MEMORY, "no memory to align %zu recordings", m.n_pairs);
    else
        status = measure(&m, recordings, model, error);
    if (status == TC_OK && polarity_only)
        set_polarities(recordings, &m);
    else if (status == TC_OK)
        status = decide(recordings, &m, error);
    free(m.clip);
    free(m.own);
    return status;
}

static bool any_needed(const struct recordings *recordings)
{
    for (size_t i = 0; i < recordings->n_pairs; ++i)
        if (recordings->pair[i].needed)
            return true;
    return false;
}

enum tc_status alignment_find(struct recordings *recordings,
                              const struct alignment_options *options, struct model_alignment model,
                              struct tc_error *error)
{
    const int polarity = polarity_of(options);
    const bool given = is_given(options->delay) || options->no_align || !any_needed(recordings);
    enum tc_status status = TC_OK;

    if (!given || options->polarity == POLARITY_AUTO)
        status = measure_and_decide(recordings, options, given, model, error);
    for (size_t i = 0; i < recordings->n_pairs; ++i) {
        struct recording_pair *const pair = &recordings->pair[i];

        if (polarity != 0)
            pair->inverted = polarity < 0;
        if (is_given(options->delay))
            pair->delay = lround(options->delay * recording_pair_ratio(pair));
    }
    if (status == TC_OK && !options->no_align && options->drift != DRIFT_KEEP)
        status = compensate_drifts(recordings, options, polarity, error);
    return status;
}

void alignment_check_polarity(struct recordings *recordings)
{
    double upright = 0.0, inverted = 0.0;

    for (size_t i = 0; i < recordings->n_pairs; ++i) {
        const struct recording_pair *const pair = &recordings->pair[i];

        *(pair->inverted ? &inverted : &upright) += (double)(pair->stop - pair->start);
    }
    if (inverted > 0.0 && upright > 0.0)
        findings_tell(&recordings->findings, "polarity", FINDING_WARNING, NULL,
                      "the recordings disagree about polarity: %.0f %% of the frames are inverted",
                      100.0 * inverted / (inverted + upright));
}
