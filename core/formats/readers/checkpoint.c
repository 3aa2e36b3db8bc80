#include "formats/readers/checkpoint.h"

#include <stdio.h>
#include <string.h>

enum { NAME_SIZE = 256 };

/* Where the weights are if there are others, as of an average of the weights. */
static const char *const usual[] = {"state_dict", "model_state_dict", "model"};

static bool ends_in(const char *name, const char *end)
{
    const size_t length = strlen(name), n = strlen(end);

    return length >= n && strcmp(name + length - n, end) == 0;
}

/* Does an object itself hold a member with such a name? */
static bool has_name(const json_t *object, const char *end)
{
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)object, name, value)
    {
        if (json_is_array(value) && ends_in(name, end))
            return true;
    }
    return false;
}

/* The object with the recurrent layers, and in *parent the one it is a member of, or NULL. */
static const json_t *find_layers(const json_t *object, const json_t **parent)
{
    const json_t *found = NULL;
    const char *name;
    json_t *value;

    if (!json_is_object(object))
        return NULL;
    if (has_name(object, "weight_ih_l0"))
        return object;
    *parent = object;
    for (size_t i = 0; !found && i < sizeof usual / sizeof *usual; ++i)
        found = find_layers(json_object_get(object, usual[i]), parent);
    if (found)
        return found;
    json_object_foreach((json_t *)object, name, value)
    {
        *parent = object;
        found = find_layers(value, parent);
        if (found)
            return found;
    }
    return NULL;
}

bool tc_checkpoint_holds_tensors(const json_t *json)
{
    const json_t *parent = NULL;

    return find_layers(json, &parent) != NULL;
}

/* Add all lists of an object, and of those inside it, with the names of these before theirs. False
 * without memory. */
static bool flatten(json_t *flat, const json_t *object, const char *prefix)
{
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)object, name, value)
    {
        char full[NAME_SIZE];

        if (snprintf(full, sizeof full - 1, "%s%s", prefix, name) >= (int)sizeof full - 1)
            continue;
        if (json_is_array(value) && json_object_set(flat, full, value) != 0)
            return false;
        if (!json_is_object(value))
            continue;
        strcat(full, ".");
        if (!flatten(flat, value, full))
            return false;
    }
    return true;
}

json_t *tc_checkpoint_tensors(const json_t *json)
{
    const json_t *parent = NULL, *const layers = find_layers(json, &parent);
    const bool complete = has_name(layers, "weight") || !parent;
    json_t *flat;

    if (complete)
        return json_incref((json_t *)layers);
    flat = json_object();
    if (flat && !flatten(flat, parent, "")) {
        json_decref(flat);
        return NULL;
    }
    return flat;
}
