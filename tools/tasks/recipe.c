#include "tasks/recipe.h"

#include <math.h>
#include <string.h>

const struct train_options train_defaults = {
    .cell = {.cell = TC_CELL_LSTM, .reset = CELL_NOT_SAID},
    .activation = TC_TANH,
    .hidden = {.n = 1, .value = {32}},
    .layers = NOT_SAID,
    .initial = NOT_CHOSEN,
    .start = TC_START_SILENCE,
    .negatives = (double)NAN,
    .recurrent_rate = (double)NAN,
    .forget_bias = (double)NAN,
    .dropout = (double)NAN,
    .batch = NOT_SAID,
    .warmup = NOT_SAID,
    .truncate = NOT_SAID,
    .memory = NOT_SAID,
    .truncation = TC_TRUNCATION_FIXED,
    .lookback = NOT_SAID,
    .tail = (double)NAN,
    .epochs = NOT_SAID,
    .patience = NOT_SAID,
    .learning_rate = (double)NAN,
    .clip_value = (double)NAN,
    .clip_norm = (double)NAN,
    .weight_decay = (double)NAN,
    .time_limit_s = (double)NAN,
    .optimizer = TC_OPTIMIZER_ADAM,
    .effort = EFFORT_NORMAL,
    .seed = 1,
    .delay = (double)NAN,
};

/* 0 keeps what the recipe says. */
static const struct {
    unsigned epochs, patience;
    double time_limit_s;
} efforts[N_EFFORTS] = {
    [EFFORT_QUICK] = {.epochs = 1000, .time_limit_s = 60.0},
    [EFFORT_NORMAL] = {.epochs = 0},
    [EFFORT_BEST] = {.epochs = 4000, .patience = 100},
};

static void take(unsigned *field, unsigned effort, unsigned said)
{
    if (said != NOT_SAID)
        *field = said;
    else if (effort != 0)
        *field = effort;
}

static void take_real(float *field, double said)
{
    if (!isnan(said))
        *field = (float)said;
}

void recipe_choose(struct tc_train_options *recipe, const struct train_options *o)
{
    tc_train_options_init(recipe);
    take(&recipe->epochs, efforts[o->effort].epochs, o->epochs);
    take(&recipe->patience, efforts[o->effort].patience, o->patience);
    take(&recipe->batch, 0, o->batch);
    take(&recipe->warmup, 0, o->warmup);
    take(&recipe->truncate, 0, o->truncate);
    take(&recipe->memory, 0, o->memory);
    if (o->orthogonal || o->normalised)
        recipe->recurrent = o->orthogonal ? TC_RECURRENT_ORTHOGONAL : TC_RECURRENT_NORMALISED;
    if (o->initial != NOT_CHOSEN)
        recipe->initial = (enum tc_initial)o->initial;
    take_real(&recipe->negatives, o->negatives);
    take_real(&recipe->recurrent_rate, o->recurrent_rate);
    take_real(&recipe->forget_bias, o->forget_bias);
    take_real(&recipe->dropout, o->dropout);
    recipe->start = (enum tc_start)o->start;
    recipe->batch_norm = o->batch_norm;
    recipe->optimizer = (enum tc_optimizer)o->optimizer;
    recipe->truncation = (enum tc_truncation)o->truncation;
    take(&recipe->lookback, 0, o->lookback);
    take_real(&recipe->tail, o->tail);
    take_real(&recipe->learning_rate, o->learning_rate);
    take_real(&recipe->clip_value, o->clip_value);
    take_real(&recipe->clip_norm, o->clip_norm);
    take_real(&recipe->weight_decay, o->weight_decay);
    recipe->time_limit_s =
        isnan(o->time_limit_s) ? efforts[o->effort].time_limit_s : o->time_limit_s;
    recipe->seed = o->seed;
    recipe->threads = o->threads;
}

static unsigned layers_of(const struct train_options *o)
{
    return o->layers == NOT_SAID ? o->hidden.n : o->layers;
}

