/** @file
 *  One empty folder at a time, to write to and to leave no trace: in that which TMPDIR names, else
 *  in /tmp. */
#ifndef SCRATCH_FOLDER_H
#define SCRATCH_FOLDER_H

#include <stdbool.h>

/** Make a folder and go there. Returns its path, absolute, which the next call writes over; NULL,
 *  and an empty folder may stay, if that fails. */
const char *scratch_folder_enter(void);

/** Go to / and remove the folder with all that is in it. False if some of it stays, or there is
 *  none. */
bool scratch_folder_leave(void);

#endif
