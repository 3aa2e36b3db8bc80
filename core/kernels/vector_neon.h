/** @file
 *  Vectors of aarch64's NEON: 4 floats, 32 registers. */
#ifndef TC_VECTOR_NEON_H
#define TC_VECTOR_NEON_H

#include "kernels/inline.h"

#include <arm_neon.h>

typedef float32x4_t vf;

enum { V_WIDTH = 4, V_REGISTERS = 32 };

#define v_set(a) vdupq_n_f32(a)
#define v_load(a) vld1q_f32(a)
#define v_store(a, b) vst1q_f32(a, b)
#define v_add(a, b) vaddq_f32(a, b)
#define v_sub(a, b) vsubq_f32(a, b)
#define v_mul(a, b) vmulq_f32(a, b)
#define v_fma(a, b, c) vfmaq_f32(c, a, b)
#define v_min(a, b) vminq_f32(a, b)
#define v_max(a, b) vmaxq_f32(a, b)
#define v_sum(a) vaddvq_f32(a)
#define v_divide(a, b) vdivq_f32(a, b)
/* The even weights of bfloat16 pairs (bf16_pair.h). */
#define v_bf16_even(a) vreinterpretq_f32_u32(vshlq_n_u32(vreinterpretq_u32_f32(a), 16))
#define v_clamp(a, limit) v_max(v_set(-(limit)), v_min(v_set(limit), a))

/* p 2^k, where rounded = k + TC_ROUNDER has k in its last bits, which are added to the exponent. */
#define v_ldexp(p, rounded) \
    vreinterpretq_f32_u32(  \
        vaddq_u32(vreinterpretq_u32_f32(p), vshlq_n_u32(vreinterpretq_u32_f32(rounded), 23)))

/* The lower, or upper, half of a in the lower half, zeros in the upper. */
#define v_low_half(a) vcombine_f32(vget_low_f32(a), vdup_n_f32(0.0f))
#define v_high_half(a) vcombine_f32(vget_high_f32(a), vdup_n_f32(0.0f))

/* The lower, or upper, halves of a and b. */
#define v_low_halves(a, b) vcombine_f32(vget_low_f32(a), vget_low_f32(b))
#define v_high_halves(a, b) vcombine_f32(vget_high_f32(a), vget_high_f32(b))

/* a where b > 0, else 0. */
#define v_where_positive(a, b) \
    vreinterpretq_f32_u32(vandq_u32(vcgtq_f32(b, vdupq_n_f32(0.0f)), vreinterpretq_u32_f32(a)))

/* The sum of each of 4 vectors. */
INLINE vf v_sums(const vf *a)
{
    return vpaddq_f32(vpaddq_f32(a[0], a[1]), vpaddq_f32(a[2], a[3]));
}

#endif
