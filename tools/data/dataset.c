#include "data/dataset.h"

#include "cli/talk.h"
#include "data/alignment.h"
#include "data/ignored_frames.h"
#include "data/quiet_clips.h"
#include "data/recording_findings.h"
#include "data/split_offer.h"
#include "data/validation_split.h"

#include <math.h>

static const char *const clip_verbs[N_CLIP_SETS] = {
    [CLIPS_TRAIN] = "trains", [CLIPS_VAL] = "validates", [CLIPS_SCORED] = "is scored"};

static bool has_rows(const struct manifest *manifest, enum split split)
{
    for (size_t i = 0; i < manifest->n_rows; ++i) {
        if (manifest->row[i].split == split)
            return true;
    }
    return false;
}

/* The set that a row's clips belong to; NULL if they were not asked for. */
static struct clip_set *set_of(struct dataset *data, const struct dataset_request *request,
                               enum split wanted, const struct manifest_row *row)
{
    if (request->examine)
        return &data->clips[CLIPS_TRAIN];
    if (!request->train)
        return wanted == SPLIT_ALL || row->split == wanted ? &data->clips[CLIPS_SCORED] : NULL;
    if (row->split == SPLIT_TEST)
        return NULL;
    return &data->clips[row->split == SPLIT_VAL ? CLIPS_VAL : CLIPS_TRAIN];
}

static enum tc_status choose_split(const struct manifest *manifest,
                                   const struct dataset_request *request, enum split *wanted,
                                   struct tc_error *error)
{
    *wanted = request->train && manifest->has_split ? SPLIT_TRAIN : request->split;
    if (request->examine || (request->train && !manifest->has_split))
        return TC_OK;
    if (*wanted == SPLIT_ALL || has_rows(manifest, *wanted))
        return TC_OK;
    if (request->train || !request->split_if_there)
        return tc_fail(error, TC_BAD_VALUE, "%s: no row of split '%s'",
                       manifest->path != NULL ? manifest->path : "pairs of files",
                       split_name(*wanted));
    if (manifest->path != NULL)
        talk_say(manifest->path, "no row of split '%s': all rows are scored", split_name(*wanted));
    *wanted = SPLIT_ALL;
    return TC_OK;
}

/* The faults of all pairs, each with the first row that uses it. */
static enum tc_status measure_pairs(struct recordings *recordings, const struct manifest *manifest,
                                    bool thorough, struct tc_error *error)
{
    enum tc_status status = TC_OK;
    size_t n_done = 0;

    for (size_t i = 0; i < manifest->n_rows && status == TC_OK; ++i) {
        struct recording_pair *const pair = recordings_find(recordings, &manifest->row[i]);

        if (pair == NULL || (size_t)(pair - recordings->pair) < n_done)
            continue;
        n_done = (size_t)(pair - recordings->pair) + 1;
        status =
            recording_pair_measure(pair, &manifest->row[i], thorough, &recordings->findings, error);
    }
    return status;
}

static enum tc_status check_and_align(struct recordings *recordings,
                                      const struct manifest *manifest,
                                      const struct dataset_request *request, struct tc_error *error)
{
    enum tc_status status = TC_OK;

    for (size_t i = 0; i < recordings->n_pairs && status == TC_OK; ++i) {
        struct recording_pair *const pair = &recordings->pair[i];

        status = recording_pair_check(pair, &recordings->findings, error);
    }
    if (status == TC_OK)
        status = ignored_frames_find(recordings, request->train || request->examine,
                                     request->clipping, error);
    if (status == TC_OK)
        status = alignment_find(recordings, &request->alignment, request->model, error);
    return status == TC_OK ? measure_pairs(recordings, manifest, request->examine, error) : status;
}

static void note_delay(struct recording_pair *pair, const struct manifest_row *row)
{
    if (isnan(row->delay))
        pair->needed = true;
    else if (isnan(pair->row_delay))
        pair->row_delay = row->delay;
}

static struct recordings *recordings_of(struct dataset *data, const struct manifest_row *row)
{
    return row->is_dry ? &data->dry : &data->recordings;
}

/* The first file that is loaded decides the rate of all. */
static enum tc_status load_row(struct dataset *data, const struct manifest_row *row,
                               struct tc_error *error)
{
    struct recordings *const recordings = recordings_of(data, row);
    enum tc_status status;

