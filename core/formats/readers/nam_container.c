#include "formats/readers/nam_container.h"

#include "formats/facts.h"
#include "formats/json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

bool tc_nam_is_lstm(const json_t *json)
{
    static const char *const known[] = {"LSTM", "CatLSTM", "ConcatLSTM"};
    const char *const name = json_string_value(json_object_get(json, "architecture"));

    for (size_t i = 0; name && i < sizeof known / sizeof known[0]; ++i)
        if (strcmp(name, known[i]) == 0)
            return true;
    return false;
}

/** A submodel is used for sizes up to its max_value, which must rise to 1 or more. */
static enum tc_status check_sizes(const json_t *list, struct tc_error *error)
{
    const size_t n = json_array_size(list);
    float size = 0.0f, previous = -INFINITY;

    for (size_t i = 0; i < n; ++i, previous = size) {
        char where[40];
        enum tc_status status;

        snprintf(where, sizeof where, "submodel %zu", i);
        status = tc_json_float(json_array_get(list, i), "max_value", where, &size, error);
        if (status)
            return status;
        if (!(size > previous))
            return tc_fail(error, TC_BAD_VALUE,
                           "%s: 'max_value' is %g, expected more than the %g before it", where,
                           size, previous);
    }
    if (!(size >= 1.0f))
        return tc_fail(error, TC_BAD_VALUE,
                       "submodel %zu: 'max_value' is %g, expected 1 or more of the last", n - 1,
                       size);
    return TC_OK;
}

/** The largest LSTM of a container. */
static enum tc_status find_largest(const json_t *list, struct tc_file_facts *facts,
                                   const json_t **found, struct tc_error *error)
{
    const size_t n = json_array_size(list);
    size_t index = n;

    do {
        if (index == 0)
            return tc_fail(error, TC_UNSUPPORTED, "none of the %zu submodels is an LSTM", n);
        *found = json_object_get(json_array_get(list, --index), "model");
    } while (!tc_nam_is_lstm(*found));
    if (index + 1 < n)
        tc_facts_warn(facts, "of its %zu submodels the %zu%s is taken, the largest that is an LSTM",
                      n, index + 1,
                      index == 0   ? "st"
                      : index == 1 ? "nd"
                      : index == 2 ? "rd"
                                   : "th");
    return TC_OK;
}

enum tc_status tc_nam_submodel(const json_t *container, struct tc_file_facts *facts,
                               const json_t **submodel, struct tc_error *error)
{
    const json_t *const list = json_object_get(json_object_get(container, "config"), "submodels");
    enum tc_status status;

    if (json_array_size(list) == 0)
        return tc_fail(error, TC_BAD_FORMAT, "config: 'submodels' is missing or empty");
    status = check_sizes(list, error);
    return status ? status : find_largest(list, facts, submodel, error);
}
