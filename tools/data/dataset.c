#include "data/dataset.h"

#include "data/alignment.h"
#include "data/holdout.h"
#include "cli/talk.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Full scale is 1: a recording that moves no more than this, -80 dB, holds nothing. */
static const float silence = 1e-4f;

static const char *const part_words[N_SPLITS] = {
    [SPLIT_TRAIN] = "trains", [SPLIT_VAL] = "validates", [SPLIT_TEST] = "is scored"};

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

static enum tc_status load_file(struct dataset *data, const char *path,
                                const struct dataset_file **found, struct tc_error *error)
{
    struct dataset_file *file = data->file;
    struct tc_error inner;
    enum tc_status status;

    while (file < data->file + data->n_files && strcmp(file->path, path) != 0)
        ++file;
    *found = file;
    if (file < data->file + data->n_files)
        return TC_OK;
    status = audio_load(&file->audio, path, &inner);
    if (status != TC_OK)
        return tc_fail(error, status, "%s: %s", path, inner.message);
    file->path = path;
    file->hash = hash_audio(&file->audio);
    ++data->n_files;
    return TC_OK;
}

static enum tc_status check_alike(const struct dataset_file *a, const struct dataset_file *b,
                                  struct tc_error *error)
{
    if (a->audio.rate_hz != b->audio.rate_hz)
        return tc_fail(error, TC_BAD_VALUE, "%s has %.10g Hz, but %s has %.10g Hz", a->path,
                       a->audio.rate_hz, b->path, b->audio.rate_hz);
    if (a->audio.channels != b->audio.channels)
        return tc_fail(error, TC_BAD_SHAPE, "%s has %u channel%s, but %s has %u", a->path,
                       a->audio.channels, a->audio.channels == 1 ? "" : "s", b->path,
                       b->audio.channels);
    return TC_OK;
}

/* ------------------------------------------------------------------------------ pairs */

static struct dataset_pair *find_pair(const struct dataset *data, const struct manifest_row *row)
{
    for (size_t i = 0; i < data->n_pairs; ++i) {
        if (strcmp(data->pair[i].input->path, row->input) == 0 &&
            strcmp(data->pair[i].target->path, row->target) == 0)
            return &data->pair[i];
    }
    return NULL;
}

/* Load the pair of a row that was asked for, unless another row did. */
static enum tc_status load_pair(struct dataset *data, const struct manifest_row *row,
                                struct tc_error *error)
{
    struct dataset_pair *const pair = &data->pair[data->n_pairs];
    enum tc_status status;

    if (find_pair(data, row) != NULL)
        return TC_OK;
    *pair = (struct dataset_pair){.start = UINT64_MAX};
    status = load_file(data, row->input, &pair->input, error);
    if (status == TC_OK)
        status = load_file(data, row->target, &pair->target, error);
    if (status == TC_OK)
        status = check_alike(pair->input, pair->target, error);
    if (status == TC_OK)
        status = check_alike(data->file, pair->input, error);
    if (status != TC_OK)
        return status;
    pair->n_frames = pair->input->audio.n_frames < pair->target->audio.n_frames
                         ? pair->input->audio.n_frames
                         : pair->target->audio.n_frames;
    ++data->n_pairs;
    return TC_OK;
}

/* Of rows that end with the recording, say so if its files do not end together. */
static void say_lengths(const struct dataset_pair *pair)
{
    const size_t input = pair->input->audio.n_frames, target = pair->target->audio.n_frames;

    if (input != target && pair->stop >= pair->n_frames)
        talk_warn(NULL, "%s has %zu frames, but %s has %zu: the first %zu of both are used",
                  pair->input->path, input, pair->target->path, target, pair->n_frames);
}

/* One file given twice, or a recording past the device, trains a wire. */
static void say_same(const struct dataset_pair *pair)
{
    if (pair->input->hash == pair->target->hash &&
        pair->input->audio.n_frames == pair->target->audio.n_frames)
        talk_warn(NULL, "%s and %s hold the same samples: there is no device between them",
                  pair->input->path, pair->target->path);
}

/* The frames that a row may use. */
static enum tc_status row_range(const struct dataset *data, const struct dataset_pair *pair,
                                const struct manifest_row *row, uint64_t *start, uint64_t *stop,
                                struct tc_error *error)
{
    char place[512];

