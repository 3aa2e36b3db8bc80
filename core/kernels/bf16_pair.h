/** @file
 *  Two weights of half precision in the word of one float, for any CPU: a load, and a shift for one
 *  of them.
 *
 *  The lower 16 bits are the upper ones of the even weight, a bfloat16. The whole word is the odd
 *  weight: the even one only is the end of its mantissa, and the bits above are rounded with it in
 *  place. Either is within 2^-8 of the wanted weight, relative to it. */
#ifndef TC_BF16_PAIR_H
#define TC_BF16_PAIR_H

#include <stdint.h>
#include <string.h>

static inline uint32_t tc_bits_of(float v)
{
    uint32_t bits;

    memcpy(&bits, &v, sizeof bits);
    return bits;
}

static inline float tc_of_bits(uint32_t bits)
{
    float v;

    memcpy(&v, &bits, sizeof v);
    return v;
}

/** The bits of a finite float close to v, also finite, that end with these 16. */
static inline uint32_t tc_bits_ending(float v, uint32_t end)
{
    const uint32_t bits = tc_bits_of(v), size = bits & 0x7fffffff, max = 0x7f7f;
    const uint32_t upper = size < end ? 0 : (size - end + 0x8000) >> 16;

    return (bits & 0x80000000) | (upper < max ? upper : max) << 16 | end;
}

/** The word of two finite weights: the even one is its lower 16 bits, followed by 16 zeros; the odd
 *  one is the word itself. */
static inline float tc_bf16_pair(float even, float odd)
{
    return tc_of_bits(tc_bits_ending(odd, tc_bits_ending(even, 0) >> 16));
}

#endif
