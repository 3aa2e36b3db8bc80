#include "config.h"
#include "cli/knobs.h"

#include "cli/option_values.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* "Drive (0 to 10), Tone (-5 to 5 dB)" */
static const char *list_knobs(const struct tc_metadata *meta, unsigned n, char *text, size_t size)
{
    size_t used = 0;

    snprintf(text, size, "no knobs");
    for (unsigned i = 0; i < n && used < size; ++i) {
        const struct tc_knob *const k = &meta->knob[i];

        used +=
            (size_t)snprintf(text + used, size - used, "%s%s (%g to %g%s%s)", i ? ", " : "",
                             k->name, (double)k->min, (double)k->max, *k->unit ? " " : "", k->unit);
    }
    return text;
}

static int find_knob(const struct tc_metadata *meta, unsigned n, const char *name, size_t length)
{
    for (unsigned i = 0; i < n; ++i)
        if (strlen(meta->knob[i].name) == length &&
            strncasecmp(meta->knob[i].name, name, length) == 0)
            return (int)i;
    return -1;
}

static int knob_set(const struct command *self, const char *option, const struct tc_metadata *meta,
                    unsigned n, float knob[TC_MAX_KNOBS])
{
    const char *const equals = strrchr(option, '=');
    char list[TC_MAX_KNOBS * 96];
    double value;
    int index;

    if (!equals || !parse_real(equals + 1, &value))
        return usage_error(self, "--knob: '%s' is not NAME=VALUE with a number", option);
    index = find_knob(meta, n, option, (size_t)(equals - option));
    if (index < 0)
        return usage_error(self, "--knob: '%s': no knob of this name; the model has %s", option,
                           list_knobs(meta, n, list, sizeof list));
    if (!(value >= (double)meta->knob[index].min && value <= (double)meta->knob[index].max))
        return usage_error(self, "--knob: '%s': %s is not in [%g, %g]", option, equals + 1,
                           (double)meta->knob[index].min, (double)meta->knob[index].max);
    knob[index] = (float)value;
    return 0;
}

int knobs_set(const struct command *self, const struct text_list *options,
              const struct tc_model *model, float knob[TC_MAX_KNOBS])
{
    const unsigned n = tc_model_architecture(model)->knobs;

    for (unsigned i = 0; i < options->n; ++i) {
        const int status = knob_set(self, options->value[i], tc_model_metadata(model), n, knob);

        if (status != 0)
            return status;
    }
    return 0;
}

bool knobs_name(const struct text_list *options, const struct tc_model *model, unsigned knob)
{
    const struct tc_metadata *const meta = tc_model_metadata(model);
    const unsigned n = tc_model_architecture(model)->knobs;

    for (unsigned i = 0; i < options->n; ++i)
        if (find_knob(meta, n, options->value[i],
                      (size_t)(strrchr(options->value[i], '=') - options->value[i])) == (int)knob)
            return true;
    return false;
}
