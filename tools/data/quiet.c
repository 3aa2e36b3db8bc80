#include "data/quiet.h"

#include "data/levels.h"
#include "measurement/quantile.h"
#include "tonecell-train.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

static const double block_s = 0.02, margin_s = 0.25, shortest_s = 2.0;

/* Powers relative to those of the loud parts. */
static const double quiet_input = 1e-4;   /* -40 dB */
static const double quiet_target = 1e-2;  /* -20 dB: amplifiers hiss */
static const double silent_target = 1e-7; /* -70 dB: below it, the noise floor does not matter */

/* A part of the target is noise up to so many times the power of the noise floor. */
static const double floor_factor = 4.0;

/* The ESR of a filter that says that the input is not what the target comes from. */
static const double unrelated_esr = 0.5;

enum { FIR_TAPS = 32 };

/* ------------------------------------------------------------------------------ levels */

static bool input_is_quiet(const struct levels *l, size_t block)
{
    return l->input[block] <= quiet_input * l->loud_input;
}

/* The median power of the target without input, where it is not zero; 0 without such a block.
 * powers (n): receives them. */
static double noise_floor(const struct levels *l, double *powers)
{
    size_t n = 0;

    for (size_t b = 0; b < l->n; ++b)
        if (input_is_quiet(l, b) && l->target[b] > 0.0)
            powers[n++] = l->target[b];
    return n > 0 ? quantile(powers, n, 0.5) : 0.0;
}

/* ------------------------------------------------------------------------------ parts */

/* No filter makes the target from the input, in what is between a part's margins. */
static enum tc_status unrelated(const float *input, const float *target, struct frame_range part,
                                bool *result, struct tc_error *error)
{
    struct tc_fir *fir;
    double esr;
    enum tc_status status = tc_fir_new(&fir, FIR_TAPS, error);

    if (status != TC_OK)
        return status;
    tc_fir_add(fir, input + part.start, target + part.start, part.stop - part.start, FIR_TAPS);
    status = tc_fir_solve(fir, NULL, &esr, error);
    tc_fir_free(fir);
    *result = !(esr <= unrelated_esr); /* NAN: the target is zero */
    return status;
}

/* Append blocks first to end - 1 without the margins, of which there is none at either end of the
 * recording; nothing if too little is left. */
static enum tc_status add_part(const float *input, const float *target, size_t n_frames,
                               const struct levels *l, size_t first, size_t end, double rate_hz,
                               struct frame_ranges *ranges, struct tc_error *error)
{
    const size_t margin = (size_t)(margin_s * rate_hz);
    struct frame_range part = {first * l->size, end == l->n ? n_frames : end * l->size};
    struct frame_range *larger;
    bool found;
    enum tc_status status;

    if ((double)(part.stop - part.start) < shortest_s * rate_hz)
        return TC_OK;
    part.start += first > 0 ? margin : 0;
    part.stop -= end < l->n ? margin : 0;
    status = unrelated(input, target, part, &found, error);
    if (status != TC_OK || !found)
        return status;
    larger = realloc(ranges->range, (ranges->n + 1) * sizeof *ranges->range);
    if (larger == NULL)
        return tc_fail(error, TC_NO_MEMORY, "no memory for a part without signal");
    ranges->range = larger;
    ranges->range[ranges->n++] = part;
    return TC_OK;
}

static enum tc_status find_parts(const float *input, const float *target, size_t n_frames,
                                 const struct levels *l, double floor_power, double rate_hz,
                                 struct frame_ranges *ranges, struct tc_error *error)
{
    const double noise = fmin(floor_factor * floor_power, quiet_target * l->loud_target);
    const double limit = fmax(noise, silent_target * l->loud_target);
    size_t first = 0;
    enum tc_status status = TC_OK;

    for (size_t b = 0; b <= l->n && status == TC_OK; ++b) {
        if (b < l->n && input_is_quiet(l, b) && l->target[b] <= limit)
            continue;
        if (b > first)
            status = add_part(input, target, n_frames, l, first, b, rate_hz, ranges, error);
        first = b + 1;
    }
    return status;
}

enum tc_status quiet_find(const float *input, const float *target, size_t n_frames, double rate_hz,
                          struct frame_ranges *ranges, struct tc_error *error)
{
    struct levels l;
    double *powers;
    enum tc_status status = levels_init(&l, input, target, n_frames, block_s * rate_hz, error);

    *ranges = (struct frame_ranges){0};
    if (status != TC_OK)
        return status;
    powers = calloc(l.n + 1, sizeof *powers);
    if (powers == NULL)
        status = tc_fail(error, TC_NO_MEMORY, "no memory for the levels of %zu frames", n_frames);
    else
        status = find_parts(input, target, n_frames, &l, noise_floor(&l, powers), rate_hz, ranges,
                            error);
    free(powers);
    levels_free(&l);
    return status;
}
