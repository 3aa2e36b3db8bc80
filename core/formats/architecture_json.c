#include "formats/architecture_json.h"

#include "formats/json.h"

#include <stdio.h>
#include <string.h>

/** Fail on the first key of an object that is not in the list `known` (NULL at its end). */
static enum tc_status check_keys(const json_t *object, const char *const *known, const char *where,
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
            return tc_fail(error, TC_UNSUPPORTED, "%s: '%s' is not known to this version", where,
                           TC_SHOWN(key));
    }
    return TC_OK;
}

static enum tc_status read_cell(const char *name, const char *where, enum tc_cell *cell,
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
    return tc_fail(error, TC_UNSUPPORTED, "%s: cell '%s' is unknown, expected %s", where,
                   TC_SHOWN(name), names);
}

static enum tc_status read_activation(const char *name, const char *where,
                                      enum tc_activation *activation, struct tc_error *error)
{
    for (*activation = TC_TANH; *activation < TC_ACTIVATIONS; ++*activation)
        if (strcmp(name, tc_activation_name(*activation)) == 0)
            return TC_OK;
    return tc_fail(error, TC_UNSUPPORTED,
                   "%s: activation '%s' is unknown, expected tanh, logistic, relu, identity, "
                   "modrelu, elu or softmax",
                   where, TC_SHOWN(name));
}

/** The readout; linear if the key is absent, as in files of older versions. */
static enum tc_status read_readout(const json_t *json, const char *where, enum tc_readout *readout,
                                   struct tc_error *error)
{
    const char *name = "linear";
    const enum tc_status status = json_object_get(json, "readout")
                                      ? tc_json_text(json, "readout", where, &name, error)
                                      : TC_OK;

    if (status)
        return status;
    for (*readout = TC_READOUT_LINEAR; *readout <= TC_READOUT_SOFTMAX; ++*readout)
        if (strcmp(name, tc_readout_name(*readout)) == 0)
            return TC_OK;
    return tc_fail(error, TC_UNSUPPORTED,
                   "%s: readout '%s' is unknown, expected linear, logistic or softmax", where,
                   TC_SHOWN(name));
}

static enum tc_status read_layer(const json_t *json, unsigned index, struct tc_layer *layer,
                                 struct tc_error *error)
{
    static const char *const known[] = {"cell", "hidden", "activation", NULL};
    const char *cell, *activation = "tanh";
    char where[48];
    enum tc_status status;

    snprintf(where, sizeof where, "architecture, layer %u", index);
    status = check_keys(json, known, where, error);
    if (status == TC_OK)
        status = tc_json_text(json, "cell", where, &cell, error);
    if (status == TC_OK)
        status = read_cell(cell, where, &layer->cell, error);
    if (status == TC_OK)
        status = tc_json_unsigned(json, "hidden", where, TC_MAX_UNITS, &layer->hidden, error);
    if (status == TC_OK && json_object_get(json, "activation"))
        status = tc_json_text(json, "activation", where, &activation, error);
    return status ? status : read_activation(activation, where, &layer->activation, error);
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

/** A truth value; false if the key is absent. */
static enum tc_status read_flag(const json_t *json, const char *key, const char *where, bool *flag,
                                struct tc_error *error)
{
    const json_t *const value = json_object_get(json, key);

    if (value && !json_is_boolean(value))
        return tc_fail(error, TC_BAD_FORMAT, "%s: '%s' is not true or false", where, key);
    *flag = json_is_true(value);
    return TC_OK;
}

/** A number; 0 if the key is absent. */
static enum tc_status read_optional(const json_t *json, const char *key, const char *where,
                                    unsigned max, unsigned *value, struct tc_error *error)
{
    *value = 0;
    return json_object_get(json, key) ? tc_json_unsigned(json, key, where, max, value, error)
                                      : TC_OK;
}

static enum tc_status read_architecture(const json_t *json, struct tc_architecture *arch,
                                        struct tc_error *error)
{
    static const char *const known[] = {"audio_inputs", "knobs",    "outputs",    "direct",
                                        "readout",      "residual", "layer_norm", "symbols",
                                        "embedding",    "layers",   NULL};
    static const char where[] = "architecture";
    enum tc_status status = check_keys(json, known, where, error);

    if (status == TC_OK)
        status = tc_json_unsigned(json, "audio_inputs", where, TC_MAX_FEATURES, &arch->audio_inputs,
                                  error);
    if (status == TC_OK)
        status = tc_json_unsigned(json, "knobs", where, TC_MAX_KNOBS, &arch->knobs, error);
    if (status == TC_OK)
        status = tc_json_unsigned(json, "outputs", where, TC_MAX_CLASSES, &arch->outputs, error);
    if (status == TC_OK)
        status = tc_json_float(json, "direct", where, &arch->direct, error);
    if (status == TC_OK)
        status = read_readout(json, where, &arch->readout, error);
    if (status == TC_OK)
        status = read_flag(json, "residual", where, &arch->residual, error);
    if (status == TC_OK)
        status = read_flag(json, "layer_norm", where, &arch->layer_norm, error);
    if (status == TC_OK)
        status = read_optional(json, "symbols", where, TC_MAX_SYMBOLS, &arch->symbols, error);
    if (status == TC_OK)
        status = read_optional(json, "embedding", where, TC_MAX_UNITS, &arch->embedding, error);
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

static json_t *or_null(unsigned value)
{
    return value ? json_integer((json_int_t)value) : NULL;
}

json_t *tc_architecture_to_json(const struct tc_architecture *arch)
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
    return json_pack("{s:i, s:i, s:i, s:f, s:s*, s:o*, s:o*, s:o*, s:o*, s:o}", "audio_inputs",
                     (int)arch->audio_inputs, "knobs", (int)arch->knobs, "outputs",
                     (int)arch->outputs, "direct", (double)arch->direct, "readout",
                     arch->readout == TC_READOUT_LINEAR ? NULL : tc_readout_name(arch->readout),
                     "residual", arch->residual ? json_true() : NULL, "layer_norm",
                     arch->layer_norm ? json_true() : NULL, "symbols", or_null(arch->symbols),
                     "embedding", or_null(arch->embedding), "layers", layers);
}
