/** @file
 *  LADSPA_PATH for programs started from the desktop: systemd gives them the variables of the
 *  user's files in environment.d, from the next login on. */
#ifndef TONECELL_DESKTOP_H
#define TONECELL_DESKTOP_H

#include <limits.h>
#include <stdbool.h>

/** Set `path` to our file, $XDG_CONFIG_HOME/environment.d/60-tonecell.conf or that in ~/.config;
 *  whether it is there. False also without HOME. */
bool desktop_file_exists(char path[PATH_MAX]);

/** Write it, with `folder` and all LADSPA folders of this machine, and say so. False after
 *  talk_error(). */
bool desktop_set_up(const char *folder);

/** Remove it if it is as we wrote it, and say so; files of others' making stay. */
void desktop_undo(void);

#endif
