#include "data/ignored_frames.h"

#include "data/overload.h"

#include <stdio.h>

/* ------------------------------------------------------------------------------ clipping */

/* Of the frames: a few clipped ones do not matter; so many are no accident of a converter. */
static const double min_clipped = 1e-3, max_clipped = 0.02;

enum tc_status clipped_frames_find(struct recording *file, struct tc_error *error)
{
    const struct audio *const audio = &file->audio;
    enum tc_status status = TC_OK;

    for (unsigned c = 0; c < audio->channels && status == TC_OK; ++c) {
        if (clipped_find(audio->channel[c], audio->n_frames, NULL).runs == 0)
            continue;
        status = frame_mask_require(&file->clipped, audio->channels, audio->n_frames, error);
        if (status == TC_OK)
            clipped_find(audio->channel[c], audio->n_frames, file->clipped.channel[c]);
    }
    return status;
}

/* The clipped frames of all inputs or targets. */
struct clipping_totals {
    struct marked_frames found;
    double fraction;
    const char *file; /* the first */
};

static struct clipping_totals add_up_clipping(const struct recordings *recordings, bool targets)
{
    struct clipping_totals totals = {0};
    double frames = 0.0;

    for (size_t i = 0; i < recordings->n_pairs; ++i) {
        const struct recording_pair *const pair = &recordings->pair[i];
        const struct recording *const file = targets ? pair->target : pair->input;
        const struct marked_frames found =
            frame_mask_count(&file->clipped, (size_t)pair->start, (size_t)pair->stop);

        if (totals.file == NULL && found.runs > 0)
            totals.file = file->path;
        totals.found.runs += found.runs;
        totals.found.frames += found.frames;
        frames += (double)(pair->stop - pair->start) * file->audio.channels;
    }
    totals.fraction = (double)totals.found.frames / frames;
    return totals;
}

static void report_clipping(struct recordings *recordings, const struct clipping_totals *totals,
                            bool left_out, const char *effect)
{
    struct finding *const f = findings_add(&recordings->findings, "clipped",
                                           left_out ? FINDING_NOTE : FINDING_WARNING, totals->file);

    snprintf(f->what, sizeof f->what, "clipped at full scale %zu times%s, %.2g %% of the frames",
             totals->found.runs, recordings->n_pairs > 1 ? " in all" : "",
             100.0 * totals->fraction);
    snprintf(f->effect, sizeof f->effect, "%s", effect);
    snprintf(f->action, sizeof f->action, "%s",
             left_out
                 ? "left out of the loss (--clipping keep for a device that does this); better "
                   "record at a lower level"
                 : "record at a lower level");
}

static enum tc_status ignore_clipped(struct recording_pair *pair, struct tc_error *error)
{
    const struct frame_mask *const clipped = &pair->target->clipped;
    enum tc_status status;

    if (clipped->channels == 0)
        return TC_OK;
    status = frame_mask_require(&pair->ignored, clipped->channels, clipped->n_frames, error);
    for (unsigned c = 0; c < clipped->channels && status == TC_OK; ++c)
        for (size_t i = 0; i < clipped->n_frames; ++i)
            pair->ignored.channel[c][i] |= clipped->channel[c][i];
    return status;
}

static enum tc_status find_clipping(struct recordings *recordings, bool may_ignore,
                                    struct tc_error *error)
{
    const struct clipping_totals inputs = add_up_clipping(recordings, false);
    const struct clipping_totals targets = add_up_clipping(recordings, true);
    const bool left_out = may_ignore && targets.fraction <= max_clipped;
    enum tc_status status = TC_OK;

    if (inputs.fraction > min_clipped)
        report_clipping(recordings, &inputs, false, "the device may have got another signal");
    if (targets.fraction <= min_clipped)
        return TC_OK;
    report_clipping(recordings, &targets, left_out,
                    left_out ? "how high these peaks were is lost"
                             : "the model learns the converter's clipping");
    for (size_t i = 0; i < recordings->n_pairs && left_out && status == TC_OK; ++i)
        status = ignore_clipped(&recordings->pair[i], error);
    return status;
}

/* ------------------------------------------------------------------------------ pops */

static void report_pop(struct recordings *recordings, const struct recording_pair *pair,
                       unsigned channel, const struct pop *pop, bool left_out)
{
    const struct recording *const target = pair->target;
    struct finding *const f = findings_tell(
        &recordings->findings, "pop", left_out ? FINDING_NOTE : FINDING_WARNING, target->path,
        "a pop at frame %zu (%.3f s), channel %u: %.1f times as large as any other sample",
        pop->frame, (double)pop->frame / target->audio.rate_hz, target->number[channel],
        pop->factor);

    snprintf(f->effect, sizeof f->effect, "it would outweigh all else");
    snprintf(f->action, sizeof f->action, "%s",
             left_out ? "left out of the loss" : "remove it from the file");
}

static enum tc_status find_pop(struct recordings *recordings, struct recording_pair *pair,
                               unsigned channel, bool trains, struct tc_error *error)
{
    const struct audio *const input = &pair->input->audio, *const target = &pair->target->audio;
    const size_t start = (size_t)pair->start, n = (size_t)(pair->stop - pair->start);
    struct pop pop;
    enum tc_status status;

    if (!pop_find(input->channel[channel] + start, target->channel[channel] + start, n,
                  target->rate_hz, &pop))
        return TC_OK;
    pop.frame += start;
    pop.first += start;
    pop.stop += start;
    report_pop(recordings, pair, channel, &pop, trains);
    if (!trains)
        return TC_OK;
    status = frame_mask_require(&pair->ignored, target->channels, target->n_frames, error);
    for (size_t i = pop.first; i < pop.stop && status == TC_OK; ++i)
        pair->ignored.channel[channel][i] = true;
    return status;
}

enum tc_status ignored_frames_find(struct recordings *recordings, bool trains,
                                   enum clipping clipping, struct tc_error *error)
{
    enum tc_status status = TC_OK;

    for (size_t i = 0; i < recordings->n_pairs; ++i) {
        struct recording_pair *const pair = &recordings->pair[i];

        for (unsigned c = 0; c < pair->target->audio.channels && status == TC_OK; ++c)
            status = find_pop(recordings, pair, c, trains, error);
    }
    return status == TC_OK ? find_clipping(recordings, trains && clipping != CLIPPING_KEEP, error)
                           : status;
}
