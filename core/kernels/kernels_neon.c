/* NEON of aarch64: 4 units in a vector, 32 registers. */
#include <arm_neon.h>

#include "kernels/activation.h"
#include "kernels/inline.h"

typedef float32x4_t vf;

enum { W = 4, MAX_SUMS = 26 };

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
#define v_even(a) vreinterpretq_f32_u32(vshlq_n_u32(vreinterpretq_u32_f32(a), 16))
#define v_clamp(a, limit) v_max(v_set(-(limit)), v_min(v_set(limit), a))

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
/* Half vectors are no faster through: the half block is done in a whole one. */
#define half_lstm_gates full_lstm_gates
#define half_gru_gates full_gru_gates

#include "kernels/steps.h"

const struct tc_kernels tc_kernels_neon = TC_VECTOR_TABLE("neon", TC_CPU_NEON);
