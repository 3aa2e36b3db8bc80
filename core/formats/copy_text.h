/** @file
 *  A text from a file or a user within a message or a field. */
#ifndef TC_COPY_TEXT_H
#define TC_COPY_TEXT_H

#include "utf8.h"

#include <stddef.h>
#include <string.h>

/** Copy a text into `size` bytes (at least 4): what is not safe to show (utf8.h) becomes '?', a
 *  long one ends in "...". */
static inline void tc_copy_text(char *to, size_t size, const char *text)
{
    const size_t capacity = size - 1, length = strlen(text);
    size_t copied = length <= capacity ? length : capacity - 3;

    /* Do not cut inside a character of UTF-8. */
    while (copied < length && copied > 0 && ((unsigned char)text[copied] & 0xc0) == 0x80)
        --copied;
    memcpy(to, text, copied);
    strcpy(to + copied, copied < length ? "..." : "");
    tc_utf8_make_shown(to);
}

#endif
