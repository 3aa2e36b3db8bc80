/** @file
 *  Whether a file can be written, checked before the work rather than after it. */
#ifndef TONECELL_OUTPUT_CHECK_H
#define TONECELL_OUTPUT_CHECK_H

#include <stdbool.h>

/** A file of this name can be made, or replaced if there is one. False after talk_error(). */
bool output_check(const char *output);

#endif
