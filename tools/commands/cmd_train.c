#include "cli/commands.h"
#include "cli/json_result.h"
#include "cli/output_check.h"
#include "cli/paths.h"
#include "cli/previous_file.h"
#include "cli/settings.h"
#include "cli/talk.h"
#include "data/dataset.h"
#include "page/page.h"
#include "tasks/trainer_options.h"
#include "tasks/training.h"
#include "tasks/training_aliasing.h"
#include "tasks/training_attempts.h"
#include "tasks/training_source.h"
#include "tasks/training_teacher.h"

#include <string.h>

#define AT(field) offsetof(struct train_arguments, field)
static const struct opt opts[] = {
    TASK_OPTION(AT(task)),
    MANIFEST_OPTION(AT(manifest)),
    {0, "warmup", OPT_UINT, AT(warmup), 0, 1e8, "FRAMES",
     "frames at the start of each clip that fill the hidden state and carry no loss [1000]",
     GROUP_DATA, EXPERT},
    {0, "segment-warmup", OPT_UINT, AT(segment_warmup), 0, 1048576, "FRAMES",
     "frames before each segment in which the hidden state settles without a gradient; 0: as "
     "--warmup [0.1 s, with --warmup as many]",
     GROUP_DATA, EXPERT},
    CELL_OPTION(AT(cell)),
    {'H', "hidden", OPT_LIST, AT(hidden), 1, TC_MAX_UNITS, "N[,N...]",
     "hidden size: units per layer, one number for all layers or one for each [32]", GROUP_NETWORK,
     EVERYDAY},
    {0, "layers", OPT_UINT, AT(layers), 1, TC_MAX_LAYERS, "N", "number of recurrent layers [1]",
     GROUP_NETWORK, EVERYDAY},
    {0, "activation", OPT_CHOICE, AT(activation), 0, 0, "tanh|logistic|relu|identity|modrelu",
     "activation function of rnn cells [tanh]", GROUP_NETWORK, EXPERT},
    CELL_VARIANT_OPTIONS(AT(cell)),
    {0, "residual", OPT_FLAG, AT(residual), 0, 0, NULL,
     "residual connections around layers as wide as the layer below; for deep networks",
     GROUP_NETWORK, EXPERT},
    {0, "layer-norm", OPT_FLAG, AT(layer_norm), 0, 0, NULL,
     "layer normalisation of each layer's output, with a learned gain and bias; for deep networks",
     GROUP_NETWORK, EXPERT},
    {0, "batch-norm", OPT_FLAG, AT(batch_norm), 0, 0, NULL,
     "batch normalisation of the input part of each layer's pre-activations; it is folded into the "
     "weights of the model",
     GROUP_NETWORK, EXPERT},
    {0, "dropout", OPT_REAL, AT(dropout), 0, 0.9, "P",
     "dropout probability between recurrent layers [0]", GROUP_NETWORK, EXPERT},
    {0, "start", OPT_CHOICE, AT(start), 0, 0, "silence|zero|learned",
     "initial hidden state of the model: as after a second of silence, zero, or learned, which "
     "needs --warmup 0 [silence]",
     GROUP_NETWORK, EXPERT},
    {0, "no-skip", OPT_FLAG, AT(no_skip), 0, 0, NULL, "no direct connection from input to output",
     GROUP_NETWORK, EXPERT},
    {0, "effort", OPT_CHOICE, AT(effort), 0, 0, "quick|normal|best",
     "duration of the training: a minute at most, some minutes, or until the score has long "
     "stopped improving [normal]",
     GROUP_TRAINING, EVERYDAY},
    {0, "epochs", OPT_UINT, AT(epochs), 1, 1e6, "N",
     "number of epochs [50 to 300, for some minutes on two cores; with another --schedule than "
     "cosine or --patience 1000, with --effort best 4000]",
     GROUP_TRAINING, EVERYDAY},
    {0, "time-limit", OPT_TIME, AT(time_limit_s), 1, 1e7, "TIME",
     "maximum duration: 90 (seconds), 15m or 2h [none, with --effort quick 60]", GROUP_TRAINING,
     EVERYDAY},
    BATCH_OPTION(AT(batch), "32, fewer for short recordings"),
    {0, "learning-rate", OPT_REAL, AT(learning_rate), 1e-7, 1.0, "RATE",
     "initial learning rate [0.01]", GROUP_TRAINING, EVERYDAY},
    {0, "schedule", OPT_CHOICE, AT(schedule), 0, 0, "plateau|cosine|constant",
     "learning rate: halved when validation improves no more; half a cosine, to 0 at the last "
     "epoch "
     "or the time limit; or constant [cosine, with --effort best or --patience plateau]",
     GROUP_TRAINING, EXPERT},
    {0, "seed", OPT_COUNT, AT(seed), 0, 9007199254740992.0, "N",
     "random seed: the same seed gives the same model, unless a time limit ends it [1]",
     GROUP_TRAINING, EVERYDAY},
    {0, "seeds", OPT_UINT, AT(seeds), 1, MAX_SEEDS, "N",
     "train N models, from --seed on, in equal parts of the time limit and without checkpoints, "
     "and "
     "keep the best [1]",
     GROUP_TRAINING, EVERYDAY},
    {0, "from", OPT_TEXT, AT(from), 0, 0, "MODEL",
     "fine-tune: start from the weights of a model in any format, with a learning rate of 0.001",
     GROUP_TRAINING, EVERYDAY},
    {0, "teacher", OPT_TEXT, AT(teacher), 0, 0, "MODEL",
     "learn from the output of a larger model, in any format, on every DRY; a WET validates, and "
     "is not needed",
     GROUP_TRAINING, EVERYDAY},
    {0, "anti-alias", OPT_FLAG, AT(anti_alias), 0, 0, NULL,
     "with --from: fine-tune so that the model aliases less, on its own output at four times the "
     "sample rate; a WET is only compared with",
     GROUP_TRAINING, EXPERT},
    {0, "resume", OPT_FLAG, AT(resume), 0, 0, NULL,
     "go on from MODEL.checkpoint, which a training leaves that was stopped or killed, to the same "
     "model",
     GROUP_TRAINING, EVERYDAY},
    {0, "checkpoint-interval", OPT_TIME, AT(checkpoint_interval_s), 0, 1e7, "TIME",
     "time from one checkpoint to the next [2m, at validations 30]", GROUP_TRAINING, EXPERT},
    {0, "patience", OPT_UINT, AT(patience), 1, 1e6, "N",
     "early stopping: validations without a better score before the end, not with a cosine [25, "
     "with --effort best 100]",
     GROUP_TRAINING, EXPERT},
    {0, "loss", OPT_CHOICE, AT(loss), 0, 0, "esr|mse|mae|log-cosh",
     "loss function: error-to-signal ratio, half the mean squared error, mean absolute error or "
     "log "
     "cosh of the error, these two relative to the target's RMS; validation is by the ESR [esr]",
     GROUP_TRAINING, EXPERT},
    {0, "dc-weight", OPT_REAL, AT(dc_weight), 0, 0.99, "FRACTION",
     "fraction of the loss that is the error of each chunk's mean (DC) [0.25, with mse 0]",
     GROUP_TRAINING, EXPERT},
    {0, "pre-emphasis", OPT_CHOICE, AT(pre_emphasis), 0, 0, "none|high|a-weighting",
     "filter of the error before the loss: none, 1 - 0.85 z^-1, or A-weighting and a low-pass, so "
     "that what is heard best counts most [none]",
     GROUP_TRAINING, EXPERT},
    {0, "stft-weight", OPT_REAL, AT(stft_weight), 0, 1e3, "WEIGHT",
     "for fine-tuning: weight of a loss of spectra (multi-resolution STFT), added to --loss; needs "
     "--truncate 2048 or more [0]",
     GROUP_TRAINING, EXPERT},
    {0, "optimizer", OPT_CHOICE, AT(optimizer), 0, 0, "adam|adamw|sgd|rmsprop",
     "optimiser [adam, with --weight-decay adamw]", GROUP_TRAINING, EXPERT},
    {0, "momentum", OPT_REAL, AT(momentum), 0, 0.999, "FACTOR",
     "with sgd: factor on the sum of the gradients before [0.9]", GROUP_TRAINING, EXPERT},
    {0, "weight-decay", OPT_REAL, AT(weight_decay), 0, 1e6, "RATE",
     "decoupled weight decay of matrices: of adamw [0.01], and of sgd and rmsprop [0]",
     GROUP_TRAINING, EXPERT},
    {0, "average", OPT_REAL, AT(average), 0, 0.999999, "FACTOR",
     "running average of the weights with this factor per update, such as 0.999, validated beside "
     "them; the better of both is kept; 0 = none [0]",
     GROUP_TRAINING, EXPERT},
    {0, "clip-norm", OPT_REAL, AT(clip_norm), 0, 1e6, "NORM",
     "limit of the gradient's norm; 0 = none [1]", GROUP_TRAINING, EXPERT},
    {0, "clip-value", OPT_REAL, AT(clip_value), 0, 1e6, "VALUE",
     "limit of each component of the gradient, applied before --clip-norm; 0 = none [0]",
     GROUP_TRAINING, EXPERT},
    {0, "initial", OPT_CHOICE, AT(initial), 0, 0, "orthogonal|identity|uniform",
     "initialisation of recurrent matrices [orthogonal]", GROUP_WEIGHTS, EXPERT},
    {0, "initial-scale", OPT_REAL, AT(initial_scale), 0.001, 10, "FACTOR",
     "factor of initial recurrent matrices; a smaller one gives a shorter memory, which is easier "
     "to train [1]",
     GROUP_WEIGHTS, EXPERT},
    {0, "forget-bias", OPT_REAL, AT(forget_bias), -100, 100, "BIAS",
     "LSTM: initial bias of the forget gates; a larger one gives a longer memory [1]",
     GROUP_WEIGHTS, EXPERT},
    {0, "memory", OPT_UINT, AT(memory), 2, 1e6, "FRAMES",
     "initialise gate biases for memory lengths of up to so many frames (chrono initialisation) [a "
     "few]",
     GROUP_WEIGHTS, EXPERT},
    {0, "orthogonal", OPT_FLAG, AT(orthogonal), 0, 0, NULL,
     "constrain recurrent matrices to be orthogonal (scaled Cayley transform), so that gradients "
     "neither vanish nor explode in them",
     GROUP_WEIGHTS, EXPERT},
    {0, "normalised", OPT_FLAG, AT(normalised), 0, 0, NULL,
     "constrain recurrent matrices to a spectral radius of 1, so that states never explode",
     GROUP_WEIGHTS, EXPERT},
    {0, "negatives", OPT_REAL, AT(negatives), 0, 1, "FRACTION",
     "with --orthogonal: fraction of -1 on the diagonal of the scaling matrix [0.5]", GROUP_WEIGHTS,
     EXPERT},
    {0, "recurrent-rate", OPT_REAL, AT(recurrent_rate), 1e-6, 1, "FACTOR",
     "learning rate of constrained matrices, as a multiple of --learning-rate [0.1]", GROUP_WEIGHTS,
     EXPERT},
    TRUNCATE_OPTION(AT(truncate)),
    {0, "truncation", OPT_CHOICE, AT(truncation), 0, 0, "fixed|random|uniform|full",
     "where the gradient is cut: after every K frames; at random, after about K frames; at random, "
     "anywhere in a segment; nowhere. Those cut at random are unbiased [fixed]",
     GROUP_TRUNCATION, EXPERT},
    {0, "lookback", OPT_UINT, AT(lookback), 1, 1e6, "FRAMES",
     "with fixed: frames to backpropagate through at each update, k2 of TBPTT(k1 = K, k2) [K]",
     GROUP_TRUNCATION, EXPERT},
    {0, "tail", OPT_REAL, AT(tail), 0, 1e3, "EXPONENT",
     "with random: exponent A of the chunk lengths, P(length > n) falling as 1 / n^A, above 1; 0 = "
     "geometric [6]",
     GROUP_TRUNCATION, EXPERT},
    {'o', "output", OPT_TEXT, AT(output), 0, 0, "MODEL", "model file to write (required)",
     GROUP_OUTPUT, EVERYDAY},
    FORCE_OPTION(AT(force), FORCE_MODEL),
    {0, "keep", OPT_FLAG, AT(keep), 0, 0, NULL,
     "keep a model that is no better than a gain, a filter or silence, as MODEL.rejected",
     GROUP_OUTPUT, EXPERT},
    NAME_OPTION(AT(texts.name), "the file's name"),
    AUTHOR_OPTION(AT(texts.author)),
    LICENCE_OPTION(AT(texts.licence)),
    LABEL_OPTION(AT(texts.label), "from the name"),
    STORED_LEVEL_OPTIONS(AT(levels), "none"),
    REPORT_OPTION(AT(report)),
    JSON_OPTION(AT(json)),
    {0, "verbose", OPT_FLAG, AT(verbose), 0, 0, NULL, "report the RAM that the training takes",
     GROUP_OUTPUT, EXPERT},
    THREADS_OPTION(AT(threads)),
    SETTINGS_OPTIONS,
};

