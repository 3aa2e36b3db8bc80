/** @file
 *  Playing the files of a plan through a model, on several threads. */
#ifndef TONECELL_RENDER_H
#define TONECELL_RENDER_H

#include "audio/file_player.h"
#include "audio/render_plan.h"

/** Threads at most. */
enum { RENDER_MAX_THREADS = 64 };

/** What holds for all files. */
struct render_settings {
    struct file_player_options files;
    enum tc_precision precision;
};

/** Play every file and write its result; progress and errors go to stderr. The samples do not
 *  depend on the number of threads. A signal ends it early: results not yet complete are removed.
 *
 *  n_threads  1 to RENDER_MAX_THREADS; no more are started than there are files
 *
 *  Returns 0 if all files were written, else 1 after talk_error(). */
int render(const struct render_settings *settings, struct render_plan *plan, unsigned n_threads);

#endif
