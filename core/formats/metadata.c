#include "formats/metadata.h"

#include "formats/json.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AT(field) offsetof(struct tc_metadata, field)

/* Texts and levels of the metadata, in the order in which they are written. */
static const struct {
    const char *key;
    size_t offset, size;
} texts[] = {
    {"name", AT(name), TC_TEXT_SIZE},
    {"author", AT(author), TC_TEXT_SIZE},
    {"licence", AT(licence), TC_TEXT_SIZE},
    {"label", AT(label), TC_LABEL_SIZE},
};

static const struct {
    const char *key;
    size_t offset;
} levels[] = {
    {"in_gain_db", AT(in_gain_db)},
    {"out_gain_db", AT(out_gain_db)},
    {"loudness_db", AT(loudness_db)},
    {"input_level_dbu", AT(input_level_dbu)},
    {"output_level_dbu", AT(output_level_dbu)},
};

enum { N_TEXTS = sizeof texts / sizeof texts[0], N_LEVELS = sizeof levels / sizeof levels[0] };

/** Turn a value (given away) into a string that holds its JSON, reals with `digits` digits. NULL
 *  gives NULL, as does want of memory. */
static json_t *as_text(json_t *json, unsigned digits)
{
    const size_t flags = JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(digits);
    char *const text = tc_json_dump(json, flags);
    json_t *const made = text ? json_string(text) : NULL;

    free(text);
    json_decref(json);
    return made;
}

/* Digits that give every float, and every double, back to the bit. */
enum { FLOAT_DIGITS = 9, DOUBLE_DIGITS = 17 };

/* ------------------------------------------------------------------------- architecture */

/** Fail on the first key of an object that is not in a list. */
static enum tc_status check_keys(const json_t *object, const char *const *known, const char *place,
                                 struct tc_error *error)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)object, key, value)
    {
        const char *const *k = known;

        while (*k && strcmp(*k, key) != 0)
            ++k;
        if (!*k)
            return tc_fail(error, TC_UNSUPPORTED, "%s: '%s' is not known to this version", place,
                           TC_SHOWN(key));
    }
    return TC_OK;
}

static enum tc_status read_cell(const char *name, const char *place, enum tc_cell *cell,
                                struct tc_error *error)
{
    char names[128];
    size_t used = 0;

    for (*cell = TC_CELL_RNN; *cell < TC_CELLS; ++*cell)
        if (strcmp(name, tc_cell_name(*cell)) == 0)
            return TC_OK;
    for (unsigned i = 0; i < TC_CELLS && used < sizeof names; ++i)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s",
                                 i == 0               ? ""
                                 : i == TC_CELLS - 1u ? " or "
                                                      : ", ",
                                 tc_cell_name((enum tc_cell)i));
    return tc_fail(error, TC_UNSUPPORTED, "%s: cell '%s' is unknown, expected %s", place,
                   TC_SHOWN(name), names);
}

static enum tc_status read_activation(const char *name, const char *place,
                                      enum tc_activation *activation, struct tc_error *error)
{
    for (*activation = TC_TANH; *activation < TC_ACTIVATIONS; ++*activation)
        if (strcmp(name, tc_activation_name(*activation)) == 0)
            return TC_OK;
    return tc_fail(error, TC_UNSUPPORTED,
                   "%s: activation '%s' is unknown, expected tanh, logistic, relu, identity, "
                   "modrelu, elu or softmax",
                   place, TC_SHOWN(name));
}

/** Files from before there were others, and those with a linear one, say nothing of the readout. */
static enum tc_status read_readout(const json_t *json, const char *place, enum tc_readout *readout,
                                   struct tc_error *error)
{
    const char *name = "linear";
    const enum tc_status status = json_object_get(json, "readout")
                                      ? tc_json_text(json, "readout", place, &name, error)
                                      : TC_OK;

    if (status)
        return status;
    for (*readout = TC_READOUT_LINEAR; *readout <= TC_READOUT_SOFTMAX; ++*readout)
        if (strcmp(name, tc_readout_name(*readout)) == 0)
            return TC_OK;
    return tc_fail(error, TC_UNSUPPORTED,
                   "%s: readout '%s' is unknown, expected linear, logistic or softmax", place,
                   TC_SHOWN(name));
}