    *start = row->start;
    *stop = row->stop == MANIFEST_TO_THE_END ? pair->n_frames : row->stop;
    if (*stop > pair->n_frames)
        return tc_fail(error, TC_BAD_VALUE, "%s: column 'stop': %llu, but %s has %zu frames",
                       manifest_place(&data->manifest, row, place), (unsigned long long)*stop,
                       pair->input->audio.n_frames == pair->n_frames ? pair->input->path
                                                                     : pair->target->path,
                       pair->n_frames);
    if (*start >= *stop)
        return tc_fail(error, TC_BAD_VALUE, "%s: column 'start': %llu, but %s has %zu frames",
                       manifest_place(&data->manifest, row, place), (unsigned long long)*start,
                       pair->input->path, pair->n_frames);
    return TC_OK;
}

/* Widen the pairs to what all rows use together, those of other splits too, so that every
 * command measures one and the same delay. */
static enum tc_status join_ranges(struct dataset *data, struct tc_error *error)
{
    for (size_t i = 0; i < data->manifest.n_rows; ++i) {
        const struct manifest_row *const row = &data->manifest.row[i];
        struct dataset_pair *const pair = find_pair(data, row);
        uint64_t start, stop;
        enum tc_status status;

        if (pair == NULL)
            continue;
        status = row_range(data, pair, row, &start, &stop, error);
        if (status != TC_OK)
            return status;
        pair->start = start < pair->start ? start : pair->start;
        pair->stop = stop > pair->stop ? stop : pair->stop;
    }
    return TC_OK;
}

/* Lowest and highest of n samples, at least one. */
static void find_range(const float *samples, size_t n, float *low, float *high)
{
    *low = *high = samples[0];
    for (size_t i = 1; i < n; ++i) {
        *low = fminf(*low, samples[i]);
        *high = fmaxf(*high, samples[i]);
    }
}

/* Silence that was dithered, or recorded from a cable with nothing at its end, is silence too. */
static enum tc_status check_channel(const struct dataset_pair *pair,
                                    const struct dataset_file *file, unsigned channel,
                                    const char *role, struct tc_error *error)
{
    float low, high;

    find_range(file->audio.channel[channel] + pair->start, (size_t)(pair->stop - pair->start), &low,
               &high);
    if (high - low > silence)
        return TC_OK;
    return tc_fail(error, TC_BAD_VALUE,
                   "%s: the %s is %s: channel %u is between %g and %g in frames %llu to %llu",
                   file->path, role, fabsf(low) < silence ? "silent" : "constant", channel + 1,
                   (double)low, (double)high, (unsigned long long)pair->start,
                   (unsigned long long)pair->stop - 1);
}

static enum tc_status check_signal(const struct dataset_pair *pair, const struct dataset_file *file,
                                   const char *role, struct tc_error *error)
{
    enum tc_status status = TC_OK;

    for (unsigned c = 0; c < file->audio.channels && status == TC_OK; ++c)
        status = check_channel(pair, file, c, role, error);
    return status;
}

/* ------------------------------------------------------------------------------ clips */

static enum tc_status check_length(const struct dataset *data, const struct manifest_row *row,
                                   size_t n_frames, size_t warmup, long delay,
                                   struct tc_error *error)
{
    char place[512], without[64] = "";

    if (n_frames > warmup)
        return TC_OK;
    if (delay != 0)
        (void)snprintf(without, sizeof without, " without its delay of %ld", delay);
    return tc_fail(error, TC_BAD_VALUE,
                   "%s: the clip has %zu frames%s, expected more than the warm-up of %zu",
                   manifest_place(&data->manifest, row, place), n_frames, without, warmup);
}

static long row_delay(const struct dataset *data, const struct dataset_pair *pair,
                      const struct manifest_row *row)
{
    char place[512];
    const long delay = isnan(row->delay) ? pair->delay : lround(row->delay);

    if (!isnan(row->delay) && (double)delay != row->delay)
        talk_warn(NULL, "%s: column 'delay': %g is rounded to %ld whole frames",
                  manifest_place(&data->manifest, row, place), row->delay, delay);
    return delay;
}

