/** @file
 *  The file that a model is about to replace, kept under another name, so that no training is
 *  lost. */
#ifndef TONECELL_PREVIOUS_FILE_H
#define TONECELL_PREVIOUS_FILE_H

#include <limits.h>
#include <stdbool.h>

struct previous_file {
    const char *path;
    char kept[PATH_MAX]; /* empty: there is none */
};

/** Before the work: give the file at `path`, if there is one that is not empty, the second name
 *  PATH.previous, or PATH.previous-2 and so on where that is taken. It is at `path` until another
 *  file gets this name. False after talk_error(): it cannot be kept. */
bool previous_file_keep(struct previous_file *previous, const char *path);

/** After the work: say where the previous file is. Where none has replaced it, or one with the same
 *  bytes, the second name is removed again. */
void previous_file_report(const struct previous_file *previous);

#endif
