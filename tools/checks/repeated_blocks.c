#include "checks/repeated_blocks.h"

#include "checks/agreement.h"
#include "checks/texture.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { WINDOW = 32, LEAST_WHOLE = 64, MAX_LAG = 8192, MAX_TIMES = 8, TABLE_BITS = 16 };

static const uint64_t base = 0x9E3779B97F4A7C15u;

/* Where a window of each hash was last: the frame after it; 0: nowhere. */
struct window_table {
    size_t end[1 << TABLE_BITS];
};

static uint64_t bits_of(float x)
{
    uint32_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static bool is_constant(const float *samples, size_t n)
{
    size_t i = 1;

    while (i < n && samples[i] == samples[0])
        ++i;
    return i >= n;
}

/* The input is as it was, too. */
static bool input_repeats(const struct aligned_pair *pair, struct agreement run)
{
    const float *const x = pair->input + run.start;
    const size_t size = (run.stop - run.start) * sizeof *x;

    return !is_constant(x, run.stop - run.start) && memcmp(x, x - run.lag, size) == 0;
}

/* Sounds without noise that were rounded agree with earlier ones for a while, where these happen to
 * have the same phase. */
static const double least_innovation = 1.5; /* steps */

static bool is_noisy(const float *samples, struct agreement run)
{
    const size_t beside = agreement_beside(run);

    return texture_measure(samples + run.start, run.stop - run.start).innovation >=
               least_innovation &&
           texture_measure(samples + run.start - beside, beside).innovation >= least_innovation &&
           texture_measure(samples + run.stop, beside).innovation >= least_innovation;
}

/* All of what was before it is there again, and no more. */
static bool is_whole(struct agreement run)
{
    const size_t length = run.stop - run.start;

    return length >= LEAST_WHOLE && length >= run.lag && length < run.lag + run.lag / 8;
}

/* Half a step of 24 bits. What varies by less is arithmetic that comes to rest, as that of a model
 * whose input is silent, and repeats itself. */
static const double least_variance = 1e-15;

static bool varies(const float *samples, size_t n)
{
    double sum = 0.0, square = 0.0;

    for (size_t i = 0; i < n; ++i) {
        const double difference = (double)samples[i] - (double)samples[0];

        sum += difference;
        square += difference * difference;
    }
    return square / (double)n - sum / (double)n * (sum / (double)n) >= least_variance;
}

static bool is_block(const struct aligned_pair *pair, struct agreement run)
{
    const size_t length = run.stop - run.start;

    return length >= WINDOW && length < MAX_TIMES * run.lag &&
           varies(pair->target + run.start, length) && !input_repeats(pair, run) &&
           agreement_is_certain(pair->target, pair->n_frames, run) &&
           (is_whole(run) || is_noisy(pair->target, run));
}

/* Look at the run around a window that ends before frame `end` and equals one that ends before
 * `earlier`. Returns the end of the run. */
static size_t look_at(const struct aligned_pair *pair, size_t end, size_t earlier,
                      struct repeated_blocks *blocks)
{
    const struct agreement run =
        agreement_around(pair->target, pair->n_frames, end - 1, end - earlier);

    if (is_block(pair, run) && blocks->n++ == 0) {
        blocks->first = run.start;
        blocks->frames = run.stop - run.start;
    }
    return run.stop;
}

/* The window that ends before frame `end` equals another and means something. */
static bool is_same_window(const float *samples, size_t end, size_t earlier)
{
    return earlier != 0 && end - earlier <= MAX_LAG &&
           memcmp(samples + end - WINDOW, samples + earlier - WINDOW, WINDOW * sizeof *samples) ==
               0 &&
           !is_constant(samples + end - WINDOW, WINDOW);
}

static void find(const struct aligned_pair *pair, struct window_table *table,
                 struct repeated_blocks *blocks)
{
    const float *const y = pair->target;
    uint64_t hash = 0, leaving = 1;
    size_t known = 0;

    for (size_t i = 0; i < WINDOW; ++i)
        leaving *= base;
    for (size_t end = 1; end <= pair->n_frames; ++end) {
        size_t *slot, earlier;

        hash = hash * base + bits_of(y[end - 1]);
        if (end < WINDOW)
            continue;
        hash -= end > WINDOW ? leaving * bits_of(y[end - 1 - WINDOW]) : 0;
        slot = &table->end[hash >> (64 - TABLE_BITS)];
        earlier = *slot;
        *slot = end;
        if (end > known && is_same_window(y, end, earlier))
            known = look_at(pair, end, earlier, blocks);
    }
}

enum tc_status repeated_blocks_find(const struct aligned_pair *pair, struct repeated_blocks *blocks,
                                    struct tc_error *error)
{
    struct window_table *const table = calloc(1, sizeof *table);

    *blocks = (struct repeated_blocks){0};
    if (table == NULL)
        return tc_fail(error, TC_NO_MEMORY, "no memory for repeated blocks");
    find(pair, table, blocks);
    free(table);
    return TC_OK;
}
