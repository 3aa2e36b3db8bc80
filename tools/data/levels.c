#include "data/levels.h"

#include <math.h>
#include <stdlib.h>

double levels_power(const float *samples, size_t n)
{
    double sum = 0.0, energy = 0.0;

    for (size_t i = 0; i < n; ++i) {
        sum += (double)samples[i];
        energy += (double)samples[i] * (double)samples[i];
    }
    return fmax(energy / (double)n - sum / (double)n * (sum / (double)n), 0.0);
}

static double loud_power(const double *block, size_t n)
{
    double sum = 0.0, squares = 0.0;

    for (size_t i = 0; i < n; ++i) {
        sum += block[i];
        squares += block[i] * block[i];
    }
    return sum > 0.0 ? squares / sum : 0.0;
}

enum tc_status levels_init(struct levels *levels, const float *input, const float *target,
                           size_t n_frames, double block_frames, struct tc_error *error)
{
    const size_t size = (size_t)block_frames + 1, n = n_frames / size;
    double *const powers = calloc(2 * n + 1, sizeof *powers);

    if (powers == NULL)
        return tc_fail(error, TC_NO_MEMORY, "no memory for the levels of %zu frames", n_frames);
    *levels = (struct levels){.n = n, .size = size, .input = powers, .target = powers + n};
    for (size_t b = 0; b < n; ++b) {
        levels->input[b] = levels_power(input + b * size, size);
        levels->target[b] = levels_power(target + b * size, size);
    }
    levels->loud_input = loud_power(levels->input, n);
    levels->loud_target = loud_power(levels->target, n);
    return TC_OK;
}

void levels_free(struct levels *levels)
{
    free(levels->input);
}

bool levels_next_pause(const struct levels *levels, double limit, size_t *first, size_t *end)
{
    const double power = limit * levels->loud_input;
    size_t b = *end;

    while (b < levels->n && levels->input[b] > power)
        ++b;
    *first = b;
    while (b < levels->n && levels->input[b] <= power)
        ++b;
    *end = b;
    return *first < levels->n;
}
