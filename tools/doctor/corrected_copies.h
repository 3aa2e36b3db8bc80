/** @file
 *  Copies of recordings in which what can be undone is undone. */
#ifndef TONECELL_CORRECTED_COPIES_H
#define TONECELL_CORRECTED_COPIES_H

#include "doctor/examination.h"

/** Write two files for each pair into a folder, which is made if it is not there: NAME-dry.wav and
 *  NAME-wet.wav, NAME being that of the target's file, with a number after it from the second
 *  of a name on. They hold the channels that are used, at the
 *  rate of the recordings, without delay and drift, in 32-bit floats. No file that is there is
 *  replaced, and pairs without a known delay are left out. Errors: TC_IO (with the file's name),
 *  TC_NO_MEMORY. */
enum tc_status corrected_copies_write(const struct examination *examination, const char *folder,
                                      struct tc_error *error);

#endif
