#include "splitmix.h"

#include "allocate.h"

uint64_t support_bits(struct support_random *random)
{
    uint64_t z = random->state += 0x9e3779b97f4a7c15u; /* splitmix64: Steele, Lea & Flood 2014 */

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

float support_uniform(struct support_random *random, float low, float high)
{
    const float unit = (float)(support_bits(random) >> 40) * 0x1p-24f;

    return low + (high - low) * unit;
}

void support_fill(struct support_random *random, float *values, size_t n, float low, float high)
{
    for (size_t i = 0; i < n; ++i)
        values[i] = support_uniform(random, low, high);
}

double *support_random_doubles(struct support_random *random, size_t n)
{
    double *const doubles = support_zeros(n, sizeof *doubles);

    for (size_t i = 0; i < n; ++i)
        doubles[i] = (double)support_uniform(random, -1.0f, 1.0f);
    return doubles;
}
