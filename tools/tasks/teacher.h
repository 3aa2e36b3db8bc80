/** @file
 *  The model whose output a training learns, in the place of recorded targets: --teacher, and with
 *  --anti-alias the model of --from itself. */
#ifndef TONECELL_TEACHER_H
#define TONECELL_TEACHER_H

#include "tonecell.h"

#include <stdbool.h>

struct teacher {
    const char *path;             /* as it was given */
    const struct tc_model *model; /* the caller's; NULL: there is no teacher */
    bool anti_alias; /* it plays at four times its rate, on sines beside the recordings, and is the
                        target of all that validates, even where there is a recorded one */
};

#endif
