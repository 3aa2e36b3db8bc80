/** @file
 *  Which texts can be shown, and may stand in a model. */
#ifndef TONECELL_PRINTABLE_H
#define TONECELL_PRINTABLE_H

#include <stdbool.h>

/** Whether a text is UTF-8, which JSON and HTML have to be. */
bool is_utf8(const char *text);

/** UTF-8 without control characters: hosts show it, and a model's file holds no other. */
bool is_printable(const char *text);

/** Put '?' in place of control characters, so that a message stays on its line. */
void replace_controls(char *text);

#endif