void recipe_shape(struct tc_architecture *arch, const struct train_options *o)
{
    arch->audio_inputs = 1;
    arch->outputs = 1;
    arch->layers = layers_of(o);
    arch->residual = o->residual;
    arch->layer_norm = o->layer_norm;
    for (unsigned i = 0; i < arch->layers; ++i) {
        arch->layer[i].cell = cell_choice_cell(&o->cell);
        arch->layer[i].activation = (enum tc_activation)o->activation;
        arch->layer[i].hidden = o->hidden.value[o->hidden.n == 1 ? 0 : i];
    }
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
    return o->hidden.n == 1 && layers_of(o) > 1;
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

int train_options_check(const struct command *self, const struct train_options *o,
                        unsigned n_operands)
{
    if (o->output == NULL)
        return usage_error(self, "--output is missing");
    if (strcmp(o->output, "-") == 0)
        return usage_error(self, "--output is '-', but a model cannot go to standard output");
    if (o->manifest != NULL && n_operands > 0)
        return usage_error(self, "give --manifest or pairs of files, not both");
    if (o->manifest == NULL && n_operands == 0)
        return usage_error(self, "expected --manifest or DRY and WET");
    if (n_operands % 2 != 0)
        return usage_error(self, "%u file%s: expected pairs of DRY and WET", n_operands,
                           n_operands == 1 ? "" : "s");
    if (o->layers != NOT_SAID && o->hidden.n > 1 && o->hidden.n != o->layers)
        return usage_error(self, "--hidden has %u numbers, but there are %u layers", o->hidden.n,
                           o->layers);
    if (o->residual && !has_equal_layers(o))
        return usage_error(self, "--residual needs a layer as wide as the one below it");
    if (o->layer_norm && has_single_units(o))
        return usage_error(self, "--layer-norm needs layers of at least 2 units");
    if (o->dropout > 0.0 && layers_of(o) == 1)
        return usage_error(self, "--dropout acts between recurrent layers, but there is only "
                                 "one layer");
    if (o->activation != TC_TANH && !tc_cell_describe((enum tc_cell)o->cell.cell)->any_activation)
        return usage_error(self, "--activation is for --cell rnn: lstm and gru always use tanh");
    if (o->no_align && !isnan(o->delay))
        return usage_error(self, "give --delay or --no-align, not both");
    if (check_recurrent(self, o) != 0 || cell_choice_check(self, &o->cell) != 0)
        return 2;
    return model_texts_check(self, &o->texts);
}

int recipe_check(const struct command *self, const struct tc_train_options *recipe,
                 const struct train_options *o)
{
    const double decay = (double)recipe->weight_decay, rate = (double)recipe->learning_rate;
    const bool random = recipe->truncation == TC_TRUNCATION_RANDOM;

    if (recipe->start == TC_START_LEARNED && recipe->warmup)
        return usage_error(self, "--start learned needs --warmup 0: no gradient comes to the start "
                                 "through a warm-up");
    if (o->lookback != NOT_SAID && recipe->truncation != TC_TRUNCATION_FIXED)
        return usage_error(self, "--lookback is for --truncation fixed");
    if (o->lookback != NOT_SAID && o->lookback < recipe->truncate)
        return usage_error(self, "--lookback %u is less than --truncate %u", o->lookback,
                           recipe->truncate);
    if (!isnan(o->tail) && !random)
        return usage_error(self, "--tail is for --truncation random");
    if (random && recipe->tail != 0.0f && recipe->tail <= 1.0f)
        return usage_error(self, "--tail: %g is neither 0 nor more than 1", o->tail);
    if (random && recipe->truncate < 2)
        return usage_error(self, "--truncation random needs --truncate 2 or more");
    if (recipe->learning_rate * recipe->weight_decay >= 1.0f)
        return usage_error(self, "--weight-decay %g is not below 1 / --learning-rate, %g", decay,
                           1.0 / rate);
    return 0;
}
