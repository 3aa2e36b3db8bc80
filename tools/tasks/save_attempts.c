#include "tasks/save_attempts.h"

#include "cli/talk.h"

#include <math.h>

static const double retry_s = 30.0;

void save_attempts_note(struct save_attempts *attempts, const char *file, double now_s,
                        enum tc_status status, const struct tc_error *error)
{
    const bool failed = status != TC_OK;

    if (failed && !attempts->failed)
        talk_warn(file, "not written: %s; the training goes on, and tries again later",
                  error->message);
    else if (!failed && attempts->failed)
        talk_say(file, "written, now that it can be");
    attempts->failed = failed;
    attempts->last_s = now_s;
}

bool save_attempts_due(const struct save_attempts *attempts, double now_s, double interval_s)
{
    const double wait_s = attempts->failed ? fmin(retry_s, interval_s) : interval_s;

    return now_s - attempts->last_s >= wait_s;
}
