#include "config.h"

#include "cli/commands.h"
#include "data/dataset.h"
#include "cli/interrupt.h"
#include "cli/json_result.h"
#include "data/knob_range.h"
#include "report/evaluation.h"
#include "cli/output_check.h"
#include "cli/paths.h"
#include "tasks/recipe.h"
#include "cli/talk.h"
#include "report/train_report.h"
#include "report/training_record.h"

#include <math.h>
#include <stdlib.h>

static const double save_interval_s = 30.0;

#define AT(field) offsetof(struct train_options, field)
static const struct opt opts[] = {
    MANIFEST_OPTION(AT(manifest)),
    {0, "knob-range", OPT_REPEAT, AT(knob_ranges), 0, 0, "NAME=MIN:MAX[:DEFAULT[:UNIT]]",
     "range of a knob, with its default and its unit [the range in the manifest]", GROUP_DATA,
     EVERYDAY},
    {0, "warmup", OPT_UINT, AT(warmup), 0, 1e8, "FRAMES",
     "frames at the start of each clip that fill the hidden state and carry no loss [1000]",
     GROUP_DATA, EXPERT},
    {0, "delay", OPT_REAL, AT(delay), -1e7, 1e7, "FRAMES",
     "delay of WET against DRY, negative if WET is early [measured]", GROUP_DATA, EXPERT},
    NO_ALIGN_OPTION(AT(no_align)),
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
     "duration of the training: about a minute, until the score stops improving, or longer "
     "[normal]",
     GROUP_TRAINING, EVERYDAY},
    {0, "epochs", OPT_UINT, AT(epochs), 1, 1e6, "N",
     "maximum number of epochs [1000, with --effort best 4000]", GROUP_TRAINING, EVERYDAY},
    {0, "time-limit", OPT_TIME, AT(time_limit_s), 1, 1e7, "TIME",
     "maximum duration: 90 (seconds), 15m or 2h [none, with --effort quick 60]", GROUP_TRAINING,
     EVERYDAY},
    BATCH_OPTION(AT(batch)),
    {0, "learning-rate", OPT_REAL, AT(learning_rate), 1e-7, 1.0, "RATE",
     "initial learning rate [0.01]", GROUP_TRAINING, EVERYDAY},
    {0, "seed", OPT_COUNT, AT(seed), 0, 9007199254740992.0, "N",
     "random seed: the same seed gives the same model [1]", GROUP_TRAINING, EVERYDAY},
    {0, "patience", OPT_UINT, AT(patience), 1, 1e6, "N",
     "early stopping: validations without a better score before the end [25, with --effort best "
     "100]",
     GROUP_TRAINING, EXPERT},
    {0, "optimizer", OPT_CHOICE, AT(optimizer), 0, 0, "adam|rmsprop", "optimiser [adam]",
     GROUP_TRAINING, EXPERT},
    {0, "weight-decay", OPT_REAL, AT(weight_decay), 0, 1e6, "RATE",
     "decoupled weight decay of matrices, as in AdamW [0]", GROUP_TRAINING, EXPERT},
    {0, "clip-norm", OPT_REAL, AT(clip_norm), 0, 1e6, "NORM",
     "limit of the gradient's norm; 0 = none [1]", GROUP_TRAINING, EXPERT},
    {0, "clip-value", OPT_REAL, AT(clip_value), 0, 1e6, "VALUE",
     "limit of each component of the gradient, applied before --clip-norm; 0 = none [0]",
     GROUP_TRAINING, EXPERT},
    {0, "initial", OPT_CHOICE, AT(initial), 0, 0, "orthogonal|identity|uniform",
     "initialisation of recurrent matrices [orthogonal]", GROUP_WEIGHTS, EXPERT},
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
    {0, "name", OPT_TEXT, AT(texts.name), 0, 0, "NAME",
     "name of the model in hosts [the file's name]", GROUP_OUTPUT, EVERYDAY},
    {0, "author", OPT_TEXT, AT(texts.author), 0, 0, "NAME", "author of the model", GROUP_OUTPUT,
     EVERYDAY},
    {0, "licence", OPT_TEXT, AT(texts.licence), 0, 0, "NAME", "licence of the model", GROUP_OUTPUT,
     EVERYDAY},
    LABEL_OPTION(AT(texts.label), "from the name"),
    JSON_OPTION(AT(json)),
    {0, "verbose", OPT_FLAG, AT(verbose), 0, 0, NULL, "report the memory that the training takes",
     GROUP_OUTPUT, EXPERT},
    THREADS_OPTION(AT(threads)),
};

static const struct example examples[] = {
    {"-o pedal.safetensors dry.wav wet.wav", "A model of a pedal from two recordings."},
    {"-o pedal.safetensors --effort quick dry.wav wet.wav", "A first impression in a minute."},
    {"-o amp.safetensors --manifest amp.csv --hidden 64 --effort best",
     "A larger model, with the knobs that the manifest names."},
};

