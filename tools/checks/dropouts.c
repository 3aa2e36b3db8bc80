#include "checks/dropouts.h"

#include "data/silence.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { MIN_RUN = 32 };

/* Blocks of audio interfaces. */
static const size_t block_frames[] = {64,  96,  128,  192,  240,  256,  441, 480,
                                      512, 882, 1024, 1152, 2048, 4096, 8192};

/* Powers relative to those of the loud parts. */
static const double active_power = 1e-5; /* -50 dB */

/* The least jump into or out of a run, relative to the RMS next to it: the crest of a slow wave is
 * flat, too. */
static const double jump = 0.1;

enum { BESIDE = 64 /* frames */ };

/* The target has a signal in frames start to start + BESIDE - 1, and jumps by `step` from there. */
static bool breaks_off(const struct aligned_pair *pair, size_t start, float step,
                       const struct levels *levels, bool *jumps)
{
    const double power = levels_power(pair->target + start, BESIDE);

    *jumps = *jumps || fabs((double)step) > jump * sqrt(power);
    return power > active_power * levels->loud_target;
}

/* Frames start to stop - 1 of the target are equal: is that a gap in a signal? */
static bool is_gap(const struct aligned_pair *pair, size_t start, size_t stop,
                   const struct levels *levels)
{
    const float *const y = pair->target;
    bool jumps = false;

    return start >= BESIDE && stop + BESIDE <= pair->n_frames &&
           levels_power(pair->input + start, stop - start) > active_power * levels->loud_input &&
           breaks_off(pair, start - BESIDE, y[start] - y[start - 1], levels, &jumps) &&
           breaks_off(pair, stop, y[stop] - y[stop - 1], levels, &jumps) && jumps;
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

static bool is_repeated(const float *samples, size_t start, size_t block)
{
    bool moves = false;

    for (size_t i = start; i < start + block; ++i) {
        if (samples[i] != samples[i + block])
            return false;
        moves = moves || samples[i] != samples[start];
    }
    return moves;
}

/* A block repeats within itself, as a steady tone does. */
static bool is_periodic(const float *samples, size_t block)
{
    for (size_t period = 1; period <= block / 2; ++period)
        if (memcmp(samples, samples + period, (block - period) * sizeof *samples) == 0)
            return true;
    return false;
}

/* Count blocks of one size. Frames that are equal to those `block` later, for about as long as a
 * block, are one that was written twice; for longer, a steady tone of that period. */
static void find_repeated(const struct aligned_pair *pair, size_t block, struct dropouts *dropouts)
{
    const float *const y = pair->target;
    size_t equal = 0;

    for (size_t i = 0; i + block < pair->n_frames; ++i) {
        const size_t start = i - equal;

        if (y[i] == y[i + block]) {
            ++equal;
            continue;
        }
        if (equal >= block && equal < block + block / 2 && is_repeated(y, start, block) &&
            !is_repeated(pair->input, start, block) && !is_periodic(y + start, block) &&
            dropouts->n_repeated++ == 0) {
            dropouts->first_repeated = start + block;
            dropouts->block = block;
        }
        equal = 0;
    }
}

void dropouts_find(const struct aligned_pair *pair, const struct levels *levels,
                   struct dropouts *dropouts)
{
    *dropouts = (struct dropouts){0};
    find_lost(pair, levels, dropouts);
    for (size_t i = 0; i < sizeof block_frames / sizeof *block_frames; ++i)
        find_repeated(pair, block_frames[i], dropouts);
}
