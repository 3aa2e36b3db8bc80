/** @file
 *  The model that a command was given. */
#ifndef TONECELL_LOAD_MODEL_H
#define TONECELL_LOAD_MODEL_H

#include "tonecell.h"

/** NULL after talk_error(), which names the file; else for tc_model_free(). */
struct tc_model *load_model(const char *path);

#endif
