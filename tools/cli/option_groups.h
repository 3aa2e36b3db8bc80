/** @file
 *  The groups in which the options of a command are shown. */
#ifndef TONECELL_OPTION_GROUPS_H
#define TONECELL_OPTION_GROUPS_H

#include "cli/options.h"

/** The heading of a group of options; NULL if this command, which has few, shows them under the
 *  one heading of GROUP_GENERAL. */
const char *option_group_title(const struct command *command, enum opt_group group);

/** True if this command shows the option under the heading of this group. */
bool option_in_group(const struct command *command, const struct opt *opt, enum opt_group group);

#endif
