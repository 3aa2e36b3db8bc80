#include "config.h"

#include "plugin/find_image.h"

#include <errno.h>
#include <link.h>
#include <string.h>
#include <sys/mman.h>

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#endif

/* What dl_iterate_phdr() is asked to find: the loaded segment that starts at `start`. */
struct search {
    uintptr_t start;
    size_t size; /* 0 = no such segment */
};

static int match_segment(struct dl_phdr_info *object, size_t info_size, void *context)
{
    struct search *const search = context;

    (void)info_size;
    for (unsigned i = 0; i < object->dlpi_phnum; ++i) {
        const ElfW(Phdr) *const segment = &object->dlpi_phdr[i];

        if (segment->p_type == PT_LOAD && object->dlpi_addr + segment->p_vaddr == search->start)
            search->size = segment->p_filesz;
    }
    return search->size != 0;
}

/* A file that was cut short is mapped all the same, and the first look beyond its end raises
 * SIGBUS. The kernel says so in advance; kernels before 5.14 do not know the question. */
static bool is_readable(uintptr_t start, size_t size)
{
    return madvise((void *)start, size, MADV_POPULATE_READ) == 0 || errno == EINVAL;
}

const unsigned char *image_find(size_t *size, struct tc_error *error)
{
    struct search search = {(uintptr_t)tc_plugin_image, 0};

    if (!dl_iterate_phdr(match_segment, &search)) {
        tc_fail(error, TC_BAD_FORMAT, "the file has no section %s", TC_IMAGE_SECTION);
        return NULL;
    }
    if (!is_readable(search.start, search.size)) {
        tc_fail(error, TC_BAD_FORMAT, "the file ends inside the section %s", TC_IMAGE_SECTION);
        return NULL;
    }
    *size = search.size;
    return tc_plugin_image;
}
