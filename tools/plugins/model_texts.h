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

/** Options of commands that set texts: a const char * each. `otherwise` says where the text else
 *  comes from. */
#define NAME_OPTION(offset, otherwise)                 \
    OPT_ROW(0, "name", OPT_TEXT, offset, 0, 0, "NAME", \
            "name of the model in hosts [" otherwise "]", GROUP_OUTPUT, EVERYDAY)
#define AUTHOR_OPTION(offset)                                                                 \
    OPT_ROW(0, "author", OPT_TEXT, offset, 0, 0, "NAME", "author of the model", GROUP_OUTPUT, \
            EVERYDAY)
#define LICENCE_OPTION(offset)                                                                  \
    OPT_ROW(0, "licence", OPT_TEXT, offset, 0, 0, "NAME", "licence of the model", GROUP_OUTPUT, \
            EVERYDAY)
#define LABEL_OPTION(offset, otherwise)                    \
    OPT_ROW('l', "label", OPT_TEXT, offset, 0, 0, "LABEL", \
            "LADSPA label: a-z, 0-9 and _ [" otherwise "]", GROUP_OUTPUT, EVERYDAY)

/** 0, or 2 after usage_error(): a text is too long or not printable, or the label is not valid. */
int model_texts_check(const struct command *self, const struct model_texts *texts);

/** Write the texts that were given, and checked, into the metadata. */
void model_texts_replace(struct tc_metadata *meta, const struct model_texts *texts);

/** A copy of a model with these texts. NULL after talk_error(), which names `path`. */
struct tc_model *model_with_texts(const struct tc_model *model, const struct model_texts *texts,
                                  const char *path);

/** model_texts_replace() for a new model. Without a name the model is called as the file
 *  is, "models/pedal.safetensors" "pedal", or has none if that cannot be printed. */
void model_texts_set(struct tc_metadata *meta, const struct model_texts *texts, const char *path);

#endif
