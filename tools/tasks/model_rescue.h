/** @file
 *  The last attempt to write a trained model, after which nothing of it is left in memory. */
#ifndef TONECELL_MODEL_RESCUE_H
#define TONECELL_MODEL_RESCUE_H

#include "tonecell.h"

#include <limits.h>

/** Save a model to `path`; where that fails, in a new folder beside it, in $HOME, or in $TMPDIR or
 *  /tmp; where all of them fail, to `path` as soon as that is possible, or until a signal ends the
 *  wait. What is done is reported. `written` receives the file's path.
 *
 *  Signals must be blocked (cli/interrupt.h). Errors, reported by the caller: as
 *  tc_model_save(). */
enum tc_status model_rescue_save(const struct tc_model *model, const char *path,
                                 char written[PATH_MAX], struct tc_error *error);

#endif
