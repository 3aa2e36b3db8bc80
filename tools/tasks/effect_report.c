#include "cli/json_result.h"
#include "cli/paths.h"
#include "cli/talk.h"
#include "report/alignment_json.h"
#include "report/esr.h"
#include "tasks/effect.h"

#include <math.h>
#include <stdio.h>

/* Of the column of scores. */
enum { NUMBER_WIDTH = 9 };

void effect_print_scores(const void *data, const struct tc_progress *progress)
{
    const struct scores *const baselines = &((const struct effect_data *)data)->baselines;
    const double esr = progress->best_score;

    if (isnan(esr))
        printf("  ESR           unknown: stopped before the first validation\n");
    else
        esr_print("  ESR", NUMBER_WIDTH, esr, esr_description(esr));
    esr_print("  one gain", NUMBER_WIDTH, baselines->esr_gain, "");
    esr_print("  128-tap FIR", NUMBER_WIDTH, baselines->esr_fir, "");
}

struct verdict_scale effect_scale(const void *data)
{
    return scores_scale(&((const struct effect_data *)data)->baselines);
}

void effect_add_scores(const void *data, const struct tc_progress *progress, json_t *result)
{
    const struct scores *const baselines = &((const struct effect_data *)data)->baselines;

    json_object_set_new(result, "esr", json_number(progress->best_score));
    json_object_set_new(result, "esr_gain", json_number(baselines->esr_gain));
    json_object_set_new(result, "esr_fir", json_number(baselines->esr_fir));
}

/* ------------------------------------------------------------------------------ record */

/* A name without its folder: models are given away, and where a user keeps things is private. */
static json_t *file_json(const struct recording *file)
{
    json_t *const object = json_object();
    char hash[HASH_TEXT_SIZE];

    json_object_set_new(object, "name", json_path(path_name(file->path)));
    json_set_count(object, "frames", file->audio.n_frames);
    json_object_set_new(object, "hash", json_string(recording_hash_text(file, hash)));
    if (file->file_hz != file->audio.rate_hz)
        json_object_set_new(object, "converted_from_hz", json_number(file->file_hz));
    return object;
}

/* A DRY alone has no target. */
static void append_dry(json_t *array, const struct recordings *dry)
{
    for (size_t i = 0; i < dry->n_pairs; ++i) {
        json_t *const object = json_object();

        json_object_set_new(object, "input", file_json(dry->pair[i].input));
        json_object_set_new(object, "target", json_null());
        json_array_append_new(array, object);
    }
}

static json_t *pairs_json(const struct recordings *recordings, const struct recordings *dry)
{
    json_t *const array = json_array();

    for (size_t i = 0; i < recordings->n_pairs; ++i) {
        const struct recording_pair *const pair = &recordings->pair[i];
        const struct marked_frames ignored =
            frame_mask_count(&pair->ignored, (size_t)pair->start, (size_t)pair->stop);
        json_t *const object = json_object();

        json_object_set_new(object, "input", file_json(pair->input));
        json_object_set_new(object, "target", file_json(pair->target));
        json_object_set_new(object, "inverted", json_boolean(pair->inverted));
        alignment_add_json(object, pair);
        if (ignored.frames > 0)
            json_set_count(object, "ignored_frames", ignored.frames);
        json_array_append_new(array, object);
    }
    append_dry(array, dry);
    return array;
}

/* The frames of the clips, so that a score can be told from a score on what was trained on. */
static json_t *clips_json(const struct clip_set *set)
{
    json_t *const array = json_array();

    for (size_t i = 0; i < set->n; ++i) {
        const struct clip_source *const s = &set->source[i];
        json_t *const clip = json_object();

        json_object_set_new(clip, "input", json_path(path_name(s->row->input)));
        if (s->channel > 0)
            json_set_count(clip, "channel", s->channel - 1);
        else
            json_object_set_new(clip, "channel", json_string("mid"));
        json_set_count(clip, "start", s->start);
        json_set_count(clip, "frames", set->clip[i].n_frames);
        json_object_set_new(clip, "delay", s->delay_unknown ? json_null() : json_integer(s->delay));
        json_array_append_new(array, clip);
    }
    return array;
}

void effect_add_record(const void *data, const struct tc_progress *progress, json_t *record)
{
    const struct dataset *const recordings = &((const struct effect_data *)data)->recordings;
    json_t *const validation = json_object();

    effect_add_scores(data, progress, validation);
    json_object_set_new(validation, "clips", clips_json(&recordings->clips[CLIPS_VAL]));
    json_object_set_new(record, "data", pairs_json(&recordings->recordings, &recordings->dry));
    json_object_set_new(record, "train", clips_json(&recordings->clips[CLIPS_TRAIN]));
    json_object_set_new(record, "validation", validation);
}
