#include "train/truncation.h"

#include <math.h>

bool tc_truncation_is_random(const struct tc_train_options *options)
{
    return options->truncation == TC_TRUNCATION_RANDOM ||
           options->truncation == TC_TRUNCATION_UNIFORM;
}

double tc_truncation_probability(const struct tc_train_options *options, size_t span,
                                 size_t elapsed)
{
    const double mean = options->truncate, tail = (double)options->tail;

    if (options->truncation == TC_TRUNCATION_UNIFORM)
        return 1.0 / ((double)elapsed + 1.0);
    return tail > 0.0 ? tail / ((tail - 1.0) * mean + (double)span) : 1.0 / mean;
}

/* A random decision after each frame, until one cuts. */
static size_t random_cut(const struct tc_train_options *options, size_t elapsed, size_t remaining,
                         struct tc_random *random, float *gradient_factor)
{
    size_t n = 1;

    for (; n < remaining; ++n) {
        const double probability = tc_truncation_probability(options, n, elapsed + n);

        if (tc_random_uniform(random) < probability)
            break;
        gradient_factor[n - 1] = (float)(1.0 / (1.0 - probability));
    }
    gradient_factor[n - 1] = 0.0f;
    return n;
}

size_t tc_truncation_next(const struct tc_train_options *options, size_t elapsed, size_t remaining,
                          struct tc_random *random, float *gradient_factor)
{
    if (tc_truncation_is_random(options))
        return random_cut(options, elapsed, remaining, random, gradient_factor);
    if (options->truncation == TC_TRUNCATION_FULL)
        return remaining;
    return remaining < options->truncate ? remaining : options->truncate;
}

double tc_truncation_mean(const struct tc_train_options *options, size_t segment_frames)
{
    const double n = (double)segment_frames;

    switch (options->truncation) {
    case TC_TRUNCATION_FIXED:
    case TC_TRUNCATION_RANDOM:
        break;
    case TC_TRUNCATION_UNIFORM: /* of 1 + 1/2 + ... + 1/n chunks, nearly ln n + 0.577 */
        return n / (log(n) + 0.577);
    case TC_TRUNCATION_FULL:
        return n;
    }
    return options->truncate;
}

unsigned tc_truncation_max_frames(const struct tc_train_options *options)
{
    return options->truncate + tc_truncation_recomputed(options);
}

unsigned tc_truncation_recomputed(const struct tc_train_options *options)
{
    return options->lookback > options->truncate ? options->lookback - options->truncate : 0;
}
