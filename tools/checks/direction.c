#include "checks/direction.h"

#include "data/levels.h"

#include <math.h>
#include <stdlib.h>

static const double block_s = 0.02, loud = 1e-3; /* -30 dB */

/* Of gear that was given in the wrong order. */
static const double swapped_slope = 1.15;

enum { MIN_BLOCKS = 50 };

static const double least_variance = 1e-4; /* dB^2 */

/* A regression of one on the other would favour a slope below 1 in either direction. */
static double level_slope(const struct levels *l)
{
    double n = 0.0, x = 0.0, y = 0.0, xx = 0.0, yy = 0.0;

    for (size_t b = 0; b < l->n; ++b) {
        double u, v;

        if (l->input[b] < loud * l->loud_input || l->target[b] < loud * l->loud_target)
            continue;
        u = 10.0 * log10(l->input[b]);
        v = 10.0 * log10(l->target[b]);
        n += 1.0;
        x += u;
        y += v;
        xx += u * u;
        yy += v * v;
    }
    if (n < MIN_BLOCKS)
        return (double)NAN;
    xx = xx / n - x / n * (x / n);
    yy = yy / n - y / n * (y / n);
    return sqrt(fmax(yy, 0.0) / fmax(xx, least_variance));
}

enum tc_status direction_measure(const struct aligned_pair *pair, struct direction *direction,
                                 struct tc_error *error)
{
    struct levels l;
    const enum tc_status status =
        levels_init(&l, pair->input, pair->target, pair->n_frames, block_s * pair->rate_hz, error);

    if (status != TC_OK)
        return status;
    direction->slope = level_slope(&l);
    direction->swapped = direction->slope > swapped_slope;
    levels_free(&l);
    return TC_OK;
}
