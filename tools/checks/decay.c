#include "checks/decay.h"

#include "measurement/quantile.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

static const double block_s = 0.01;

static const double pause_power = 1e-4; /* -40 dB of the loud parts */
static const double settled = 4.0;      /* 6 dB */

enum {
    PAUSE_BLOCKS = 80, /* 0.8 s, of which the last quarter counts as the end */
    MAX_INPUT_BLOCKS = 30,
    MIN_QUIET = 20 /* blocks, for the gain where the input is soft */
};

/* The block from which on a power stays within 6 dB of that at the end. */
static size_t settled_block(const double *power)
{
    double end = 0.0;
    size_t b = PAUSE_BLOCKS;

    for (size_t i = PAUSE_BLOCKS - PAUSE_BLOCKS / 4; i < PAUSE_BLOCKS; ++i)
        end += power[i] / (PAUSE_BLOCKS / 4);
    while (b > 0 && power[b - 1] <= settled * end)
        --b;
    return b;
}

/* How many blocks the target takes longer than the input in the pause that begins with block b.
 * False if the input itself takes long. */
static bool measure_pause(const struct levels *l, size_t b, double *blocks)
{
    const size_t input = settled_block(l->input + b), target = settled_block(l->target + b);

    *blocks = (double)target - (double)input;
    return input <= MAX_INPUT_BLOCKS;
}

static void measure_ring(const struct levels *l, double *scratch, struct decay *decay)
{
    size_t first, end = 0, n = 0;

    while (levels_next_pause(l, pause_power, &first, &end))
        if (first > 0 && end - first >= PAUSE_BLOCKS && measure_pause(l, first, &scratch[n]))
            ++n;
    if (n > 0)
        decay->ring_s = block_s * quantile(scratch, n, 0.5);
}

static double median_gain(const struct levels *l, double low, double high, double *scratch,
                          size_t *n)
{
    *n = 0;
    for (size_t b = 0; b < l->n; ++b)
        if (l->input[b] > low * l->loud_input && l->input[b] <= high * l->loud_input)
            scratch[(*n)++] = l->target[b] / l->input[b];
    return *n > 0 ? quantile(scratch, *n, 0.5) : 0.0;
}

static void measure_gate(const struct levels *l, double *scratch, struct decay *decay)
{
    size_t n_loud, n_quiet;
    const double loud = median_gain(l, 0.1, (double)INFINITY, scratch, &n_loud);
    const double quiet = median_gain(l, 1e-3, 1e-2, scratch, &n_quiet);

    decay->gate_db =
        n_quiet >= MIN_QUIET && loud > 0.0 ? 10.0 * log10(fmax(quiet / loud, 1e-12)) : (double)NAN;
}

enum tc_status decay_measure(const struct levels *levels, struct decay *decay,
                             struct tc_error *error)
{
    double *const scratch = calloc(levels->n + 1, sizeof *scratch);

    *decay = (struct decay){.ring_s = (double)NAN, .gate_db = (double)NAN};
    if (scratch == NULL)
        return tc_fail(error, TC_NO_MEMORY, "no memory for %zu levels", levels->n);
    measure_ring(levels, scratch, decay);
    measure_gate(levels, scratch, decay);
    free(scratch);
    return TC_OK;
}
