#include "data/quiet_clips.h"

#include "data/quiet.h"

#include <stdio.h>
#include <stdlib.h>

/* Pauses of this fraction of a recording are nothing to speak of. */
static const double usual_pauses = 0.1;

/* What was cut: in all, and the longest part. */
struct cut {
    double frames;
    struct frame_range longest; /* of the input */
    const char *file;
};

static void add_cut(struct cut *cut, const struct clip_source *source,
                    const struct frame_range *range)
{
    const size_t n = range->stop - range->start;

    cut->frames += (double)n;
    if (cut->file != NULL && n <= cut->longest.stop - cut->longest.start)
        return;
    cut->file = source->row->target;
    cut->longest.start = source->start + range->start;
    cut->longest.stop = source->start + range->stop;
}

/* Append what is left of a clip. */
static enum tc_status append_rest(struct clip_set *rest, const struct clip_set *set, size_t index,
                                  const struct frame_ranges *quiet, size_t warmup, struct cut *cut,
                                  struct tc_error *error)
{
    size_t start = 0;
    enum tc_status status = TC_OK;

    for (size_t i = 0; i < quiet->n && status == TC_OK; ++i) {
        status =
            clip_set_append_part(rest, set, index, start, quiet->range[i].start, warmup, error);
        start = quiet->range[i].stop;
        add_cut(cut, &set->source[index], &quiet->range[i]);
    }
    if (status != TC_OK)
        return status;
    return clip_set_append_part(rest, set, index, start, set->clip[index].n_frames, warmup, error);
}

static void report(const struct cut *cut, double all_frames, double rate_hz,
                   struct findings *findings)
{
    struct finding *const f = findings_add(
        findings, "quiet", cut->frames > usual_pauses * all_frames ? FINDING_NOTE : FINDING_FACT,
        cut->file);

    snprintf(f->what, sizeof f->what, "%.1f of %.1f s hold no signal, as %.1f to %.1f s here",
             cut->frames / rate_hz, all_frames / rate_hz, (double)cut->longest.start / rate_hz,
             (double)cut->longest.stop / rate_hz);
    snprintf(f->effect, sizeof f->effect, "noise cannot be learned, and would decide the score");
    snprintf(f->action, sizeof f->action, "they neither train nor validate");
}

enum tc_status quiet_clips_cut(struct clip_set *set, size_t warmup, double rate_hz,
                               struct findings *findings, struct tc_error *error)
{
    const double all_frames = clip_set_frames(set);
    struct clip_set rest = {0};
    struct cut cut = {0};
    enum tc_status status = TC_OK;

    for (size_t i = 0; i < set->n && status == TC_OK; ++i) {
        const struct tc_clip *const clip = &set->clip[i];
        struct frame_ranges quiet;

        status =
            quiet_find(clip->input[0], clip->target[0], clip->n_frames, rate_hz, &quiet, error);
        if (status == TC_OK)
            status = append_rest(&rest, set, i, &quiet, warmup, &cut, error);
        free(quiet.range);
    }
    if (status != TC_OK || cut.frames == 0.0 || rest.n == 0) {
        clip_set_free(&rest);
        return status;
    }
    clip_set_free(set);
    *set = rest;
    report(&cut, all_frames, rate_hz, findings);
    return TC_OK;
}
