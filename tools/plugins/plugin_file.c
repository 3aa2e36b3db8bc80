#include "plugins/plugin_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files/file.h"
#include "plugins/bundle.h"

/* The image says what the plugin is, unless it is damaged. */
static void read_image(struct plugin_file *file, const unsigned char *image, size_t size)
{
    struct tc_model *model = NULL;

    if (tc_image_read(image, size, &model, &file->identity, &file->error) != TC_OK) {
        file->kind = PLUGIN_DAMAGED;
        return;
    }
    file->kind = PLUGIN_OURS;
    memcpy(file->name, tc_model_metadata(model)->name, sizeof file->name);
    file->sample_rate_hz = tc_model_metadata(model)->sample_rate_hz;
    tc_model_free(model);
}

void plugin_file_read(struct plugin_file *file, const char *path)
{
    unsigned char *bytes = NULL;
    const unsigned char *image;
    size_t size, image_size;

    memset(file, 0, sizeof *file);
    (void)snprintf(file->path, sizeof file->path, "%s", path);
    if (tc_file_read(path, BUNDLE_MAX_SIZE, &bytes, &size, &file->error) == TC_OK &&
        bundle_find_image(bytes, size, &image, &image_size, &file->error) == TC_OK)
        read_image(file, image, image_size);
    free(bytes);
}
