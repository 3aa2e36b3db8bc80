#include "tasks/train_arguments.h"

#include "tonecell-train.h"

#include <math.h>

const struct train_arguments train_defaults = {
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

unsigned train_arguments_layers(const struct train_arguments *arguments)
{
    return arguments->layers == NOT_GIVEN ? arguments->hidden.n : arguments->layers;
}

void train_arguments_set_layers(struct tc_architecture *arch,
                                const struct train_arguments *arguments)
{
    arch->layers = train_arguments_layers(arguments);
    arch->residual = arguments->residual;
    arch->layer_norm = arguments->layer_norm;
    for (unsigned i = 0; i < arch->layers; ++i) {
        arch->layer[i].cell = cell_choice_cell(&arguments->cell);
        arch->layer[i].activation = (enum tc_activation)arguments->activation;
        arch->layer[i].hidden = arguments->hidden.value[arguments->hidden.n == 1 ? 0 : i];
    }
}

static bool has_single_units(const struct train_arguments *arguments)
{
    for (unsigned i = 0; i < arguments->hidden.n; ++i)
        if (arguments->hidden.value[i] == 1)
            return true;
    return false;
}

static bool has_equal_layers(const struct train_arguments *arguments)
{
    for (unsigned i = 1; i < arguments->hidden.n; ++i)
        if (arguments->hidden.value[i] == arguments->hidden.value[i - 1])
            return true;
    return arguments->hidden.n == 1 && train_arguments_layers(arguments) > 1;
}

static int check_recurrent(const struct command *self, const struct train_arguments *arguments)
{
    if (arguments->orthogonal && arguments->normalised)
        return usage_error(self, "give --orthogonal or --normalised, not both");
    if (arguments->orthogonal && arguments->initial != NOT_CHOSEN)
        return usage_error(self, "--initial is not for --orthogonal, whose matrices have a "
                                 "start of their own");
    if (!arguments->orthogonal && !isnan(arguments->negatives))
        return usage_error(self, "--negatives is for --orthogonal");
    if (!arguments->orthogonal && !arguments->normalised && !isnan(arguments->recurrent_rate))
        return usage_error(self, "--recurrent-rate is for --orthogonal and --normalised");
    if (tc_cell_describe((enum tc_cell)arguments->cell.cell)->forget_gate < 0 &&
        !isnan(arguments->forget_bias))
        return usage_error(self, "--forget-bias is for --cell lstm");
    return 0;
}

static int check_network(const struct command *self, const struct train_arguments *arguments)
{
    if (arguments->layers != NOT_GIVEN && arguments->hidden.n > 1 &&
        arguments->hidden.n != arguments->layers)
        return usage_error(self, "--hidden has %u numbers, but there are %u layers",
                           arguments->hidden.n, arguments->layers);
    if (arguments->residual && !has_equal_layers(arguments))
        return usage_error(self, "--residual needs a layer as wide as the one below it");
    if (arguments->layer_norm && has_single_units(arguments))
        return usage_error(self, "--layer-norm needs layers of at least 2 units");
    if (arguments->dropout > 0.0 && train_arguments_layers(arguments) == 1)
        return usage_error(self, "--dropout acts between recurrent layers, but there is only "
                                 "one layer");
    if (arguments->activation != TC_TANH &&
        !tc_cell_describe((enum tc_cell)arguments->cell.cell)->any_activation)
        return usage_error(self, "--activation is for --cell rnn: lstm and gru always use tanh");
    return 0;
}

int train_arguments_check(const struct command *self, const struct train_arguments *arguments)
{
    if (check_network(self, arguments) != 0 || check_recurrent(self, arguments) != 0 ||
        cell_choice_check(self, &arguments->cell) != 0)
        return 2;
    return model_texts_check(self, &arguments->texts);
}