static enum tc_status read_layer(const json_t *json, unsigned index, struct tc_layer *layer,
                                 struct tc_error *error)
{
    static const char *const known[] = {"cell", "hidden", "activation", NULL};
    const char *cell, *activation = "tanh";
    char place[48];
    enum tc_status status;

    snprintf(place, sizeof place, "architecture, layer %u", index);
    status = check_keys(json, known, place, error);
    if (status == TC_OK)
        status = tc_json_text(json, "cell", place, &cell, error);
    if (status == TC_OK)
        status = read_cell(cell, place, &layer->cell, error);
    if (status == TC_OK)
        status = tc_json_unsigned(json, "hidden", place, TC_MAX_UNITS, &layer->hidden, error);
    if (status == TC_OK && json_object_get(json, "activation"))
        status = tc_json_text(json, "activation", place, &activation, error);
    return status ? status : read_activation(activation, place, &layer->activation, error);
}

static enum tc_status read_layers(const json_t *json, struct tc_architecture *arch,
                                  struct tc_error *error)
{
    const size_t n = json_array_size(json);
    enum tc_status status = TC_OK;

    if (!json_is_array(json))
        return tc_fail(error, TC_BAD_FORMAT, "architecture: there is no array 'layers'");
    if (n > TC_MAX_LAYERS)
        return tc_fail(error, TC_TOO_LARGE, "architecture: %zu layers, at most %d are allowed", n,
                       TC_MAX_LAYERS);
    arch->layers = (unsigned)n;
    for (unsigned i = 0; status == TC_OK && i < arch->layers; ++i)
        status = read_layer(json_array_get(json, i), i, &arch->layer[i], error);
    return status;
}

/** Files of networks without something do not speak of it. */
static enum tc_status read_whether(const json_t *json, const char *key, const char *place,
                                   bool *whether, struct tc_error *error)
{
    const json_t *const value = json_object_get(json, key);

    if (value && !json_is_boolean(value))
        return tc_fail(error, TC_BAD_FORMAT, "%s: '%s' is not true or false", place, key);
    *whether = json_is_true(value);
    return TC_OK;
}

static enum tc_status read_architecture(const json_t *json, struct tc_architecture *arch,
                                        struct tc_error *error)
{
    static const char *const known[] = {"audio_inputs", "knobs",   "outputs",
                                        "direct",       "readout", "residual",
                                        "layer_norm",   "layers",  NULL};
    static const char place[] = "architecture";
    enum tc_status status = check_keys(json, known, place, error);

    if (status == TC_OK)
        status = tc_json_unsigned(json, "audio_inputs", place, TC_MAX_FEATURES, &arch->audio_inputs,
                                  error);
    if (status == TC_OK)
        status = tc_json_unsigned(json, "knobs", place, TC_MAX_KNOBS, &arch->knobs, error);
    if (status == TC_OK)
        status = tc_json_unsigned(json, "outputs", place, TC_MAX_CLASSES, &arch->outputs, error);
    if (status == TC_OK)
        status = tc_json_float(json, "direct", place, &arch->direct, error);
    if (status == TC_OK)
        status = read_readout(json, place, &arch->readout, error);
    if (status == TC_OK)
        status = read_whether(json, "residual", place, &arch->residual, error);
    if (status == TC_OK)
        status = read_whether(json, "layer_norm", place, &arch->layer_norm, error);
    return status ? status : read_layers(json_object_get(json, "layers"), arch, error);
}

enum tc_status tc_architecture_from_json(const char *text, struct tc_architecture *arch,
                                         struct tc_error *error)
{
    json_t *json;
    enum tc_status status = tc_json_parse(&json, text, strlen(text), "architecture", error);

    if (status)
        return status;
    *arch = (struct tc_architecture){0};
    status = read_architecture(json, arch, error);
    json_decref(json);
    return status;
}

