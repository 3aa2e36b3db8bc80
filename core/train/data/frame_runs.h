/** @file
 *  Frames of a clip that carry loss, run by run: those that it ignores are left out. */
#ifndef TC_FRAME_RUNS_H
#define TC_FRAME_RUNS_H

#include <stdbool.h>
#include <stddef.h>

/** Frames start <= t < stop. */
struct tc_frame_run {
    size_t start, stop;
};

/** Move to the next run that is not ignored, after run->stop and before frame `end`; false if there
 *  is none. Begin with stop = the first frame to look at.
 *
 *  ignored  [end], or NULL: no frame is */
static inline bool tc_next_frame_run(const bool *ignored, size_t end, struct tc_frame_run *run)
{
    run->start = run->stop;
    while (ignored && run->start < end && ignored[run->start])
        ++run->start;
    run->stop = run->start;
    while (ignored && run->stop < end && !ignored[run->stop])
        ++run->stop;
    if (!ignored && run->start < end)
        run->stop = end;
    return run->start < end;
}

#endif
