#include "tasks/trainer_options.h"

#include "cli/given.h"

/* What each --effort changes; 0 keeps the library's default. */
static const struct {
    unsigned epochs, patience;
    double time_limit_s;
} efforts[N_EFFORTS] = {
    [EFFORT_QUICK] = {.time_limit_s = 60.0},
    [EFFORT_BEST] = {.epochs = 4000, .patience = 100},
};

static const float fine_tuning_rate = 1e-3f;

static void set_uint(unsigned *field, unsigned given)
{
    if (is_given(given))
        *field = given;
}

static void set_real(float *field, double given)
{
    if (is_given(given))
        *field = (float)given;
}

static void set_effort(struct tc_train_options *options, int effort)
{
    if (efforts[effort].epochs != 0)
        options->epochs = efforts[effort].epochs;
    if (efforts[effort].patience != 0)
        options->patience = efforts[effort].patience;
    options->time_limit_s = efforts[effort].time_limit_s;
}

static void set_choices(struct tc_train_options *options, const struct train_arguments *arguments)
{
    if (arguments->orthogonal || arguments->normalised)
        options->recurrent =
            arguments->orthogonal ? TC_RECURRENT_ORTHOGONAL : TC_RECURRENT_NORMALISED;
    if (is_given(arguments->initial))
        options->initial = (enum tc_initial)arguments->initial;
    options->start = (enum tc_start)arguments->start;
    options->batch_norm = arguments->batch_norm;
    options->loss = (enum tc_loss)arguments->loss;
    options->pre_emphasis = (enum tc_pre_emphasis)arguments->pre_emphasis;
    if (is_given(arguments->schedule))
        options->schedule = (enum tc_schedule)arguments->schedule;
    options->truncation = (enum tc_truncation)arguments->truncation;
}

/* A weight decay makes Adam AdamW. */
static int optimizer_of(const struct train_arguments *arguments)
{
    if (is_given(arguments->optimizer))
        return arguments->optimizer;
    return arguments->weight_decay > 0.0 ? OPTIMIZER_ADAMW : OPTIMIZER_ADAM;
}

static void set_optimizer(struct tc_train_options *options, const struct train_arguments *arguments)
{
    static const enum tc_optimizer optimizers[] = {[OPTIMIZER_ADAM] = TC_OPTIMIZER_ADAM,
                                                   [OPTIMIZER_ADAMW] = TC_OPTIMIZER_ADAM,
                                                   [OPTIMIZER_SGD] = TC_OPTIMIZER_SGD,
                                                   [OPTIMIZER_RMSPROP] = TC_OPTIMIZER_RMSPROP};
    const int optimizer = optimizer_of(arguments);

    options->optimizer = optimizers[optimizer];
    if (optimizer == OPTIMIZER_ADAMW)
        options->weight_decay = 0.01f; /* as torch.optim.AdamW */
    set_real(&options->weight_decay, arguments->weight_decay);
    set_real(&options->momentum, arguments->momentum);
    set_real(&options->average, arguments->average);
}

/* The squared error is known without the term for the mean. */
static void set_dc_weight(struct tc_train_options *options, double given)
{
    if (options->loss == TC_LOSS_MSE)
        options->dc_weight = 0.0f;
    set_real(&options->dc_weight, given);
}

void trainer_options_set(struct tc_train_options *options, const struct train_arguments *arguments)
{
    tc_train_options_init(options);
    set_effort(options, arguments->effort);
    set_choices(options, arguments);
    set_dc_weight(options, arguments->dc_weight);
    set_optimizer(options, arguments);
    set_real(&options->stft_weight, arguments->stft_weight);
    set_uint(&options->epochs, arguments->epochs);
    set_uint(&options->patience, arguments->patience);
    set_uint(&options->batch, arguments->batch);
    set_uint(&options->warmup, arguments->warmup);
    set_uint(&options->segment_warmup, arguments->segment_warmup);
    set_uint(&options->truncate, arguments->truncate);
    set_uint(&options->lookback, arguments->lookback);
    set_uint(&options->memory, arguments->memory);
    set_uint(&options->threads, arguments->threads);
    set_real(&options->negatives, arguments->negatives);
    set_real(&options->recurrent_rate, arguments->recurrent_rate);
    set_real(&options->initial_scale, arguments->initial_scale);
    set_real(&options->forget_bias, arguments->forget_bias);
    set_real(&options->dropout, arguments->dropout);
    set_real(&options->tail, arguments->tail);
    if (arguments->from != NULL)
        options->learning_rate = fine_tuning_rate;
    set_real(&options->learning_rate, arguments->learning_rate);
    set_real(&options->clip_value, arguments->clip_value);
    set_real(&options->clip_norm, arguments->clip_norm);
    if (is_given(arguments->time_limit_s))
        options->time_limit_s = arguments->time_limit_s;
    options->seed = arguments->seed;
}

static int check_optimizer(const struct command *self, const struct train_arguments *arguments)
{
    const int optimizer = optimizer_of(arguments);

    if (optimizer == OPTIMIZER_ADAM && arguments->weight_decay > 0.0)
        return usage_error(self, "--optimizer adam with a --weight-decay is --optimizer adamw");
    if (optimizer == OPTIMIZER_ADAMW && arguments->weight_decay == 0.0)
        return usage_error(self, "--optimizer adamw without a --weight-decay is --optimizer adam");
    if (arguments->average > 0.0 && arguments->batch_norm)
        return usage_error(self, "--average is not for --batch-norm, whose statistics are those of "
                                 "the present weights");
    if (optimizer != OPTIMIZER_SGD && is_given(arguments->momentum))
        return usage_error(self, "--momentum is for --optimizer sgd");
    return 0;
}

int trainer_options_check(const struct command *self, const struct tc_train_options *options,
                          const struct train_arguments *arguments)
{
    const double decay = (double)options->weight_decay, rate = (double)options->learning_rate;
    const bool random = options->truncation == TC_TRUNCATION_RANDOM;

    if (options->start == TC_START_LEARNED && options->warmup)
        return usage_error(self, "--start learned needs --warmup 0: no gradient reaches h0 and c0 "
                                 "through a warm-up");
    if (options->segment_warmup > 0 && options->segment_warmup < options->warmup)
        return usage_error(self, "--segment-warmup %u is less than --warmup %u",
                           options->segment_warmup, options->warmup);
    if (is_given(arguments->patience) && arguments->schedule == TC_SCHEDULE_COSINE)
        return usage_error(self, "--patience does not end a training with --schedule cosine");
    if (is_given(arguments->lookback) && options->truncation != TC_TRUNCATION_FIXED)
        return usage_error(self, "--lookback is for --truncation fixed");
    if (is_given(arguments->lookback) && arguments->lookback < options->truncate)
        return usage_error(self, "--lookback %u is less than --truncate %u", arguments->lookback,
                           options->truncate);
    if (is_given(arguments->tail) && !random)
        return usage_error(self, "--tail is for --truncation random");
    if (random && options->tail != 0.0f && options->tail <= 1.0f)
        return usage_error(self, "--tail: %g is neither 0 nor more than 1", arguments->tail);
    if (random && options->truncate < 2)
        return usage_error(self, "--truncation random needs --truncate 2 or more");
    if (options->stft_weight > 0.0f && options->truncate < 2048)
        return usage_error(self, "--stft-weight needs --truncate 2048 or more, the longest window");
    if (check_optimizer(self, arguments) != 0)
        return 2;
    if (options->learning_rate * options->weight_decay >= 1.0f)
        return usage_error(self, "--weight-decay %g is not below 1 / --learning-rate, %g", decay,
                           1.0 / rate);
    return 0;
}
