#include "kernels/kernel_sets.h"

#include <stdlib.h>
#include <string.h>

const struct tc_kernels *const tc_kernels_all[] = {
#ifdef TC_HAVE_AVX512
    &tc_kernels_avx512,
#endif
#ifdef TC_HAVE_AVX2
    &tc_kernels_avx2,
#endif
#ifdef TC_HAVE_NEON
    &tc_kernels_neon,
#endif
    &tc_kernels_c,      NULL,
};

unsigned tc_cpu_features(void)
{
    unsigned features = 0;

#if defined(__x86_64__)
    /* These ask the operating system as well, whether it saves the wide registers. */
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        features |= TC_CPU_AVX2;
    if (__builtin_cpu_supports("fma") && __builtin_cpu_supports("avx512f") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        features |= TC_CPU_AVX512;
#elif defined(__aarch64__)
    features |= TC_CPU_NEON; /* part of the architecture */
#endif
    return features;
}

const struct tc_kernels *tc_kernels_find(const char *name, unsigned features)
{
    for (const struct tc_kernels *const *k = tc_kernels_all; *k; ++k)
        if (!((*k)->needs & ~features) && (!name || strcmp((*k)->name, name) == 0))
            return *k;
    return NULL;
}

const struct tc_kernels *tc_kernels_default(void)
{
    const unsigned features = tc_cpu_features();
    const struct tc_kernels *const named = tc_kernels_find(getenv("TONECELL_KERNELS"), features);

    return named ? named : tc_kernels_find(NULL, features);
}
