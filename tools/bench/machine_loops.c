#include "bench/machine_loops.h"

#ifndef MACHINE_LOOPS
#define MACHINE_LOOPS machine_loops
#endif

#if defined(__AVX512F__)
enum { VECTOR_BYTES = 64 };
#elif defined(__AVX__)
enum { VECTOR_BYTES = 32 };
#else
enum { VECTOR_BYTES = 16 };
#endif

/* Enough sums for two units of 5 cycles latency, or four of 4, and few enough for the registers. */
#if defined(__aarch64__)
enum { SUMS = 24 };
#else
enum { SUMS = 12 };
#endif

enum { LANES = VECTOR_BYTES / sizeof(float), LOADS = 8 };

#define UNROLL _Pragma("GCC unroll 32")

typedef float floats __attribute__((vector_size(VECTOR_BYTES)));
typedef unsigned words __attribute__((vector_size(VECTOR_BYTES)));

static float multiply(size_t rounds, float factor)
{
    const floats f = (floats){0} + factor;
    floats sum[SUMS], total = {0};
    float all = 0.0f;

    UNROLL for (unsigned s = 0; s < SUMS; ++s) sum[s] = f + (float)s;
    for (size_t r = 0; r < rounds; ++r)
        UNROLL for (unsigned s = 0; s < SUMS; ++s) sum[s] = sum[s] * f + f;
    UNROLL for (unsigned s = 0; s < SUMS; ++s) total += sum[s];
    for (unsigned lane = 0; lane < LANES; ++lane)
        all += total[lane];
    return all;
}

static unsigned load(const void *data, size_t bytes, size_t repeats)
{
    const words *const v = data;
    words seen[LOADS] = {{0}}, total = {0};
    unsigned all = 0;

    while (repeats-- > 0) {
        __asm__ volatile(""
                         :
                         : "r"(v)
                         : "memory"); /* keeps the compiler from loading once for all */
        for (size_t i = 0; i < bytes / sizeof *v; i += LOADS)
            UNROLL for (unsigned k = 0; k < LOADS; ++k) seen[k] ^= v[i + k];
    }
    UNROLL for (unsigned k = 0; k < LOADS; ++k) total ^= seen[k];
    for (unsigned lane = 0; lane < LANES; ++lane)
        all ^= total[lane];
    return all;
}

const struct machine_loops MACHINE_LOOPS = {
    .flops = 2 * SUMS * LANES,
    .multiply = multiply,
    .load = load,
};
