#include "config.h"
#include "report/model_evaluation.h"

#include "cli/talk.h"

#include <math.h>
#include <strings.h>

/* The manifest's column for a knob of the model; n_knobs if there is none. */
static unsigned column_of(const struct manifest *manifest, const char *knob)
{
    unsigned i = 0;

    while (i < manifest->n_knobs && strcasecmp(manifest->knob_name[i], knob) != 0)
        ++i;
    return i;
}

void model_evaluation_knobs(const struct model_evaluation *e, const struct tc_clip *clip,
                            float knob[TC_MAX_KNOBS])
{
    const struct tc_metadata *const meta = tc_model_metadata(e->model);
    const unsigned n = tc_model_architecture(e->model)->knobs;

    for (unsigned i = 0; i < n; ++i) {
        const unsigned column = column_of(&e->data->manifest, meta->knob[i].name);

        if (!isnan(e->given[i]))
            knob[i] = e->given[i];
        else if (column < e->data->manifest.n_knobs)
            knob[i] = clip->knob[column];
        else
            knob[i] = meta->knob[i].initial;
    }
}

static void warn_range(const struct model_evaluation *e, unsigned knob)
{
    const struct tc_knob *const k = &tc_model_metadata(e->model)->knob[knob];

    for (size_t i = 0; i < e->data->clips[CLIPS_SCORED].n; ++i) {
        float value[TC_MAX_KNOBS];

        model_evaluation_knobs(e, &e->data->clips[CLIPS_SCORED].clip[i], value);
        if (value[knob] >= k->min && value[knob] <= k->max)
            continue;
        talk_warn(e->data->manifest.path, "%s = %g is outside the model's range of %g to %g",
                  k->name, (double)value[knob], (double)k->min, (double)k->max);
        return;
    }
}

void model_evaluation_warn(const struct model_evaluation *e)
{
    const struct tc_metadata *const meta = tc_model_metadata(e->model);
    const struct manifest *const manifest = &e->data->manifest;
    const unsigned n = tc_model_architecture(e->model)->knobs;

    for (unsigned c = 0; c < manifest->n_knobs; ++c) {
        unsigned i = 0;

        while (i < n && strcasecmp(meta->knob[i].name, manifest->knob_name[c]) != 0)
            ++i;
        if (i == n)
            talk_warn(manifest->path, "column '%s' is no knob of the model",
                      manifest->knob_name[c]);
    }
    for (unsigned i = 0; i < n; ++i) {
        if (isnan(e->given[i]) && column_of(manifest, meta->knob[i].name) == manifest->n_knobs)
            talk_warn(manifest->path, "the knob '%s' is not given: its default %g is used",
                      meta->knob[i].name, (double)meta->knob[i].initial);
        warn_range(e, i);
    }
}
