#include "tasks/train_arguments.h"

#include "cli/given.h"
#include "tasks/task.h"
#include "tonecell-train.h"

#include <stdio.h>

static const unsigned usual_units = 32;

const struct train_arguments train_defaults = {
    .task = TASK_DEFAULT,
    .cell = {.cell = CHOICE_NOT_GIVEN, .reset = CHOICE_NOT_GIVEN},
    .activation = CHOICE_NOT_GIVEN,
    .layers = UINT_NOT_GIVEN,
    .initial = CHOICE_NOT_GIVEN,
    .start = TC_START_SILENCE,
    .negatives = REAL_NOT_GIVEN,
    .recurrent_rate = REAL_NOT_GIVEN,
    .initial_scale = REAL_NOT_GIVEN,
    .forget_bias = REAL_NOT_GIVEN,
    .dropout = REAL_NOT_GIVEN,
    .batch = UINT_NOT_GIVEN,
    .warmup = UINT_NOT_GIVEN,
    .segment_warmup = UINT_NOT_GIVEN,
    .truncate = UINT_NOT_GIVEN,
    .memory = UINT_NOT_GIVEN,
    .truncation = TC_TRUNCATION_FIXED,
    .lookback = UINT_NOT_GIVEN,
    .tail = REAL_NOT_GIVEN,
    .epochs = UINT_NOT_GIVEN,
    .patience = UINT_NOT_GIVEN,
    .threads = UINT_NOT_GIVEN,
    .loss = TC_LOSS_ESR,
    .dc_weight = REAL_NOT_GIVEN,
    .momentum = REAL_NOT_GIVEN,
    .average = REAL_NOT_GIVEN,
    .stft_weight = REAL_NOT_GIVEN,
    .learning_rate = REAL_NOT_GIVEN,
    .clip_value = REAL_NOT_GIVEN,
    .clip_norm = REAL_NOT_GIVEN,
    .weight_decay = REAL_NOT_GIVEN,
    .time_limit_s = REAL_NOT_GIVEN,
    .checkpoint_interval_s = REAL_NOT_GIVEN,
    .optimizer = CHOICE_NOT_GIVEN,
    .schedule = CHOICE_NOT_GIVEN,
    .effort = EFFORT_NORMAL,
    .seed = 1,
    .seeds = 1,
    .levels = LEVELS_NOT_GIVEN,
    .effect = EFFECT_DEFAULTS,
};

bool train_arguments_shape_network(const struct train_arguments *a)
{
    return cell_choice_given(&a->cell) || is_given(a->activation) || a->hidden.n > 0 ||
           is_given(a->layers) || a->residual || a->layer_norm || a->no_skip;
}

void train_arguments_complete(struct train_arguments *arguments)
{
    if (!is_given(arguments->cell.cell))
        arguments->cell.cell = TC_CELL_LSTM;
    if (!is_given(arguments->activation))
        arguments->activation = TC_TANH;
    if (arguments->hidden.n == 0)
        arguments->hidden = (struct uint_list){.n = 1, .value = {usual_units}};
}

unsigned train_arguments_layers(const struct train_arguments *arguments)
{
    return is_given(arguments->layers) ? arguments->layers : arguments->hidden.n;
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
    if (arguments->orthogonal && is_given(arguments->initial))
        return usage_error(self, "--initial is not for --orthogonal, whose matrices start "
                                 "as rotations");
    if ((arguments->orthogonal || arguments->normalised) && is_given(arguments->initial_scale))
        return usage_error(self, "--initial-scale is not for --orthogonal and --normalised, whose "
                                 "matrices have the size they need");
    if (!arguments->orthogonal && is_given(arguments->negatives))
        return usage_error(self, "--negatives is for --orthogonal");
    if (!arguments->orthogonal && !arguments->normalised && is_given(arguments->recurrent_rate))
        return usage_error(self, "--recurrent-rate is for --orthogonal and --normalised");
    if (tc_cell_describe((enum tc_cell)arguments->cell.cell)->forget_gate < 0 &&
        is_given(arguments->forget_bias))
        return usage_error(self, "--forget-bias is for --cell lstm");
    return 0;
}

static int check_network(const struct command *self, const struct train_arguments *arguments)
{
    if (is_given(arguments->layers) && arguments->hidden.n > 1 &&
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

const char *rejected_path(const char *model, char path[PATH_MAX])
{
    (void)snprintf(path, PATH_MAX, "%s.rejected", model);
    return path;
}
