#include "data/validation_split.h"

#include "cli/talk.h"
#include "data/quiet.h"

#include <math.h>
#include <string.h>

/* The fraction of the frames that validates. */
static const double val_fraction = 0.15;

/* The time of a part that is scored, unless a recording is short. */
static const double part_s = 1.0;

enum {
    MIN_VAL_WARMUPS = 2, /* a part is at least so many times the warm-up */
    MAX_PARTS = 12,      /* of a clip */
    POSITIONS = 8,       /* that are tried for a part, in the middle of its section */
    MIN_GAP = 1000       /* frames between what is scored and what is trained on */
};

/* ------------------------------------------------------------------------------ levels */

enum { LEVEL_BLOCK = 2048, LEVELS = 32, LEVEL_DB = 3 };

/* How many blocks have which level: 0 at full scale, then in steps of 3 dB. */
struct histogram {
    double count[LEVELS], sum;
};

static unsigned level(const float *x, size_t n)
{
    double energy = 1e-20;
    double steps;

    for (size_t i = 0; i < n; ++i)
        energy += (double)x[i] * (double)x[i];
    steps = -10.0 * log10(energy / (double)n) / LEVEL_DB;
    return steps <= 0.0 ? 0 : steps >= LEVELS - 1 ? LEVELS - 1 : (unsigned)steps;
}

static void add_levels(struct histogram *h, const float *x, size_t n)
{
    for (size_t start = 0; start < n; start += LEVEL_BLOCK) {
        const size_t size = n - start < LEVEL_BLOCK ? n - start : LEVEL_BLOCK;

        h->count[level(x + start, size)] += (double)size;
        h->sum += (double)size;
    }
}

/* How far the levels of one would have to move to become the other's, in steps (the Wasserstein
 * distance). */
static double distance(const struct histogram *a, const struct histogram *b)
{
    double sum = 0.0, cumulated = 0.0;

    for (unsigned i = 0; i < LEVELS; ++i) {
        cumulated += a->count[i] / a->sum - b->count[i] / b->sum;
        sum += fabs(cumulated);
    }
    return sum;
}

/* What validates so far, and what it should be like. */
struct choice {
    struct histogram all, chosen;
};

/* How unlike all clips the chosen part would be with these frames more. */
static double unlike(const struct choice *choice, const float *input, size_t n)
{
    struct histogram with = choice->chosen;

    add_levels(&with, input, n);
    return distance(&with, &choice->all);
}

/* ------------------------------------------------------------------------------ parts of clips */

static size_t part_frames(size_t clip_frames)
{
    return (size_t)((double)clip_frames * val_fraction);
}

static size_t min_part(size_t warmup)
{
    const size_t frames = MIN_VAL_WARMUPS * warmup + 1;

    return frames > MIN_GAP ? frames : MIN_GAP;
}

static bool is_long(const struct tc_clip *clip, size_t warmup)
{
    return part_frames(clip->n_frames) >= min_part(warmup);
}

static size_t count_parts(const struct tc_clip *clip, size_t warmup, double rate_hz)
{
    const size_t scored = (size_t)fmax((double)warmup + 1.0, part_s * rate_hz);
    const size_t n = part_frames(clip->n_frames) / (warmup + scored);

    return n < 1 ? 1 : n > MAX_PARTS ? MAX_PARTS : n;
}

/* The part of section `index` of n. */
static struct frame_range choose_part(struct choice *choice, const struct tc_clip *clip,
                                      size_t index, size_t n)
{
    const size_t section = clip->n_frames / n, frames = part_frames(clip->n_frames) / n;
    double best = (double)INFINITY;
    size_t start = 0;

    for (size_t i = 0; i < POSITIONS; ++i) {
        /* From a fifth to two thirds of the section, so that parts are not near one another. */
        const size_t at = index * section + section / 5 + i * (section * 9 / 20) / (POSITIONS - 1);
        const double d = unlike(choice, clip->input[0] + at, frames);

        if (d < best) {
            best = d;
            start = at;
        }
    }
    add_levels(&choice->chosen, clip->input[0] + start, frames);
    return (struct frame_range){start, start + frames};
}

/* Other channels of a recording are split as the first one: what they play may be the same. */
static bool same_frames(const struct clip_set *set, size_t a, size_t b)
{
    return set->source[a].row == set->source[b].row &&
           set->source[a].start == set->source[b].start &&
           set->clip[a].n_frames == set->clip[b].n_frames;
}

struct parts {
    size_t n;
    struct frame_range part[MAX_PARTS];
};

static enum tc_status cut_clip(const struct clip_set *all, size_t index, const struct parts *parts,
                               size_t warmup, struct clip_set *train, struct clip_set *val,
                               struct tc_error *error)
{
    const size_t gap = warmup < MIN_GAP ? MIN_GAP - warmup : 0;
    size_t start = 0;
    enum tc_status status = TC_OK;

    for (size_t i = 0; i < parts->n && status == TC_OK; ++i) {
        const struct frame_range part = parts->part[i];

        status = clip_set_append_part(train, all, index, start, part.start - gap, warmup, error);
        if (status == TC_OK)
            status = clip_set_append_part(val, all, index, part.start, part.stop, warmup, error);
        start = part.stop + gap;
    }
    if (status != TC_OK)
        return status;
    return clip_set_append_part(train, all, index, start, all->clip[index].n_frames, warmup, error);
}

