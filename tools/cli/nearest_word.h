/** @file
 *  Suggestions for words that were mistyped. */
#ifndef TONECELL_NEAREST_WORD_H
#define TONECELL_NEAREST_WORD_H

#include <stddef.h>

/** The one of n words that text may be a slip of: few letters changed, added, lost or swapped.
 *  NULL if none is near. */
const char *nearest_word(const char *text, const char *const *words, size_t n);

#endif
