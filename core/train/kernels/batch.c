#include "train/kernels/batch_tables.h"

#include <string.h>

const struct tc_batch_kernels *const tc_batch_kernels_all[] = {
#ifdef TC_HAVE_AVX512
    &tc_batch_kernels_avx512,
#endif
#ifdef TC_HAVE_AVX2
    &tc_batch_kernels_avx2,
#endif
#ifdef TC_HAVE_NEON
    &tc_batch_kernels_neon,
#endif
    &tc_batch_kernels_c,      NULL,
};

const struct tc_batch_kernels *tc_batch_kernels_find(const char *name, unsigned features)
{
    for (const struct tc_batch_kernels *const *k = tc_batch_kernels_all; *k; ++k)
        if (!((*k)->needs & ~features) && (!name || strcmp((*k)->name, name) == 0))
            return *k;
    return NULL;
}
