#include "data/recordings.h"

#include "audio/sample_rate.h"
#include "data/ignored_frames.h"
#include "data/recording_findings.h"
#include "data/silence.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum tc_status recordings_init(struct recordings *recordings, size_t n_rows, struct tc_error *error)
{
    recordings->file = calloc(2 * n_rows, sizeof *recordings->file);
    recordings->pair = calloc(n_rows, sizeof *recordings->pair);
    if (recordings->file == NULL || recordings->pair == NULL)
        return tc_fail(error, TC_NO_MEMORY, "no memory for %zu rows", n_rows);
    return TC_OK;
}

void recordings_free(struct recordings *recordings)
{
    for (size_t i = 0; i < recordings->n_files; ++i) {
        audio_free(&recordings->file[i].audio);
        frame_mask_free(&recordings->file[i].clipped);
        free(recordings->file[i].control);
        free(recordings->file[i].number);
    }
    for (size_t i = 0; i < recordings->n_pairs; ++i) {
        free(recordings->pair[i].compensated);
        frame_mask_free(&recordings->pair[i].ignored);
        tc_delay_curve_free(&recordings->pair[i].wander);
    }
    findings_free(&recordings->findings);
    free(recordings->file);
    free(recordings->pair);
    *recordings = (struct recordings){0};
}

/* ------------------------------------------------------------------------------ files */

static uint64_t hash_audio(const struct audio *audio)
{
    uint64_t hash = 14695981039346656037u;

    for (unsigned c = 0; c < audio->channels; ++c) {
        const unsigned char *const bytes = (const unsigned char *)audio->channel[c];

        for (size_t i = 0; i < audio->n_frames * sizeof(float); ++i)
            hash = (hash ^ bytes[i]) * 1099511628211u;
    }
    return hash;
}

const char *recording_hash_text(const struct recording *file, char text[HASH_TEXT_SIZE])
{
    snprintf(text, HASH_TEXT_SIZE, "fnv1a64:%016" PRIx64, file->hash);
    return text;
}

/* Bring a file, which is not yet counted, to the rate of the recordings: the first file's unless
 * another was asked for. */
static enum tc_status bring_to_rate(struct recordings *recordings, struct recording *file,
                                    struct tc_error *error)
{
    enum tc_status status;

    if (recordings->rate_hz <= 0.0)
        recordings->rate_hz = file->file_hz;
    if (file->file_hz == recordings->rate_hz)
        return TC_OK;
    if (recordings->no_resample)
        return tc_fail(error, TC_UNSUPPORTED, "it has %.10g Hz, expected %.10g Hz%s%s",
                       file->file_hz, recordings->rate_hz, recordings->n_files > 0 ? ", as " : "",
                       recordings->n_files > 0 ? recordings->file->path : "");
    status = frame_mask_convert_rate(&file->clipped, file->file_hz, recordings->rate_hz, error);
    return status == TC_OK ? audio_convert_rate(&file->audio, recordings->rate_hz, error) : status;
}

/* The file as it was loaded, or where it is to be loaded. */
static struct recording *find_file(const struct recordings *recordings, const char *path,
                                   bool is_target)
{
    const bool split = recordings->channel == CHANNEL_SPLIT || recordings->control != NULL;
    struct recording *file = recordings->file;

    while (file < recordings->file + recordings->n_files &&
           (strcmp(file->path, path) != 0 || (split && file->is_target != is_target)))
        ++file;
    return file;
}

/* All but the conversion of an input is done on its first channel alone. */
static enum tc_status detach_control(struct recordings *recordings, struct recording *file,
                                     struct tc_error *error)
{
    enum tc_status status;

    if (file->audio.channels != 2)
        return tc_fail(error, TC_BAD_SHAPE,
                       "has %u channel%s, expected 2: the signal and the control signal '%s'",
                       file->audio.channels, file->audio.channels == 1 ? "" : "s",
                       recordings->control);
    file->number[0] = 1;
    recording_report(file, &recordings->findings);
    file->hash = hash_audio(&file->audio);
    file->audio.channels = 1;
    status = clipped_frames_find(file, error);
    file->audio.channels = 2;
    if (status == TC_OK)
        status = bring_to_rate(recordings, file, error);
    if (status != TC_OK)
        return status;
    file->control = file->audio.channel[1];
    file->audio.channels = 1;
    return TC_OK;
}

static enum tc_status read_file(struct recordings *recordings, struct recording *file,
                                struct tc_error *error)
{
    enum tc_status status = audio_load(&file->audio, file->path, error);

