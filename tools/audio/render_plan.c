#include "config.h"
#include "audio/render_plan.h"
#include "audio/audio_format.h"
#include "audio/result_path.h"
#include "cli/output_check.h"
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

static struct render_job render_job_of(char *in, char *out, size_t index)
{
    struct render_job job = {.in = in, .out = out, .index = index, .bytes = 1.0};
    struct stat st;

    if ((is_stream(in) ? fstat(STDIN_FILENO, &st) : stat(in, &st)) != 0)
        return job;
    job.is_pipe = !S_ISREG(st.st_mode);
    if (S_ISREG(st.st_mode) && st.st_size > 0)
        job.bytes = (double)st.st_size;
    return job;
}

static int add(struct render_plan *plan, char *in, char *out)
{
    if (in && out && plan->n == plan->capacity) {
        const size_t capacity = plan->capacity ? 2 * plan->capacity : 16;
        struct render_job *const larger = realloc(plan->job, capacity * sizeof *larger);

        if (larger) {
            plan->job = larger;
            plan->capacity = capacity;
        }
    }
    if (!in || !out || plan->n == plan->capacity) {
        free(in);
        free(out);
        return no_memory();
    }
    plan->job[plan->n] = render_job_of(in, out, plan->n);
    ++plan->n;
    return 0;
}

static int is_audio(const struct dirent *entry)
{
    return audio_name(entry->d_name);
}

static int add_folder(struct render_plan *plan, const char *path, const char *folder,
                      const struct render_request *request)
{
    const size_t before = plan->n;
    struct dirent **entries;
    const int n = scandir(path, &entries, is_audio, alphasort);
    int status = 0;

    if (n < 0) {
        talk_error(path, "%s", strerror(errno));
        return 1;
    }
    for (int i = 0; i < n; ++i) {
        char *in;

        if (asprintf(&in, "%s/%s", path, entries[i]->d_name) < 0)
            in = NULL;
        if (in && (is_folder(in) || is_special_file(in)))
            free(in);
        else if (status == 0)
            status = add(plan, in,
                         in ? result_path(in, folder, request->model, request->extension) : NULL);
        free(entries[i]);
    }
    free(entries);
    if (status == 0 && plan->n == before) {
        talk_error(path, "no audio file in this folder");
        status = 1;
    }
    return status;
}

/* Two results of one name, or a result over an input or the model, would lose a file. */
static int check_collisions(const struct render_plan *plan, const struct command *self,
                            const char *model)
{
    for (size_t i = 0; i < plan->n; ++i) {
        const struct render_job *const a = &plan->job[i];
        struct stat out;

        for (size_t j = 0; j < i; ++j)
            if (strcmp(a->out, plan->job[j].out) == 0)
                return usage_error(self, "%s and %s would both be written to %s", plan->job[j].in,
                                   a->in, a->out);
        if (is_stream(a->out) || stat(a->out, &out) != 0 || !S_ISREG(out.st_mode))
            continue;
        if (same_file(a->out, model))
            return usage_error(self, "%s is the model; a result needs a name of its own", a->out);
        for (size_t j = 0; j < plan->n; ++j)
            if (same_file(a->out, plan->job[j].in))
                return usage_error(self, "%s is the input %s; a result needs a name of its own",
                                   a->out, plan->job[j].in);
    }
    return 0;
}

static int plan_one(struct render_plan *plan, const char *in, const struct render_request *request)
{
    char *out;

    if (request->out || is_stream(in))
        out = strdup(request->out ? request->out : "-");
    else
        out = result_path(in, NULL, request->model, request->extension);
    return add(plan, strdup(in), out);
}

static int plan_several(struct render_plan *plan, const struct command *self,
                        const struct render_request *request, unsigned n, char **operands)
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
            status =
                add(plan, strdup(in), result_path(in, folder, request->model, request->extension));
        if (status != 0)
            return status;
    }
    return 0;
}

static int longest_first(const void *a, const void *b)
{
    const struct render_job *const x = a, *const y = b;

    if (x->is_pipe != y->is_pipe)
        return x->is_pipe ? 1 : -1;
    if (!x->is_pipe && x->bytes != y->bytes)
        return x->bytes > y->bytes ? -1 : 1;
    return x->index < y->index ? -1 : 1;
}

int render_plan_make(struct render_plan *plan, const struct command *self,
                     const struct render_request *request, unsigned n, char **operands)
{
    const char *const out = request->out;
    const bool several = n > 1 || is_folder(operands[0]) || (out && out[strlen(out) - 1] == '/');
    int status;

    *plan = (struct render_plan){0};
    if (several && out && is_stream(out))
        return usage_error(self, "-o - takes one file, not several");
    if (several && out && !output_check_folder(out))
        return 1;
    if (several && (out || n == 1)) {
        plan->folder = result_folder(out, operands[0], request->model);
        if (!plan->folder)
            return no_memory();
    }
    status = several ? plan_several(plan, self, request, n, operands)
                     : plan_one(plan, operands[0], request);
    if (status == 0)
        status = check_collisions(plan, self, request->model);
    if (status == 0)
        qsort(plan->job, plan->n, sizeof *plan->job, longest_first);
    return status;
}

int render_plan_create_folder(struct render_plan *plan)
{
    if (!plan->folder)
        return 0;
    if (mkdir(plan->folder, 0777) == 0)
        plan->folder_created = true;
    else if (errno != EEXIST) {
        talk_error(plan->folder, "cannot make this folder: %s", strerror(errno));
        return 1;
    }
    if (is_folder(plan->folder))
        return 0;
    talk_error(plan->folder, "is a file, expected a folder for several results");
    return 1;
}

void render_plan_remove_folder(const struct render_plan *plan)
{
    if (plan->folder_created)
        rmdir(plan->folder);
}

void render_plan_free(struct render_plan *plan)
{
    for (size_t i = 0; i < plan->n; ++i) {
        free(plan->job[i].in);
        free(plan->job[i].out);
    }
    free(plan->job);
    free(plan->folder);
    *plan = (struct render_plan){0};
}