static const struct example examples[] = {
    {"-o pedal.safetensors dry.wav wet.wav", "A model of a pedal from two recordings."},
    {"-o pedal.safetensors --effort quick dry.wav wet.wav", "A first impression in a minute."},
    {"-o amp.safetensors --manifest amp.csv --hidden 64 --effort best",
     "A larger model, with the knobs that the manifest names."},
    {"-o small.safetensors --hidden 8 --teacher amp.safetensors dry.wav wet.wav",
     "A smaller model that learns from a larger one."},
    {"-o clean.safetensors --from amp.safetensors --anti-alias dry.wav wet.wav",
     "The same model with less aliasing."},
    {"-o flanger.safetensors --control LFO dry-and-lfo.wav wet.wav",
     "A model that hears the LFO of the flanger as its second input."},
    {"--settings amp.txt -o clean.safetensors dry.wav wet.wav",
     "With the options in a file, which --print-settings wrote."},
};

/* The model must not replace the data that it is made from. */
static bool check_overwrite(const struct training *t)
{
    const char *const output = t->arguments->output;

    if (t->task->uses_file(t->data, output))
        talk_error(output, "is one of the recordings or their manifest, and would be overwritten");
    else if (t->teacher_model != NULL && same_file(t->arguments->teacher, output))
        talk_error(output, "is the teacher, and would be overwritten");
    else
        return true;
    return false;
}