static json_t *architecture_json(const struct tc_architecture *arch)
{
    json_t *const layers = json_array();

    for (unsigned i = 0; layers && i < arch->layers; ++i) {
        const struct tc_layer *const layer = &arch->layer[i];

        if (json_array_append_new(layers,
                                  json_pack("{s:s, s:i, s:s}", "cell", tc_cell_name(layer->cell),
                                            "hidden", (int)layer->hidden, "activation",
                                            tc_activation_name(layer->activation))) != 0) {
            json_decref(layers);
            return NULL;
        }
    }
    return json_pack("{s:i, s:i, s:i, s:f, s:s*, s:o*, s:o*, s:o}", "audio_inputs",
                     (int)arch->audio_inputs, "knobs", (int)arch->knobs, "outputs",
                     (int)arch->outputs, "direct", (double)arch->direct, "readout",
                     arch->readout == TC_READOUT_LINEAR ? NULL : tc_readout_name(arch->readout),
                     "residual", arch->residual ? json_true() : NULL, "layer_norm",
                     arch->layer_norm ? json_true() : NULL, "layers", layers);
}

/* ------------------------------------------------------------------------- texts, numbers */

static enum tc_status copy_text(char *to, size_t size, const char *text, const char *what,
                                struct tc_error *error)
{
    const size_t length = strlen(text);

    if (length >= size)
        return tc_fail(error, TC_TOO_LARGE, "%s has %zu bytes, at most %zu are allowed", what,
                       length, size - 1);
    memcpy(to, text, length + 1);
    return TC_OK;
}

/** A number written as text. Only JSON reads numbers alike in every locale. */
static enum tc_status read_number(const char *text, const char *key, double *value,
                                  struct tc_error *error)
{
    json_t *json = NULL;
    enum tc_status status = tc_json_parse(&json, text, strlen(text), key, error);

    if (status != TC_NO_MEMORY && !json_is_number(json))
        status = tc_fail(error, TC_BAD_VALUE, "%s is '%s', expected a number", key, TC_SHOWN(text));
    if (status == TC_OK)
        *value = json_number_value(json);
    json_decref(json);
    return status;
}

/** A number as text; whole ones without a fraction, as other programs like them. */
static json_t *number_json(double value, unsigned digits)
{
    const bool whole = fabs(value) < 1e9 && value == trunc(value);

    return as_text(whole ? json_integer((json_int_t)value) : json_real(value), digits);
}

/* ------------------------------------------------------------------------- knobs */

static enum tc_status read_knob(const json_t *json, unsigned index, struct tc_knob *knob,
                                struct tc_error *error)
{
    const struct {
        const char *key;
        float *value;
    } numbers[] = {{"min", &knob->min},
                   {"max", &knob->max},
                   {"default", &knob->initial},
                   {"at_min", &knob->at_min},
                   {"at_max", &knob->at_max}};
    const char *name, *unit;
    char place[24];
    enum tc_status status;

    snprintf(place, sizeof place, "knob %u", index);
    status = tc_json_text(json, "name", place, &name, error);
    if (status == TC_OK)
        status = copy_text(knob->name, sizeof knob->name, name, "a knob's name", error);
    if (status == TC_OK)
        status = tc_json_text(json, "unit", place, &unit, error);
    if (status == TC_OK)
        status = copy_text(knob->unit, sizeof knob->unit, unit, "a knob's unit", error);
    for (size_t i = 0; status == TC_OK && i < sizeof numbers / sizeof numbers[0]; ++i)
        status = tc_json_float(json, numbers[i].key, place, numbers[i].value, error);
    return status;
}

static enum tc_status read_knobs(const char *text, unsigned knobs, struct tc_metadata *meta,
                                 struct tc_error *error)
{
    json_t *json;
    enum tc_status status = tc_json_parse(&json, text, strlen(text), "knobs", error);

    if (status)
        return status;
    if (!json_is_array(json))
        status =
            tc_fail(error, TC_BAD_FORMAT, "knobs: found %s, expected an array", tc_json_kind(json));
    else if (json_array_size(json) != knobs)
        status = tc_fail(error, TC_BAD_SHAPE, "knobs: %zu are described, but the network has %u",
                         json_array_size(json), knobs);
    for (unsigned i = 0; status == TC_OK && i < knobs; ++i)
        status = read_knob(json_array_get(json, i), i, &meta->knob[i], error);
    json_decref(json);
    return status;
}

