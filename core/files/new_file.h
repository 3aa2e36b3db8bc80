/** @file
 *  Files that get their names when they are complete, in the place of earlier ones: a reader sees
 *  the old file or the new one, whole. Shared by the formats and the tools. */
#ifndef TC_NEW_FILE_H
#define TC_NEW_FILE_H

#include <limits.h>
#include <stdbool.h>

enum { TC_NEW_FOLDER_SIZE = 80 };

/** While it has no name it is gone with the process where the file system knows such files (Linux:
 *  O_TMPFILE), however that ends. Elsewhere, and for the moment in which it replaces another, it is
 *  in a folder of its own, which hosts that load every file of a folder do not look into. */
struct tc_new_file {
    int fd;     /* for reading and writing */
    int folder; /* in which it gets its name */
    char name[NAME_MAX + 1];
    char own_folder[TC_NEW_FOLDER_SIZE]; /* empty if there is none */
};

/** Create a file that becomes `path`, with permissions `mode` less the umask. May be called from
 *  several threads; allocates nothing. False on failure, with errno set, and nothing to discard. */
bool tc_new_file_open(struct tc_new_file *file, const char *path, unsigned mode);

/** Write all of it to the disk, give it its name and close it. False on failure, with errno set: it
 *  is gone, and an earlier file of that name is unchanged. */
bool tc_new_file_complete(struct tc_new_file *file);

/** Close and remove a file that is not complete. */
void tc_new_file_discard(struct tc_new_file *file);

/** Remove what processes of this machine that are no more have left in the folder of `path`. */
void tc_new_files_sweep(const char *path);

#endif
