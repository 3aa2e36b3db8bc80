#include "tasks/model_rescue.h"

#include "cli/interrupt.h"
#include "cli/paths.h"
#include "cli/talk.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* A folder of its own, so that the model replaces nothing there and follows nobody's link. */
static bool save_within(const char *folder, size_t length, const struct tc_model *model,
                        const char *name, char written[PATH_MAX])
{
    char own[PATH_MAX];

    if (snprintf(own, sizeof own, "%.*stonecell-XXXXXX", (int)length, folder) >= (int)sizeof own ||
        mkdtemp(own) == NULL)
        return false;
    if (snprintf(written, PATH_MAX, "%s/%s", own, name) < PATH_MAX &&
        tc_model_save(model, written, NULL) == TC_OK)
        return true;
    (void)rmdir(own);
    return false;
}

static bool save_in_folder(const char *folder, const struct tc_model *model, const char *name,
                           char written[PATH_MAX])
{
    char with_slash[PATH_MAX];
    int length;

    if (folder == NULL || folder[0] != '/')
        return false;
    length = snprintf(with_slash, sizeof with_slash, "%s/", folder);
    return length < (int)sizeof with_slash &&
           save_within(with_slash, (size_t)length, model, name, written);
}

static bool save_elsewhere(const struct tc_model *model, const char *path, char written[PATH_MAX])
{
    const char *const name = path_name(path), *const temporary = getenv("TMPDIR");

    return save_within(path, path_folder_length(path), model, name, written) ||
           save_in_folder(getenv("HOME"), model, name, written) ||
           save_in_folder(temporary != NULL ? temporary : "/tmp", model, name, written);
}

static enum tc_status wait_for_room(const struct tc_model *model, const char *path,
                                    struct tc_error *error)
{
    const struct timespec second = {.tv_sec = 1};
    const unsigned signals = interrupt_count();
    enum tc_status status;

    talk_warn(path,
              "not written: %s, and neither in another folder beside it, in $HOME or in $TMPDIR; "
              "waiting until it can be: Ctrl-C gives the model up",
              error->message);
    do {
        (void)nanosleep(&second, NULL);
        status = tc_model_save(model, path, error);
    } while (status == TC_IO && interrupt_count() == signals);
    return status;
}

enum tc_status model_rescue_save(const struct tc_model *model, const char *path,
                                 char written[PATH_MAX], struct tc_error *error)
{
    enum tc_status status = tc_model_save(model, path, error);

    if (status == TC_IO && save_elsewhere(model, path, written)) {
        talk_warn(path, "not written: %s; the model is in %s", error->message, written);
        return TC_OK;
    }
    if (status == TC_IO)
        status = wait_for_room(model, path, error);
    (void)snprintf(written, PATH_MAX, "%s", path);
    return status;
}
