#include "config.h"
#include "audio/render_plan.h"
#include "audio/audio_format.h"
#include "cli/paths.h"
#include "cli/talk.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_folder(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool is_stream(const char *path)
{
    return strcmp(path, "-") == 0;
}

static int no_memory(void)
{
    talk_error(NULL, "out of memory");
    return 1;
}

/* The last part of a path: where it starts, and how long it is without slashes at its end. */
static const char *last_part(const char *path, size_t *length)
{
    size_t end = strlen(path), start;

    while (end > 1 && path[end - 1] == '/')
        --end;
    start = end;
    while (start > 0 && path[start - 1] != '/')
        --start;
    *length = end - start;
    return path + start;
}

/* Where the ending of a name of that length begins: at its last dot, else at its end. */
static size_t stem_length(const char *name, size_t length)
{
    for (size_t i = length; i > 1; --i)
        if (name[i - 1] == '.')
            return i - 1;
    return length;
}

/* FOLDER/NAME.EXT; without a folder beside the input as NAME-MODEL.EXT. */
static char *result_path(const char *in, const char *folder,
                         const struct renderings_request *request)
{
    size_t length, model_length;
    const char *const name = last_part(in, &length);
    const char *const model = last_part(request->model, &model_length);
    const size_t stem = stem_length(name, length);
    const char *const given = request->extension;
    const char *const dot = given && *given ? "." : "";
    const int kept = given ? 0 : (int)(length - stem);
    char *path;
    int size;

    if (folder)
        size =
            asprintf(&path, "%s/%.*s%s%s", folder, (int)stem + kept, name, dot, given ? given : "");
    else
        size = asprintf(&path, "%.*s%.*s-%.*s%.*s%s%s", (int)(name - in), in, (int)stem, name,
                        (int)stem_length(model, model_length), model, kept, name + stem, dot,
                        given ? given : "");
    return size < 0 ? NULL : path;
}

static struct rendering rendering_of(char *in, char *out, size_t place)
{
    struct rendering made = {.in = in, .out = out, .place = place, .bytes = 1.0};
    struct stat st;

    if ((is_stream(in) ? fstat(STDIN_FILENO, &st) : stat(in, &st)) != 0)
        return made;
    made.is_pipe = !S_ISREG(st.st_mode);
    if (S_ISREG(st.st_mode) && st.st_size > 0)
        made.bytes = (double)st.st_size;
    return made;
}

static int add(struct renderings *plan, char *in, char *out)
{
    if (in && out && plan->n == plan->room) {
        const size_t room = plan->room ? 2 * plan->room : 16;
        struct rendering *const larger = realloc(plan->item, room * sizeof *larger);

        if (larger) {
            plan->item = larger;
            plan->room = room;
        }
    }
    if (!in || !out || plan->n == plan->room) {
        free(in);
        free(out);
        return no_memory();
    }
    plan->item[plan->n] = rendering_of(in, out, plan->n);
    ++plan->n;
    return 0;
}

static int is_sound(const struct dirent *entry)
{
    return audio_name(entry->d_name);
}

static int add_folder(struct renderings *plan, const char *path, const char *folder,
                      const struct renderings_request *request)
{
    struct dirent **entries;
    const int n = scandir(path, &entries, is_sound, alphasort);
    int status = 0;

    if (n <= 0) {
        talk_error(path, "%s", n < 0 ? strerror(errno) : "no audio file in this folder");
        if (n == 0)
            free(entries);
        return 1;
    }
    for (int i = 0; i < n; ++i) {
        char *in;

        if (asprintf(&in, "%s/%s", path, entries[i]->d_name) < 0)
            in = NULL;
        if (in && is_folder(in))
            free(in);
        else if (status == 0)
            status = add(plan, in, in ? result_path(in, folder, request) : NULL);
        free(entries[i]);
    }
    free(entries);
    return status;
}

