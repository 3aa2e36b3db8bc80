#include "formats/nam_knobs.h"

#include "formats/facts.h"
#include "formats/json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static enum tc_status check_count(size_t n, struct tc_error *error)
{
    if (n > TC_MAX_KNOBS)
        return tc_fail(error, TC_TOO_LARGE, "%zu knobs, the limit is %d", n, TC_MAX_KNOBS);
    return TC_OK;
}

/** The knob's range and where it starts, under keys of the format's own. */
static enum tc_status read_range(const json_t *json, const char *const keys[3], const char *place,
                                 struct tc_knob *knob, struct tc_error *error)
{
    enum tc_status status = tc_json_float(json, keys[0], place, &knob->min, error);

    if (status == TC_OK)
        status = tc_json_float(json, keys[1], place, &knob->max, error);
    return status ? status : tc_json_float(json, keys[2], place, &knob->initial, error);
}

static const char *text_or(const json_t *object, const char *key, const char *otherwise)
{
    const json_t *const text = json_object_get(object, key);

    return json_is_string(text) ? json_string_value(text) : otherwise;
}

/* ------------------------------------------------------------------------- parametric */

static enum tc_status read_parametric(const char *name, const json_t *json, struct tc_knob *knob,
                                      struct tc_error *error)
{
    static const char *const keys[3] = {"minval", "maxval", "default_value"};
    const char *const type = text_or(json, "type", "continuous");
    enum tc_status status;

    *knob = tc_facts_knob(name, json_is_true(json_object_get(json, "default_value")) ? 1.0f : 0.0f);
    if (strcmp(type, "boolean") == 0)
        return TC_OK;
    if (strcmp(type, "continuous") != 0)
        return tc_fail(error, TC_UNSUPPORTED,
                       "parametric: '%s' has the type '%s', expected continuous or boolean",
                       knob->name, TC_SHOWN(type));
    status = read_range(json, keys, knob->name, knob, error);
    knob->at_min = knob->min;
    knob->at_max = knob->max;
    return status;
}

enum tc_status tc_nam_knobs_parametric(const json_t *parametric, struct tc_nam_knobs *knobs,
                                       struct tc_metadata *meta, struct tc_error *error)
{
    const size_t n = json_object_size(parametric);
    enum tc_status status = check_count(n, error);
    const char *name, *names[TC_MAX_KNOBS];
    json_t *json;
    unsigned i = 0;

    if (status)
        return status;
    json_object_foreach((json_t *)parametric, name, json)
    {
        unsigned place = i++;

        for (; place > 0 && strcmp(names[place - 1], name) > 0; --place)
            names[place] = names[place - 1];
        names[place] = name;
    }
    for (i = 0; status == TC_OK && i < n; ++i)
        status =
            read_parametric(names[i], json_object_get(parametric, names[i]), &meta->knob[i], error);
    *knobs = (struct tc_nam_knobs){.knobs = (unsigned)n, .inputs = (unsigned)n};
    return status;
}

/* ------------------------------------------------------------------------- params */

static size_t positions_of(const json_t *json, const struct tc_knob *knob)
{
    const json_t *const names = json_object_get(json, "enum_names");

    if (json_is_array(names))
        return json_array_size(names);
    return (size_t)fminf(fmaxf(knob->max - knob->min + 1.5f, 0.0f), 1e6f);
}

static void set_inputs(const json_t *json, struct tc_knob *knob)
{
    const bool from_0 = strcmp(text_or(json, "input_normalization", ""), "min_max") == 0;
    const json_t *const low = json_object_get(json, "normalized_min");
    const json_t *const high = json_object_get(json, "normalized_max");

    knob->at_min = json_is_number(low) ? (float)json_number_value(low) : from_0 ? 0.0f : -1.0f;
    knob->at_max = json_is_number(high) ? (float)json_number_value(high) : 1.0f;
}

static enum tc_status read_param(const json_t *json, unsigned index, struct tc_nam_knobs *knobs,
                                 struct tc_knob *knob, struct tc_error *error)
{
    static const char *const keys[3] = {"min", "max", "default"};
    const char *const type = text_or(json, "type", "continuous");
    const char *name;
    char place[16];
    enum tc_status status;

    snprintf(place, sizeof place, "param %u", index);
    status = tc_json_text(json, "name", place, &name, error);
    if (status)
        return status;
    *knob = tc_facts_knob(name, 0.0f);
    status = read_range(json, keys, place, knob, error);
    if (status)
        return status;
    knobs->is_switch[index] = strcmp(type, "switch") == 0;
    if (!knobs->is_switch[index] && strcmp(type, "continuous") != 0)
        return tc_fail(error, TC_UNSUPPORTED,
                       "param '%s' has the type '%s', expected continuous or switch", knob->name,
                       TC_SHOWN(type));
    if (knobs->is_switch[index] && positions_of(json, knob) != 2)
        return tc_fail(error, TC_UNSUPPORTED,
                       "param '%s' is a switch of %zu positions, expected 2: a knob is one input",
                       knob->name, positions_of(json, knob));
    if (!knobs->is_switch[index])
        set_inputs(json, knob);
    return TC_OK;
}

enum tc_status tc_nam_knobs_params(const json_t *params, struct tc_nam_knobs *knobs,
                                   struct tc_metadata *meta, struct tc_error *error)
{
    const size_t n = json_array_size(params);
    enum tc_status status = check_count(n, error);

    *knobs = (struct tc_nam_knobs){.knobs = (unsigned)n};
    if (status == TC_OK && n == 0)
        status = tc_fail(error, TC_BAD_FORMAT, "config: 'params' is missing or empty");
    for (unsigned i = 0; status == TC_OK && i < n; ++i) {
        status = read_param(json_array_get(params, i), i, knobs, &meta->knob[i], error);
        knobs->has_switch |= knobs->is_switch[i];
        knobs->inputs += knobs->is_switch[i] ? 2 : 1;
    }
    return status;
}

enum tc_status tc_nam_knobs_stage(const struct tc_nam_knobs *knobs, struct tc_stages *stages,
                                  struct tc_error *error)
{
    const struct tc_stage like = {.dense = true,
                                  .activation = TC_IDENTITY,
                                  .inputs = 1 + knobs->knobs,
                                  .units = 1 + knobs->inputs};
    const enum tc_status status = tc_stages_add(stages, &like, error);
    struct tc_stage_weights w;
    size_t row = 1;

    if (status)
        return status;
    w = tc_stages_last(stages);
    w.w_ih[0] = 1.0f;
    for (unsigned k = 0; k < knobs->knobs; ++k) {
        if (knobs->is_switch[k]) {
            w.b_ih[row] = 1.0f;
            w.w_ih[row++ * like.inputs + 1 + k] = -1.0f;
        }
        w.w_ih[row++ * like.inputs + 1 + k] = 1.0f;
    }
    return TC_OK;
}
