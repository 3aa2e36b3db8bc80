#include "plugins/unique_name.h"

#include <stdio.h>
#include <string.h>

const char *unique_name_other(const struct used_ids *used, const struct tc_metadata *meta,
                              const char *label, const char *except)
{
    const char *other = NULL;

    for (unsigned stereo = 0; !other && stereo < 2; ++stereo) {
        char name[TC_PLUGIN_NAME_SIZE];

        tc_plugin_name(name, meta, label, stereo > 0);
        other = used_ids_find_name(used, name, except);
    }
    return other;
}

/* The name and a suffix; a name that is too long for both is cut off between two characters. */
static void set_name(char name[TC_TEXT_SIZE], const char *base, const char *suffix)
{
    const size_t space = TC_TEXT_SIZE - 1 - strlen(suffix);
    size_t length = strlen(base);

    if (length > space)
        for (length = space; length > 0 && ((unsigned char)base[length] & 0xc0) == 0x80;)
            --length;
    (void)snprintf(name, TC_TEXT_SIZE, "%.*s%s", (int)length, base, suffix);
}

void unique_name_choose(struct tc_metadata *meta, const struct used_ids *used, const char *label,
                        const char *except)
{
    char base[TC_TEXT_SIZE], suffix[TC_LABEL_SIZE + 4];

    memcpy(base, meta->name, sizeof base);
    (void)snprintf(suffix, sizeof suffix, " (%s)", label);
    for (size_t n = 2; unique_name_other(used, meta, label, except); ++n) {
        set_name(meta->name, base, suffix);
        (void)snprintf(suffix, sizeof suffix, " %zu", n);
    }
}
