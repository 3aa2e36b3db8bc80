/** @file
 *  Text within XML and HTML. */
#ifndef TONECELL_MARKUP_H
#define TONECELL_MARKUP_H

#include <stdio.h>

/** Write a character so that it means itself in text, and between double quotes in an attribute. */
void markup_put(FILE *out, char c);

#endif
