#include "plugins/model_texts.h"

#include "cli/load_model.h"
#include "cli/paths.h"
#include "cli/printable.h"
#include "cli/talk.h"
#include "model/plugin_identity.h"

#include <string.h>

static int check_label(const struct command *self, const char *label)
{
    if (label == NULL || tc_label_is_valid(label))
        return 0;
    return usage_error(self,
                       "--label: '%s' is not a label: up to %d of a-z, 0-9 and single _ inside, "
                       "not ending in %s",
                       label, TC_LABEL_SIZE - 1, TC_STEREO_SUFFIX);
}

static int check_text(const struct command *self, const char *option, const char *text)
{
    if (text == NULL)
        return 0;
    if (strlen(text) >= TC_TEXT_SIZE)
        return usage_error(self, "--%s: %zu bytes, expected at most %d", option, strlen(text),
                           TC_TEXT_SIZE - 1);
    if (!is_printable(text))
        return usage_error(self, "--%s: '%s' is not printable UTF-8", option, text);
    return 0;
}

int model_texts_check(const struct command *self, const struct model_texts *texts)
{
    int status = check_text(self, "name", texts->name);

    if (status == 0)
        status = check_text(self, "author", texts->author);
    if (status == 0)
        status = check_text(self, "licence", texts->licence);
    return status == 0 ? check_label(self, texts->label) : status;
}

static void copy_text(char *to, size_t size, const char *text)
{
    if (text != NULL && strlen(text) < size)
        strcpy(to, text);
}

static void name_after_file(char name[TC_TEXT_SIZE], const char *path)
{
    const char *const base = path_name(path);
    const char *const dot = strrchr(base, '.');
    const size_t length = dot != NULL && dot > base ? (size_t)(dot - base) : strlen(base);

    if (length < TC_TEXT_SIZE) {
        memcpy(name, base, length);
        name[length] = '\0';
    }
    if (!is_printable(name))
        name[0] = '\0';
}

void model_texts_replace(struct tc_metadata *meta, const struct model_texts *texts)
{
    copy_text(meta->name, sizeof meta->name, texts->name);
    copy_text(meta->author, sizeof meta->author, texts->author);
    copy_text(meta->licence, sizeof meta->licence, texts->licence);
    copy_text(meta->label, sizeof meta->label, texts->label);
}

struct tc_model *model_with_texts(const struct tc_model *model, const struct model_texts *texts,
                                  const char *path)
{
    struct tc_metadata meta = *tc_model_metadata(model);
    struct tc_model *named;
    struct tc_error error;

    model_texts_replace(&meta, texts);
    named = model_with_metadata(model, &meta, &error);
    if (!named)
        talk_error(path, "%s", error.message);
    return named;
}

void model_texts_set(struct tc_metadata *meta, const struct model_texts *texts, const char *path)
{
    name_after_file(meta->name, path);
    model_texts_replace(meta, texts);
}
