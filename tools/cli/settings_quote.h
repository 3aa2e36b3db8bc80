/** @file
 *  Values of KEY=VALUE lines in quotes, for texts that could not be read back without: "..." in
 *  which \" \\ \n \r \t stand for a quote, a backslash, the end of a line, a carriage return and a
 *  tabulator. */
#ifndef TONECELL_SETTINGS_QUOTE_H
#define TONECELL_SETTINGS_QUOTE_H

#include <stdbool.h>
#include <stdio.h>

/** What is left out around a key and a value: blanks, and what Windows has before a line's end. */
#define SETTINGS_BLANKS " \t\r"

/** Replace a value that starts with a quote by the text in its quotes; others stay. False, and the
 *  value is undefined: the closing quote is missing or not at the end, or a backslash is before
 *  another character. */
bool settings_unquote(char *value);

/** Write a value, in quotes if it needs them: it starts with a quote, has a blank at an end, or is
 *  longer than a line. */
void settings_write_quoted(FILE *out, const char *text);

#endif
