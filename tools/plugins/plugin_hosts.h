/** @file
 *  The LADSPA hosts on this machine, and where each of them looks for plugins. */
#ifndef TONECELL_PLUGIN_HOSTS_H
#define TONECELL_PLUGIN_HOSTS_H

/** Say which of the hosts found in PATH look in a folder, started with this environment, and what
 *  the others need. */
void plugin_hosts_report(const char *folder);

#endif
