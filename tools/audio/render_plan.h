/** @file
 *  Which files `tonecell process` reads, and where the result of each goes. */
#ifndef TONECELL_RENDER_PLAN_H
#define TONECELL_RENDER_PLAN_H

#include "cli/options.h"

#include <stddef.h>

struct render_job {
    char *in, *out;
    size_t index; /* in the order given by the user */
    double bytes; /* of the input; 1 if that is not known */
    bool is_pipe; /* the input is a pipe or device, not a regular file */
};

struct render_plan {
    struct render_job *job; /* [n] */
    size_t n, capacity;
    char *folder;        /* of the results; NULL: each is beside its input */
    bool folder_created; /* by render_plan_create_folder() */
};

/** What the names of the results depend on. */
struct render_request {
    const char *out;       /* as given, or NULL: beside the inputs, as NAME-MODEL */
    const char *model;     /* the model's file name */
    const char *extension; /* of the results, without the dot; NULL: as the input's */
};

/** List the files: the largest first, pipes last in the order given. A folder stands for every
 *  audio file in it, in the order of their names. Refuses two results of one name, and a result
 *  that is one of the inputs or the model (also under another name). Returns 0; 1 or 2 after
 *  talk_error() or usage_error(). render_plan_free() afterwards in any case. */
int render_plan_make(struct render_plan *plan, const struct command *self,
                     const struct render_request *request, unsigned n, char **operands);

/** Make the folder of the results if it is missing. Returns 0, or 1 after talk_error(). */
int render_plan_create_folder(struct render_plan *plan);

/** Remove the folder again if render_plan_create_folder() made it and it is empty. */
void render_plan_remove_folder(const struct render_plan *plan);

void render_plan_free(struct render_plan *plan);

#endif
