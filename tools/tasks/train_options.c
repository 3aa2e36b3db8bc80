#include "tasks/train_options.h"

#include "tonecell-train.h"

#include <math.h>

const struct train_options train_defaults = {
    .cell = {.cell = TC_CELL_LSTM, .reset = CELL_NOT_GIVEN},
    .activation = TC_TANH,
    .hidden = {.n = 1, .value = {32}},
    .layers = NOT_GIVEN,
    .initial = NOT_CHOSEN,
    .start = TC_START_SILENCE,
    .negatives = (double)NAN,
    .recurrent_rate = (double)NAN,
    .forget_bias = (double)NAN,
    .dropout = (double)NAN,
    .batch = NOT_GIVEN,
    .warmup = NOT_GIVEN,
    .truncate = NOT_GIVEN,
    .memory = NOT_GIVEN,
    .truncation = TC_TRUNCATION_FIXED,
    .lookback = NOT_GIVEN,
    .tail = (double)NAN,
    .epochs = NOT_GIVEN,
    .patience = NOT_GIVEN,
    .learning_rate = (double)NAN,
    .clip_value = (double)NAN,
    .clip_norm = (double)NAN,
    .weight_decay = (double)NAN,
    .time_limit_s = (double)NAN,
    .optimizer = TC_OPTIMIZER_ADAM,
    .effort = EFFORT_NORMAL,
    .seed = 1,
    .effect = EFFECT_DEFAULTS,
};

unsigned train_options_layers(const struct train_options *o)
{
    return o->layers == NOT_GIVEN ? o->hidden.n : o->layers;
}

static bool has_single_units(const struct train_options *o)
{
    for (unsigned i = 0; i < o->hidden.n; ++i)
        if (o->hidden.value[i] == 1)
            return true;
    return false;
}

static bool has_equal_layers(const struct train_options *o)
{
    for (unsigned i = 1; i < o->hidden.n; ++i)
        if (o->hidden.value[i] == o->hidden.value[i - 1])
            return true;
    return o->hidden.n == 1 && train_options_layers(o) > 1;
}

static int check_recurrent(const struct command *self, const struct train_options *o)
{
    if (o->orthogonal && o->normalised)
        return usage_error(self, "give --orthogonal or --normalised, not both");
    if (o->orthogonal && o->initial != NOT_CHOSEN)
        return usage_error(self, "--initial is not for --orthogonal, whose matrices have a "
                                 "start of their own");
    if (!o->orthogonal && !isnan(o->negatives))
        return usage_error(self, "--negatives is for --orthogonal");
    if (!o->orthogonal && !o->normalised && !isnan(o->recurrent_rate))
        return usage_error(self, "--recurrent-rate is for --orthogonal and --normalised");
    if (tc_cell_describe((enum tc_cell)o->cell.cell)->forget_gate < 0 && !isnan(o->forget_bias))
        return usage_error(self, "--forget-bias is for --cell lstm");
    return 0;
}

static int check_network(const struct command *self, const struct train_options *o)
{
    if (o->layers != NOT_GIVEN && o->hidden.n > 1 && o->hidden.n != o->layers)
        return usage_error(self, "--hidden has %u numbers, but there are %u layers", o->hidden.n,
                           o->layers);
    if (o->residual && !has_equal_layers(o))
        return usage_error(self, "--residual needs a layer as wide as the one below it");
    if (o->layer_norm && has_single_units(o))
        return usage_error(self, "--layer-norm needs layers of at least 2 units");
    if (o->dropout > 0.0 && train_options_layers(o) == 1)
        return usage_error(self, "--dropout acts between recurrent layers, but there is only "
                                 "one layer");
    if (o->activation != TC_TANH && !tc_cell_describe((enum tc_cell)o->cell.cell)->any_activation)
        return usage_error(self, "--activation is for --cell rnn: lstm and gru always use tanh");
    return 0;
}

int train_options_check(const struct command *self, const struct train_options *o)
{
    if (check_network(self, o) != 0 || check_recurrent(self, o) != 0 ||
        cell_choice_check(self, &o->cell) != 0)
        return 2;
    return model_texts_check(self, &o->texts);
}
