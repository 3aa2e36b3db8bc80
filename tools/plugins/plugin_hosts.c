#include "config.h"

#include "plugins/plugin_hosts.h"

#include <fnmatch.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/talk.h"
#include "plugins/desktop.h"
#include "plugins/plugin_folders.h"

enum { MAX_PROGRAMS = 4 };

#define USUAL "/usr/local/lib/ladspa:/usr/lib/ladspa"
#define USUAL_64 "/usr/local/lib64/ladspa:/usr/lib64/ladspa"
#define MULTIARCH "/usr/lib/*-linux-gnu/ladspa"

/* Where a host looks beside the folders of LADSPA_PATH. The hosts were observed on Debian 12, but
 * for Ardour, Audacity and LMMS, which are as their sources have it. */
static const struct plugin_host {
    const char *name, *program[MAX_PROGRAMS]; /* installed if one of these is */
    const char *folders;                      /* patterns; ~ is HOME */
    bool with_path; /* looks there also if LADSPA_PATH is set, otherwise only if it is not */
} hosts[] = {
    {"Ardour", {"ardour", "ardour8", "ardour7", "ardour6"}, USUAL ":" USUAL_64, true},
    {"Audacity", {"audacity"}, "~/.ladspa:" USUAL ":" USUAL_64, true},
    {"LMMS", {"lmms"}, USUAL ":" USUAL_64, true},
    {"sox", {"sox"}, MULTIARCH, false},
    {"ffmpeg", {"ffmpeg"}, "~/.ladspa:" USUAL, true},
    {"mpv", {"mpv"}, "~/.ladspa:" USUAL, true},
    {"ecasound", {"ecasound"}, "/usr/lib/ladspa", true},
    {"GStreamer", {"gst-launch-1.0"}, "~/.ladspa:" USUAL ":" USUAL_64 ":" MULTIARCH, true},
    {"PipeWire", {"pipewire"}, "/usr/lib64/ladspa:/usr/lib/ladspa:" MULTIARCH, false},
    {"melt", {"melt"}, USUAL ":/usr/lib64/ladspa", false},
    {"MPlayer", {"mplayer"}, "", false},
    {"Pure Data", {"pd", "puredata"}, "", false},
    {"applyplugin", {"applyplugin"}, "", false},
};

enum { HOSTS = sizeof hosts / sizeof *hosts };

/* Call `matches` for the entries of a list that colons separate, until one does. */
static bool any_entry(const char *list, bool (*matches)(const char *entry, const void *context),
                      const void *context)
{
    char entry[PATH_MAX];

    while (list && *list) {
        const size_t length = strcspn(list, ":");

        if (length > 0 && length < sizeof entry) {
            memcpy(entry, list, length);
            entry[length] = '\0';
            if (matches(entry, context))
                return true;
        }
        list += length + (list[length] == ':');
    }
    return false;
}

static bool has_program(const char *folder, const void *program)
{
    char path[PATH_MAX];

    return snprintf(path, sizeof path, "%s/%s", folder, (const char *)program) < PATH_MAX &&
           access(path, X_OK) == 0;
}

static bool is_installed(const struct plugin_host *host)
{
    for (unsigned i = 0; i < MAX_PROGRAMS && host->program[i]; ++i)
        if (any_entry(getenv("PATH"), has_program, host->program[i]))
            return true;
    return false;
}

static bool matches_pattern(const char *pattern, const void *folder)
{
    char own[PATH_MAX];

    if (strcmp(pattern, "~/.ladspa") == 0)
        return user_folder(own) && strcmp(own, folder) == 0;
    return fnmatch(pattern, folder, FNM_PATHNAME) == 0;
}

static bool looks_in(const struct plugin_host *host, const char *folder)
{
    const char *const path = getenv("LADSPA_PATH");

    if (is_in_search_path(path, folder))
        return true;
    return (host->with_path || !path || !path[0]) &&
           any_entry(host->folders, matches_pattern, folder);
}

/* The names of the installed hosts that look in the folder, or do not: "sox, ecasound". */
static unsigned list_hosts(char *names, size_t size, const char *folder, bool looking)
{
    size_t length = 0;
    unsigned n = 0;

    names[0] = '\0';
    for (unsigned i = 0; i < HOSTS && length < size; ++i)
        if (is_installed(&hosts[i]) && looks_in(&hosts[i], folder) == looking)
            length += (size_t)snprintf(names + length, size - length, "%s%s", n++ ? ", " : "",
                                       hosts[i].name);
    return n;
}

void plugin_hosts_report(const char *folder)
{
    char names[512], value[2 * PATH_MAX], file[PATH_MAX];

    if (list_hosts(names, sizeof names, folder, true) > 0)
        talk_say(NULL, "started from here, these hosts look in %s: %s", folder, names);
    if (list_hosts(names, sizeof names, folder, false) > 0)
        talk_say(NULL, "these hosts do not look there: %s", names);
    if (is_in_search_path(getenv("LADSPA_PATH"), folder))
        return;
    path_with_folder(value, sizeof value, folder);
    talk_say(NULL, "hosts that do not look in %s need LADSPA_PATH=%s", folder, value);
    if (desktop_file_exists(file))
        talk_say(NULL, "programs started from the desktop get it from %s", file);
    else
        talk_say(NULL, "--setup-desktop sets it for programs started from the desktop");
}
