/* Gives files to a reader as the fuzzer would, without it.
 *
 *  replay [--valid] TARGET FILE...     with --valid each file has to be read */
#include "targets.h"

#include "files/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIMIT = 1 << 24 };

static bool replay(const struct target *target, const char *path, bool valid)
{
    unsigned char *bytes;
    size_t size;
    struct tc_error error;
    bool read;

    printf("%s\n", path);
    fflush(stdout);
    if (tc_file_read(path, LIMIT, &bytes, &size, &error) != TC_OK) {
        fprintf(stderr, "replay: %s: %s\n", path, error.message);
        return false;
    }
    read = target->read(bytes, size);
    free(bytes);
    if (valid && !read)
        fprintf(stderr, "replay: %s: is refused\n", path);
    return read || !valid;
}

int main(int argc, char **argv)
{
    const bool valid = argc > 1 && strcmp(argv[1], "--valid") == 0;
    const int first = valid ? 2 : 1;
    const struct target *const target = argc > first + 1 ? target_named(argv[first]) : NULL;
    bool all = true;

    if (!target) {
        fputs("usage: replay [--valid] TARGET FILE...\n", stderr);
        return 2;
    }
    for (int i = first + 1; i < argc; ++i)
        all = replay(target, argv[i], valid) && all;
    return all ? 0 : 1;
}
