#include "checks/dropouts.h"

#include "checks/agreement.h"
#include "checks/texture.h"
#include "data/silence.h"

#include <math.h>
#include <stdbool.h>

enum { MIN_RUN = 32, BESIDE = 64, NEXT = 2 /* frames */ };

/* A run of equal samples in the target, frames start to stop - 1, and what is next to it. */
struct gap {
    size_t start, stop;
    double before, after; /* power of BESIDE frames */
    double jump;          /* the greater of those into the run and out of it */
    struct texture texture_before, texture_after;
};

/* ------------------------------------------------------------------ in a signal */

/* Powers relative to those of the loud parts. */
static const double active_power = 1e-5; /* -50 dB */

/* The least jump, relative to the RMS next to it, and in steps of the converter: the crest of a
 * slow wave is flat, too. */
static const double least_jump = 0.1, least_jump_steps = 4.0;

static bool is_in_signal(const struct aligned_pair *pair, const struct gap *gap,
                         const struct levels *levels)
{
    const double step = fmax(gap->texture_before.step, gap->texture_after.step);
    const double softer = fmin(gap->before, gap->after);

    return levels_power(pair->input + gap->start, gap->stop - gap->start) >
               active_power * levels->loud_input &&
           softer > active_power * levels->loud_target &&
           gap->jump > fmax(least_jump * sqrt(softer), least_jump_steps * step);
}

/* ------------------------------------------------------------------ in noise */

/* Parts that were silenced on purpose are longer than a block. */
static const double longest_s = 0.2;

/* A float signal that fades to zero is below this for a while. */
static const double least_power = 1e-12;

/* Gear that gives nothing at a low level has a lower one while it does so than before and after. */
static const double input_power = 0.5;

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The input's level is measured over as many frames on either side as in the run, or those that the
 * pair has there. */
static bool is_in_noise(const struct aligned_pair *pair, const struct gap *gap)
{
    const struct agreement run = {gap->start + 1, gap->stop, 1};
    const size_t length = gap->stop - gap->start, beside = length > BESIDE ? length : BESIDE;
    const size_t n_before = smaller(beside, gap->start);
    const size_t n_after = smaller(beside, pair->n_frames - gap->stop);
    double before, after;

    if ((double)length > longest_s * pair->rate_hz || fmin(gap->before, gap->after) < least_power ||
        !agreement_is_certain(pair->target, pair->n_frames, run))
        return false;
    before = levels_power(pair->input + gap->start - n_before, n_before);
    after = levels_power(pair->input + gap->stop, n_after);
    return levels_power(pair->input + gap->start, length) >= input_power * fmin(before, after);
}

/* ------------------------------------------------------------------ all */

/* What moves by less rests for a while without anything being lost. */
static const double least_movement = 2.0; /* steps */

/* Gear with a dead zone gives nothing while the input is below a threshold, which it crosses at
 * both ends, give or take a part of a frame. */
static bool is_below_threshold(const struct aligned_pair *pair, const struct gap *gap)
{
    const double edge = fmin(signal_peak(pair->input + gap->start - NEXT, NEXT),
                             signal_peak(pair->input + gap->stop, NEXT));

    return signal_peak(pair->input + gap->start, gap->stop - gap->start) < edge;
}

/* How far rounding and dither may bend a decay, in steps of the input. */
static const double bent_steps = 4.0;

/* The input rests, too, and what moves in it is the charge of a coupling capacitor: it goes to
 * zero, by less in each frame than in the one before. A sine on its way to zero goes by more. */
static bool is_input_decay(const struct aligned_pair *pair, const struct gap *gap)
{
    const float *const x = pair->input;
    const double bend = bent_steps * texture_measure(x + gap->start, gap->stop - gap->start).step;

    for (size_t i = gap->start + 1; i + 1 < gap->stop; ++i) {
        const double before = (double)x[i - 1], now = (double)x[i], next = (double)x[i + 1];

        if (fabs(next) > fabs(now) + bend || fabs(next - now) > fabs(now - before) + bend)
            return false;
    }
    return fabs((double)x[gap->start]) > fabs((double)x[gap->stop - 1]) + bend;
}

static bool is_gap(const struct aligned_pair *pair, size_t start, size_t stop,
                   const struct levels *levels)
{
    const float *const y = pair->target;
    const size_t beside = agreement_beside((struct agreement){start + 1, stop, 1});
    struct gap gap = {.start = start, .stop = stop};

    if (start < beside || stop + beside > pair->n_frames)
        return false;
    gap.before = levels_power(y + start - BESIDE, BESIDE);
    gap.after = levels_power(y + stop, BESIDE);
    gap.jump = fmax(fabs((double)y[start] - (double)y[start - 1]),
                    fabs((double)y[stop] - (double)y[stop - 1]));
    gap.texture_before = texture_measure(y + start - beside, beside);
    gap.texture_after = texture_measure(y + stop, beside);
    return fmin(gap.texture_before.movement, gap.texture_after.movement) >= least_movement &&
           !is_below_threshold(pair, &gap) && !is_input_decay(pair, &gap) &&
           (is_in_signal(pair, &gap, levels) || is_in_noise(pair, &gap));
}

static void find_lost(const struct aligned_pair *pair, const struct levels *levels,
                      struct dropouts *dropouts)
{
    const struct signal_range range = signal_range(pair->target, pair->n_frames);
    const float *const y = pair->target;
    size_t start = 0;

    for (size_t i = 1; i <= pair->n_frames; ++i) {
        if (i < pair->n_frames && y[i] == y[start])
            continue;
        if (i - start >= MIN_RUN && y[start] != range.low && y[start] != range.high &&
            is_gap(pair, start, i, levels)) {
            dropouts->first = dropouts->n == 0 ? start : dropouts->first;
            ++dropouts->n;
            dropouts->frames += i - start;
        }
        start = i;
    }
}

enum tc_status dropouts_find(const struct aligned_pair *pair, const struct levels *levels,
                             struct dropouts *dropouts, struct tc_error *error)
{
    *dropouts = (struct dropouts){0};
    find_lost(pair, levels, dropouts);
    return repeated_blocks_find(pair, &dropouts->repeated, error);
}
