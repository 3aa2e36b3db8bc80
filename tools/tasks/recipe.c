#include "tasks/recipe.h"

#include <math.h>

/* 0 keeps the recipe's value. */
static const struct {
    unsigned epochs, patience;
    double time_limit_s;
} efforts[N_EFFORTS] = {
    [EFFORT_QUICK] = {.epochs = 1000, .time_limit_s = 60.0},
    [EFFORT_NORMAL] = {.epochs = 0},
    [EFFORT_BEST] = {.epochs = 4000, .patience = 100},
};

static void take(unsigned *field, unsigned effort, unsigned given)
{
    if (given != NOT_GIVEN)
        *field = given;
    else if (effort != 0)
        *field = effort;
}

static void take_real(float *field, double given)
{
    if (!isnan(given))
        *field = (float)given;
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

void recipe_set_layers(struct tc_architecture *arch, const struct train_options *o)
{
    arch->layers = train_options_layers(o);
    arch->residual = o->residual;
    arch->layer_norm = o->layer_norm;
    for (unsigned i = 0; i < arch->layers; ++i) {
        arch->layer[i].cell = cell_choice_cell(&o->cell);
        arch->layer[i].activation = (enum tc_activation)o->activation;
        arch->layer[i].hidden = o->hidden.value[o->hidden.n == 1 ? 0 : i];
    }
}

int recipe_check(const struct command *self, const struct tc_train_options *recipe,
                 const struct train_options *o)
{
    const double decay = (double)recipe->weight_decay, rate = (double)recipe->learning_rate;
    const bool random = recipe->truncation == TC_TRUNCATION_RANDOM;

    if (recipe->start == TC_START_LEARNED && recipe->warmup)
        return usage_error(self, "--start learned needs --warmup 0: no gradient comes to the start "
                                 "through a warm-up");
    if (o->lookback != NOT_GIVEN && recipe->truncation != TC_TRUNCATION_FIXED)
        return usage_error(self, "--lookback is for --truncation fixed");
    if (o->lookback != NOT_GIVEN && o->lookback < recipe->truncate)
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
