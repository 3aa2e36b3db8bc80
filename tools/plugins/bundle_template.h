/** @file
 *  Plugin files written from a template: a copy of tonecell.so with another model. */
#ifndef TONECELL_BUNDLE_TEMPLATE_H
#define TONECELL_BUNDLE_TEMPLATE_H

#include <limits.h>

#include "tonecell.h"

/** The plugin file that bundles are copies of: the one of the build tree when the program runs
 *  there, else the installed one. */
struct bundle_template {
    char path[PATH_MAX];
    unsigned char *bytes;
    size_t size;
};

/** Find and read it. Errors: TC_IO, TC_NO_MEMORY, TC_BAD_FORMAT. */
enum tc_status bundle_template_read(struct bundle_template *template, struct tc_error *error);
void bundle_template_free(struct bundle_template *template);

/** Bundle a model and write it to a file. Errors: as bundle_make(), tc_file_replace(). */
enum tc_status bundle_template_write(const struct bundle_template *template,
                                     const struct tc_model *model,
                                     const struct tc_plugin_identity *identity, const char *path,
                                     struct tc_error *error);

#endif
