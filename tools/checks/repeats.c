#include "checks/repeats.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { WINDOW = 1024, KEPT_BITS = 8, TABLE_BITS = 16 };

static const double shortest_s = 0.125, forgotten_s = 1.0;
static const uint32_t base = 0x9E3779B1u;

struct table {
    uint32_t hash[1 << TABLE_BITS];
    size_t start[1 << TABLE_BITS]; /* of the window, plus 1; 0: free */
};

static uint32_t bits_of(float x)
{
    uint32_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* Silence, or a constant, repeats without meaning anything. */
static bool is_constant(const float *samples)
{
    for (size_t i = 1; i < WINDOW; ++i)
        if (samples[i] != samples[0])
            return false;
    return true;
}

static size_t equal_frames(const float *samples, size_t n, size_t a, size_t b)
{
    size_t length = 0;

    while (b + length < n && samples[a + length] == samples[b + length])
        ++length;
    return length;
}

struct repeat_search {
    const struct aligned_pair *pair;
    struct table table;
    uint32_t hash;
    double difference, energy;
};

/* Count a passage that begins at `first` and again at `again`. */
static void add_passage(struct repeat_search *search, size_t first, size_t again, size_t length,
                        struct repeats *repeats)
{
    const struct aligned_pair *const pair = search->pair;
    const size_t settled = (size_t)fmin(forgotten_s * pair->rate_hz, 0.5 * (double)length);

    if (length > repeats->longest) {
        repeats->longest = length;
        repeats->first = first;
        repeats->again = again;
    }
    for (size_t i = settled; i < length; ++i) {
        const double a = (double)pair->target[first + i], b = (double)pair->target[again + i];

        search->difference += (a - b) * (a - b);
        search->energy += a * a + b * b;
    }
    repeats->frames += length;
}

/* The frame up to which the window at `start` is known to repeat an earlier one; 0 if it does not.
 * A new window is kept. */
static size_t look_up(struct repeat_search *search, size_t start, struct repeats *repeats)
{
    const struct aligned_pair *const pair = search->pair;
    const size_t slot = (search->hash * 0x85EBCA6Bu) >> (32 - TABLE_BITS);
    const size_t first = search->table.start[slot];
    size_t length;

    if (first == 0 || search->table.hash[slot] != search->hash) {
        search->table.hash[slot] = search->hash;
        search->table.start[slot] = start + 1;
        return 0;
    }
    length = equal_frames(pair->input, pair->n_frames, first - 1, start);
    if ((double)length < shortest_s * pair->rate_hz)
        return 0;
    add_passage(search, first - 1, start, length, repeats);
    return start + length;
}

static void hash_window(struct repeat_search *search, size_t end)
{
    search->hash = 0;
    for (size_t i = end - WINDOW; i < end; ++i)
        search->hash = search->hash * base + bits_of(search->pair->input[i]);
}

static void find(struct repeat_search *search, struct repeats *repeats)
{
    const float *const x = search->pair->input;
    uint32_t leaving = 1;

    for (size_t i = 0; i < WINDOW; ++i)
        leaving *= base;
    for (size_t end = WINDOW; end < search->pair->n_frames; ++end) {
        size_t repeated = 0;

        if (end == WINDOW)
            hash_window(search, end);
        else
            search->hash =
                search->hash * base + bits_of(x[end - 1]) - leaving * bits_of(x[end - 1 - WINDOW]);
        if (search->hash * base >> (32 - KEPT_BITS) == 0 && !is_constant(x + end - WINDOW))
            repeated = look_up(search, end - WINDOW, repeats);
        if (repeated > end) {
            hash_window(search, repeated);
            end = repeated;
        }
    }
    if (search->energy > 0.0)
        repeats->esr = search->difference / search->energy;
}

enum tc_status repeats_find(const struct aligned_pair *pair, struct repeats *repeats,
                            struct tc_error *error)
{
    struct repeat_search *const search = calloc(1, sizeof *search);

    *repeats = (struct repeats){.esr = (double)NAN};
    if (search == NULL)
        return tc_fail(error, TC_NO_MEMORY, "no memory for repeated passages");
    search->pair = pair;
    find(search, repeats);
    free(search);
    return TC_OK;
}
