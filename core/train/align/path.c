#include "train/align/path.h"

#include <math.h>

/* The curve between two knots: c[0] + c[1] f + c[2] f^2 + c[3] f^3, f from 0 to 1. */
struct arc {
    size_t knot;
    double c[4];
};

/* Catmull & Rom 1974. */
static struct arc arc_from(const struct tc_delay_curve *curve, size_t k)
{
    const size_t n = curve->n_knots;
    const double *const z = curve->wander_frames;
    const double z0 = z[k > 0 ? k - 1 : 0], z1 = z[k], z2 = z[k + 1 < n ? k + 1 : n - 1];
    const double z3 = z[k + 2 < n ? k + 2 : n - 1];

    return (struct arc){k,
                        {z1, 0.5 * (z2 - z0), 0.5 * (2.0 * z0 - 5.0 * z1 + 4.0 * z2 - z3),
                         0.5 * (3.0 * (z1 - z2) + z3 - z0)}};
}

/* Of n frames from `first` on, how many lie before that at which an arc ends; 1 at least. */
static size_t frames_of_arc(const struct tc_delay_curve *curve, const struct arc *arc, double first,
                            size_t n)
{
    const double end = ((double)arc->knot + 1.0) * curve->step_frames - first;

    return end >= (double)n ? n : end > 1.0 ? (size_t)ceil(end) : 1;
}

/* Before its first knot and after its last one the curve stays as it is there. */
static void add_arc(const struct tc_delay_curve *curve, const struct arc *arc, double first,
                    size_t n, double *position)
{
    const double per_frame = 1.0 / curve->step_frames, knot = (double)arc->knot;

    for (int i = 0; i < (int)n; ++i) {
        const double along = (first + i) * per_frame - knot;
        const double above = along > 0.0 ? along : 0.0, f = above < 1.0 ? above : 1.0;

        position[i] += arc->c[0] + f * (arc->c[1] + f * (arc->c[2] + f * arc->c[3]));
    }
}

static void add_curve(const struct tc_delay_curve *curve, double first, size_t n, double *position)
{
    const double last = curve->n_knots > 2 ? (double)curve->n_knots - 2.0 : 0.0;

    for (size_t i = 0; i < n;) {
        const double at = floor((first + (double)i) / curve->step_frames);
        const double knot = at > 0.0 ? at : 0.0;
        const struct arc arc = arc_from(curve, (size_t)(knot < last ? knot : last));
        const double from = first + (double)i;
        const size_t frames = at < last ? frames_of_arc(curve, &arc, from, n - i) : n - i;

        add_arc(curve, &arc, from, frames, position + i);
        i += frames;
    }
}

void align_path_positions(const struct tc_align_path *path, size_t first, size_t n,
                          double *position)
{
    for (size_t i = 0; i < n; ++i)
        position[i] = path->first + path->step * (double)(first + i);
    if (path->curve != NULL && path->curve->n_knots > 0)
        add_curve(path->curve, path->curve_first + (double)first, n, position);
}