    if (status != TC_OK)
        return status;
    file->file_hz = file->audio.rate_hz;
    file->number = calloc(file->audio.channels, sizeof *file->number);
    if (file->number == NULL)
        return tc_fail(error, TC_NO_MEMORY, "no memory for %u channels", file->audio.channels);
    if (recordings->control != NULL && !file->is_target)
        return detach_control(recordings, file, error);
    status = channels_choose(&file->audio, recordings->channel, file->is_target, file->path,
                             file->number, &recordings->findings, error);
    if (status != TC_OK)
        return status;
    recording_report(file, &recordings->findings);
    file->hash = hash_audio(&file->audio);
    status = clipped_frames_find(file, error);
    return status == TC_OK ? bring_to_rate(recordings, file, error) : status;
}

static enum tc_status load_file(struct recordings *recordings, const char *path, bool is_target,
                                const struct recording **found, struct tc_error *error)
{
    struct recording *const file = find_file(recordings, path, is_target);
    struct tc_error inner;
    enum tc_status status;

    *found = file;
    if (file < recordings->file + recordings->n_files)
        return TC_OK;
    file->path = path;
    file->is_target = is_target;
    status = read_file(recordings, file, &inner);
    if (status != TC_OK) {
        audio_free(&file->audio);
        frame_mask_free(&file->clipped);
        free(file->number);
        return tc_fail(error, status, "%s: %s", path, inner.message);
    }
    ++recordings->n_files;
    return TC_OK;
}

void recordings_report_rates(struct recordings *recordings)
{
    const struct recording *first = NULL;
    size_t n = 0;

    for (size_t i = 0; i < recordings->n_files; ++i) {
        const struct recording *const file = &recordings->file[i];

        if (file->file_hz == recordings->rate_hz)
            continue;
        if (n++ == 0)
            first = file;
    }
    if (n == 1)
        findings_tell(&recordings->findings, "rate", FINDING_NOTE, first->path,
                      "converted from %.10g to %.10g Hz", first->file_hz, recordings->rate_hz);
    else if (n > 1)
        findings_tell(&recordings->findings, "rate", FINDING_NOTE, NULL,
                      "%zu of %zu files converted to %.10g Hz (%s: from %.10g Hz)", n,
                      recordings->n_files, recordings->rate_hz, first->path, first->file_hz);
}

/* One of the two has several channels that differ: which is meant, only the user knows. But one of
 * two may be the other file's signal. */
static enum tc_status check_channels(const struct recording *a, const struct recording *b,
                                     struct tc_error *error)
{
    const bool is_dry = a->audio.channels > b->audio.channels;
    const bool may_control = a->audio.channels == 2 && b->audio.channels == 1;
    const struct recording *const several = is_dry ? a : b, *const other = is_dry ? b : a;
    unsigned same = 2;

    if (a->audio.channels == b->audio.channels)
        return TC_OK;
    if (other->audio.channels == 1 && several->audio.channels == 2)
        same = channels_find_input(&other->audio, &several->audio);
    if (same < 2)
        return tc_fail(error, TC_BAD_SHAPE,
                       "%s: channel %u holds the %s signal of %s: take the other one with "
                       "--channel %s%s",
                       several->path, several->number[same], is_dry ? "wet" : "dry", other->path,
                       several->number[same] == 1 ? "right" : "left",
                       (several->number[same] == 2) == is_dry
                           ? ", or both with --channel split and this file alone"
                           : "");
    return tc_fail(
        error, TC_BAD_SHAPE,
        "%s has %u channel%s, but %s has %u, and those of %s differ: choose one with "
        "--channel left, right or mid%s",
        a->path, a->audio.channels, a->audio.channels == 1 ? "" : "s", b->path, b->audio.channels,
        several->path,
        may_control ? ", or train with --control NAME if the second one steers the device" : "");
}

/* WET is not there, but DRY may hold both. */
static enum tc_status no_target(const struct recording *input, enum tc_status status,
                                struct tc_error *error)
{
    const struct tc_error reason = *error;

    if (status != TC_IO || input->audio.channels != 2)
        return status;
    return tc_fail(
        error, status,
        "%s; the two channels of %s differ: if they are DRY and WET, give that file alone "
        "with --channel split",
        reason.message, input->path);
}

/* ------------------------------------------------------------------------------ pairs */

