/** @file
 *  The UniqueIDs and labels of all LADSPA plugins on this machine. */
#ifndef TONECELL_USED_IDS_H
#define TONECELL_USED_IDS_H

#include "tonecell.h"

enum { USED_LABEL_SIZE = 64 };

/** UniqueIDs and labels, and the libraries that have them. */
struct used_ids {
    size_t n, capacity;
    struct used_id {
        unsigned long id;
        char label[USED_LABEL_SIZE]; /* cut off there; ours are shorter */
        char *path;
    } * entry;
};

/** Collect the IDs of all libraries. Foreign libraries are loaded in a child process each, so that
 *  one that crashes or hangs is skipped. Free *used also after a failure. */
enum tc_status used_ids_collect(struct used_ids *used, struct tc_error *error);

/** Add both plugins of a library of our own. */
enum tc_status used_ids_add(struct used_ids *used, const struct tc_plugin_identity *identity,
                            const char *path, struct tc_error *error);

/** Path of a library with this ID other than `except`; NULL if there is none. */
const char *used_ids_find(const struct used_ids *used, unsigned long id, const char *except);

/** The same for a plugin's label, mono or stereo. */
const char *used_ids_find_label(const struct used_ids *used, const char *label, const char *except);

void used_ids_free(struct used_ids *used);

#endif