/* A training that is resumed kept it when it began. */
static bool keep_previous(const struct train_arguments *arguments, struct previous_file *previous)
{
    *previous = (struct previous_file){.path = arguments->output};
    return arguments->resume || arguments->force || previous_file_keep(previous, arguments->output);
}

/* Returns the exit status, as all below. */
static int prepare_and_fit(const struct command *self, struct training *t)
{
    struct previous_file previous;
    int status;
    bool fitted;

    if (!check_overwrite(t))
        return 1;
    status = t->task->prepare(t->data, self, t->arguments, &t->options, &t->arch, &t->meta);
    if (status != 0)
        return status;
    if (!training_source_take(t))
        return 1;
    if (t->arguments->report != NULL && !page_folder_check(t->arguments->report))
        return 1;
    if (!keep_previous(t->arguments, &previous))
        return 1;
    fitted = training_fit(t);
    previous_file_report(&previous);
    if (!fitted || !training_aliasing_measure(t))
        return 1;
    training_report(t);
    if (t->arguments->report != NULL && !training_page(t))
        return 1;
    return strcmp(t->written, t->arguments->output) == 0 ? 0 : 1;
}

static int load_and_fit(const struct command *self, struct training *t, unsigned n_operands,
                        char **operands)
{
    int status = 1;

    t->data = t->task->load(t->arguments, &t->teacher, t->options.warmup, n_operands, operands);
    if (t->data != NULL)
        status = prepare_and_fit(self, t);
    tc_trainer_free(t->trainer);
    tc_trainer_free(t->best.trainer);
    t->task->free_data(t->data);
    return status;
}

