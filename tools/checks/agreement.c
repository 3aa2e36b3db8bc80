#include "checks/agreement.h"

#include <math.h>

enum { MIN_BESIDE = 256, MAX_BESIDE = 2048 };

static const double chance = 1e-6;

struct agreement agreement_around(const float *samples, size_t n_frames, size_t at, size_t lag)
{
    struct agreement run = {at, at, lag};

    while (run.start > lag && samples[run.start - 1] == samples[run.start - 1 - lag])
        --run.start;
    while (run.stop < n_frames && samples[run.stop] == samples[run.stop - lag])
        ++run.stop;
    return run;
}

size_t agreement_beside(struct agreement run)
{
    const size_t length = run.stop - run.start;

    if (length < MIN_BESIDE)
        return MIN_BESIDE;
    return length < MAX_BESIDE ? length : MAX_BESIDE;
}

/* Of a run of `length`, from n samples from `start` on. */
static double log_chance(const float *samples, size_t n_frames, size_t start, size_t n, size_t lag,
                         size_t length)
{
    double begun = 0.0, continued = 0.0;
    bool agreed = false;

    for (size_t i = start; i < start + n; ++i) {
        const bool agrees = samples[i] == samples[i - lag];

        begun += agrees && !agreed;
        continued += agrees && agreed;
        agreed = agrees;
    }
    return log((double)n_frames * (begun + 1.0) / (double)(n + 1)) +
           (double)(length - 1) * log((continued + 1.0) / (begun + continued + 2.0));
}

bool agreement_is_certain(const float *samples, size_t n_frames, struct agreement run)
{
    const size_t length = run.stop - run.start, beside = agreement_beside(run);

    return run.start >= beside + run.lag && run.stop + beside <= n_frames &&
           fmax(log_chance(samples, n_frames, run.start - beside, beside, run.lag, length),
                log_chance(samples, n_frames, run.stop, beside, run.lag, length)) < log(chance);
}
