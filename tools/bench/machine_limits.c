#include "config.h"
#include "bench/machine_limits.h"
#include "bench/machine_loops.h"
#include "clock.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The first fits every first-level cache, the second none, but every second-level one. */
enum { L1_BYTES = 16 << 10, L2_BYTES = 192 << 10 };

/* A run takes about 0.1 ms, so that some are undisturbed. */
enum { ROUNDS = 1 << 15, BYTES_LOADED = 12 << 20 };

static const double MEASURED_S = 0.02;

static const struct machine_loops *loops_for(const char *kernels)
{
#if defined(TC_HAVE_AVX512)
    if (strcmp(kernels, "avx512") == 0)
        return &machine_loops_avx512;
#endif
#if defined(TC_HAVE_AVX2)
    if (strcmp(kernels, "avx2") == 0)
        return &machine_loops_avx2;
#endif
    (void)kernels;
    return &machine_loops;
}

static double multiplications_s(const struct machine_loops *loops)
{
    const double start = tc_now_s();

    loops->multiply(ROUNDS, 0.5f);
    return tc_now_s() - start;
}

static double loads_s(const struct machine_loops *loops, const void *data, size_t bytes)
{
    const double start = tc_now_s();

    loops->load(data, bytes, BYTES_LOADED / bytes);
    return tc_now_s() - start;
}

static void measure(struct machine_limits *limits, const struct machine_loops *loops,
                    const void *data)
{
    const double begin = tc_now_s(), flops = (double)ROUNDS * (double)loops->flops;
    double peak_s = INFINITY, l1_s = INFINITY, l2_s = INFINITY;

    while (tc_now_s() - begin < MEASURED_S) {
        peak_s = fmin(peak_s, multiplications_s(loops));
        l1_s = fmin(l1_s, loads_s(loops, data, L1_BYTES));
        l2_s = fmin(l2_s, loads_s(loops, data, L2_BYTES));
    }
    limits->peak_gflops = fmax(limits->peak_gflops, 1e-9 * flops / peak_s);
    limits->l1_gb_per_s = fmax(limits->l1_gb_per_s, 1e-9 * BYTES_LOADED / l1_s);
    limits->l2_gb_per_s = fmax(limits->l2_gb_per_s, 1e-9 * BYTES_LOADED / l2_s);
}

enum tc_status machine_limits_measure(struct machine_limits *limits, const char *kernels,
                                      struct tc_error *error)
{
    void *const data = aligned_alloc(64, L2_BYTES);

    if (!data)
        return tc_fail(error, TC_NO_MEMORY, "out of memory");
    memset(data, 1, L2_BYTES);
    measure(limits, loops_for(kernels ? kernels : tc_kernels_name(0)), data);
    free(data);
    return TC_OK;
}

const char *machine_cpu_name(char name[CPU_NAME_SIZE])
{
    FILE *const info = fopen("/proc/cpuinfo", "r");
    char line[256];

    strcpy(name, "unknown CPU");
    while (info && fgets(line, sizeof line, info))
        if (sscanf(line, "model name%*[ \t]: %95[^\n]", name) == 1)
            break;
    if (info)
        fclose(info);
    return name;
}