    recordings->rate_hz = data->rate_hz;
    status = recordings_add(recordings, row, error);
    if (status != TC_OK)
        return status;
    data->rate_hz = recordings->rate_hz;
    note_delay(recordings_find(recordings, row), row);
    return TC_OK;
}

static enum tc_status check_dry(const struct recordings *dry, struct tc_error *error)
{
    enum tc_status status = TC_OK;

    for (size_t i = 0; i < dry->n_pairs && status == TC_OK; ++i)
        status = recording_pair_check_input(&dry->pair[i], error);
    return status;
}

static enum tc_status complete_recordings(struct dataset *data,
                                          const struct dataset_request *request,
                                          struct tc_error *error)
{
    struct recordings *const set[] = {&data->recordings, &data->dry};
    enum tc_status status = TC_OK;

    for (size_t i = 0; i < sizeof set / sizeof *set && status == TC_OK; ++i) {
        recordings_report_rates(set[i]);
        status = recordings_join_ranges(set[i], &data->manifest, error);
    }
    if (status == TC_OK)
        status = check_dry(&data->dry, error);
    if (status != TC_OK || data->recordings.n_pairs == 0)
        return status;
    if (request->train || request->examine)
        recordings_report_length(&data->recordings);
    return check_and_align(&data->recordings, &data->manifest, request, error);
}

static enum tc_status load_recordings(struct dataset *data, const struct dataset_request *request,
                                      enum split wanted, struct tc_error *error)
{
    const size_t n_rows = data->manifest.n_rows;
    enum tc_status status = recordings_init(&data->recordings, n_rows, error);

    if (status == TC_OK)
        status = recordings_init(&data->dry, n_rows, error);
    for (size_t i = 0; i < n_rows && status == TC_OK; ++i)
        if (set_of(data, request, wanted, &data->manifest.row[i]) != NULL)
            status = load_row(data, &data->manifest.row[i], error);
    return status == TC_OK ? complete_recordings(data, request, error) : status;
}

static unsigned most_channels(const struct dataset *data)
{
    const struct recordings *const set[] = {&data->recordings, &data->dry};
    unsigned most = 0;

    for (size_t s = 0; s < sizeof set / sizeof *set; ++s)
        for (size_t i = 0; i < set[s]->n_files; ++i) {
            const unsigned channels = set[s]->file[i].audio.channels;

            most = channels > most ? channels : most;
        }
    return most;
}

/* findings_talk() has told them. */
static enum tc_status refuse_faults(const struct findings *findings, struct tc_error *error)
{
    if (findings_worst(findings) < FINDING_FATAL)
        return TC_OK;
    return tc_fail(error, TC_BAD_VALUE,
                   "training on these recordings makes no sense, see the fault; --ignore-faults "
                   "trains all the same");
}

static enum tc_status add_rows(struct dataset *data, const struct dataset_request *request,
                               enum split wanted, bool dry, struct tc_error *error)
{
    const struct manifest *const manifest = &data->manifest;
    enum tc_status status = TC_OK;

    for (size_t i = 0; i < manifest->n_rows && status == TC_OK; ++i) {
        const struct manifest_row *const row = &manifest->row[i];
        struct clip_set *const set = set_of(data, request, wanted, row);

        if (set != NULL && row->is_dry == dry)
            status = clip_set_add_row(set, recordings_find(recordings_of(data, row), row), manifest,
                                      row, request->warmup, error);
    }
    return status;
}

static enum tc_status cut_quiet_parts(struct dataset *data, size_t warmup, struct tc_error *error)
{
    enum tc_status status = TC_OK;

    for (unsigned i = CLIPS_TRAIN; i <= CLIPS_VAL && status == TC_OK; ++i)
        status = quiet_clips_cut(&data->clips[i], warmup, data->rate_hz, &data->recordings.findings,
                                 error);
    findings_talk(&data->recordings.findings);
    return status;
}

static enum tc_status split_if_needed(struct dataset *data, const struct dataset_request *request,
                                      struct tc_error *error)
{
    struct clip_set *const train = &data->clips[CLIPS_TRAIN], *const val = &data->clips[CLIPS_VAL];

    if (!request->train || train->n == 0 || val->n > 0)
        return TC_OK;
    return validation_split(train, val, request->warmup, data->rate_hz, error);
}

/* Pairs first, so that the part that validates has a target wherever there is one. A model that
 * makes the other targets adds no noise where nothing is played. */
static enum tc_status make_clips(struct dataset *data, const struct dataset_request *request,
                                 enum split wanted, struct tc_error *error)
{
    enum tc_status status = add_rows(data, request, wanted, false, error);

