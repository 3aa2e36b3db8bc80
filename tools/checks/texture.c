#include "checks/texture.h"

#include <math.h>

/* Sums over samples y, and a, b, the two before each. */
struct sums {
    double yy, ya, yb, aa, ab, bb;
};

/* min over p, q of sum (y - p a - q b)^2 */
static double unpredicted(const struct sums *s)
{
    const double determinant = s->aa * s->bb - s->ab * s->ab;

    if (determinant <= 0.0)
        return 0.0;
    return fmax(s->yy -
                    (s->ya * s->ya * s->bb - 2.0 * s->ya * s->yb * s->ab + s->yb * s->yb * s->aa) /
                        determinant,
                0.0);
}

struct texture texture_measure(const float *samples, size_t n)
{
    struct texture texture = {.step = (double)INFINITY};
    struct sums sums = {0};
    double moved = 0.0;

    for (size_t i = 2; i < n; ++i) {
        const double y = (double)samples[i], a = (double)samples[i - 1], b = (double)samples[i - 2];

        texture.step = y != a ? fmin(texture.step, fabs(y - a)) : texture.step;
        moved += (y - a) * (y - a);
        sums.yy += y * y;
        sums.ya += y * a;
        sums.yb += y * b;
        sums.aa += a * a;
        sums.ab += a * b;
        sums.bb += b * b;
    }
    texture.movement = sqrt(moved / (double)(n - 2)) / texture.step;
    texture.innovation = sqrt(unpredicted(&sums) / (double)(n - 2)) / texture.step;
    return texture;
}
