#include "model/crc32.h"

#include "model/bytes.h"

enum { SLICES = 8 };

/* table[0][v] is the remainder of a byte v; table[k][v] that of v with k zero bytes after it. */
static void fill(uint32_t table[SLICES][256])
{
    for (uint32_t v = 0; v < 256; ++v) {
        uint32_t remainder = v;

        for (unsigned bit = 0; bit < 8; ++bit)
            remainder = (remainder >> 1) ^ (remainder & 1 ? 0xedb88320u : 0);
        table[0][v] = remainder;
    }
    for (unsigned k = 1; k < SLICES; ++k)
        for (uint32_t v = 0; v < 256; ++v)
            table[k][v] = (table[k - 1][v] >> 8) ^ table[0][table[k - 1][v] & 255];
}

uint32_t tc_crc32(const unsigned char *bytes, size_t size)
{
    uint32_t table[SLICES][256], crc = UINT32_MAX;

    fill(table);
    for (; size >= SLICES; bytes += SLICES, size -= SLICES) {
        const uint64_t slices = tc_get_le(bytes, SLICES) ^ crc;

        crc = 0;
        for (unsigned k = 0; k < SLICES; ++k)
            crc ^= table[SLICES - 1 - k][slices >> (8 * k) & 255];
    }
    for (; size > 0; ++bytes, --size)
        crc = (crc >> 8) ^ table[0][(crc ^ *bytes) & 255];
    return ~crc;
}
