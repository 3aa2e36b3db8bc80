/** @file
 *  What is fuzzed: every reader of files from elsewhere, each under a name of its own. */
#ifndef TARGETS_H
#define TARGETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct target {
    const char *name;

    /** Read bytes as a file, and use what came of it. Aborts if the reader breaks its word. Returns
     *  whether the file was read. */
    bool (*read)(const uint8_t *bytes, size_t size);
};

/** NULL if there is none of this name. */
const struct target *target_named(const char *name);

#endif
