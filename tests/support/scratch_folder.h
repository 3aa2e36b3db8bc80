/** @file
 *  A temporary folder, one at a time, removed afterwards: in TMPDIR if that is set, else in /tmp.
 */
#ifndef SCRATCH_FOLDER_H
#define SCRATCH_FOLDER_H

#include <stdbool.h>

/** Create a folder and change to it. Returns its absolute path, which the next call overwrites;
 *  NULL if that fails, and an empty folder may remain. */
const char *scratch_folder_enter(void);

/** Change to / and remove the folder with its contents. False if that fails, or there is no folder.
 */
bool scratch_folder_leave(void);

#endif