    if (status == TC_OK)
        status = cut_quiet_parts(data, request->warmup, error);
    if (status == TC_OK && request->refuse_faults)
        status = refuse_faults(&data->recordings.findings, error);
    if (status == TC_OK)
        status = split_if_needed(data, request, error);
    if (status == TC_OK)
        status = add_rows(data, request, wanted, true, error);
    if (status == TC_OK)
        status = split_if_needed(data, request, error);
    for (unsigned i = 0; i < N_CLIP_SETS && status == TC_OK; ++i)
        status = clip_set_check(&data->clips[i], request->warmup, clip_verbs[i], error);
    return status;
}

static enum tc_status load_manifest(struct manifest *manifest,
                                    const struct dataset_request *request, struct tc_error *error)
{
    if (request->manifest != NULL)
        return manifest_load(manifest, request->manifest,
                             request->may_be_dry ? MANIFEST_PAIRS_OR_DRY : MANIFEST_PAIRS, error);
    return manifest_of_pairs(manifest, request->n_files, request->files,
                             request->channel == CHANNEL_SPLIT, error);
}

/* A control signal that is a knob is one of the manifest's, too. */
static enum tc_status take_control(struct dataset *data, const struct dataset_request *request,
                                   struct tc_error *error)
{
    const struct control *const control = &request->control;
    const bool is_column = manifest_has_knob(&data->manifest, control->name);

    if (control->name[0] == '\0' || (is_column && control->is_knob && !request->train))
        return TC_OK;
    if (is_column)
        return tc_fail(error, TC_BAD_VALUE, "%s: the column '%s' has the control signal's name",
                       data->manifest.path, control->name);
    data->recordings.control = data->dry.control = data->control.name;
    return control->is_knob && request->train
               ? manifest_insert_knob(&data->manifest, control->name, error)
               : TC_OK;
}

static enum tc_status load(struct dataset *data, const struct dataset_request *request,
                           struct tc_error *error)
{
    enum split wanted;
    enum tc_status status = load_manifest(&data->manifest, request, error);

    if (status == TC_OK)
        status = take_control(data, request, error);
    if (status == TC_OK)
        status = choose_split(&data->manifest, request, &wanted, error);
    if (status == TC_OK)
        status = load_recordings(data, request, wanted, error);
    findings_talk(&data->recordings.findings);
    findings_talk(&data->dry.findings);
    if (status != TC_OK)
        return status;
    if (most_channels(data) > 1 && !request->examine)
        talk_say(NULL, "%u channels: each is a recording of its own to a mono model",
                 most_channels(data));
    alignment_check_polarity(&data->recordings);
    return make_clips(data, request, wanted, error);
}

int dataset_check_operands(const struct command *self, const char *manifest, unsigned n_files,
                           char *const *files, enum channel_choice channel)
{
    if (manifest != NULL && n_files > 0)
        return usage_error(self, "give --manifest or pairs of files, not both");
    if (manifest == NULL && n_files == 0)
        return usage_error(self, "expected --manifest or DRY and WET");
    if (channel == CHANNEL_SPLIT)
        return 0;
    if (n_files == 1 && split_offer(self, files[0]) != 0)
        return 2;
    if (n_files == 1)
        return usage_error(self, "1 file: expected pairs of DRY and WET, or --channel split with "
                                 "a file whose left channel is DRY and whose right one WET");
    return n_files % 2 == 0 ? 0
                            : usage_error(self, "%u files: expected pairs of DRY and WET", n_files);
}

enum tc_status dataset_load(struct dataset *data, const struct dataset_request *request,
                            struct tc_error *error)
{
    enum tc_status status;

    *data =
        (struct dataset){.control = request->control,
                         .rate_hz = request->rate_hz,
                         .recordings = {.findings = {.silent = request->examine},
                                        .channel = request->channel,
                                        .no_resample = request->no_resample},
                         .dry = {.channel = request->channel, .no_resample = request->no_resample}};
    status = load(data, request, error);
    findings_talk(&data->recordings.findings);
    if (status != TC_OK)
        dataset_free(data);
    return status;
}

void dataset_free(struct dataset *data)
{
    for (unsigned i = 0; i < N_CLIP_SETS; ++i)
        clip_set_free(&data->clips[i]);
    recordings_free(&data->recordings);
    recordings_free(&data->dry);
    manifest_free(&data->manifest);
    *data = (struct dataset){0};
}
