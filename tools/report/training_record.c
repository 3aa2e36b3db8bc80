#include "report/training_record.h"

#include "cli/json_result.h"

#include <math.h>

static const char *optimizer_name(const struct tc_train_options *o)
{
    switch (o->optimizer) {
    case TC_OPTIMIZER_ADAM:
        break;
    case TC_OPTIMIZER_RMSPROP:
        return "rmsprop";
    case TC_OPTIMIZER_SGD:
        return "sgd";
    }
    return o->weight_decay > 0.0f ? "adamw" : "adam";
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
    else
        json_object_set_new(object, "initial_scale", json_number((double)o->initial_scale));
}

static void set_loss(json_t *object, const struct tc_train_options *o)
{
    static const char *const losses[] = {[TC_LOSS_ESR] = "esr",
                                         [TC_LOSS_MSE] = "mse",
                                         [TC_LOSS_MAE] = "mae",
                                         [TC_LOSS_LOG_COSH] = "log-cosh"};
    static const char *const emphases[] = {[TC_PRE_EMPHASIS_NONE] = "none",
                                           [TC_PRE_EMPHASIS_HIGH] = "high",
                                           [TC_PRE_EMPHASIS_A_WEIGHTING] = "a-weighting"};

    json_object_set_new(object, "loss", json_string(losses[o->loss]));
    json_object_set_new(object, "dc_weight", json_number((double)o->dc_weight));
    json_object_set_new(object, "stft_weight", json_number((double)o->stft_weight));
    json_object_set_new(object, "pre_emphasis", json_string(emphases[o->pre_emphasis]));
}

static json_t *options_json(const struct tc_train_options *o)
{
    static const char *const truncations[] = {[TC_TRUNCATION_FIXED] = "fixed",
                                              [TC_TRUNCATION_RANDOM] = "random",
                                              [TC_TRUNCATION_UNIFORM] = "uniform",
                                              [TC_TRUNCATION_FULL] = "full"};
    static const char *const starts[] = {
        [TC_START_SILENCE] = "silence", [TC_START_ZERO] = "zero", [TC_START_LEARNED] = "learned"};
    static const char *const schedules[] = {[TC_SCHEDULE_PLATEAU] = "plateau",
                                            [TC_SCHEDULE_COSINE] = "cosine",
                                            [TC_SCHEDULE_CONSTANT] = "constant"};
    json_t *const object = json_object();

    json_set_count(object, "batch", o->batch);
    json_set_count(object, "warmup", o->warmup);
    json_set_count(object, "segment_warmup", o->segment_warmup > 0 ? o->segment_warmup : o->warmup);
    json_set_count(object, "truncate", o->truncate);
    set_recurrent(object, o);
    json_object_set_new(object, "batch_norm", json_boolean(o->batch_norm));
    json_object_set_new(object, "start", json_string(starts[o->start]));
    json_object_set_new(object, "forget_bias", json_number((double)o->forget_bias));
    json_object_set_new(object, "dropout", json_number((double)o->dropout));
    set_loss(object, o);
    json_object_set_new(object, "optimizer", json_string(optimizer_name(o)));
    if (o->optimizer == TC_OPTIMIZER_SGD)
        json_object_set_new(object, "momentum", json_number((double)o->momentum));
    json_set_count(object, "memory", o->memory);
    json_object_set_new(object, "truncation", json_string(truncations[o->truncation]));
    if (o->lookback)
        json_set_count(object, "lookback", o->lookback);
    if (o->truncation == TC_TRUNCATION_RANDOM)
        json_object_set_new(object, "tail", json_number((double)o->tail));
    json_object_set_new(object, "learning_rate", json_number((double)o->learning_rate));
    json_object_set_new(object, "schedule", json_string(schedules[o->schedule]));
    json_object_set_new(object, "clip_value", json_number((double)o->clip_value));
    json_object_set_new(object, "clip_norm", json_number((double)o->clip_norm));
    json_object_set_new(object, "average", json_number((double)o->average));
    json_object_set_new(object, "weight_decay", json_number((double)o->weight_decay));
    json_set_count(object, "epochs", o->epochs);
    json_set_count(object, "patience", o->patience);
    json_object_set_new(object, "time_limit_s", json_number(o->time_limit_s));
    return object;
}

json_t *training_record_new(void)
{
    json_t *const record = json_object();

    json_object_set_new(record, "version", json_string(tc_version()));
    return record;
}

void training_record_add(json_t *record, const struct tc_train_options *options,
                         const struct tc_progress *progress)
{
    json_object_set_new(record, "options", options_json(options));
    json_set_count(record, "seed", options->seed);
    json_set_count(record, "epoch", progress->epoch);
    json_set_count(record, "updates", progress->updates);
    json_set_count(record, "frames", progress->frames);
    json_set_count(record, "undone", progress->rejected);
}

void training_record_add_first(json_t *record, const struct tc_train_options *first)
{
    json_t *const object = json_object();

    json_set_count(object, "seed", first->seed);
    json_object_set_new(object, "learning_rate", json_number((double)first->learning_rate));
    if (first->recurrent == TC_RECURRENT_FREE)
        json_object_set_new(object, "initial_scale", json_number((double)first->initial_scale));
    json_set_count(object, "memory", first->memory);
    json_object_set_new(record, "first", object);
}

/* For json_decref(); NULL if there is none. */
static json_t *record_of(const struct tc_metadata *meta)
{
    return meta->training != NULL ? json_loads(meta->training, 0, NULL) : NULL;
}

double training_record_delay_s(const struct tc_metadata *meta)
{
    json_t *const record = record_of(meta);
    const json_t *clip;
    double delay = NAN;
    size_t i;

    json_array_foreach(json_object_get(record, "train"), i, clip)
    {
        const json_t *const value = json_object_get(clip, "delay");

        if (!json_is_number(value) || (i > 0 && json_number_value(value) != delay)) {
            delay = NAN;
            break;
        }
        delay = json_number_value(value);
    }
    json_decref(record);
    return meta->sample_rate_hz > 0.0 ? delay / meta->sample_rate_hz : NAN;
}

bool training_record_has_flutter(const struct tc_metadata *meta)
{
    json_t *const record = record_of(meta);
    const json_t *pair;
    bool any = false;
    size_t i;

    json_array_foreach(json_object_get(record, "data"), i, pair)
    {
        any = any || json_object_get(pair, "flutter") != NULL;
    }
    json_decref(record);
    return any;
}
