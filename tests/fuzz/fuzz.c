/* What libFuzzer calls. The environment variable FUZZ_TARGET says which reader is meant. */
#include "targets.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static const struct target *target;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const char *const name = getenv("FUZZ_TARGET");

    (void)argc;
    (void)argv;
    target = target_named(name ? name : "any");
    if (target)
        return 0;
    fprintf(stderr, "fuzz: there is no target '%s'\n", name);
    exit(2);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    target->read(bytes, size);
    return 0;
}
