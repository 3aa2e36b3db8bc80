/** @file
 *  Characters of UTF-8 (RFC 3629), and those of them that are safe to show: a terminal acts on
 *  control characters, and marks of direction let a text look like another. */
#ifndef TC_UTF8_H
#define TC_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Bytes of the first character of a text and its code; 0 if it is not UTF-8. The end of the text
 *  is a character of one byte. */
static inline size_t tc_utf8_read(const char *text, uint32_t *code)
{
    static const uint32_t smallest[] = {0, 0x80, 0x800, 0x10000}; /* code per number of bytes */
    const unsigned char first = (unsigned char)*text;
    const size_t continuation_bytes = first < 0x80         ? 0
                                      : first >> 5 == 0x06 ? 1
                                      : first >> 4 == 0x0e ? 2
                                      : first >> 3 == 0x1e ? 3
                                                           : 4;

    if (continuation_bytes > 3)
        return 0;
    *code = continuation_bytes ? first & (0x3fu >> continuation_bytes) : first;
    for (size_t i = 1; i <= continuation_bytes; ++i) {
        if (((unsigned char)text[i] & 0xc0) != 0x80)
            return 0;
        *code = *code << 6 | ((unsigned char)text[i] & 0x3f);
    }
    if (*code < smallest[continuation_bytes] || *code > 0x10ffff ||
        (*code >= 0xd800 && *code < 0xe000))
        return 0;
    return continuation_bytes + 1;
}

/** Neither a control character (C0, DEL, C1), nor one that ends a line or turns the direction of
 *  what follows (Unicode Standard Annex 9). */
static inline bool tc_utf8_is_shown(uint32_t code)
{
    return !(code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x061c ||
             (code >= 0x200e && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
             (code >= 0x2066 && code <= 0x2069));
}

static inline bool tc_is_utf8(const char *text)
{
    uint32_t code;
    size_t size = 1;

    for (; size > 0 && *text != '\0'; text += size)
        size = tc_utf8_read(text, &code);
    return size > 0;
}

/** Put '?' in place of each character, or byte that is none, that is not safe to show. */
static inline void tc_utf8_make_shown(char *text)
{
    char *to = text;

    while (*text) {
        uint32_t code;
        const size_t size = tc_utf8_read(text, &code);

        if (size > 0 && tc_utf8_is_shown(code)) {
            for (size_t i = 0; i < size; ++i)
                *to++ = text[i];
        } else {
            *to++ = '?';
        }
        text += size > 0 ? size : 1;
    }
    *to = '\0';
}

#endif
