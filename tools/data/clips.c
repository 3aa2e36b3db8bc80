#include "data/clips.h"

#include "cli/talk.h"
#include "data/silence.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static enum tc_status check_length(const struct manifest *manifest, const struct manifest_row *row,
                                   size_t n_frames, size_t warmup, long delay,
                                   struct tc_error *error)
{
    char name[512], without[64] = "";

    if (n_frames > warmup)
        return TC_OK;
    if (delay != 0)
        (void)snprintf(without, sizeof without, " without its delay of %ld", delay);
    return tc_fail(error, TC_BAD_VALUE,
                   "%s: the clip has %zu frames%s, expected more than the warm-up of %zu",
                   manifest_row_name(manifest, row, name), n_frames, without, warmup);
}

static long row_delay(const struct recording_pair *pair, const struct manifest *manifest,
                      const struct manifest_row *row)
{
    char name[512];
    const long delay = recording_row_delay(pair, row);

    if (!isnan(row->delay) && recording_pair_ratio(pair) == 1.0 && (double)delay != row->delay)
        talk_warn(NULL, "%s: column 'delay': %g is rounded to %ld whole frames",
                  manifest_row_name(manifest, row, name), row->delay, delay);
    return delay;
}

enum tc_status clip_set_add_row(struct clip_set *set, const struct recording_pair *pair,
                                const struct manifest *manifest, const struct manifest_row *row,
                                size_t warmup, struct tc_error *error)
{
    const long delay = row_delay(pair, manifest, row);
    uint64_t start, stop;
    enum tc_status status = recording_row_range(pair, manifest, row, &start, &stop, error);

    for (unsigned c = 0; c < pair->input->audio.channels && status == TC_OK; ++c) {
        const struct aligned_pair aligned = recording_align(pair, c, start, stop, delay);
        const float *const control = pair->input->control;
        const size_t first = (size_t)(aligned.input - pair->input->audio.channel[c]);
        const struct clip_source s = {.row = row,
                                      .channel = pair->target->number[c],
                                      .start = first,
                                      .n_recorded = pair->input->audio.n_frames,
                                      .delay = delay,
                                      .input = {aligned.input, control ? control + first : NULL},
                                      .target = aligned.target,
                                      .ignored = recording_pair_ignored(pair, c, aligned.target)};

        status = check_length(manifest, row, aligned.n_frames, warmup, delay, error);
        if (status == TC_OK)
            status = clip_set_append(set, &s, row->knob, aligned.n_frames, error);
    }
    return status;
}

enum tc_status clip_set_check(const struct clip_set *set, size_t warmup, const char *verb,
                              struct tc_error *error)
{
    const struct clip_source *const s = set->source;

    if (set->n == 0)
        return TC_OK;
    for (size_t i = 0; i < set->n; ++i) {
        const struct tc_clip *const clip = &set->clip[i];

        if (!signal_is_constant(signal_range(clip->target[0] + warmup, clip->n_frames - warmup)))
            return TC_OK;
    }
    return tc_fail(error, TC_BAD_VALUE,
                   "%s: the target is silent or constant in all that %s: frames %ld to %ld, after "
                   "a warm-up of %zu%s",
                   s->row->target, verb, (long)s->start + s->delay + (long)warmup,
                   (long)(s->start + set->clip->n_frames) + s->delay - 1, warmup,
                   set->n > 1 ? ", and other clips" : "");
}
