/* NEON of aarch64: 4 units in a vector. */
#include "kernels/vector_neon.h"

/* Chosen for 32 registers, not measured. */
enum { MAX_SUMS = 26, MOST_TWOFOLD = 24, MOST_FOURFOLD = 12 };

/* The lower, or upper, half in the lower, zeros above. */
static inline vf v_low(vf a)
{
    return vcombine_f32(vget_low_f32(a), vdup_n_f32(0.0f));
}

static inline vf v_high(vf a)
{
    return vcombine_f32(vget_high_f32(a), vdup_n_f32(0.0f));
}

#define OF(name) full_##name
#include "kernels/gates.h"
#include "kernels/half_in_whole.h"

#include "kernels/steps.h"

const struct tc_kernels tc_kernels_neon = TC_VECTOR_TABLE("neon", TC_CPU_NEON);
