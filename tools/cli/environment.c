#include "cli/environment.h"

#include "cli/talk.h"

#include <cblas.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Without it OpenBLAS waits for ever for a buffer. */
static const uint64_t LEAST_ADDRESS_SPACE = UINT64_C(512) << 20;

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

uint64_t environment_address_space(void)
{
    struct rlimit limit;

    return getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY
               ? (uint64_t)limit.rlim_cur
               : UINT64_MAX;
}

bool environment_prepare(char **argv)
{
    bool changed;

    if (environment_address_space() < LEAST_ADDRESS_SPACE) {
        talk_error(
            NULL, "%s needs %u MiB of address space, and 'ulimit -v' leaves %u MiB to this process",
            argv[1], (unsigned)(LEAST_ADDRESS_SPACE >> 20),
            (unsigned)(environment_address_space() >> 20));
        return false;
    }
    changed = set_if_unset("OPENBLAS_CORETYPE", better_core());
    /* The threads are ours: those of OpenBLAS would only map buffers of 128 MiB each. */
    changed |= set_if_unset("OPENBLAS_NUM_THREADS", "1");
    /* Waiting threads should sleep: on a busy machine, spinning takes the cores from the threads
     * that they wait for. */
    changed |= set_if_unset("OMP_WAIT_POLICY", "passive");
    if (changed)
        execv("/proc/self/exe", argv);
    return true;
}