/* One run of the command. */
struct training {
    const struct train_options *options;
    struct tc_architecture arch;
    struct tc_metadata meta;
    struct tc_train_options recipe;
    struct dataset data;
    struct scores baselines;
    struct tc_trainer *trainer;
    struct tc_progress progress;
    double saved_at_s;
    enum tc_train_end end;
};

/* ------------------------------------------------------------------------------ output */

/* The model must not replace what it is made from. */
static bool check_overwrite(const struct training *t)
{
    const char *const output = t->options->output;
    const char *const manifest = t->options->manifest;
    bool same = manifest != NULL && same_file(manifest, output);

    for (size_t i = 0; i < t->data.manifest.n_rows && !same; ++i)
        same = same_file(t->data.manifest.row[i].input, output) ||
               same_file(t->data.manifest.row[i].target, output);
    if (same)
        talk_error(output, "is one of the recordings or their manifest, and would be overwritten");
    return !same;
}

/* ------------------------------------------------------------------------------ training */

static enum tc_status measure_validation(struct training *t, struct tc_error *error)
{
    const struct clip_set *const val = &t->data.part[SPLIT_VAL];
    struct evaluation evaluation;
    enum tc_status status = evaluation_init(&evaluation, error);

    if (status != TC_OK)
        return status;
    for (size_t i = 0; i < val->n; ++i)
        evaluation_add_baselines(&evaluation, &val->clip[i], t->recipe.warmup);
    status = evaluation_scores(&evaluation, &t->baselines, error);
    evaluation_free(&evaluation);
    return status;
}

static json_t *record_of(const struct training *t)
{
    const struct training_record record = {
        .options = &t->recipe, .data = &t->data, .baselines = &t->baselines};

    return training_record(&record, &t->progress);
}

static enum tc_status save(struct training *t, struct tc_error *error)
{
    json_t *const record = record_of(t);
    char *const text = record != NULL ? json_dumps(record, JSON_COMPACT) : NULL;
    struct tc_model *model = NULL;
    enum tc_status status = TC_NO_MEMORY;

    json_decref(record);
    if (text != NULL)
        status = tc_trainer_best(t->trainer, text, &model, error);
    else
        tc_fail(error, status, "no memory for the record of the training");
    if (status == TC_OK)
        status = tc_model_save(model, t->options->output, error);
    tc_model_free(model);
    free(text);
    return status;
}

/* A crash or a power cut costs half a minute. That a model could not be saved now is no reason to
 * give up: it is tried again. */
static void save_now_and_then(struct training *t)
{
    struct tc_error error;

    if (t->progress.seconds - t->saved_at_s < save_interval_s)
        return;
    t->saved_at_s = t->progress.seconds;
    if (save(t, &error) != TC_OK)
        talk_warn(t->options->output, "not saved yet: %s", error.message);
}

static double part_done(const struct training *t)
{
    const struct tc_progress *const p = &t->progress;
    const double epochs = ((double)p->epoch - 1.0 + p->epoch_done) / (double)t->recipe.epochs;
    const double time = t->recipe.time_limit_s > 0.0 ? p->seconds / t->recipe.time_limit_s : 0.0;

    return fmin(fmax(epochs, time), 1.0);
}

static bool on_progress(const struct tc_progress *progress, void *user)
{
    struct training *const t = user;

    t->progress = *progress;
    if (progress->validated && progress->improved)
        save_now_and_then(t);
    if (isnan(progress->best_esr))
        talk_progress(part_done(t), "epoch %u, %.0fk frames/s", progress->epoch,
                      1e-3 * progress->frames_per_second);
    else
        talk_progress(part_done(t), "epoch %u, ESR %.5f, best %.5f, %.0fk frames/s",
                      progress->epoch, progress->esr, progress->best_esr,
                      1e-3 * progress->frames_per_second);
    return !interrupt_asked();
}

static bool failed(const char *file, const struct tc_error *error)
{
    talk_error(file, "%s", error->message);
    return false;
}

/* What a training found before it failed is not lost. */
static void keep_best(struct training *t)
{
    struct tc_error error;

    if (isnan(t->progress.best_esr))
        return;
    if (save(t, &error) == TC_OK)
        talk_warn(t->options->output, "the best model until then is kept, with ESR %.5f",
                  t->progress.best_esr);
    else
        failed(t->options->output, &error);
}

static void say_memory(const struct training *t)
{
    unsigned streams;
    const double bytes = (double)tc_trainer_memory(t->trainer, &streams);
    const unsigned frames = t->recipe.lookback ? t->recipe.lookback : t->recipe.truncate;

    talk_say(NULL,
             "%.1f MB for %u streams in chunks of %u frames: %.0f bytes per stream and frame; "
             "kernels %s",
             1e-6 * bytes, streams, frames, bytes / ((double)streams * frames),
             tc_trainer_kernels(t->trainer));
}

