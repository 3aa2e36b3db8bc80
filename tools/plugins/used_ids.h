/** @file
 *  The UniqueIDs and labels of all LADSPA plugins on this machine. */
#ifndef TONECELL_USED_IDS_H
#define TONECELL_USED_IDS_H

#include "tonecell.h"

enum { USED_LABEL_SIZE = 64 };

/** UniqueIDs and labels, and who has them. */
struct used_ids {
    size_t n, capacity;
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
