#include "report/training_record.h"

#include "cli/json_result.h"
#include "cli/paths.h"

#include <inttypes.h>
#include <stdio.h>

static void set_count(json_t *object, const char *key, uint64_t value)
{
    json_object_set_new(object, key, json_integer((json_int_t)value));
}

/* A name without its folder: models are given away, and where a user keeps things is private. */
static json_t *file_json(const struct recording *file)
{
    json_t *const object = json_object();
    char hash[40];

    snprintf(hash, sizeof hash, "fnv1a64:%016" PRIx64, file->hash);
    json_object_set_new(object, "name", json_path(path_name(file->path)));
    set_count(object, "frames", file->audio.n_frames);
    json_object_set_new(object, "hash", json_string(hash));
    return object;
}

static json_t *pair_json(const struct recording_pair *pair)
{
    json_t *const object = json_object();

    json_object_set_new(object, "input", file_json(pair->input));
    json_object_set_new(object, "target", file_json(pair->target));
    json_object_set_new(object, "inverted", json_boolean(pair->inverted));
    return object;
}

/* The clips' stretches, so that a score can be told from a score on what was trained on. */
static json_t *clips_json(const struct clip_set *part)
{
    json_t *const array = json_array();

    for (size_t i = 0; i < part->n; ++i) {
        const struct clip_source *const s = &part->source[i];
        json_t *const clip = json_object();

        json_object_set_new(clip, "input", json_path(path_name(s->row->input)));
        set_count(clip, "channel", s->channel);
        set_count(clip, "start", s->start);
        set_count(clip, "frames", part->clip[i].n_frames);
        json_object_set_new(clip, "delay", json_integer(s->delay));
        json_array_append_new(array, clip);
    }
    return array;
}

static const char *optimizer_name(enum tc_optimizer optimizer)
{
    return optimizer == TC_OPTIMIZER_RMSPROP ? "rmsprop" : "adam";
}

static const char *initial_name(enum tc_initial initial)
{
    static const char *const names[] = {[TC_INITIAL_ORTHOGONAL] = "orthogonal",
                                        [TC_INITIAL_IDENTITY] = "identity",
                                        [TC_INITIAL_UNIFORM] = "uniform"};

    return names[initial];
}

static void set_recurrent(json_t *object, const struct tc_train_options *o)
{
    static const char *const names[] = {[TC_RECURRENT_FREE] = "free",
                                        [TC_RECURRENT_ORTHOGONAL] = "orthogonal",
                                        [TC_RECURRENT_NORMALISED] = "normalised"};

    json_object_set_new(object, "recurrent", json_string(names[o->recurrent]));
    if (o->recurrent == TC_RECURRENT_ORTHOGONAL)
        json_object_set_new(object, "negatives", json_number((double)o->negatives));
    else
        json_object_set_new(object, "initial", json_string(initial_name(o->initial)));
    if (o->recurrent != TC_RECURRENT_FREE)
        json_object_set_new(object, "recurrent_rate", json_number((double)o->recurrent_rate));
}

static json_t *options_json(const struct tc_train_options *o)
{
    static const char *const truncations[] = {[TC_TRUNCATION_FIXED] = "fixed",
                                              [TC_TRUNCATION_RANDOM] = "random",
                                              [TC_TRUNCATION_UNIFORM] = "uniform",
                                              [TC_TRUNCATION_FULL] = "full"};
    static const char *const starts[] = {
        [TC_START_SILENCE] = "silence", [TC_START_ZERO] = "zero", [TC_START_LEARNED] = "learned"};
    json_t *const object = json_object();

    set_count(object, "batch", o->batch);
    set_count(object, "warmup", o->warmup);
    set_count(object, "truncate", o->truncate);
    set_recurrent(object, o);
    json_object_set_new(object, "batch_norm", json_boolean(o->batch_norm));
    json_object_set_new(object, "start", json_string(starts[o->start]));
    json_object_set_new(object, "forget_bias", json_number((double)o->forget_bias));
    json_object_set_new(object, "dropout", json_number((double)o->dropout));
    json_object_set_new(object, "optimizer", json_string(optimizer_name(o->optimizer)));
    set_count(object, "memory", o->memory);
    json_object_set_new(object, "truncation", json_string(truncations[o->truncation]));
    if (o->lookback)
        set_count(object, "lookback", o->lookback);
    if (o->truncation == TC_TRUNCATION_RANDOM)
        json_object_set_new(object, "tail", json_number((double)o->tail));
    json_object_set_new(object, "learning_rate", json_number((double)o->learning_rate));
    json_object_set_new(object, "clip_value", json_number((double)o->clip_value));
    json_object_set_new(object, "clip_norm", json_number((double)o->clip_norm));
    json_object_set_new(object, "weight_decay", json_number((double)o->weight_decay));
    set_count(object, "epochs", o->epochs);
    set_count(object, "patience", o->patience);
    json_object_set_new(object, "time_limit_s", json_number(o->time_limit_s));
    return object;
}

static json_t *validation_json(const struct training_record *record,
                               const struct tc_progress *progress)
{
    json_t *const object = json_object();

    json_object_set_new(object, "esr", json_number(progress->best_esr));
    json_object_set_new(object, "esr_gain", json_number(record->baselines->esr_gain));
    json_object_set_new(object, "esr_fir", json_number(record->baselines->esr_fir));
    json_object_set_new(object, "clips", clips_json(&record->data->part[SPLIT_VAL]));
    return object;
}

json_t *training_record(const struct training_record *record, const struct tc_progress *progress)
{
    json_t *const root = json_object(), *const data = json_array();

    for (size_t i = 0; i < record->data->recordings.n_pairs; ++i)
        json_array_append_new(data, pair_json(&record->data->recordings.pair[i]));
    json_object_set_new(root, "version", json_string(tc_version()));
    json_object_set_new(root, "data", data);
    json_object_set_new(root, "train", clips_json(&record->data->part[SPLIT_TRAIN]));
    json_object_set_new(root, "validation", validation_json(record, progress));
    json_object_set_new(root, "options", options_json(record->options));
    set_count(root, "seed", record->options->seed);
    set_count(root, "epoch", progress->epoch);
    set_count(root, "updates", progress->updates);
    set_count(root, "frames", progress->frames);
    set_count(root, "undone", progress->rejected);
    return root;
}
