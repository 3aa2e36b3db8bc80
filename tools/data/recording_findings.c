#include "data/recording_findings.h"

#include "data/overload.h"

#include <stdio.h>

/* Of the frames after the warm-up: a few clipped ones do not matter. */
static const double min_clipped = 1e-3;

static void report_stated_length(const struct recording *file, struct findings *findings)
{
    const struct audio *const audio = &file->audio;
    struct finding *f;

    if (audio->stated_frames >= audio->n_frames)
        return;
    f = findings_add(findings, "length", FINDING_NOTE, file->path);
    snprintf(f->what, sizeof f->what,
             "the header states %llu frames, as of a recording that was cut off, but there are %zu",
             (unsigned long long)audio->stated_frames, audio->n_frames);
    snprintf(f->action, sizeof f->action, "all are read");
}

void recording_report(const struct recording *file, struct findings *findings)
{
    report_stated_length(file, findings);
}

/* The clipped samples of all inputs or targets of a set. */
static void report_clipping(const struct clip_set *set, size_t warmup, bool targets,
                            struct findings *findings)
{
    double clipped = 0.0, frames = 0.0;
    size_t runs = 0;
    const char *file = NULL;
    struct finding *f;

    for (size_t i = 0; i < set->n; ++i) {
        const struct clip_source *const s = &set->source[i];
        const size_t n = set->clip[i].n_frames - warmup;
        const struct clipped_samples found =
            clipped_find((targets ? s->target : s->input) + warmup, n);

        if (file == NULL && found.runs > 0)
            file = targets ? s->row->target : s->row->input;
        runs += found.runs;
        clipped += (double)found.frames;
        frames += (double)n;
    }
    if (clipped <= min_clipped * frames)
        return;
    f = findings_add(findings, "clipped", FINDING_WARNING, file);
    snprintf(f->what, sizeof f->what, "clipped at full scale %zu times%s, %.2g %% of the frames",
             runs, set->n > 1 ? " in all" : "", 100.0 * clipped / frames);
    snprintf(f->effect, sizeof f->effect, "%s",
             targets ? "the model learns the converter's clipping"
                     : "the device may have got another signal");
    snprintf(f->action, sizeof f->action, "record at a lower level");
}

void clip_set_report(const struct clip_set *set, size_t warmup, struct findings *findings)
{
    report_clipping(set, warmup, false, findings);
    report_clipping(set, warmup, true, findings);
}

void recording_pair_report(const struct recording_pair *pair, struct findings *findings)
{
    const struct audio *const input = &pair->input->audio, *const target = &pair->target->audio;

    for (unsigned c = 0; c < target->channels; ++c) {
        size_t frame;
        double factor;
        struct finding *f;

        if (!pop_find(input->channel[c] + pair->start, target->channel[c] + pair->start,
                      (size_t)(pair->stop - pair->start), target->rate_hz, &frame, &factor))
            continue;
        frame += (size_t)pair->start;
        f = findings_add(findings, "pop", FINDING_WARNING, pair->target->path);
        snprintf(f->what, sizeof f->what,
                 "a pop at frame %zu (%.3f s), channel %u: %.1f times as large as any other sample",
                 frame, (double)frame / target->rate_hz, pair->target->number[c], factor);
        snprintf(f->effect, sizeof f->effect, "it can decide the delay, and weighs in the loss");
        snprintf(f->action, sizeof f->action, "remove it from the file");
    }
}
