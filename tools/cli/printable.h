/** @file
 *  Which texts can be shown, and may stand in a model. */
#ifndef TONECELL_PRINTABLE_H
#define TONECELL_PRINTABLE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

/** UTF-8 that is safe to show (utf8.h): hosts show it, and a model's file holds no other. */
bool is_printable(const char *text);

/** vfprintf() of what is safe to show: names of files and texts of models are others', and a
 *  terminal acts on control characters. */
void print_shown(FILE *out, const char *format, va_list arguments);

#endif
