#include "tasks/training_source.h"

#include "cli/given.h"
#include "cli/talk.h"
#include "tasks/training_model.h"

#include <string.h>

/* ------------------------------------------------------------------ options */

static bool shapes_weights(const struct train_arguments *a)
{
    return a->batch_norm || a->orthogonal || a->normalised || is_given(a->initial) ||
           is_given(a->forget_bias) || is_given(a->initial_scale) || is_given(a->memory);
}

int training_source_check_options(const struct command *self,
                                  const struct train_arguments *arguments)
{
    if (arguments->from == NULL)
        return 0;
    if (train_arguments_shape_network(arguments))
        return usage_error(self, "--from takes the network of its model: leave out --cell, "
                                 "--hidden and other options of the network");
    if (shapes_weights(arguments))
        return usage_error(self, "--from takes the weights of its model: leave out options of "
                                 "their initialisation, constraints and --batch-norm");
    if (arguments->effect.knob_ranges.n > 0)
        return usage_error(self, "--from takes the knobs of its model: leave out --knob-range");
    return 0;
}

/* ------------------------------------------------------------------ the model */

bool training_source_load(struct training *t, struct train_arguments *arguments)
{
    if (arguments->from == NULL)
        return true;
    t->source = training_model_load(t->task, arguments->from, arguments);
    if (t->source == NULL)
        return false;
    t->arch = *tc_model_architecture(t->source);
    return true;
}

/* ------------------------------------------------------------------ the recordings */

static bool same_inputs(const struct training *t, const struct tc_architecture *arch,
                        const struct tc_metadata *meta)
{
    const char *const from = t->arguments->from;

    if (arch->audio_inputs != t->arch.audio_inputs || arch->outputs != t->arch.outputs)
        talk_error(from, "has %u inputs and %u outputs, but the recordings make %u and %u",
                   arch->audio_inputs, arch->outputs, t->arch.audio_inputs, t->arch.outputs);
    else if (arch->symbols > 0)
        talk_error(from, "has an input of symbols, and cannot be trained on recordings");
    else if (arch->knobs != t->arch.knobs)
        talk_error(from, "has %u knobs, but the recordings give %u", arch->knobs, t->arch.knobs);
    else if (strcmp(meta->control, t->meta.control) != 0)
        talk_error(from, "has the control signal '%s', but the recordings give '%s'", meta->control,
                   t->meta.control);
    else
        return true;
    return false;
}

static bool same_knob(const struct training *t, const struct tc_knob *knob,
                      const struct tc_knob *given)
{
    if (strcmp(knob->name, given->name) != 0)
        talk_error(t->arguments->from, "has the knob '%s', but the recordings have '%s' there",
                   knob->name, given->name);
    else if (given->min < knob->min || given->max > knob->max)
        talk_error(t->arguments->from,
                   "has the knob '%s' from %g to %g, but the recordings have it from %g to %g",
                   knob->name, (double)knob->min, (double)knob->max, (double)given->min,
                   (double)given->max);
    else
        return true;
    return false;
}

bool training_source_take(struct training *t)
{
    const struct tc_architecture *arch;
    const struct tc_metadata *meta;

    if (t->source == NULL)
        return true;
    arch = tc_model_architecture(t->source);
    meta = tc_model_metadata(t->source);
    if (!same_inputs(t, arch, meta))
        return false;
    for (unsigned k = 0; k < arch->knobs; ++k)
        if (!same_knob(t, &meta->knob[k], &t->meta.knob[k]))
            return false;
    t->arch = *arch;
    memcpy(t->meta.knob, meta->knob, sizeof t->meta.knob);
    t->meta.in_gain_db = meta->in_gain_db;
    t->meta.out_gain_db = meta->out_gain_db;
    return true;
}
