/** @file
 *  Help and manual page, both written from the tables of the commands. */
#ifndef TONECELL_HELP_H
#define TONECELL_HELP_H

#include "cli/commands.h"

#include <stdio.h>

/** The help of the program: its commands. */
void help_program(FILE *out);

/** The help of one command, with the options for everyday use or all. */
void help_command(FILE *out, const struct command *command, bool all);

/** The manual page of the program with all its commands and options, in man(7) macros. */
void help_man(FILE *out);

#endif
