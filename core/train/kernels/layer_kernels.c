#include "train/kernels/layer_tables.h"

#include <string.h>

const struct tc_layer_kernels *const tc_layer_kernels_all[] = {
#ifdef TC_HAVE_AVX512
    &tc_layer_kernels_avx512,
#endif
#ifdef TC_HAVE_AVX2
    &tc_layer_kernels_avx2,
#endif
#ifdef TC_HAVE_NEON
    &tc_layer_kernels_neon,
#endif
    &tc_layer_kernels_c,      NULL,
};

const struct tc_layer_kernels *tc_layer_kernels_find(const char *name, unsigned features)
{
    for (const struct tc_layer_kernels *const *k = tc_layer_kernels_all; *k; ++k)
        if (!((*k)->needs & ~features) && (!name || strcmp((*k)->name, name) == 0))
            return *k;
    return NULL;
}
