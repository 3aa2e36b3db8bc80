/** @file
 *  Numbers as little-endian bytes of any alignment, on every machine. */
#ifndef TC_BYTES_H
#define TC_BYTES_H

#include <stdint.h>
#include <string.h>

/** The lowest `n` (1 to 8) bytes of v. */
static inline void tc_put_le(unsigned char *bytes, uint64_t v, unsigned n)
{
    for (unsigned i = 0; i < n; ++i)
        bytes[i] = (unsigned char)(v >> (8 * i));
}

/** A number of `n` (1 to 8) bytes. */
static inline uint64_t tc_get_le(const unsigned char *bytes, unsigned n)
{
    uint64_t v = 0;

    for (unsigned i = 0; i < n; ++i)
        v |= (uint64_t)bytes[i] << (8 * i);
    return v;
}

static inline void tc_put_le_float(unsigned char *bytes, float v)
{
    uint32_t bits;

    memcpy(&bits, &v, sizeof bits);
    tc_put_le(bytes, bits, 4);
}

static inline float tc_get_le_float(const unsigned char *bytes)
{
    const uint32_t bits = (uint32_t)tc_get_le(bytes, 4);
    float v;

    memcpy(&v, &bits, sizeof v);
    return v;
}

static inline void tc_put_le_double(unsigned char *bytes, double v)
{
    uint64_t bits;

    memcpy(&bits, &v, sizeof bits);
    tc_put_le(bytes, bits, 8);
}

static inline double tc_get_le_double(const unsigned char *bytes)
{
    const uint64_t bits = tc_get_le(bytes, 8);
    double v;

    memcpy(&v, &bits, sizeof v);
    return v;
}

#endif
