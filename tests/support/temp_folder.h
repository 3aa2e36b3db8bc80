/** @file
 *  An empty folder for each test, as a checked fixture: in that which TMPDIR names, else in /tmp.
 */
#ifndef TEMP_FOLDER_H
#define TEMP_FOLDER_H

/** Create a folder and change to it. */
void temp_folder_enter(void);

/** Its path, absolute. */
const char *temp_folder_path(void);

/** The number of files in it, to detect temporary files that were not removed. */
unsigned temp_folder_names(void);

/** Remove it with all that is in it. */
void temp_folder_leave(void);

#endif
