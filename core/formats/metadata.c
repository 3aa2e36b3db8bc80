#include "formats/metadata.h"

#include "formats/architecture_json.h"
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
    {"name", AT(name), TC_TEXT_SIZE},       {"author", AT(author), TC_TEXT_SIZE},
    {"licence", AT(licence), TC_TEXT_SIZE}, {"label", AT(label), TC_LABEL_SIZE},
    {"control", AT(control), TC_KNOB_SIZE},
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

/** Convert a value, whose reference is stolen, into a string of its JSON, reals with `digits`
 *  digits. NULL if the value is NULL or memory runs out. */
static json_t *as_text(json_t *json, unsigned digits)
{
    const size_t flags = JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(digits);
    char *const text = tc_json_dump(json, flags);
    json_t *const string = text ? json_string(text) : NULL;

    free(text);
    json_decref(json);
    return string;
}

/* Decimal digits from which every float, and every double, is read back exactly. */
enum { FLOAT_DIGITS = 9, DOUBLE_DIGITS = 17 };

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

/** Parse a number from a text, as JSON: unlike strtod() it does not depend on the locale. */
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

/** A number as text; integers without a fraction, which some programs require. */
static json_t *number_json(double value, unsigned digits)
{
    const bool integer = fabs(value) < 1e9 && value == trunc(value);

    return as_text(integer ? json_integer((json_int_t)value) : json_real(value), digits);
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
    char where[24];
    enum tc_status status;

    snprintf(where, sizeof where, "knob %u", index);
    status = tc_json_text(json, "name", where, &name, error);
    if (status == TC_OK)
        status = copy_text(knob->name, sizeof knob->name, name, "a knob's name", error);
    if (status == TC_OK)
        status = tc_json_text(json, "unit", where, &unit, error);
    if (status == TC_OK)
        status = copy_text(knob->unit, sizeof knob->unit, unit, "a knob's unit", error);
    for (size_t i = 0; status == TC_OK && i < sizeof numbers / sizeof numbers[0]; ++i)
        status = tc_json_float(json, numbers[i].key, where, numbers[i].value, error);
    return status;
}

enum tc_status tc_knobs_from_json(const json_t *json, unsigned knobs, struct tc_metadata *meta,
                                  struct tc_error *error)
{
    enum tc_status status = TC_OK;

    if (!json_is_array(json))
        status =
            tc_fail(error, TC_BAD_FORMAT, "knobs: found %s, expected an array", tc_json_kind(json));
    else if (json_array_size(json) != knobs)
        status = tc_fail(error, TC_BAD_SHAPE, "knobs: %zu are described, but the network has %u",
                         json_array_size(json), knobs);
    for (unsigned i = 0; status == TC_OK && i < knobs; ++i)
        status = read_knob(json_array_get(json, i), i, &meta->knob[i], error);
    return status;
}

static enum tc_status read_knobs(const char *text, unsigned knobs, struct tc_metadata *meta,
                                 struct tc_error *error)
{
    json_t *json;
    enum tc_status status = tc_json_parse(&json, text, strlen(text), "knobs", error);

    if (status)
        return status;
    status = tc_knobs_from_json(json, knobs, meta, error);
    json_decref(json);
    return status;
}

/** Default names and ranges. */
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

json_t *tc_knobs_to_json(const struct tc_metadata *meta, unsigned knobs)
{
    json_t *const array = json_array();

    for (unsigned i = 0; array && i < knobs; ++i)
        if (json_array_append_new(array, knob_json(&meta->knob[i])) != 0) {
            json_decref(array);
            return NULL;
        }
    return array;
}

/* ------------------------------------------------------------------------- all keys */

static enum tc_status read_rate(const struct tc_safetensors *file, struct tc_metadata *meta,
                                struct tc_error *error)
{
    const char *const stated = tc_safetensors_text(file, "sample_rate");
    const char *const assumed = tc_safetensors_text(file, "sample_rate_assumed");

    if (stated)
        return read_number(stated, "sample_rate", &meta->sample_rate_hz, error);
    meta->sample_rate_assumed = assumed != NULL;
    return assumed ? read_number(assumed, "sample_rate_assumed", &meta->sample_rate_hz, error)
                   : TC_OK;
}

enum tc_status tc_metadata_from_file(const struct tc_safetensors *file, unsigned knobs,
                                     struct tc_metadata *meta, struct tc_error *error)
{
    enum tc_status status;
    const char *text;
    double number;

    tc_metadata_init(meta);
    status = read_rate(file, meta, error);
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

/** Add a value; false if it is NULL or memory runs out. */
static bool put(json_t *metadata, const char *key, json_t *value)
{
    return json_object_set_new(metadata, key, value) == 0;
}

/** Add all known keys; false without memory. */
static bool put_all(json_t *metadata, const struct tc_architecture *arch,
                    const struct tc_metadata *meta)
{
    bool ok = put(metadata, "tonecell_version", json_string(tc_version())) &&
              put(metadata, "architecture", as_text(tc_architecture_to_json(arch), FLOAT_DIGITS));

    if (ok && meta->sample_rate_hz > 0.0)
        ok = put(metadata, meta->sample_rate_assumed ? "sample_rate_assumed" : "sample_rate",
                 number_json(meta->sample_rate_hz, DOUBLE_DIGITS));
    for (size_t i = 0; ok && i < N_LEVELS; ++i) {
        const float level = *(const float *)((const char *)meta + levels[i].offset);

        ok = !isfinite(level) || put(metadata, levels[i].key, number_json(level, FLOAT_DIGITS));
    }
    for (size_t i = 0; ok && i < N_TEXTS; ++i) {
        const char *const text = (const char *)meta + texts[i].offset;

        ok = !text[0] || put(metadata, texts[i].key, json_string(text));
    }
    if (ok && arch->knobs > 0)
        ok = put(metadata, "knobs", as_text(tc_knobs_to_json(meta, arch->knobs), FLOAT_DIGITS));
    return ok && (!meta->training || put(metadata, "training", json_string(meta->training)));
}

enum tc_status tc_metadata_to_json(const struct tc_model *model, json_t **metadata,
                                   struct tc_error *error)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);
    const struct tc_metadata *const meta = tc_model_metadata(model);
    json_t *const object = json_object();

    if (!object || !put_all(object, arch, meta)) {
        json_decref(object);
        return tc_fail(error, TC_NO_MEMORY, "no memory for the metadata");
    }
    *metadata = object;
    return TC_OK;
}
