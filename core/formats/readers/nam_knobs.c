#include "formats/readers/nam_knobs.h"

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

/** The knob's range and default, under the format's keys. */
static enum tc_status read_range(const json_t *json, const char *const keys[3], const char *where,
                                 struct tc_knob *knob, struct tc_error *error)
{
    enum tc_status status = tc_json_float(json, keys[0], where, &knob->min, error);

    if (status == TC_OK)
        status = tc_json_float(json, keys[1], where, &knob->max, error);
    return status ? status : tc_json_float(json, keys[2], where, &knob->initial, error);
}

static const char *text_or(const json_t *object, const char *key, const char *fallback)
{
    const json_t *const text = json_object_get(object, key);

    return json_is_string(text) ? json_string_value(text) : fallback;
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
        unsigned at = i++;

        for (; at > 0 && strcmp(names[at - 1], name) > 0; --at) /* insertion sort */
            names[at] = names[at - 1];
        names[at] = name;
    }
    for (i = 0; status == TC_OK && i < n; ++i)
        status =
            read_parametric(names[i], json_object_get(parametric, names[i]), &meta->knob[i], error);
    *knobs = (struct tc_nam_knobs){.knobs = (unsigned)n, .inputs = (unsigned)n};
    return status;
}

/* ------------------------------------------------------------------------- params */

static enum tc_status read_switch(const json_t *json, struct tc_knob *knob, unsigned *positions,
                                  struct tc_error *error)
{
    const json_t *const names = json_object_get(json, "enum_names");
    const float last = knob->max - knob->min;
    const float count = json_is_array(names) ? (float)json_array_size(names) : last + 1.0f;

    /* The limit of the inputs of a layer. */
    if (!(count >= 2.0f && count <= (float)TC_MAX_UNITS))
        return tc_fail(error, count < 2.0f ? TC_BAD_VALUE : TC_TOO_LARGE,
                       "param '%s' is a switch of %g positions, expected 2 to %d", knob->name,
                       count, TC_MAX_UNITS);
    *positions = (unsigned)count;
    if (last != (float)(*positions - 1))
        return tc_fail(error, TC_BAD_VALUE,
                       "param '%s' is a switch of %g positions, but goes from %g to %g", knob->name,
                       count, knob->min, knob->max);
    knob->at_max = last;
    return TC_OK;
}

static void set_input_range(const json_t *json, struct tc_knob *knob)
{
    const bool zero_based = strcmp(text_or(json, "input_normalization", ""), "min_max") == 0;
    const json_t *const low = json_object_get(json, "normalized_min");
    const json_t *const high = json_object_get(json, "normalized_max");

    knob->at_min = json_is_number(low) ? (float)json_number_value(low) : zero_based ? 0.0f : -1.0f;
    knob->at_max = json_is_number(high) ? (float)json_number_value(high) : 1.0f;
}

static enum tc_status read_param(const json_t *json, unsigned index, unsigned *positions,
                                 struct tc_knob *knob, struct tc_error *error)
{
    static const char *const keys[3] = {"min", "max", "default"};
    const char *const type = text_or(json, "type", "continuous");
    const char *name;
    char where[16];
    enum tc_status status;

    snprintf(where, sizeof where, "param %u", index);
    status = tc_json_text(json, "name", where, &name, error);
    if (status)
        return status;
    *knob = tc_facts_knob(name, 0.0f);
    status = read_range(json, keys, where, knob, error);
    if (status)
        return status;
    *positions = 1;
    if (strcmp(type, "switch") == 0)
        return read_switch(json, knob, positions, error);
    if (strcmp(type, "continuous") != 0)
        return tc_fail(error, TC_UNSUPPORTED,
                       "param '%s' has the type '%s', expected continuous or switch", knob->name,
                       TC_SHOWN(type));
    set_input_range(json, knob);
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
        status =
            read_param(json_array_get(params, i), i, &knobs->positions[i], &meta->knob[i], error);
        knobs->inputs += knobs->positions[i];
    }
    return status;
}

/* ------------------------------------------------------------------------- switches */