static void name_knobs(unsigned knobs, struct tc_metadata *meta)
{
    for (unsigned i = 0; i < knobs; ++i) {
        struct tc_knob *const knob = &meta->knob[i];

        *knob = (struct tc_knob){.max = 1.0f, .initial = 0.5f, .at_max = 1.0f};
        snprintf(knob->name, sizeof knob->name, "Knob %u", i + 1);
    }
}

static json_t *knob_json(const struct tc_knob *knob)
{
    return json_pack("{s:s, s:s, s:f, s:f, s:f, s:f, s:f}", "name", knob->name, "unit", knob->unit,
                     "min", (double)knob->min, "max", (double)knob->max, "default",
                     (double)knob->initial, "at_min", (double)knob->at_min, "at_max",
                     (double)knob->at_max);
}

static json_t *knobs_json(const struct tc_metadata *meta, unsigned knobs)
{
    json_t *const array = json_array();

    for (unsigned i = 0; array && i < knobs; ++i)
        if (json_array_append_new(array, knob_json(&meta->knob[i])) != 0) {
            json_decref(array);
            return NULL;
        }
    return array;
}

/* ------------------------------------------------------------------------- all of it */

enum tc_status tc_metadata_from_file(const struct tc_safetensors *file, unsigned knobs,
                                     struct tc_metadata *meta, struct tc_error *error)
{
    const char *text = tc_safetensors_text(file, "sample_rate");
    enum tc_status status = TC_OK;
    double number;

    tc_metadata_init(meta);
    if (text)
        status = read_number(text, "sample_rate", &meta->sample_rate_hz, error);
    for (size_t i = 0; status == TC_OK && i < N_TEXTS; ++i) {
        text = tc_safetensors_text(file, texts[i].key);
        if (text)
            status =
                copy_text((char *)meta + texts[i].offset, texts[i].size, text, texts[i].key, error);
    }
    for (size_t i = 0; status == TC_OK && i < N_LEVELS; ++i) {
        text = tc_safetensors_text(file, levels[i].key);
        if (text && (status = read_number(text, levels[i].key, &number, error)) == TC_OK)
            *(float *)((char *)meta + levels[i].offset) = (float)number;
    }
    meta->training = tc_safetensors_text(file, "training");
    name_knobs(knobs, meta);
    text = tc_safetensors_text(file, "knobs");
    return status || !text ? status : read_knobs(text, knobs, meta, error);
}

/** Add a value; false if it is NULL for want of memory, or there is none to add it. */
static bool put(json_t *metadata, const char *key, json_t *value)
{
    return json_object_set_new(metadata, key, value) == 0;
}

/** Fill in all that is known; false without memory. */
static bool put_all(json_t *metadata, const struct tc_architecture *arch,
                    const struct tc_metadata *meta)
{
    bool ok = put(metadata, "tonecell_version", json_string(tc_version())) &&
              put(metadata, "architecture", as_text(architecture_json(arch), FLOAT_DIGITS));

    if (ok && meta->sample_rate_hz > 0.0)
        ok = put(metadata, "sample_rate", number_json(meta->sample_rate_hz, DOUBLE_DIGITS));
    for (size_t i = 0; ok && i < N_LEVELS; ++i) {
        const float level = *(const float *)((const char *)meta + levels[i].offset);

        ok = !isfinite(level) || put(metadata, levels[i].key, number_json(level, FLOAT_DIGITS));
    }
    for (size_t i = 0; ok && i < N_TEXTS; ++i) {
        const char *const text = (const char *)meta + texts[i].offset;

        ok = !text[0] || put(metadata, texts[i].key, json_string(text));
    }
    if (ok && arch->knobs > 0)
        ok = put(metadata, "knobs", as_text(knobs_json(meta, arch->knobs), FLOAT_DIGITS));
    return ok && (!meta->training || put(metadata, "training", json_string(meta->training)));
}

enum tc_status tc_metadata_to_json(const struct tc_model *model, json_t **metadata,
                                   struct tc_error *error)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);
    const struct tc_metadata *const meta = tc_model_metadata(model);
    json_t *const made = json_object();

    if (!made || !put_all(made, arch, meta)) {
        json_decref(made);
        return tc_fail(error, TC_NO_MEMORY, "no memory for the metadata");
    }
    *metadata = made;
    return TC_OK;
}