void dataset_append(struct dataset_part *part, const struct dataset_source *source,
                    const float *knob, size_t n_frames)
{
    struct dataset_source *const s = &part->source[part->n];
    struct tc_clip *const clip = &part->clip[part->n];

    *s = *source;
    *clip = (struct tc_clip){.input = &s->input, .target = &s->target, .n_frames = n_frames};
    memcpy(clip->knob, knob, sizeof clip->knob);
    ++part->n;
}

/* A row's clips, one per channel. Frames that lose their partner to the delay are left out. */
static enum tc_status add_row(struct dataset *data, struct dataset_part *part,
                              const struct manifest_row *row, size_t warmup, struct tc_error *error)
{
    const struct dataset_pair *const pair = find_pair(data, row);
    const long delay = row_delay(data, pair, row);
    const size_t shift = (size_t)labs(delay);
    uint64_t start, stop;
    enum tc_status status = row_range(data, pair, row, &start, &stop, error);
    size_t n_frames;

    if (status != TC_OK)
        return status;
    n_frames = (size_t)(stop - start) > shift ? (size_t)(stop - start) - shift : 0;
    status = check_length(data, row, n_frames, warmup, delay, error);
    if (status != TC_OK)
        return status;
    for (unsigned c = 0; c < pair->input->audio.channels; ++c) {
        struct dataset_source s = {.row = row, .channel = c, .delay = delay};

        s.start = (size_t)start + (delay < 0 ? shift : 0);
        s.input = pair->input->audio.channel[c] + s.start;
        s.target = pair->target->audio.channel[c] + start + (delay > 0 ? shift : 0);
        dataset_append(part, &s, row->knob, n_frames);
    }
    return TC_OK;
}

/* What trains, validates or is scored has to be heard somewhere behind the warm-up. */
static enum tc_status check_heard(const struct dataset_part *part, size_t warmup, const char *does,
                                  struct tc_error *error)
{
    const struct dataset_source *const s = part->source;
    float low, high;

    if (part->n == 0)
        return TC_OK;
    for (size_t i = 0; i < part->n; ++i) {
        find_range(part->clip[i].target[0] + warmup, part->clip[i].n_frames - warmup, &low, &high);
        if (high - low > silence)
            return TC_OK;
    }
    return tc_fail(error, TC_BAD_VALUE,
                   "%s: the target is silent or constant in all that %s: frames %ld to %ld, after "
                   "a warm-up of %zu%s",
                   s->row->target, does, (long)s->start + s->delay + (long)warmup,
                   (long)(s->start + part->clip->n_frames) + s->delay - 1, warmup,
                   part->n > 1 ? ", and other clips" : "");
}

static bool new_part(struct dataset_part *part, size_t n)
{
    part->clip = calloc(n, sizeof *part->clip);
    part->source = calloc(n, sizeof *part->source);
    return part->clip != NULL && part->source != NULL;
}

static void free_part(struct dataset_part *part)
{
    free(part->clip);
    free(part->source);
}

/* ------------------------------------------------------------------------------ whole */

static bool has_rows(const struct manifest *manifest, enum split split)
{
    for (size_t i = 0; i < manifest->n_rows; ++i) {
        if (manifest->row[i].split == split)
            return true;
    }
    return false;
}

/* Where a row's clips go; NULL if nobody asked for it. */
static struct dataset_part *part_of(struct dataset *data, const struct dataset_request *request,
                                    enum split wanted, const struct manifest_row *row)
{
    if (!request->train)
        return wanted == SPLIT_NONE || row->split == wanted ? &data->part[SPLIT_TEST] : NULL;
    if (row->split == SPLIT_TEST)
        return NULL;
    return &data->part[row->split == SPLIT_VAL ? SPLIT_VAL : SPLIT_TRAIN];
}

static enum tc_status choose_split(const struct manifest *manifest,
                                   const struct dataset_request *request, enum split *wanted,
                                   struct tc_error *error)
{
    *wanted = request->train && manifest->has_split ? SPLIT_TRAIN : request->split;
    if (request->train && !manifest->has_split)
        return TC_OK;
    if (*wanted == SPLIT_NONE || has_rows(manifest, *wanted))
        return TC_OK;
    if (request->train || !request->split_if_there)
        return tc_fail(error, TC_BAD_VALUE, "%s: no row of split '%s'",
                       manifest->path != NULL ? manifest->path : "pairs of files",
                       split_name(*wanted));
    if (manifest->path != NULL)
        talk_say(manifest->path, "no row of split '%s': all rows are scored", split_name(*wanted));
    *wanted = SPLIT_NONE;
    return TC_OK;
}

