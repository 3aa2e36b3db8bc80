/** @file
 *  The values of options: text on the command line to fields of a struct. */
#ifndef TONECELL_OPTION_VALUES_H
#define TONECELL_OPTION_VALUES_H

#include "cli/options.h"

/** Room for the text of a number. */
enum { REAL_TEXT_SIZE = 32 };

/** Store the value of an option in its field (enum opt_type has the field's type), or append it to
 *  that of an OPT_REPEAT. False, and no change, if it is not what the option takes. */
bool option_store(const struct opt *opt, const char *text, void *field);

/** Set `message` to what is wrong with a text that option_store() refused: the text, and what was
 *  expected. */
void option_refusal(const struct opt *opt, const char *text, char *message, size_t size);

/** The shortest text from which parse_real() reads this finite number, to the bit. */
void real_text(double value, char text[REAL_TEXT_SIZE]);

/** A finite number and nothing else, in the C locale's notation, such as the VALUE of
 *  NAME=VALUE. False for anything else. */
bool parse_real(const char *text, double *value);

#endif
