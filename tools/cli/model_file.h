/** @file
 *  The files that a model consists of: one, or the two in a folder of Neural Amp Modeler 0.4. */
#ifndef TONECELL_MODEL_FILE_H
#define TONECELL_MODEL_FILE_H

#include <limits.h>
#include <stdbool.h>

/** Set `file` to the path of a model's file number `index`, from 0. False if there are no more. */
bool model_file(const char *model, unsigned index, char file[PATH_MAX]);

#endif
