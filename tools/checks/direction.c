#include "checks/direction.h"

/* Of gear that was given in the wrong order. */
static const double swapped_slope = 1.1, least_bend = 1.03;

/* The same where both bends are strong. */
static const double bent_slope = 1.02, strong_bend = 1.15, bent_share = 0.2;

static bool bends(const struct direction *d, double factor)
{
    return d->forward.loud > factor && d->backward.loud < 1.0 / factor &&
           d->forward.cubic < d->backward.cubic;
}

static bool is_compressed_backward(const struct direction *d)
{
    return d->forward.slope > swapped_slope && bends(d, least_bend);
}

static bool is_clipped_backward(const struct direction *d)
{
    return d->forward.slope > bent_slope && bends(d, strong_bend) && d->backward.cubic > bent_share;
}

/* Both bends are as strong as those of an overdrive. Its bias makes a square, which no cube
 * explains: the one upwards explains more then, but never as much as a dead zone, 1.3 times and
 * more. */
static const double driven_slope = 1.5, driven_bend = 1.8, more_cubic = 1.28;

static bool is_overdriven_backward(const struct direction *d)
{
    return d->forward.slope > driven_slope && d->forward.loud > driven_bend &&
           d->backward.loud < 1.0 / driven_bend &&
           d->forward.cubic < more_cubic * d->backward.cubic;
}

/* A fuzz has nearly one level, from which nothing follows: seen from behind, it does not follow the
 * input, and amplifies loud samples much less. */
static const double flat_slope = 0.3, flat_bend = 0.6, straight = 0.9;

static bool is_fuzz_backward(const struct direction *d)
{
    return d->backward.slope < flat_slope && d->backward.loud < flat_bend &&
           d->forward.loud > straight && d->forward.cubic < d->backward.cubic;
}

enum tc_status direction_measure(const struct aligned_pair *pair, struct direction *direction,
                                 struct tc_error *error)
{
    const struct aligned_pair other = {.input = pair->target,
                                       .target = pair->input,
                                       .n_frames = pair->n_frames,
                                       .rate_hz = pair->rate_hz};
    enum tc_status status = transfer_curve_measure(pair, &direction->forward, error);

    if (status == TC_OK)
        status = transfer_curve_measure(&other, &direction->backward, error);
    if (status != TC_OK)
        return status;
    direction->swapped = is_compressed_backward(direction) || is_clipped_backward(direction) ||
                         is_overdriven_backward(direction) || is_fuzz_backward(direction);
    return TC_OK;
}
