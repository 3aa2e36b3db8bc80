/* OpenBLAS picks its kernels when it is loaded, by the CPU's model number, and falls back to those
 * of 2004 for a CPU younger than itself: SSE3 where the CPU has AVX-512, an eighth of the speed.
 * Only an environment variable that stands before it is loaded changes its mind, hence the new
 * start. Somebody who has set that variable knows better. */
#include "blas_core.h"

#include <cblas.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char variable[] = "OPENBLAS_CORETYPE";

#if defined(__x86_64__)
static const char *better_core(void)
{
    if (strcmp(openblas_get_corename(), "Prescott") != 0)
        return NULL;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
        return "SkylakeX";
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? "Haswell" : NULL;
}
#else
static const char *better_core(void)
{
    return NULL;
}
#endif

void blas_core_choose(char **argv)
{
    const char *const core = getenv(variable) ? NULL : better_core();

    if (core && setenv(variable, core, 1) == 0)
        execv("/proc/self/exe", argv);
}
