#include "data/knob_range.h"

#include "cli/option_values.h"
#include "cli/printable.h"
#include "cli/talk.h"

#include <math.h>
#include <string.h>

/* A control signal that is a knob is the first. */
static bool is_control(const struct dataset *data, unsigned column)
{
    return column == 0 && data->recordings.control != NULL &&
           strcmp(data->manifest.knob_name[0], data->recordings.control) == 0;
}

/* The range of the manifest's values, or of the control signal, in the clips that train and
 * validate. */
static void take_range(struct tc_knob *knob, const struct dataset *data, unsigned column)
{
    knob->min = INFINITY;
    knob->max = -INFINITY;
    for (unsigned p = CLIPS_TRAIN; p <= CLIPS_VAL; ++p) {
        for (size_t i = 0; i < data->clips[p].n; ++i) {
            const struct tc_clip *const clip = &data->clips[p].clip[i];
            const float *const value =
                is_control(data, column) ? clip->input[1] : &clip->knob[column];
            const size_t n = is_control(data, column) ? clip->n_frames : 1;

            for (size_t t = 0; t < n; ++t) {
                knob->min = fminf(knob->min, value[t]);
                knob->max = fmaxf(knob->max, value[t]);
            }
        }
    }
    knob->initial = 0.5f * knob->min + 0.5f * knob->max;
}

/* MIN:MAX[:DEFAULT[:UNIT]] */
static bool parse_range(const char *text, struct tc_knob *knob)
{
    char part[4][32] = {"", "", "", ""};
    double value[3];
    unsigned n = 0;

    for (const char *at = text; n < 4; ++n) {
        const size_t length = n < 3 ? strcspn(at, ":") : strlen(at);

        if (length >= sizeof part[n])
            return false;
        memcpy(part[n], at, length);
        if (at[length] == '\0')
            break;
        at += length + 1;
    }
    if (!parse_real(part[0], &value[0]) || !parse_real(part[1], &value[1]))
        return false;
    value[2] = 0.5 * (value[0] + value[1]);
    if (part[2][0] != '\0' && !parse_real(part[2], &value[2]))
        return false;
    if (!(value[0] < value[1] && value[0] <= value[2] && value[2] <= value[1]) ||
        strlen(part[3]) >= sizeof knob->unit || !is_printable(part[3]))
        return false;
    knob->min = (float)value[0];
    knob->max = (float)value[1];
    knob->initial = (float)value[2];
    strcpy(knob->unit, part[3]);
    return isfinite(knob->min) && isfinite(knob->max) && knob->min < knob->max;
}

/* The knob of a name that is not terminated; NULL if there is none. */
static struct tc_knob *find_knob(struct tc_knob *knob, unsigned n, const char *name, size_t length)
{
    for (unsigned i = 0; i < n; ++i) {
        if (strlen(knob[i].name) == length && strncmp(knob[i].name, name, length) == 0)
            return &knob[i];
    }
    return NULL;
}

/* Apply one --knob-range to the n knobs, whose values come from `where`: 0, or 2 after
 * usage_error(). */
static int set_range(const struct command *self, struct tc_knob *knobs, unsigned n,
                     const char *where, const char *option)
{
    const char *const equals = strchr(option, '=');
    struct tc_knob range, *knob;

    if (equals == NULL || !parse_range(equals + 1, &range))
        return usage_error(self,
                           "--knob-range: '%s', expected NAME=MIN:MAX[:DEFAULT[:UNIT]] with MIN < "
                           "MAX, DEFAULT between them and UNIT of at most %zu bytes",
                           option, sizeof range.unit - 1);
    knob = find_knob(knobs, n, option, (size_t)(equals - option));
    if (knob == NULL)
        return usage_error(self, "--knob-range: '%s': the manifest has no such column", option);
    if (knob->min < range.min || knob->max > range.max)
        return usage_error(self, "--knob-range: '%s': the %s has values from %g to %g", option,
                           where, (double)knob->min, (double)knob->max);
    knob->min = range.min;
    knob->max = range.max;
    knob->initial = range.initial;
    strcpy(knob->unit, range.unit);
    return 0;
}

/* ------------------------------------------------------------------ before the recordings */

/* A column, with the range of its values in the rows that train and validate. */
static struct tc_knob column_range(const struct manifest *manifest, unsigned column)
{
    struct tc_knob knob = {.min = INFINITY, .max = -INFINITY};

    strcpy(knob.name, manifest->knob_name[column]);
    for (size_t i = 0; i < manifest->n_rows; ++i)
        if (manifest->row[i].split != SPLIT_TEST) {
            knob.min = fminf(knob.min, manifest->row[i].knob[column]);
            knob.max = fmaxf(knob.max, manifest->row[i].knob[column]);
        }
    return knob;
}

static bool is_of(const char *option, const char *name)
{
    const size_t length = strlen(name);

    return length > 0 && strncmp(option, name, length) == 0 && option[length] == '=';
}

int knob_ranges_check(const struct command *self, const struct manifest *manifest,
                      const char *control, const struct text_list *ranges)
{
    struct tc_knob knob[TC_MAX_KNOBS];
    int status = 0;

    for (unsigned c = 0; c < manifest->n_knobs; ++c)
        knob[c] = column_range(manifest, c);
    for (unsigned i = 0; i < ranges->n && status == 0; ++i)
        if (!is_of(ranges->value[i], control))
            status = set_range(self, knob, manifest->n_knobs, "manifest", ranges->value[i]);
    return status;
}

/* ------------------------------------------------------------------ with the recordings */

/* Name and range of a column. */
static bool take_column(struct tc_knob *knob, const struct dataset *data, unsigned column)
{
    *knob = (struct tc_knob){.at_min = 0.0f, .at_max = 1.0f};
    strcpy(knob->name, data->manifest.knob_name[column]);
    take_range(knob, data, column);
    if (knob->min < knob->max)
        return true;
    if (is_control(data, column))
        talk_error(NULL,
                   "the control signal '%s' is %g in all that trains: nothing can be learned about "
                   "it",
                   knob->name, (double)knob->min);
    else
        talk_error(data->manifest.path,
                   "column '%s' is %g in every row that trains: nothing can be learned about it",
                   knob->name, (double)knob->min);
    return false;
}

int knob_ranges_choose(const struct command *self, struct tc_knob *knob, const struct dataset *data,
                       const struct text_list *ranges)
{
    const unsigned n = data->manifest.n_knobs;
    int status = 0;

    for (unsigned i = 0; i < n; ++i) {
        if (!take_column(&knob[i], data, i))
            return 1;
    }
    for (unsigned i = 0; i < ranges->n && status == 0; ++i)
        status = set_range(self, knob, n,
                           is_control(data, 0) && is_of(ranges->value[i], knob[0].name)
                               ? "control signal"
                               : "manifest",
                           ranges->value[i]);
    return status;
}
