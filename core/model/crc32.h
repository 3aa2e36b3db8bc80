/** @file
 *  The CRC-32 of zlib, PNG and Ethernet (ISO 3309). */
#ifndef TC_CRC32_H
#define TC_CRC32_H

#include <stddef.h>
#include <stdint.h>

/** The CRC of `size` bytes, eight at a time: "slicing by 8" of Kounavis & Berry 2005. */
uint32_t tc_crc32(const unsigned char *bytes, size_t size);

#endif
