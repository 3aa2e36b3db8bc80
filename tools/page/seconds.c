#include "page/seconds.h"

#include "train/data/frame_runs.h"

#include <math.h>
#include <stdlib.h>

/* Sets target_power, and esr as if no target were too quiet. Returns the frames that count. */
static size_t score_second(const struct scored_signals *s, struct second *second)
{
    const size_t end = second->first + second->n_frames;
    struct tc_frame_run run = {.stop = second->first};
    struct tc_score score = {0};

    while (tc_next_frame_run(s->ignored, end, &run))
        tc_score_add(&score, s->target + run.start, s->output + run.start, run.stop - run.start);
    second->esr = tc_score_esr(&score);
    second->target_power = score.frames > 0 ? score.target_energy / (double)score.frames : 0.0;
    return score.frames;
}

static int by_esr(const void *a, const void *b)
{
    const struct second *const *const x = a, *const *const y = b;

    if ((*x)->esr != (*y)->esr)
        return (*x)->esr < (*y)->esr ? -1 : 1;
    return (*x)->first < (*y)->first ? -1 : 1;
}

static enum tc_status rank(struct seconds *seconds, struct tc_error *error)
{
    const struct second **const sorted = calloc(seconds->n + 1, sizeof *sorted);

    if (sorted == NULL)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for the seconds of the report");
    for (size_t i = 0; i < seconds->n; ++i)
        if (!isnan(seconds->second[i].esr))
            sorted[seconds->n_scored++] = &seconds->second[i];
    if (seconds->n_scored > 0) {
        qsort(sorted, seconds->n_scored, sizeof *sorted, by_esr);
        seconds->best = (size_t)(sorted[0] - seconds->second);
        seconds->median = (size_t)(sorted[(seconds->n_scored - 1) / 2] - seconds->second);
        seconds->worst = (size_t)(sorted[seconds->n_scored - 1] - seconds->second);
    }
    free(sorted);
    return TC_OK;
}

enum tc_status seconds_score(struct seconds *seconds, const struct scored_signals *signals,
                             struct tc_error *error)
{
    const size_t size = signals->rate_hz >= 1.0 ? (size_t)signals->rate_hz : 1;
    const size_t whole = signals->n_frames / size, rest = signals->n_frames % size;
    double power = 0.0;
    size_t counted = 0;
    enum tc_status status;

    *seconds = (struct seconds){.second = calloc(whole + 1, sizeof *seconds->second)};
    if (seconds->second == NULL)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for the seconds of the report");
    seconds->n = whole + (2 * rest >= size || (whole == 0 && rest > 0));
    for (size_t i = 0; i < seconds->n; ++i) {
        struct second *const second = &seconds->second[i];
        size_t n;

        second->first = i * size;
        second->n_frames = i < whole ? size : rest;
        n = score_second(signals, second);
        power += (double)n * second->target_power;
        counted += n;
    }
    for (size_t i = 0; i < seconds->n; ++i)
        if (seconds->second[i].target_power * (double)counted < QUIET_SECOND * power)
            seconds->second[i].esr = (double)NAN;
    status = rank(seconds, error);
    if (status != TC_OK)
        seconds_free(seconds);
    return status;
}

void seconds_free(struct seconds *seconds)
{
    free(seconds->second);
    *seconds = (struct seconds){0};
}
