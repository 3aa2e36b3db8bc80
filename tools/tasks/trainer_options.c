#include "tasks/trainer_options.h"

#include <math.h>

/* 0 keeps the trainer_options's value. */
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

void trainer_options_set(struct tc_train_options *options, const struct train_arguments *arguments)
{
    tc_train_options_init(options);
    take(&options->epochs, efforts[arguments->effort].epochs, arguments->epochs);
    take(&options->patience, efforts[arguments->effort].patience, arguments->patience);
    take(&options->batch, 0, arguments->batch);
    take(&options->warmup, 0, arguments->warmup);
    take(&options->truncate, 0, arguments->truncate);
    take(&options->memory, 0, arguments->memory);
    if (arguments->orthogonal || arguments->normalised)
        options->recurrent =
            arguments->orthogonal ? TC_RECURRENT_ORTHOGONAL : TC_RECURRENT_NORMALISED;
    if (arguments->initial != NOT_CHOSEN)
        options->initial = (enum tc_initial)arguments->initial;
    take_real(&options->negatives, arguments->negatives);
    take_real(&options->recurrent_rate, arguments->recurrent_rate);
    take_real(&options->forget_bias, arguments->forget_bias);
    take_real(&options->dropout, arguments->dropout);
    options->start = (enum tc_start)arguments->start;
    options->batch_norm = arguments->batch_norm;
    options->optimizer = (enum tc_optimizer)arguments->optimizer;
    options->truncation = (enum tc_truncation)arguments->truncation;
    take(&options->lookback, 0, arguments->lookback);
    take_real(&options->tail, arguments->tail);
    take_real(&options->learning_rate, arguments->learning_rate);
    take_real(&options->clip_value, arguments->clip_value);
    take_real(&options->clip_norm, arguments->clip_norm);
    take_real(&options->weight_decay, arguments->weight_decay);
    options->time_limit_s = isnan(arguments->time_limit_s) ? efforts[arguments->effort].time_limit_s
                                                           : arguments->time_limit_s;
    options->seed = arguments->seed;
    options->threads = arguments->threads;
}

int trainer_options_check(const struct command *self, const struct tc_train_options *options,
                          const struct train_arguments *arguments)
{
    const double decay = (double)options->weight_decay, rate = (double)options->learning_rate;
    const bool random = options->truncation == TC_TRUNCATION_RANDOM;

    if (options->start == TC_START_LEARNED && options->warmup)
        return usage_error(self, "--start learned needs --warmup 0: no gradient comes to the start "
                                 "through a warm-up");
    if (arguments->lookback != NOT_GIVEN && options->truncation != TC_TRUNCATION_FIXED)
        return usage_error(self, "--lookback is for --truncation fixed");
    if (arguments->lookback != NOT_GIVEN && arguments->lookback < options->truncate)
        return usage_error(self, "--lookback %u is less than --truncate %u", arguments->lookback,
                           options->truncate);
    if (!isnan(arguments->tail) && !random)
        return usage_error(self, "--tail is for --truncation random");
    if (random && options->tail != 0.0f && options->tail <= 1.0f)
        return usage_error(self, "--tail: %g is neither 0 nor more than 1", arguments->tail);
    if (random && options->truncate < 2)
        return usage_error(self, "--truncation random needs --truncate 2 or more");
    if (options->learning_rate * options->weight_decay >= 1.0f)
        return usage_error(self, "--weight-decay %g is not below 1 / --learning-rate, %g", decay,
                           1.0 / rate);
    return 0;
}