static int check_options(const struct command *self, const struct train_arguments *arguments,
                         const struct task *task, unsigned n_operands, char **operands)
{
    if (arguments->output == NULL)
        return usage_error(self, "--output is missing");
    if (strcmp(arguments->output, "-") == 0)
        return usage_error(self, "--output is '-', but a model cannot go to standard output");
    if (task->check_options(self, arguments, n_operands, operands) != 0 ||
        training_teacher_check_options(self, arguments) != 0 ||
        training_seeds_check_options(self, arguments) != 0)
        return 2;
    return train_arguments_check(self, arguments);
}

static bool check_outputs(const struct train_arguments *arguments)
{
    char rejected[PATH_MAX];

    return output_check_model(arguments->output, arguments->force) &&
           (!arguments->keep ||
            output_check_model(rejected_path(arguments->output, rejected), arguments->force));
}

static int load_models_and_fit(const struct command *self, struct training *t,
                               struct train_arguments *arguments, unsigned n_operands,
                               char **operands)
{
    int status = 1;

    if (training_source_load(t, arguments) && training_teacher_load(t, arguments))
        status = load_and_fit(self, t, n_operands, operands);
    tc_model_free(t->source);
    tc_model_free(t->teacher_model);
    return status;
}

/* Nothing was trained, but a program that reads the result expects one. */
static int tell_finished(const struct train_arguments *arguments)
{
    json_t *result;

    if (!arguments->json)
        return 0;
    result = json_pack("{s:o, s:s}", "model", json_path(arguments->output), "end", "finished");
    json_print(result);
    json_decref(result);
    return 0;
}

