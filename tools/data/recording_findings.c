#include "data/recording_findings.h"

#include "audio/audio_format.h"
#include "checks/true_rate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* In less than that hardly any playing has all strings, levels and registers. */
static const double least_s = 10.0;

static void report_stated_length(const struct recording *file, struct findings *findings)
{
    const struct audio *const audio = &file->audio;
    struct finding *f;

    if (audio->stated_frames >= audio->n_frames && audio->stated_frames != AUDIO_UNKNOWN_LENGTH)
        return;
    f = findings_add(findings, "length", FINDING_NOTE, file->path);
    if (audio->stated_frames == AUDIO_UNKNOWN_LENGTH)
        snprintf(f->what, sizeof f->what, "the header states no length, and there are %zu frames",
                 audio->n_frames);
    else
        snprintf(f->what, sizeof f->what,
                 "the header states %llu frames, as of a recording that was cut off, but there are "
                 "%zu",
                 (unsigned long long)audio->stated_frames, audio->n_frames);
    snprintf(f->action, sizeof f->action, "all are read");
}

/* DRY may be: what was played into the device is what its decoder gives. */
static void report_loss(const struct recording *file, struct findings *findings)
{
    struct finding *f;

    if (!file->is_target || !file->audio.is_lossy)
        return;
    f = findings_tell(findings, "lossy", FINDING_WARNING, file->path,
                      "is compressed with loss, which shifts and filters the sound");
    snprintf(f->effect, sizeof f->effect, "the model learns that, too");
    snprintf(f->action, sizeof f->action, "record WAV or FLAC");
}

void recording_report(const struct recording *file, struct findings *findings)
{
    report_stated_length(file, findings);
    report_loss(file, findings);
}

void recordings_report_length(struct recordings *recordings)
{
    double seconds = 0.0;
    struct finding *f;

    for (size_t i = 0; i < recordings->n_pairs; ++i)
        seconds += (double)recordings->pair[i].n_frames / recordings->rate_hz;
    if (seconds >= least_s)
        return;
    f = findings_tell(&recordings->findings, "short", FINDING_WARNING, NULL,
                      "only %.1f s of recordings", seconds);
    snprintf(f->effect, sizeof f->effect, "the model knows these sounds, and no others");
    snprintf(f->action, sizeof f->action, "record at least a minute, better three to five");
}

static enum tc_status report_true_rate(const struct recording_pair *pair, struct findings *findings,
                                       struct tc_error *error)
{
    struct true_rate found;
    struct finding *f;
    const enum tc_status status =
        true_rate_find(&pair->input->audio, &pair->target->audio, &found, error);

    if (status != TC_OK || found.ratio == 1.0)
        return status;
    f = findings_tell(
        findings, "rate", FINDING_FATAL, pair->target->path,
        "fits %s if it was recorded at %.10g Hz, not at %.10g Hz as its header says, or "
        "%s at %.10g Hz",
        pair->input->path, pair->target->file_hz * found.ratio, pair->target->file_hz,
        pair->input->path, pair->input->file_hz / found.ratio);
    snprintf(f->effect, sizeof f->effect, "it runs away from the input");
    snprintf(f->action, sizeof f->action, "correct the rate in the header, or export it again");
    return TC_OK;
}

/* Where frames are missing, or too many. */
static enum tc_status report_steps(struct recording_pair *pair, double delay,
                                   struct findings *findings, struct tc_error *error)
{
    const struct audio *const input = &pair->input->audio, *const target = &pair->target->audio;
    struct delay_steps *const steps = &pair->steps;
    const enum tc_status status =
        delay_steps_find(input->channel[0], input->n_frames, target->channel[0], target->n_frames,
                         input->rate_hz, delay, steps, error);

    for (size_t i = 0; i < steps->n && status == TC_OK; ++i) {
        const struct delay_step *const step = &steps->step[i];
        struct finding *const f =
            findings_tell(findings, "step", FINDING_WARNING, pair->target->path,
                          "%ld frames are %s between %.1f and %.1f s", labs(step->frames),
                          step->frames < 0 ? "missing" : "too many", step->after_s, step->before_s);

        snprintf(f->effect, sizeof f->effect, "what comes after does not fit what comes before");
        snprintf(f->action, sizeof f->action,
                 "record again with larger buffers, or list both parts in a manifest");
    }
    return status;
}

/* Recorders are stopped by hand. */
static const double tolerated_s = 1.0;

/* Of rows that end with the recording, report it if its files do not end together. A recorder that
 * ran on costs nothing; a part of DRY that nothing belongs to is lost. */
static void report_lengths(const struct recording_pair *pair, const struct aligned_pair *aligned,
                           struct findings *findings)
{
    const size_t input = pair->input->audio.n_frames, target = pair->target->audio.n_frames;
    struct finding *f;

    if (input == target || pair->stop < pair->n_frames)
        return;
    f = findings_tell(
        findings, "lengths",
        (double)(input - aligned->n_frames) > tolerated_s * aligned->rate_hz ? FINDING_WARNING
                                                                             : FINDING_NOTE,
        pair->input->path, "has %zu frames, but %s has %zu", input, pair->target->path, target);
    snprintf(f->action, sizeof f->action, "%zu frames that belong together are used",
             aligned->n_frames);
}

static enum tc_status measure_aligned(struct recording_pair *pair, long delay,
                                      struct findings *findings, struct tc_error *error)
{
    const struct aligned_pair aligned = recording_pair_aligned(pair, 0, delay);
    const size_t input_start = (size_t)(aligned.input - pair->input->audio.channel[0]);
    const struct pair_place place = {.input = pair->input->path,
                                     .target = pair->target->path,
                                     .input_start = input_start,
                                     .target_start = (size_t)((long)input_start + delay),
                                     .rate_hz = aligned.rate_hz};
    enum tc_status status;

    if (aligned.n_frames == 0)
        return TC_OK;
    report_lengths(pair, &aligned, findings);
    status = pair_checks_run(&aligned, &pair->checks, error);
    if (status == TC_OK)
        pair_checks_report(&pair->checks, &place, findings);
    return status;
}

enum tc_status recording_pair_measure(struct recording_pair *pair, const struct manifest_row *row,
                                      bool thorough, struct findings *findings,
                                      struct tc_error *error)
{
    const long delay = recording_row_delay(pair, row);
    enum tc_status status = TC_OK;

    if (pair->unclear)
        status = report_true_rate(pair, findings, error);
    else
        status = measure_aligned(pair, delay, findings, error);
    if (status == TC_OK && (thorough || pair->unclear || pair->drift_ppm != 0.0))
        status = report_steps(pair, pair->unclear ? (double)NAN : (double)delay, findings, error);
    return status;
}