struct recording_pair *recordings_find(const struct recordings *recordings,
                                       const struct manifest_row *row)
{
    for (size_t i = 0; i < recordings->n_pairs; ++i) {
        if (strcmp(recordings->pair[i].input->path, row->input) == 0 &&
            strcmp(recordings->pair[i].target->path, row->target) == 0)
            return &recordings->pair[i];
    }
    return NULL;
}

enum tc_status recordings_add(struct recordings *recordings, const struct manifest_row *row,
                              struct tc_error *error)
{
    struct recording_pair *const pair = &recordings->pair[recordings->n_pairs];
    enum tc_status status;

    if (recordings_find(recordings, row) != NULL)
        return TC_OK;
    *pair = (struct recording_pair){.start = UINT64_MAX, .row_delay = (double)NAN};
    status = load_file(recordings, row->input, false, &pair->input, error);
    if (status != TC_OK)
        return status;
    if (row->is_dry)
        pair->target = pair->input;
    else
        status = load_file(recordings, row->target, true, &pair->target, error);
    if (status != TC_OK)
        return no_target(pair->input, status, error);
    status = check_channels(pair->input, pair->target, error);
    if (status != TC_OK)
        return status;
    pair->n_frames = pair->input->audio.n_frames < pair->target->audio.n_frames
                         ? pair->input->audio.n_frames
                         : pair->target->audio.n_frames;
    ++recordings->n_pairs;
    return TC_OK;
}

double recording_pair_ratio(const struct recording_pair *pair)
{
    return pair->input->audio.rate_hz / pair->input->file_hz;
}

enum tc_status recording_pair_detach_target(struct recording_pair *pair, struct tc_error *error)
{
    const unsigned channels = pair->target->audio.channels;
    float **const buffers = malloc(channels * (sizeof *buffers + pair->n_frames * sizeof(float)));

    if (buffers == NULL)
        return tc_fail(error, TC_NO_MEMORY, "%s: no memory to resample %zu frames",
                       pair->target->path, pair->n_frames);
    for (unsigned c = 0; c < channels; ++c)
        buffers[c] = (float *)(buffers + channels) + c * pair->n_frames;
    free(pair->compensated);
    pair->compensated = buffers;
    return TC_OK;
}

const float *recording_pair_target(const struct recording_pair *pair, unsigned channel)
{
    return pair->compensated != NULL ? pair->compensated[channel]
                                     : pair->target->audio.channel[channel];
}

const bool *recording_pair_ignored(const struct recording_pair *pair, unsigned channel,
                                   const float *from)
{
    if (pair->ignored.channels == 0)
        return NULL;
    return pair->ignored.channel[channel] + (from - recording_pair_target(pair, channel));
}

size_t recording_pair_target_frames(const struct recording_pair *pair)
{
    return pair->compensated != NULL ? pair->n_frames : pair->target->audio.n_frames;
}

/* delay: of a row, frames of the input file; or NAN. */
static long delay_of(const struct recording_pair *pair, double delay)
{
    return isnan(delay) ? pair->delay : lround(delay * recording_pair_ratio(pair));
}

long recording_pair_delay(const struct recording_pair *pair)
{
    return delay_of(pair, pair->row_delay);
}

long recording_row_delay(const struct recording_pair *pair, const struct manifest_row *row)
{
    return delay_of(pair, row->delay);
}

static size_t minus(size_t n, size_t less)
{
    return n > less ? n - less : 0;
}

struct aligned_pair recording_align(const struct recording_pair *pair, unsigned channel,
                                    uint64_t start, uint64_t stop, long delay)
{
    const size_t shift = (size_t)labs(delay);
    const size_t input_start = (size_t)start + (delay < 0 ? shift : 0);
    const size_t target_start = (size_t)start + (delay > 0 ? shift : 0);
    size_t n = minus((size_t)(stop - start), shift);

    if (stop == pair->n_frames) {
        /* The files may go on beyond the shorter one's length. */
        const size_t n_input = minus(pair->input->audio.n_frames, input_start);
        const size_t n_target = minus(recording_pair_target_frames(pair), target_start);

        n = n_input < n_target ? n_input : n_target;
    }
    return (struct aligned_pair){.input = pair->input->audio.channel[channel] + input_start,
                                 .target = recording_pair_target(pair, channel) + target_start,
                                 .n_frames = n,
                                 .rate_hz = pair->input->audio.rate_hz};
}

struct aligned_pair recording_pair_aligned(const struct recording_pair *pair, unsigned channel,
                                           long delay)
{
    return recording_align(pair, channel, pair->start, pair->stop, delay);
}

