#include "data/overload.h"

#include "data/silence.h"

#include <math.h>
#include <string.h>

static const float full_scale = 0.99f; /* 127 / 128 is the largest sample of 8 bits */

/* Frames. No sound stays at full scale for longer than the second; what does is gear that was
 * switched on, and what follows is still that. */
enum { MIN_RUN = 4, MAX_RUN = 2048, SETTLING = 8192 };

struct clipped_samples clipped_find(const float *samples, size_t n, bool *mask)
{
    const struct signal_range range = signal_range(samples, n);
    struct clipped_samples found = {0};
    size_t start = 0, settled = 0;

    for (size_t i = 1; i <= n; ++i) {
        const float x = samples[start];
        const bool full = fabsf(x) >= full_scale && (x == range.low || x == range.high);

        if (i < n && samples[i] == x)
            continue;
        if (full && i - start > MAX_RUN) {
            settled = i + SETTLING;
        } else if (full && i - start >= MIN_RUN && start >= settled) {
            ++found.runs;
            found.frames += i - start;
            if (mask != NULL)
                memset(mask + start, true, (i - start) * sizeof *mask);
        }
        start = i;
    }
    return found;
}

/* ------------------------------------------------------------------------------ pops */

static const double pop_s = 0.02, input_s = 0.5, pop_factor = 3.0, input_factor = 1.5;

static size_t loudest(const float *samples, size_t n)
{
    size_t at = 0;

    for (size_t i = 1; i < n; ++i)
        at = fabsf(samples[i]) > fabsf(samples[at]) ? i : at;
    return at;
}

/* The largest size of the samples from `start` to before `stop`, and of all others. */
static void peaks(const float *samples, size_t n, size_t start, size_t stop, float *inside,
                  float *outside)
{
    *inside = *outside = 0.0f;
    for (size_t i = 0; i < n; ++i) {
        float *const peak = i >= start && i < stop ? inside : outside;

        *peak = fmaxf(*peak, fabsf(samples[i]));
    }
}

/* Frames within a time of frame `at`, of n. */
static void around(size_t at, double frames, size_t n, size_t *start, size_t *stop)
{
    const size_t reach = (size_t)frames;

    *start = at > reach ? at - reach : 0;
    *stop = at + reach + 1 < n ? at + reach + 1 : n;
}

bool pop_find(const float *input, const float *target, size_t n_frames, double rate_hz,
              struct pop *pop)
{
    const size_t at = loudest(target, n_frames);
    size_t start, stop;
    float inside, outside;

    around(at, pop_s * rate_hz, n_frames, &start, &stop);
    peaks(target, n_frames, start, stop, &inside, &outside);
    if (!(outside > 0.0f) || (double)inside < pop_factor * (double)outside)
        return false;
    *pop = (struct pop){
        .frame = at, .first = start, .stop = stop, .factor = (double)inside / (double)outside};
    around(at, input_s * rate_hz, n_frames, &start, &stop);
    peaks(input, n_frames, start, stop, &inside, &outside);
    return (double)inside <= input_factor * (double)outside;
}
