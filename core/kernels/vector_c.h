/** @file
 *  Vectors of 4 floats as GCC's vector extension, for any CPU; at least 16 registers or so. */
#ifndef TC_VECTOR_C_H
#define TC_VECTOR_C_H

#include <string.h>

typedef float vf __attribute__((vector_size(16)));
typedef int v_mask __attribute__((vector_size(16)));

enum { V_WIDTH = 4, V_REGISTERS = 16 };

static inline vf v_set(float a)
{
    return (vf){a, a, a, a};
}

static inline vf v_load(const float *a)
{
    vf v;

    memcpy(&v, a, sizeof v);
    return v;
}

static inline void v_store(float *a, vf v)
{
    memcpy(a, &v, sizeof v);
}

/* p 2^k, where rounded = k + TC_ROUNDER has k in its last bits, which are added to the exponent. */
static inline vf v_ldexp(vf p, vf rounded)
{
    return (vf)((v_mask)p + ((v_mask)rounded << 23));
}

/* a where the mask is set, b elsewhere. */
static inline vf v_select(v_mask mask, vf a, vf b)
{
    return (vf)((mask & (v_mask)a) | (~mask & (v_mask)b));
}

/* The second where either is NaN, as x86 does. */
static inline vf v_min(vf a, vf b)
{
    return v_select(a < b, a, b);
}

static inline vf v_max(vf a, vf b)
{
    return v_select(a > b, a, b);
}

/* a where b > 0, else 0. */
static inline vf v_where_positive(vf a, vf b)
{
    return (vf)((b > v_set(0.0f)) & (v_mask)a);
}

/* The lower, or upper, half of a in the lower half, zeros in the upper. */
static inline vf v_low_half(vf a)
{
    return (vf){a[0], a[1], 0.0f, 0.0f};
}

static inline vf v_high_half(vf a)
{
    return (vf){a[2], a[3], 0.0f, 0.0f};
}

static inline float v_sum(vf a)
{
    return (a[0] + a[2]) + (a[1] + a[3]);
}

#define v_add(a, b) ((a) + (b))
#define v_sub(a, b) ((a) - (b))
#define v_mul(a, b) ((a) * (b))
#define v_fma(a, b, c) ((a) * (b) + (c))
#define v_divide(a, b) ((a) / (b))
#define v_clamp(a, limit) v_max(v_set(-(limit)), v_min(v_set(limit), a))

#endif
