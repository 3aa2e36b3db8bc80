/** @file
 *  Pieces of HTML. The text is XML, too: every element is closed. Errors of writing stay in the
 *  FILE, as ferror() tells. */
#ifndef TONECELL_HTML_H
#define TONECELL_HTML_H

#include <stddef.h>
#include <stdio.h>

/** Write text that may hold anything: what has a meaning in HTML is escaped, and '?' stands for
 *  control characters and, in a text that is not UTF-8, for what is not ASCII. */
void html_text(FILE *out, const char *text);

enum { NUMBER_SIZE = 32 };

/** Write a number with three significant digits, without exponent and without zeros at its end:
 *  "0.0123", "48000", "unknown" for NaN. Returns text. */
const char *html_number(double value, char text[NUMBER_SIZE]);

/** A row of a table with two columns, both escaped. */
void html_row(FILE *out, const char *name, const char *value);

/** The same with a format. */
void html_row_format(FILE *out, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** Begin and end a table of such rows, with a caption; cells scroll on narrow screens. */
void html_table_begin(FILE *out, const char *caption);
void html_table_end(FILE *out);

/** What is drawn: also the class of its colour in the page's style. */
enum curve { CURVE_INPUT, CURVE_TARGET, CURVE_MODEL, CURVE_ERROR, N_CURVES };

extern const char *const curve_class[N_CURVES];

/** An entry in the key of a figure. */
struct figure_key {
    enum curve curve;
    const char *name;
};

/** Begin and end a figure: a title, then its plot, then a key and a sentence that explains it. */
void figure_begin(FILE *out, const char *title);
void figure_end(FILE *out, const struct figure_key *key, size_t n_keys, const char *sentence);

/** The same for two plots, side by side where there is room. */
void figure_begin_wide(FILE *out, const char *title);
void figure_end_wide(FILE *out, const struct figure_key *key, size_t n_keys, const char *sentence);

#endif
