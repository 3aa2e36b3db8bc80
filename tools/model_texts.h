/** @file
 *  What a model says of itself in words: the options --name, --author, --licence and --label. */
#ifndef TONECELL_MODEL_TEXTS_H
#define TONECELL_MODEL_TEXTS_H

#include "options.h"
#include "tonecell.h"

/** NULL: not given. */
struct model_texts {
    const char *name, *author, *licence, *label;
};

/** 0, or 2 after usage_error(): a text is too long, or the label has other characters than a to z,
 *  0 to 9 and _. */
int model_texts_check(const struct command *self, const struct model_texts *texts);

/** Write texts that were checked into the metadata. Without a name the model is called as the file
 *  is, "models/pedal.safetensors" "pedal". */
void model_texts_set(struct tc_metadata *meta, const struct model_texts *texts, const char *path);

#endif
