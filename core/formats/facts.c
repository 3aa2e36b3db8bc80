#include "formats/facts.h"

#include "formats/copy_text.h"
#include "formats/json.h"
#include "formats/metadata.h"
#include "model/model.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void tc_facts_init(struct tc_file_facts *facts, const char *format)
{
    *facts = (struct tc_file_facts){.format = format, .selftest_error = (double)NAN};
}

void tc_facts_warn(struct tc_file_facts *facts, const char *format, ...)
{
    const size_t used = strlen(facts->warning), remaining = sizeof facts->warning - used;
    const int separator = snprintf(facts->warning + used, remaining, "%s", used ? "; " : "");
    va_list arguments;

    if ((size_t)separator >= remaining)
        return;
    va_start(arguments, format);
    vsnprintf(facts->warning + used + separator, remaining - (size_t)separator, format, arguments);
    va_end(arguments);
}

void tc_facts_rate(struct tc_metadata *meta, double found, double assumed)
{
    meta->sample_rate_assumed = !(found > 0.0);
    meta->sample_rate_hz = meta->sample_rate_assumed ? assumed : found;
}

void tc_facts_text(char *to, size_t size, const json_t *json)
{
    const char *const text = json_string_value(json);

    tc_copy_text(to, size, text ? text : "");
}

float tc_facts_level(const json_t *json)
{
    const float level = (float)json_number_value(json);

    return json_is_number(json) && isfinite(level) ? level : NAN;
}

enum tc_status tc_facts_record(char **record, const json_t *json, struct tc_error *error)
{
    *record = json_is_object(json) ? tc_json_dump(json, JSON_COMPACT) : NULL;
    if (json_is_object(json) && !*record)
        return tc_fail(error, TC_NO_MEMORY, "no memory for the metadata");
    return TC_OK;
}

void tc_facts_knobs(const json_t *metadata, unsigned knobs, struct tc_metadata *meta)
{
    const json_t *const described = json_object_get(metadata, "knobs");
    struct tc_metadata read;

    if (!described || tc_knobs_from_json(described, knobs, &read, NULL) != TC_OK)
        return;
    for (unsigned k = 0; k < knobs; ++k)
        if (tc_knob_check(&read.knob[k], k, NULL) != TC_OK)
            return;
    for (unsigned k = 0; k < knobs; ++k) {
        meta->knob[k] = read.knob[k];
        meta->knob[k].at_min = 0.0f;
        meta->knob[k].at_max = 1.0f;
    }
}

struct tc_knob tc_facts_knob(const char *name, float initial)
{
    struct tc_knob knob = {.max = 1.0f, .initial = initial, .at_max = 1.0f};

    tc_copy_text(knob.name, sizeof knob.name, name);
    return knob;
}
