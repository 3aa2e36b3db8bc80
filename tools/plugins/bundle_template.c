#include "plugins/bundle_template.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files/file.h"
#include "files/bundle.h"
#include "plugins/plugin_file.h"

#define PLUGIN_FILE "tonecell.so"

/* Where the plugin is of a program in a folder that ends so: libtool runs the programs of a build
 * tree from tools/.libs. An installed program must not look outside of what was installed. */
static const struct candidate {
    const char *program;
    const char *plugin; /* relative to the program's folder, if it is not absolute */
} candidates[] = {
    {"/tools/.libs", "../../plugin/.libs/" PLUGIN_FILE},
    {"/tools", "../plugin/.libs/" PLUGIN_FILE},
    {"", LADSPADIR "/" PLUGIN_FILE},
    {"", "../lib/ladspa/" PLUGIN_FILE},
};

static void program_folder(char folder[PATH_MAX])
{
    const ssize_t length = readlink("/proc/self/exe", folder, PATH_MAX - 1);
    char *slash;

    folder[length > 0 ? length : 0] = '\0';
    slash = strrchr(folder, '/');
    if (slash)
        *slash = '\0';
}

static bool ends_with(const char *text, const char *ending)
{
    const size_t length = strlen(text), n = strlen(ending);

    return length >= n && strcmp(text + length - n, ending) == 0;
}

static bool find_file(char path[PATH_MAX])
{
    char folder[PATH_MAX];

    program_folder(folder);
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; ++i) {
        const char *const plugin = candidates[i].plugin;
        const bool absolute = plugin[0] == '/';
        const int length =
            snprintf(path, PATH_MAX, "%s%s%s", absolute ? "" : folder, absolute ? "" : "/", plugin);

        if (ends_with(folder, candidates[i].program) && length < PATH_MAX &&
            access(path, R_OK) == 0)
            return true;
    }
    return false;
}

/* A plugin of another version may not read what this program writes. */
static enum tc_status check_template(const struct bundle_template *template, struct tc_error *error)
{
    struct plugin_file file;

    plugin_file_read(&file, template->path);
    if (file.kind != PLUGIN_OURS)
        return tc_fail(error, TC_BAD_FORMAT, "the plugin %s does not fit this program: %s",
                       template->path, file.error.message);
    return TC_OK;
}

enum tc_status bundle_template_read(struct bundle_template *template, struct tc_error *error)
{
    struct tc_error cause;
    enum tc_status status;

    *template = (struct bundle_template){.bytes = NULL};
    if (!find_file(template->path))
        return tc_fail(error, TC_IO,
                       "the plugin " PLUGIN_FILE " is neither in " LADSPADIR
                       " nor in ../lib/ladspa beside the program");
    status =
        tc_file_read(template->path, TC_BUNDLE_MAX_SIZE, &template->bytes, &template->size, &cause);
    if (status)
        return tc_fail(error, status, "the plugin %s: %s", template->path, cause.message);
    status = check_template(template, error);
    if (status)
        bundle_template_free(template);
    return status;
}

void bundle_template_free(struct bundle_template *template)
{
    free(template->bytes);
    template->bytes = NULL;
}

static enum tc_status make_bundle(const struct bundle_template *template,
                                  const struct tc_model *model,
                                  const struct tc_plugin_identity *identity, unsigned char **bundle,
                                  size_t *size, struct tc_error *error)
{
    const size_t image_size = tc_image_size(model);
    unsigned char *const image = malloc(image_size);
    enum tc_status status;

    if (!image)
        return tc_fail(error, TC_NO_MEMORY, "no memory for an image of %zu bytes", image_size);
    tc_image_write(model, identity, image);
    status =
        tc_bundle_make(template->bytes, template->size, image, image_size, bundle, size, error);
    free(image);
    return status;
}

enum tc_status bundle_template_write(const struct bundle_template *template,
                                     const struct tc_model *model,
                                     const struct tc_plugin_identity *identity, const char *path,
                                     struct tc_error *error)
{
    unsigned char *bundle = NULL;
    size_t size = 0;
    enum tc_status status = make_bundle(template, model, identity, &bundle, &size, error);

    if (!status)
        status = tc_file_replace(path, bundle, size, 0644, error);
    free(bundle);
    return status;
}