static enum tc_status load_pairs(struct dataset *data, const struct dataset_request *request,
                                 enum split wanted, struct tc_error *error)
{
    enum tc_status status = TC_OK;

    for (size_t i = 0; i < data->manifest.n_rows && status == TC_OK; ++i) {
        const struct manifest_row *const row = &data->manifest.row[i];

        if (part_of(data, request, wanted, row) == NULL)
            continue;
        status = load_pair(data, row, error);
        if (status == TC_OK && isnan(row->delay))
            find_pair(data, row)->needed = true;
    }
    if (status == TC_OK)
        status = join_ranges(data, error);
    for (size_t i = 0; i < data->n_pairs && status == TC_OK; ++i) {
        say_lengths(&data->pair[i]);
        say_same(&data->pair[i]);
        status = check_signal(&data->pair[i], data->pair[i].input, "input", error);
        if (status == TC_OK)
            status = check_signal(&data->pair[i], data->pair[i].target, "target", error);
        if (status == TC_OK)
            status = alignment_find(&data->pair[i], request, error);
    }
    return status;
}

static enum tc_status add_rows(struct dataset *data, const struct dataset_request *request,
                               enum split wanted, struct tc_error *error)
{
    const size_t room = 2 * data->manifest.n_rows * data->file->audio.channels;
    enum tc_status status = TC_OK;

    for (unsigned i = 0; i < N_SPLITS; ++i) {
        if (!new_part(&data->part[i], room))
            return tc_fail(error, TC_NO_MEMORY, "no memory for %zu clips", room);
    }
    for (size_t i = 0; i < data->manifest.n_rows && status == TC_OK; ++i) {
        const struct manifest_row *const row = &data->manifest.row[i];
        struct dataset_part *const part = part_of(data, request, wanted, row);

        if (part != NULL)
            status = add_row(data, part, row, request->warmup, error);
    }
    if (status == TC_OK && request->train && data->part[SPLIT_VAL].n == 0)
        status = holdout_make(data, request->warmup, error);
    for (unsigned i = 0; i < N_SPLITS && status == TC_OK; ++i)
        status = check_heard(&data->part[i], request->warmup, part_words[i], error);
    return status;
}

static enum tc_status load(struct dataset *data, const struct dataset_request *request,
                           struct tc_error *error)
{
    enum split wanted;
    enum tc_status status =
        request->manifest != NULL
            ? manifest_load(&data->manifest, request->manifest, error)
            : manifest_of_pairs(&data->manifest, request->n_files, request->files, error);

    if (status == TC_OK)
        status = choose_split(&data->manifest, request, &wanted, error);
    if (status != TC_OK)
        return status;
    data->file = calloc(2 * data->manifest.n_rows, sizeof *data->file);
    data->pair = calloc(data->manifest.n_rows, sizeof *data->pair);
    if (data->file == NULL || data->pair == NULL)
        return tc_fail(error, TC_NO_MEMORY, "no memory for %zu rows", data->manifest.n_rows);
    status = load_pairs(data, request, wanted, error);
    if (status != TC_OK)
        return status;
    data->rate_hz = data->file->audio.rate_hz;
    if (data->file->audio.channels > 1)
        talk_say(NULL, "%u channels: each is a recording of its own to a mono model",
                 data->file->audio.channels);
    alignment_join_polarity(data);
    return add_rows(data, request, wanted, error);
}

enum tc_status dataset_load(struct dataset *data, const struct dataset_request *request,
                            struct tc_error *error)
{
    enum tc_status status;

    *data = (struct dataset){0};
    status = load(data, request, error);
    if (status != TC_OK)
        dataset_free(data);
    return status;
}

void dataset_free(struct dataset *data)
{
    for (size_t i = 0; i < data->n_files; ++i)
        audio_free(&data->file[i].audio);
    for (unsigned i = 0; i < N_SPLITS; ++i)
        free_part(&data->part[i]);
    free(data->file);
    free(data->pair);
    manifest_free(&data->manifest);
    *data = (struct dataset){0};
}
