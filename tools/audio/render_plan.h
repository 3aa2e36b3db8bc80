/** @file
 *  Which files `tonecell process` reads, and where the result of each goes. */
#ifndef TONECELL_RENDERINGS_H
#define TONECELL_RENDERINGS_H

#include "cli/options.h"

#include <stddef.h>

struct rendering {
    char *in, *out;
    size_t place; /* in the order in which they were given */
    double bytes; /* of the input; 1 if that is not known */
    bool is_pipe; /* the input, or what else is no plain file */
};

struct renderings {
    struct rendering *item;
    size_t n, room;
    char *folder;     /* of the results, or NULL if they stand beside the inputs */
    bool made_folder; /* by renderings_make_folder() */
};

/** What decides about the names. */
struct renderings_request {
    const char *out;       /* as given, or NULL: beside the inputs, as NAME-MODEL */
    const char *model;     /* the model's file name */
    const char *extension; /* of the results, without the dot; NULL: as the input's */
};

/** List the files: the longest first, as far as their sizes tell, and pipes last, as given. A
 *  folder stands for every audio file in it, by name. Refuses two results of one name, and a result
 *  that is one of the inputs (also under another name). Returns 0; 1 or 2 after talk_error() or
 *  usage_error(). renderings_free() afterwards in any case. */
int renderings_plan(struct renderings *plan, const struct command *self,
                    const struct renderings_request *request, unsigned n, char **operands);

/** Make the folder of the results if it is missing. Returns 0, or 1 after talk_error(). */
int renderings_make_folder(struct renderings *plan);

/** Remove the folder again if it was made here and holds nothing. */
void renderings_drop_folder(const struct renderings *plan);

void renderings_free(struct renderings *plan);

#endif
