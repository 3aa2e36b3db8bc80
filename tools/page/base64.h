/** @file
 *  Bytes as text, as data: addresses hold them. */
#ifndef TONECELL_BASE64_H
#define TONECELL_BASE64_H

#include <stddef.h>
#include <stdio.h>

/** Write n bytes in base64, with padding. From: RFC 4648, section 4. */
void base64_write(FILE *out, const unsigned char *bytes, size_t n);

#endif