/** The number of r_j of a knob; one if it is not a switch. */
static unsigned ramp_count(unsigned positions)
{
    return positions > 1 ? positions - 1 : 1;
}

static unsigned total_ramps(const struct tc_nam_knobs *knobs)
{
    unsigned n = 0;

    for (unsigned k = 0; k < knobs->knobs; ++k)
        n += ramp_count(knobs->positions[k]);
    return n;
}

static float lowest_input(const struct tc_knob *knob)
{
    return fminf(knob->at_min, knob->at_max);
}

/** The layer before the linear one: x, -x, then the r_j of each knob. Other knobs are
 *  shifted by their lowest value, so that the ReLU leaves them unchanged. */
static enum tc_status add_ramps(const struct tc_nam_knobs *knobs, const struct tc_metadata *meta,
                                struct tc_stages *stages, struct tc_error *error)
{
    const struct tc_stage like = {.dense = true,
                                  .activation = TC_RELU,
                                  .inputs = 1 + knobs->knobs,
                                  .units = 2 + total_ramps(knobs)};
    const enum tc_status status = tc_stages_add(stages, &like, error);
    struct tc_stage_weights w;
    size_t row = 2;

    if (status)
        return status;
    w = tc_stages_last(stages);
    w.w_ih[0] = 1.0f;
    w.w_ih[like.inputs] = -1.0f;
    for (unsigned k = 0; k < knobs->knobs; ++k)
        for (unsigned j = 0; j < ramp_count(knobs->positions[k]); ++j, ++row) {
            w.w_ih[row * like.inputs + 1 + k] = 1.0f;
            w.b_ih[row] = -(float)j - lowest_input(&meta->knob[k]);
        }
    return TC_OK;
}

/** Set the rows of a switch; w is at the column of its first r_j. */
static void set_switch(unsigned positions, float *w, size_t cols, float *b)
{
    *b = 1.0f;
    for (unsigned p = 0; p < positions; ++p, w += cols) {
        if (p > 0)
            w[p - 1] = 1.0f;
        if (p + 1 < positions)
            w[p] = p ? -2.0f : -1.0f;
        if (p + 2 < positions)
            w[p + 1] = 1.0f;
    }
}

/** Set the linear layer, which follows that of add_ramps() if `after_ramps`. */
static void set_linear(const struct tc_nam_knobs *knobs, const struct tc_metadata *meta,
                       bool after_ramps, size_t cols, const struct tc_stage_weights *w)
{
    size_t row = 1, col = after_ramps ? 2 : 1;

    w->w_ih[0] = 1.0f;
    if (after_ramps)
        w->w_ih[1] = -1.0f;
    for (unsigned k = 0; k < knobs->knobs; ++k) {
        if (knobs->positions[k] > 1) {
            set_switch(knobs->positions[k], w->w_ih + row * cols + col, cols, w->b_ih + row);
        } else {
            w->w_ih[row * cols + col] = 1.0f;
            w->b_ih[row] = after_ramps ? lowest_input(&meta->knob[k]) : 0.0f;
        }
        row += knobs->positions[k];
        col += ramp_count(knobs->positions[k]);
    }
}

enum tc_status tc_nam_knobs_stages(const struct tc_nam_knobs *knobs, const struct tc_metadata *meta,
                                   struct tc_stages *stages, struct tc_error *error)
{
    const unsigned ramps = total_ramps(knobs);
    const bool after_ramps = ramps > knobs->knobs;
    const struct tc_stage like = {.dense = true,
                                  .activation = TC_IDENTITY,
                                  .inputs = (after_ramps ? 2 : 1) + ramps,
                                  .units = 1 + knobs->inputs};
    enum tc_status status = after_ramps ? add_ramps(knobs, meta, stages, error) : TC_OK;
    struct tc_stage_weights w;

    if (status == TC_OK)
        status = tc_stages_add(stages, &like, error);
    if (status)
        return status;
    w = tc_stages_last(stages);
    set_linear(knobs, meta, after_ramps, like.inputs, &w);
    return TC_OK;
}
