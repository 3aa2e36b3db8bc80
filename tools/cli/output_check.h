/** @file
 *  Whether a file can be written, checked before the work rather than after it. */
#ifndef TONECELL_OUTPUT_CHECK_H
#define TONECELL_OUTPUT_CHECK_H

#include "cli/options.h"

#include <stdbool.h>

/** A file of this name can be made, or replaced if there is one. False after talk_error(). */
bool output_check(const char *output);

/** A folder of this name is there, or may be made: its name must not be that of an audio file,
 *  which is a slip of the hand. False after talk_error(). */
bool output_check_folder(const char *folder);

/** An option of the commands that write what a user may miss: a bool. */
#define FORCE_OPTION(offset, text) \
    OPT_ROW(0, "force", OPT_FLAG, offset, 0, 0, NULL, text, GROUP_OUTPUT, EXPERT)

/** Its text where a model is written. */
#define FORCE_MODEL "replace what is there without keeping it, also a file that is no model"

/** Its text where a sound is written. */
#define FORCE_SOUND "replace a file that is no result of process or signal"

/** output_check() of a model file. One that exists has to be a model in a readable format, or
 *  empty, and a new one must not have the ending of an audio file, unless `force`: a slip of the
 *  hand must not cost a recording. */
bool output_check_model(const char *output, bool force);

#endif
