#include "plugins/plugin_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/paths.h"
#include "files/bundle.h"
#include "files/file.h"

/* The image says what the plugin is, unless it is damaged. */
static void read_image(struct plugin_file *file, const unsigned char *image, size_t size)
{
    struct tc_model *model = NULL;

    if (tc_image_read(image, size, &model, &file->identity, &file->error) != TC_OK) {
        file->kind = PLUGIN_DAMAGED;
        return;
    }
    file->kind = PLUGIN_OURS;
    file->has_stereo = tc_model_control(model) != TC_CONTROL_AUDIO;
    for (unsigned i = 0; i < 2; ++i)
        tc_plugin_name(file->name[i], tc_model_metadata(model), file->identity.label, i > 0);
    file->sample_rate_hz = tc_model_metadata(model)->sample_rate_hz;
    tc_model_free(model);
}

static bool has_our_name(const char *path)
{
    static const char prefix[] = "tonecell_";

    return strncmp(path_name(path), prefix, sizeof prefix - 1) == 0;
}

void plugin_file_read(struct plugin_file *file, const char *path)
{
    unsigned char *bytes = NULL;
    const unsigned char *image;
    size_t size, image_size;
    enum tc_status status;

    memset(file, 0, sizeof *file);
    (void)snprintf(file->path, sizeof file->path, "%s", path);
    status = tc_file_read(path, TC_BUNDLE_MAX_SIZE, &bytes, &size, &file->error);
    if (!status)
        status = tc_bundle_find_image(bytes, size, &image, &image_size, &file->error);
    if (!status)
        read_image(file, image, image_size);
    else if (status == TC_BAD_FORMAT && has_our_name(path))
        file->kind = PLUGIN_DAMAGED;
    free(bytes);
}

/* The image of a model without its texts and rate, for free(). NULL without memory. */
static unsigned char *nameless_image(const struct tc_model *model, size_t *size)
{
    const struct tc_plugin_identity none = {.label = ""};
    struct tc_metadata meta = *tc_model_metadata(model);
    struct tc_model *nameless;
    unsigned char *image;

    meta.name[0] = meta.author[0] = meta.licence[0] = meta.label[0] = '\0';
    meta.sample_rate_hz = 0.0; /* often only assumed, then corrected */
    meta.sample_rate_assumed = false;
    if (tc_model_new(&nameless, tc_model_architecture(model), &meta, tc_model_parameters(model),
                     NULL) != TC_OK)
        return NULL;
    *size = tc_image_size(nameless);
    image = malloc(*size);
    if (image)
        tc_image_write(nameless, &none, image);
    tc_model_free(nameless);
    return image;
}

bool plugin_file_contains(const char *path, const struct tc_model *model)
{
    unsigned char *image, *other_image;
    struct tc_model *other;
    size_t size, other_size;
    bool same;

    if (tc_model_load(&other, path, NULL) != TC_OK)
        return false;
    image = nameless_image(model, &size);
    other_image = nameless_image(other, &other_size);
    same = image && other_image && size == other_size && memcmp(image, other_image, size) == 0;
    free(other_image);
    free(image);
    tc_model_free(other);
    return same;
}