static int train_command(const struct command *self, const void *options, unsigned n_operands,
                         char **operands)
{
    struct train_arguments arguments = *(const struct train_arguments *)options;
    struct training t = {.arguments = &arguments, .task = task_find(self, arguments.task)};

    if (t.task == NULL || training_source_check_options(self, &arguments) != 0)
        return 2;
    train_arguments_complete(&arguments);
    if (check_options(self, &arguments, t.task, n_operands, operands) != 0)
        return 2;
    if (!check_outputs(&arguments))
        return 1;
    if (training_is_finished(&t))
        return tell_finished(&arguments);
    trainer_options_set(&t.options, &arguments);
    if (trainer_options_check(self, &t.options, &arguments) != 0)
        return 2;
    train_arguments_set_layers(&t.arch, &arguments);
    t.arch.readout = t.task->readout;
    tc_metadata_init(&t.meta);
    model_texts_set(&t.meta, &arguments.texts, arguments.output);
    analogue_levels_store(&t.meta, &arguments.levels);
    return load_models_and_fit(self, &t, &arguments, n_operands, operands);
}

const struct command cmd_train = {
    .name = "train",
    .synopsis = "-o MODEL DRY WET [DRY WET ...] [options]\n"
                "-o MODEL --manifest FILE.csv [options]\n"
                "-o MODEL --teacher MODEL DRY [options]\n"
                "-o MODEL --from MODEL --anti-alias DRY [options]",
    OPERANDS("DRY and WET", 0, OPERANDS_ANY),
    .summary = "fit a model to recordings",
    .description =
        "Fits a model to pairs of recordings: DRY is the signal that went into the device, WET the "
        "signal that came out. A few minutes of playing that use all strings, levels and "
        "techniques are enough. The delay between the two is measured and compensated, and so is "
        "one "
        "that drifts, or wanders as that of a tape. The parts that validate the model, 15 % in "
        "all, are spread over the recording; parts without a signal are left out. Ctrl-C ends the "
        "training and keeps the best model so far; a second Ctrl-C stops at once.\n\n"
        "A manifest is a CSV table with a line of column names. Columns 'input' and 'target' name "
        "the files, relative to the manifest. Optional columns: 'split' (train, val or test), "
        "'start' and 'stop' (frames of the input file, stop excluded), 'delay' (frames by which "
        "the target is late, negative = early). Every further column is a knob, and its numbers "
        "are the settings of the knob.\n\n"
        "With --teacher the model learns what another model makes of every DRY: so a smaller "
        "network, which takes less of the CPU, learns from a larger one. It is validated against "
        "WET, so that the score is "
        "that against the device; where there is none, against the teacher's output. One DRY "
        "needs no WET then, nor do rows of a manifest whose 'target' is empty, or which has no "
        "such column. The model has the sample rate of its teacher.\n\n"
        "With --anti-alias a model (--from) learns what it makes itself at four times its sample "
        "rate, of every DRY and of sines of 200 Hz to about 10 kHz at four levels. The best of all "
        "validations against that is kept, which may be the model as it was. The aliasing of sines "
        "at full scale is printed, and the score against WET, both before and after.\n\n"
        "A control signal, which steers the device (--control), is the second channel of every "
        "DRY; "
        "WET is mono. All that is measured is measured on the first channel, and the control "
        "signal "
        "stays beside it.\n\n"
        "A file of settings has a line KEY=VALUE for each option, by its long name, such as "
        "batch=16; a flag is true or false, and lines that start with # are comments. Or it is a "
        "JSON object with these names, with arrays for lists and for options that may be given "
        "several times. What --print-settings writes is such a file.",
    OPTS(opts),
    .more_tables = task_options,
    EXAMPLES(examples),
    DEFAULTS(train_defaults),
    .run = train_command,
};
