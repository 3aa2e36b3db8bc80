/** @file
 *  The commands of tonecell, each defined with its table of options in cmd_NAME.c. */
#ifndef TONECELL_COMMANDS_H
#define TONECELL_COMMANDS_H

#include "cli/options.h"

extern const struct command cmd_train;
extern const struct command cmd_process;
extern const struct command cmd_eval;
extern const struct command cmd_info;
extern const struct command cmd_convert;
extern const struct command cmd_diagnose;
extern const struct command cmd_bench;
extern const struct command cmd_signal;
extern const struct command cmd_doctor;
extern const struct command cmd_install, cmd_uninstall, cmd_installed, cmd_bundle;

/** In the order of the help; ends with NULL. A new command is declared here and listed in
 *  commands.c, and nowhere else. */
extern const struct command *const commands[];

/** NULL if there is none of this name. */
const struct command *command_find(const char *name);

#endif
