/** @file
 *  One library in a LADSPA folder: whether Tonecell made it, and from which model. */
#ifndef TONECELL_PLUGIN_FILE_H
#define TONECELL_PLUGIN_FILE_H

#include <limits.h>

#include "model/plugin_identity.h"
#include "tonecell.h"

enum plugin_file_kind {
    PLUGIN_FOREIGN, /* not made by Tonecell, or no library at all */
    PLUGIN_OURS,
    PLUGIN_DAMAGED /* ours, but its model cannot be read: see its error. A file that was cut short
                      is known as ours by its name tonecell_LABEL.so only */
};

struct plugin_file {
    char path[PATH_MAX];
    enum plugin_file_kind kind;
    struct tc_plugin_identity identity; /* PLUGIN_OURS only, as the three below */
    bool has_stereo;                    /* not with a control signal as second audio input */
    char name[2][TC_PLUGIN_NAME_SIZE];  /* as hosts show the mono and the stereo plugin */
    double sample_rate_hz;
    struct tc_error error;
};

/** Read a library's image. Cannot fail: what cannot be read is foreign or damaged, and `error` says
 *  why. */
void plugin_file_read(struct plugin_file *file, const char *path);

/** Whether a plugin file of Tonecell contains this model: the same network with the same gains and
 *  knobs, under any name and sample rate. */
bool plugin_file_contains(const char *path, const struct tc_model *model);

#endif