/* A row's frames in frames of the recording. */
static uint64_t row_frames(const struct recording_pair *pair, uint64_t frames)
{
    const double ratio = recording_pair_ratio(pair);

    return ratio == 1.0 ? frames : (uint64_t)llround((double)frames * ratio);
}

enum tc_status recording_row_range(const struct recording_pair *pair,
                                   const struct manifest *manifest, const struct manifest_row *row,
                                   uint64_t *start, uint64_t *stop, struct tc_error *error)
{
    char name[512];

    *start = row_frames(pair, row->start);
    *stop = row->stop == MANIFEST_TO_THE_END ? pair->n_frames : row_frames(pair, row->stop);
    if (*stop > pair->n_frames)
        return tc_fail(error, TC_BAD_VALUE, "%s: column 'stop': %llu, but %s has %zu frames",
                       manifest_row_name(manifest, row, name), (unsigned long long)*stop,
                       pair->input->audio.n_frames == pair->n_frames ? pair->input->path
                                                                     : pair->target->path,
                       pair->n_frames);
    if (*start >= *stop)
        return tc_fail(error, TC_BAD_VALUE, "%s: column 'start': %llu, but %s has %zu frames",
                       manifest_row_name(manifest, row, name), (unsigned long long)*start,
                       pair->input->path, pair->n_frames);
    return TC_OK;
}

enum tc_status recordings_join_ranges(struct recordings *recordings,
                                      const struct manifest *manifest, struct tc_error *error)
{
    for (size_t i = 0; i < manifest->n_rows; ++i) {
        const struct manifest_row *const row = &manifest->row[i];
        struct recording_pair *const pair = recordings_find(recordings, row);
        uint64_t start, stop;
        enum tc_status status;

        if (pair == NULL)
            continue;
        status = recording_row_range(pair, manifest, row, &start, &stop, error);
        if (status != TC_OK)
            return status;
        pair->start = start < pair->start ? start : pair->start;
        pair->stop = stop > pair->stop ? stop : pair->stop;
    }
    return TC_OK;
}

/* ------------------------------------------------------------------------------ checks */

/* One file given twice, or a recording that bypassed the device, trains the identity. */
static void report_equal_files(const struct recording_pair *pair, struct findings *findings)
{
    if (pair->input->hash != pair->target->hash ||
        pair->input->audio.n_frames != pair->target->audio.n_frames)
        return;
    if (pair->input == pair->target && pair->input->audio.channels == 2)
        findings_tell(findings, "equal", FINDING_FATAL, pair->input->path,
                      "is both DRY and WET: if its left channel is DRY and its right one WET, give "
                      "it once: --channel split %s",
                      pair->input->path);
    else
        findings_tell(findings, "equal", FINDING_FATAL, NULL,
                      "%s and %s hold the same samples: there is no device between them",
                      pair->input->path, pair->target->path);
}

static enum tc_status check_channel(const struct recording_pair *pair, const struct recording *file,
                                    unsigned channel, const char *role, struct tc_error *error)
{
    const struct signal_range range = signal_range(file->audio.channel[channel] + pair->start,
                                                   (size_t)(pair->stop - pair->start));

    char values[64];

    if (!signal_is_constant(range))
        return TC_OK;
    if (range.low == range.high)
        snprintf(values, sizeof values, "always %g", (double)range.low);
    else
        snprintf(values, sizeof values, "between %g and %g", (double)range.low, (double)range.high);
    return tc_fail(error, TC_BAD_VALUE,
                   "%s: the %s is %s: channel %u is %s in frames %llu to %llu; was the right track "
                   "recorded?",
                   file->path, role, signal_constant_words(range), file->number[channel], values,
                   (unsigned long long)pair->start, (unsigned long long)pair->stop - 1);
}

static enum tc_status check_signal(const struct recording_pair *pair, const struct recording *file,
                                   const char *role, struct tc_error *error)
{
    enum tc_status status = TC_OK;

    for (unsigned c = 0; c < file->audio.channels && status == TC_OK; ++c)
        status = check_channel(pair, file, c, role, error);
    return status;
}

enum tc_status recording_pair_check_input(const struct recording_pair *pair, struct tc_error *error)
{
    return check_signal(pair, pair->input, "input", error);
}

enum tc_status recording_pair_check(const struct recording_pair *pair, struct findings *findings,
                                    struct tc_error *error)
{
    enum tc_status status;

    report_equal_files(pair, findings);
    status = recording_pair_check_input(pair, error);
    return status == TC_OK ? check_signal(pair, pair->target, "target", error) : status;
}
