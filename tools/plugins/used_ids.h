/** @file
 *  The UniqueIDs, labels and names of all LADSPA plugins on this machine. */
#ifndef TONECELL_USED_IDS_H
#define TONECELL_USED_IDS_H

#include "model/plugin_identity.h"
#include "tonecell.h"

enum { USED_LABEL_SIZE = 64 };

/** UniqueIDs, labels and names, and the libraries that have them. */
struct used_ids {
    size_t n, capacity;
    struct used_id {
        unsigned long id;
        char label[USED_LABEL_SIZE];    /* cut off there; ours are shorter */
        char name[TC_PLUGIN_NAME_SIZE]; /* that hosts show, cut off there */
        char *path;
    } * entry;
};

/** Collect the IDs of all libraries. Foreign libraries are loaded in a child process
 *  without rights (restricted.h), so that one that crashes or hangs is skipped. Free *used also
 *  after a failure. */
enum tc_status used_ids_collect(struct used_ids *used, struct tc_error *error);

/** Add both plugins of a library of our own; name[0] is that of the mono plugin. */
enum tc_status used_ids_add(struct used_ids *used, const struct tc_plugin_identity *identity,
                            const char name[2][TC_PLUGIN_NAME_SIZE], const char *path,
                            struct tc_error *error);

/** Path of a library with this ID other than `except`; NULL if there is none. */
const char *used_ids_find(const struct used_ids *used, unsigned long id, const char *except);

/** The same for a plugin's label, mono or stereo. */
const char *used_ids_find_label(const struct used_ids *used, const char *label, const char *except);

/** The same for a name that hosts show. */
const char *used_ids_find_name(const struct used_ids *used, const char *name, const char *except);

void used_ids_free(struct used_ids *used);

#endif
