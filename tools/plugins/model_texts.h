/** @file
 *  The texts in a model's metadata: the options --name, --author, --licence and --label. */
#ifndef TONECELL_MODEL_TEXTS_H
#define TONECELL_MODEL_TEXTS_H

#include "cli/options.h"
#include "tonecell.h"

/** NULL: not given. */
struct model_texts {
    const char *name, *author, *licence, *label;
};

/** The option of commands that give a label: a const char *. `otherwise` says where it else comes
 *  from. */
#define LABEL_OPTION(offset, otherwise)                    \
    OPT_ROW('l', "label", OPT_TEXT, offset, 0, 0, "LABEL", \
            "LADSPA label: a-z, 0-9 and _ [" otherwise "]", GROUP_OUTPUT, EVERYDAY)

/** 0, or 2 after usage_error(): a text is too long or not printable, or the label is not valid. */
int model_texts_check(const struct command *self, const struct model_texts *texts);

/** 0, or 2 after usage_error() if the label is not valid. NULL is accepted. */
int model_label_check(const struct command *self, const char *label);

/** Write texts that were checked into the metadata. Without a name the model is called as the file
 *  is, "models/pedal.safetensors" "pedal", or has none if that cannot be printed. */
void model_texts_set(struct tc_metadata *meta, const struct model_texts *texts, const char *path);

#endif
