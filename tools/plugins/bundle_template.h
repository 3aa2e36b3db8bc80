/** @file
 *  From a model to the bytes of a plugin file. */
#ifndef TONECELL_TEMPLATE_H
#define TONECELL_TEMPLATE_H

#include <limits.h>

#include "tonecell.h"

/** The plugin file that bundles are copies of: the one of the build tree when the program runs
 *  there, else the installed one. */
struct template
{
    char path[PATH_MAX];
    unsigned char *bytes;
    size_t size;
};

/** Find and read it. Errors: TC_IO, TC_NO_MEMORY, TC_BAD_FORMAT. */
enum tc_status template_read(struct template *template, struct tc_error *error);
void template_free(struct template *template);

/** Bundle a model and write it to a file. Errors: as bundle_make(), tc_file_replace(). */
enum tc_status template_write(const struct template *template, const struct tc_model *model,
                              const struct tc_plugin_identity *identity, const char *path,
                              struct tc_error *error);

#endif
