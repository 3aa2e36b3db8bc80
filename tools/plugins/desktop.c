#include "plugins/desktop.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/talk.h"
#include "files/file.h"
#include "plugins/make_folders.h"
#include "plugins/plugin_folders.h"
#include "tonecell.h"

static const char first_line[] = "# Written by tonecell install --setup-desktop\n";

enum { MAX_SIZE = 4 * PATH_MAX };

/* The path of our file; false without HOME. */
static bool find_path(char path[PATH_MAX])
{
    const char *const config = getenv("XDG_CONFIG_HOME"), *const home = getenv("HOME");
    const bool own = config && config[0] == '/';

    return (own || (home && home[0])) &&
           snprintf(path, PATH_MAX, "%s%s/environment.d/60-tonecell.conf", own ? config : home,
                    own ? "" : "/.config") < PATH_MAX;
}

bool desktop_file_exists(char path[PATH_MAX])
{
    return find_path(path) && access(path, F_OK) == 0;
}

/* The value may have blanks; the other characters mean something to systemd even in quotes. */
static bool is_writable(const char *value)
{
    return !strpbrk(value, "\"\\$`\n");
}

bool desktop_set_up(const char *folder)
{
    char path[PATH_MAX], value[2 * PATH_MAX], text[MAX_SIZE];
    struct tc_error error;

    path_with_folder(value, sizeof value, folder);
    if (!find_path(path)) {
        talk_error(NULL, "HOME is not set, so there is no folder ~/.config/environment.d");
        return false;
    }
    if (!is_writable(value)) {
        talk_error(path, "cannot hold LADSPA_PATH=%s: it has quotes, \\ or $", value);
        return false;
    }
    (void)snprintf(text, sizeof text, "%sLADSPA_PATH=\"%s\"\n", first_line, value);
    if (!make_folders_of(path, &error) ||
        tc_file_replace(path, text, strlen(text), 0644, &error) != TC_OK) {
        talk_error(path, "%s", error.message);
        return false;
    }
    printf("%s\n", path);
    talk_say(path,
             "sets LADSPA_PATH for programs started from the desktop, from the next login on; "
             "tonecell uninstall removes it with the last of your plugins");
    return true;
}

/* Whether the file begins with our line. */
static bool is_ours(const char *path)
{
    unsigned char *bytes = NULL;
    size_t size;
    const bool ours = tc_file_read(path, MAX_SIZE, &bytes, &size, NULL) == TC_OK &&
                      size > sizeof first_line &&
                      memcmp(bytes, first_line, sizeof first_line - 1) == 0;

    free(bytes);
    return ours;
}

void desktop_undo(void)
{
    char path[PATH_MAX];

    if (!desktop_file_exists(path) || !is_ours(path))
        return;
    if (unlink(path) != 0) {
        talk_warn(path, "is of no use any more, but cannot be removed: %s", strerror(errno));
        return;
    }
    printf("%s\n", path);
    talk_say(path, "removed");
}