/* Two results of one name, or a result in the place of an input or the model, would lose a file. */
static int check_collisions(const struct renderings *plan, const struct command *self,
                            const char *model)
{
    for (size_t i = 0; i < plan->n; ++i) {
        const struct rendering *const a = &plan->item[i];
        struct stat out;

        for (size_t j = 0; j < i; ++j)
            if (strcmp(a->out, plan->item[j].out) == 0)
                return usage_error(self, "%s and %s would both be written to %s", plan->item[j].in,
                                   a->in, a->out);
        if (is_stream(a->out) || stat(a->out, &out) != 0 || !S_ISREG(out.st_mode))
            continue;
        if (same_file(a->out, model))
            return usage_error(self, "%s is the model; a result needs a name of its own", a->out);
        for (size_t j = 0; j < plan->n; ++j)
            if (same_file(a->out, plan->item[j].in))
                return usage_error(self, "%s is the input %s; a result needs a name of its own",
                                   a->out, plan->item[j].in);
    }
    return 0;
}

static int plan_one(struct renderings *plan, const char *in,
                    const struct renderings_request *request)
{
    char *out;

    if (request->out || is_stream(in))
        out = strdup(request->out ? request->out : "-");
    else
        out = result_path(in, NULL, request);
    return add(plan, strdup(in), out);
}

static int plan_several(struct renderings *plan, const struct command *self,
                        const struct renderings_request *request, unsigned n, char **operands)
{
    const char *const folder = plan->folder;

    for (unsigned i = 0; i < n; ++i) {
        const char *const in = operands[i];
        int status;

        if (is_stream(in))
            return usage_error(self, "standard input cannot be one of several files");
        if (is_folder(in))
            status = add_folder(plan, in, folder, request);
        else
            status = add(plan, strdup(in), result_path(in, folder, request));
        if (status != 0)
            return status;
    }
    return 0;
}

/* FOLDER-MODEL beside a folder; for that, "." and ".." need the name that they stand for. */
static char *folder_beside(const char *in, const struct renderings_request *request)
{
    size_t length;
    const char *const name = last_part(in, &length);
    char *const real = strspn(name, ".") >= length ? realpath(in, NULL) : NULL;
    char *const path = result_path(real ? real : in, NULL, request);

    free(real);
    return path;
}

/* The folder of the results without slashes at its end. */
static char *folder_of_results(const struct renderings_request *request, const char *only)
{
    size_t length;
    const char *path = request->out;

    if (!path)
        return folder_beside(only, request);
    length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        --length;
    return strndup(path, length);
}

static int longest_first(const void *a, const void *b)
{
    const struct rendering *const x = a, *const y = b;

    if (x->is_pipe != y->is_pipe)
        return x->is_pipe ? 1 : -1;
    if (!x->is_pipe && x->bytes != y->bytes)
        return x->bytes > y->bytes ? -1 : 1;
    return x->place < y->place ? -1 : 1;
}

int renderings_plan(struct renderings *plan, const struct command *self,
                    const struct renderings_request *request, unsigned n, char **operands)
{
    const char *const out = request->out;
    const bool several = n > 1 || is_folder(operands[0]) || (out && out[strlen(out) - 1] == '/');
    struct renderings_request plain = *request;
    int status;

    *plan = (struct renderings){0};
    if (several && out && is_stream(out))
        return usage_error(self, "-o - takes one file, not several");
    if (several && (out || n == 1)) {
        plain.extension = "";
        plan->folder = folder_of_results(&plain, operands[0]);
        if (!plan->folder)
            return no_memory();
    }
    status = several ? plan_several(plan, self, request, n, operands)
                     : plan_one(plan, operands[0], request);
    if (status == 0)
        status = check_collisions(plan, self, request->model);
    if (status == 0)
        qsort(plan->item, plan->n, sizeof *plan->item, longest_first);
    return status;
}

int renderings_make_folder(struct renderings *plan)
{
    if (!plan->folder)
        return 0;
    if (mkdir(plan->folder, 0777) == 0)
        plan->made_folder = true;
    else if (errno != EEXIST) {
        talk_error(plan->folder, "cannot make this folder: %s", strerror(errno));
        return 1;
    }
    if (is_folder(plan->folder))
        return 0;
    talk_error(plan->folder, "is a file, expected a folder for several results");
    return 1;
}

void renderings_drop_folder(const struct renderings *plan)
{
    if (plan->made_folder)
        rmdir(plan->folder);
}

void renderings_free(struct renderings *plan)
{
    for (size_t i = 0; i < plan->n; ++i) {
        free(plan->item[i].in);
        free(plan->item[i].out);
    }
    free(plan->item);
    free(plan->folder);
    *plan = (struct renderings){0};
}
