#include "tasks/checkpoint_settings.h"

#include <stdio.h>
#include <string.h>

/* Of more only the first are told. */
enum { MAX_TOLD = 4 };

/* ------------------------------------------------------------------ settings */

static json_t *hidden_json(const struct tc_architecture *arch)
{
    char text[16 * TC_MAX_LAYERS] = "";

    for (unsigned i = 0; i < arch->layers; ++i) {
        const size_t used = strlen(text);

        (void)snprintf(text + used, sizeof text - used, "%s%u", i > 0 ? "," : "",
                       arch->layer[i].hidden);
    }
    return json_string(text);
}

json_t *checkpoint_settings_of(const struct tc_architecture *arch, json_t *record)
{
    json_t *const settings = json_object();
    json_t *const first = json_object_get(record, "first");

    json_object_set_new(settings, "cell", json_string(tc_cell_name(arch->layer[0].cell)));
    json_object_set_new(settings, "hidden", hidden_json(arch));
    json_object_set(settings, "seed", json_object_get(record, "seed"));
    json_object_update(settings, json_object_get(record, "options"));
    json_object_update(settings, first);
    json_object_set_new(settings, "second", json_boolean(first != NULL));
    json_object_set(settings, "data", json_object_get(record, "data"));
    json_decref(record);
    return settings;
}

json_t *checkpoint_settings_read(const char *path)
{
    struct tc_model *model;
    const char *text;
    json_t *record = NULL, *settings = NULL;

    if (tc_model_load(&model, path, NULL) != TC_OK)
        return NULL;
    text = tc_model_metadata(model)->training;
    if (text != NULL)
        record = json_loads(text, 0, NULL);
    if (record != NULL)
        settings = checkpoint_settings_of(tc_model_architecture(model), record);
    tc_model_free(model);
    return settings;
}

bool checkpoint_settings_second(const json_t *settings)
{
    return json_is_true(json_object_get(settings, "second"));
}

/* ------------------------------------------------------------------ recordings */

static const char *text_of(const json_t *pair, const char *role, const char *key)
{
    const char *const text = json_string_value(json_object_get(json_object_get(pair, role), key));

    return text != NULL ? text : "";
}

static bool same_samples(const json_t *a, const json_t *b, const char *role)
{
    return strcmp(text_of(a, role, "hash"), text_of(b, role, "hash")) == 0;
}

/* The first file that differs. */
static void compare_data(const json_t *was, const json_t *is, char *text, size_t size)
{
    static const char *const roles[] = {"input", "target"};
    const size_t n_was = json_array_size(was), n_is = json_array_size(is);

    if (n_was != n_is)
        (void)snprintf(text, size, "it had %zu recordings, there are %zu", n_was, n_is);
    for (size_t i = 0; i < n_was && text[0] == '\0'; ++i)
        for (unsigned r = 0; r < 2 && text[0] == '\0'; ++r) {
            const json_t *const a = json_array_get(was, i), *const b = json_array_get(is, i);

            if (!same_samples(a, b, roles[r]))
                (void)snprintf(text, size, "%s has other samples than its %s had",
                               text_of(b, roles[r], "name"), text_of(a, roles[r], "name"));
        }
}

/* ------------------------------------------------------------------ options */

/* A training may go on with others. */
static bool may_differ(const json_t *was, const char *key)
{
    const char *const schedule = json_string_value(json_object_get(was, "schedule"));

    return strcmp(key, "patience") == 0 || strcmp(key, "time_limit_s") == 0 ||
           (strcmp(key, "epochs") == 0 && schedule != NULL && strcmp(schedule, "cosine") != 0);
}

static void append_value(char *text, size_t size, const json_t *value)
{
    const size_t used = strlen(text);

    if (json_is_string(value))
        (void)snprintf(text + used, size - used, "%s", json_string_value(value));
    else if (json_is_number(value))
        (void)snprintf(text + used, size - used, "%.7g", json_number_value(value));
    else
        (void)snprintf(text + used, size - used, "%s", json_is_true(value) ? "given" : "not given");
}

/* Most names in the record are those of options; two options choose the recurrent matrices. */
static void append_name(char *text, size_t size, const char *key)
{
    const bool is_option = strcmp(key, "recurrent") != 0;
    const size_t used = strlen(text);

    (void)snprintf(text + used, size - used, "%s%s", is_option ? "--" : "the recurrent matrix",
                   is_option ? key : "");
    for (char *c = text + used; *c != '\0'; ++c)
        *c = *c == '_' ? '-' : *c;
}

/* "; --learning-rate was 0.01, is 0.02" */
static void append_difference(char *text, size_t size, const char *key, const json_t *was,
                              const json_t *is)
{
    (void)snprintf(text + strlen(text), size - strlen(text), "%s", text[0] != '\0' ? "; " : "");
    append_name(text, size, key);
    (void)snprintf(text + strlen(text), size - strlen(text), " was ");
    append_value(text, size, was);
    (void)snprintf(text + strlen(text), size - strlen(text), ", is ");
    append_value(text, size, is);
}

static void compare_options(const json_t *was, json_t *is, char *text, size_t size)
{
    const char *key;
    json_t *value;
    unsigned n = 0;

    json_object_foreach(is, key, value)
    {
        const json_t *const before = json_object_get(was, key);

        if (json_is_array(value) || json_equal(before, value) || may_differ(was, key))
            continue;
        if (n++ < MAX_TOLD)
            append_difference(text, size, key, before, value);
    }
}

void checkpoint_settings_compare(const json_t *was, json_t *is, char *text, size_t size)
{
    text[0] = '\0';
    compare_data(json_object_get(was, "data"), json_object_get(is, "data"), text, size);
    if (text[0] == '\0')
        compare_options(was, is, text, size);
}