static bool fit(struct training *t)
{
    const struct clip_set *const train = &t->data.part[SPLIT_TRAIN];
    const struct clip_set *const val = &t->data.part[SPLIT_VAL];
    struct tc_error error;
    enum tc_status status = tc_trainer_new(&t->trainer, &t->arch, &t->meta, &t->recipe, train->clip,
                                           train->n, val->clip, val->n, &error);

    if (status != TC_OK)
        return failed(NULL, &error);
    if (t->options->verbose)
        say_memory(t);
    t->progress.best_esr = (double)NAN;
    interrupt_begin();
    talk_progress_begin(true);
    status = tc_trainer_run(t->trainer, on_progress, t, &t->end, &error);
    talk_progress_end();
    interrupt_end();
    if (status != TC_OK) {
        failed(NULL, &error);
        keep_best(t);
        return false;
    }
    return save(t, &error) == TC_OK || failed(t->options->output, &error);
}

/* ------------------------------------------------------------------------------ report */

static void say_data(const struct training *t)
{
    double frames[2] = {0.0, 0.0};

    for (unsigned p = SPLIT_TRAIN; p <= SPLIT_VAL; ++p) {
        for (size_t i = 0; i < t->data.part[p].n; ++i)
            frames[p] += (double)t->data.part[p].clip[i].n_frames;
    }
    talk_say(NULL, "%.1f s train and %.1f s validate at %.10g Hz; seed %llu",
             frames[SPLIT_TRAIN] / t->data.rate_hz, frames[SPLIT_VAL] / t->data.rate_hz,
             t->data.rate_hz, (unsigned long long)t->recipe.seed);
}

static void report_end(const struct training *t)
{
    const struct train_report report = {.model = t->options->output,
                                        .progress = &t->progress,
                                        .baselines = &t->baselines,
                                        .end = t->end};

    train_report_warn(&report);
    if (t->options->json)
        train_report_print_json(&report, record_of(t));
    else
        train_report_print(&report);
}

/* ------------------------------------------------------------------------------ whole */

static enum tc_status load_recordings(struct training *t, unsigned n_operands, char **operands,
                                      struct tc_error *error)
{
    const struct dataset_request request = {.manifest = t->options->manifest,
                                            .n_files = n_operands,
                                            .files = operands,
                                            .warmup = t->recipe.warmup,
                                            .no_align = t->options->no_align,
                                            .delay = t->options->delay,
                                            .train = true};

    return dataset_load(&t->data, &request, error);
}

static int train(const struct command *self, struct training *t, unsigned n_operands,
                 char **operands)
{
    struct tc_error error;
    int exit_status;

    if (load_recordings(t, n_operands, operands, &error) != TC_OK) {
        talk_error(NULL, "%s", error.message);
        return 1;
    }
    if (!check_overwrite(t))
        return 1;
    exit_status = knob_ranges_choose(self, t->meta.knob, &t->data, &t->options->knob_ranges);
    if (exit_status != 0)
        return exit_status;
    t->arch.knobs = t->data.manifest.n_knobs;
    model_texts_set(&t->meta, &t->options->texts, t->options->output);
    t->meta.sample_rate_hz = t->data.rate_hz;
    if (!t->options->no_skip)
        t->arch.direct = tc_direct_path(t->data.part[SPLIT_TRAIN].clip, t->data.part[SPLIT_TRAIN].n,
                                        t->recipe.warmup);
    say_data(t);
    if (measure_validation(t, &error) != TC_OK) {
        talk_error(NULL, "%s", error.message);
        return 1;
    }
    if (!fit(t))
        return 1;
    report_end(t);
    return 0;
}

static int run(const struct command *self, const void *options, unsigned n_operands,
               char **operands)
{
    struct training t = {.options = options};
    int exit_status = train_options_check(self, t.options, n_operands);

    if (exit_status != 0)
        return exit_status;
    if (!output_check(t.options->output))
        return 1;
    tc_metadata_init(&t.meta);
    recipe_choose(&t.recipe, t.options);
    recipe_shape(&t.arch, t.options);
    exit_status = recipe_check(self, &t.recipe, t.options);
    if (exit_status == 0)
        exit_status = train(self, &t, n_operands, operands);
    tc_trainer_free(t.trainer);
    dataset_free(&t.data);
    return exit_status;
}

const struct command cmd_train = {
    .name = "train",
    .synopsis = "-o MODEL DRY WET [DRY WET ...] [options]\n"
                "-o MODEL --manifest FILE.csv [options]",
    OPERANDS("DRY and WET", 0, OPERANDS_ANY),
    .summary = "fit a model to recordings",
    .description =
        "Fits a model to pairs of recordings: DRY is the signal that went into the device, WET the "
        "signal that came out. A few minutes of playing that use all strings, levels and "
        "techniques are enough. A constant delay between the two is measured and compensated. The "
        "last 15 % are held out to validate the model. Ctrl-C ends the training and keeps the best "
        "model so far; a second Ctrl-C stops at once.\n\n"
        "A manifest is a CSV table with a line of column names. Columns 'input' and 'target' name "
        "the files, relative to the manifest. Optional columns: 'split' (train, val or test), "
        "'start' and 'stop' (frames, stop excluded), 'delay' (frames by which the target is late, "
        "negative = early). Every further column is a knob, and its numbers are the settings of "
        "the knob.",
    OPTS(opts),
    EXAMPLES(examples),
    DEFAULTS(train_defaults),
    .run = run,
};
