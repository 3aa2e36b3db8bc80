/** @file
 *  Names of files. */
#ifndef TONECELL_PATHS_H
#define TONECELL_PATHS_H

#include <stdbool.h>
#include <stddef.h>

/** Characters of the folder in a path, with the slash at its end; 0 if it names none. */
size_t path_folder_length(const char *path);

/** What follows the folder. */
const char *path_name(const char *path);

/** Both are there and are one file, by whatever names. */
bool same_file(const char *a, const char *b);

/** There, and neither a file nor a folder: reading a pipe or device of a folder could take for
 *  ever. */
bool is_special_file(const char *path);

struct shown_path {
    char text[4096];
};

/** A copy of a path that is safe to show (utf8.h), as all of others' texts on a terminal have to
 *  be. */
const char *path_shown(struct shown_path *copy, const char *path);

/** path_shown() into an object that lives to the end of the enclosing block. */
#define SHOWN_PATH(path) path_shown(&(struct shown_path){{0}}, path)

/** Print a path as a word of a shell's command line: in quotes if it needs them. */
void path_print_word(const char *path);

#endif
