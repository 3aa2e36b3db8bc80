/** @file
 *  The LADSPA folders of this machine and the libraries in them, ours and others'. */
#ifndef TONECELL_LIBRARIES_H
#define TONECELL_LIBRARIES_H

#include <limits.h>

#include "tonecell.h"

enum library_kind {
    LIBRARY_FOREIGN, /* not made by Tonecell, or no library at all */
    LIBRARY_OURS,
    LIBRARY_DAMAGED /* ours, but its model cannot be read: see its error */
};

struct library {
    char path[PATH_MAX];
    enum library_kind kind;
    struct tc_plugin_identity identity; /* LIBRARY_OURS only, as the two below */
    char name[TC_TEXT_SIZE];
    double sample_rate_hz;
    struct tc_error error;
};

/** The user's own folder, $HOME/.ladspa. False when there is no HOME. */
bool user_folder(char path[PATH_MAX]);

/** The folder that `make install` put the plugin into. */
const char *system_folder(void);

/** The value for LADSPA_PATH that leads every host to `folder` and to all LADSPA folders that this
 *  machine has: a host that is told one looks nowhere else. Cut off at size - 1 bytes. */
void path_with_folder(char *value, size_t size, const char *folder);

/** Find out whose a library is. */
void library_read(struct library *library, const char *path);

/** Call visit for every .so file of every LADSPA folder: the user's own first, then those of
 *  LADSPA_PATH, then the system's; each file once. Stops when visit returns false. */
void libraries_visit(bool (*visit)(const char *path, void *context), void *context);

enum { USED_LABEL_SIZE = 64 };

/** UniqueIDs and labels, and who has them. */
struct used_ids {
    size_t n, room;
    struct used_id {
        unsigned long id;
        char label[USED_LABEL_SIZE]; /* cut off there; ours are shorter */
        char *path;
    } * entry;
};

/** Collect the IDs of all libraries. Other people's are loaded in processes of their own, so that
 *  one that crashes is only passed over. Free *used also after a failure. */
enum tc_status used_ids_collect(struct used_ids *used, struct tc_error *error);

/** Add both plugins of a library of our own. */
enum tc_status used_ids_add(struct used_ids *used, const struct tc_plugin_identity *identity,
                            const char *path, struct tc_error *error);

/** Who has this ID, leaving out the library at `except`; NULL if nobody. */
const char *used_ids_find(const struct used_ids *used, unsigned long id, const char *except);

/** The same for the mono or stereo label of a plugin. */
const char *used_ids_find_label(const struct used_ids *used, const char *label, const char *except);

void used_ids_free(struct used_ids *used);

#endif
