#include "cli/environment.h"

#include <cblas.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* OpenBLAS picks its kernels by the CPU's model number, and falls back to those of 2004 for a CPU
 * younger than itself: SSE3 where the CPU has AVX-512, an eighth of the speed. */
static const char *better_core(void)
{
#if defined(__x86_64__)
    if (strcmp(openblas_get_corename(), "Prescott") != 0)
        return NULL;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
        return "SkylakeX";
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return "Haswell";
#endif
    return NULL;
}

/* True if the variable was not there and is now. */
static bool set_if_unset(const char *variable, const char *value)
{
    return value && !getenv(variable) && setenv(variable, value, 0) == 0;
}

void environment_prepare(char **argv)
{
    bool changed = set_if_unset("OPENBLAS_CORETYPE", better_core());

    /* Waiting threads should sleep: on a busy machine, spinning takes the cores from the threads
     * that they wait for. */
    changed |= set_if_unset("OMP_WAIT_POLICY", "passive");
    if (changed)
        execv("/proc/self/exe", argv);
}