static void report_parts(const struct clip_set *val, size_t first, double rate_hz)
{
    const size_t n = val->n - first;
    double frames = 0.0;

    for (size_t i = first; i < val->n; ++i)
        frames += (double)val->clip[i].n_frames;
    if (n == 1)
        talk_say(NULL, "%.1f s from %.1f s on validate: %.0f %% of the recording", frames / rate_hz,
                 (double)val->source[first].start / rate_hz, 100.0 * val_fraction);
    else
        talk_say(NULL,
                 "%zu parts of %.1f s, spread over the recordings and their levels, validate: "
                 "%.0f %%",
                 n, frames / (double)n / rate_hz, 100.0 * val_fraction);
}

static enum tc_status cut_clips(const struct clip_set *all, struct choice *choice, size_t warmup,
                                double rate_hz, struct clip_set *train, struct clip_set *val,
                                struct tc_error *error)
{
    const size_t first = val->n;
    struct parts parts = {0};
    enum tc_status status = TC_OK;

    for (size_t i = 0; i < all->n && status == TC_OK; ++i) {
        const struct tc_clip *const clip = &all->clip[i];

        if (i == 0 || !same_frames(all, i - 1, i)) {
            parts.n = is_long(clip, warmup) ? count_parts(clip, warmup, rate_hz) : 0;
            for (size_t p = 0; p < parts.n; ++p)
                parts.part[p] = choose_part(choice, clip, p, parts.n);
        }
        status = cut_clip(all, i, &parts, warmup, train, val, error);
    }
    if (status == TC_OK)
        report_parts(val, first, rate_hz);
    return status;
}

/* ------------------------------------------------------------------------------ whole clips */

/* The end of the recordings from clip `first` on: those that follow it in the same frames. */
static size_t end_of_unit(const struct clip_set *set, size_t first)
{
    size_t end = first + 1;

    while (end < set->n && same_frames(set, first, end))
        ++end;
    return end;
}

static size_t count_units(const struct clip_set *set)
{
    size_t n = 0;

    for (size_t i = 0; i < set->n; i = end_of_unit(set, i))
        ++n;
    return n;
}

/* Of the units from clip `first` on, so many, the first clip of the one to choose; *end becomes the
 * clip after them. */
static size_t choose_unit(struct choice *choice, const struct clip_set *all, size_t first,
                          size_t n_units, size_t *end)
{
    double best = (double)INFINITY;
    size_t chosen = first;

    *end = first;
    for (size_t i = 0; i < n_units; ++i, *end = end_of_unit(all, *end)) {
        const double d = unlike(choice, all->clip[*end].input[0], all->clip[*end].n_frames);

        if (d < best) {
            best = d;
            chosen = *end;
        }
    }
    add_levels(&choice->chosen, all->clip[chosen].input[0], all->clip[chosen].n_frames);
    return chosen;
}

/* One of every few clips validates. */
static enum tc_status move_clips(const struct clip_set *all, struct choice *choice,
                                 struct clip_set *train, struct clip_set *val,
                                 struct tc_error *error)
{
    const size_t units = count_units(all), first_val = val->n;
    const size_t wanted = (size_t)ceil((double)units * val_fraction);
    size_t first = 0;
    enum tc_status status = TC_OK;

    for (size_t v = 0; v < wanted && status == TC_OK; ++v) {
        const size_t n = units * (v + 1) / wanted - units * v / wanted;
        size_t end;
        const size_t chosen = choose_unit(choice, all, first, n, &end);

        for (size_t i = first; i < end && status == TC_OK; ++i)
            status = clip_set_append_part(same_frames(all, chosen, i) ? val : train, all, i, 0,
                                          all->clip[i].n_frames, 0, error);
        first = end;
    }
    if (status == TC_OK)
        talk_say(NULL, "%zu of %zu clips, spread over all and their levels, validate",
                 val->n - first_val, all->n);
    return status;
}

/* ------------------------------------------------------------------------------ split */

static enum tc_status fail_too_short(const struct clip_set *set, size_t warmup,
                                     struct tc_error *error)
{
    return tc_fail(error, TC_BAD_VALUE,
                   "%s: %zu frames are too few to train and validate on, expected at least %.0f "
                   "with a warm-up of %zu",
                   set->source->row->input, set->clip->n_frames,
                   ceil((double)min_part(warmup) / val_fraction), warmup);
}

enum tc_status validation_split(struct clip_set *train, struct clip_set *val, size_t warmup,
                                double rate_hz, struct tc_error *error)
{
    struct clip_set all = *train;
    struct choice choice = {0};
    double frames = 0.0;
    enum tc_status status;

    for (size_t i = 0; i < all.n; ++i) {
        add_levels(&choice.all, all.clip[i].input[0], all.clip[i].n_frames);
        frames += is_long(&all.clip[i], warmup) ? (double)all.clip[i].n_frames : 0.0;
    }
    if (2.0 * frames < clip_set_frames(&all) && count_units(&all) < 2)
        return fail_too_short(&all, warmup, error);
    *train = (struct clip_set){0};
    if (2.0 * frames >= clip_set_frames(&all))
        status = cut_clips(&all, &choice, warmup, rate_hz, train, val, error);
    else
        status = move_clips(&all, &choice, train, val, error);
    clip_set_free(&all);
    return status;
}
