#include "cli/commands.h"
#include "cli/given.h"
#include "cli/json_result.h"
#include "cli/knobs.h"
#include "cli/load_model.h"
#include "cli/rate_choice.h"
#include "cli/talk.h"
#include "data/dataset.h"
#include "data/split_offer.h"
#include "page/page.h"
#include "report/model_evaluation.h"
#include "report/training_record.h"

#include <math.h>
#include <string.h>

struct eval_options {
    const char *model, *manifest, *report;
    int split, precision, channel;
    uint64_t warmup;
    struct text_list knobs;
    double sample_rate_hz;
    struct rate_choice rate;
    struct alignment_options alignment;
    bool json;
};

static const struct eval_options defaults = {.alignment = ALIGNMENT_DEFAULTS,
                                             .split = CHOICE_NOT_GIVEN,
                                             .channel = CHANNEL_AUTOMATIC,
                                             .warmup = 1000,
                                             .sample_rate_hz = REAL_NOT_GIVEN};

#define AT(field) offsetof(struct eval_options, field)
static const struct opt opts[] = {
    {'m', "model", OPT_TEXT, AT(model), 0, 0, "MODEL",
     "model to compare with the recordings (required)", GROUP_MODEL, EVERYDAY},
    KNOB_OPTION(AT(knobs), "the value in the manifest, else the default of the model"),
    SAMPLE_RATE_OPTION(AT(sample_rate_hz)),
    PRECISION_OPTION(AT(precision)),
    RATE_CHOICE_OPTIONS(AT(rate)),
    MANIFEST_OPTION(AT(manifest)),
    {0, "split", OPT_CHOICE, AT(split), 0, 0, "train|val|test|all",
     "rows of the manifest to score [test if it has any, else all]", GROUP_DATA, EVERYDAY},
    CHANNEL_OPTION(AT(channel)),
    {0, "warmup", OPT_COUNT, AT(warmup), 0, 1e9, "FRAMES",
     "frames at the start of each clip that are not scored [1000]", GROUP_DATA, EVERYDAY},
    ALIGNMENT_OPTIONS(AT(alignment), "as in the model's training, else measured"),
    REPORT_OPTION(AT(report)),
    JSON_OPTION(AT(json)),
};

static const struct example examples[] = {
    {"-m pedal.safetensors dry.wav wet.wav", "How near the model comes to the pedal."},
    {"-m amp.safetensors --manifest amp.csv --split test --json", "The test rows, for a script."},
};

static enum tc_status check_model(const struct eval_options *o, const struct tc_model *model,
                                  bool rate_assumed, const struct dataset *data,
                                  struct tc_error *error)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);
    const double model_hz = tc_model_metadata(model)->sample_rate_hz;

    if (arch->symbols)
        return tc_fail(error, TC_UNSUPPORTED, "%s has an input of symbols, expected audio",
                       o->model);
    if (arch->audio_inputs != 1u + (tc_model_control(model) == TC_CONTROL_AUDIO) ||
        arch->outputs != 1)
        return tc_fail(error, TC_UNSUPPORTED,
                       "%s has %u audio inputs and %u outputs, expected one of each", o->model,
                       arch->audio_inputs, arch->outputs);
    if (model_hz <= 0.0 || model_hz == data->rate_hz)
        return TC_OK;
    if (o->rate.no_resample || !tc_player_converts(model, data->rate_hz))
        return tc_fail(error, TC_UNSUPPORTED, "%s has %.10g Hz, but %s was made at %.10g Hz",
                       data->recordings.file->path, data->rate_hz, o->model, model_hz);
    rate_choice_report(&o->rate, model, rate_assumed, data->recordings.file->path, data->rate_hz);
    return TC_OK;
}

static enum tc_status load_recordings(struct dataset *data, const struct eval_options *o,
                                      const struct tc_model *model, unsigned n_operands,
                                      char **operands, struct tc_error *error)
{
    const bool given = is_given(o->split);
    const struct tc_metadata *const meta = tc_model_metadata(model);
    const bool set = tc_model_control(model) == TC_CONTROL_KNOB && knobs_name(&o->knobs, model, 0);
    struct dataset_request request = {
        .manifest = o->manifest,
        .n_files = n_operands,
        .files = operands,
        .channel = (enum channel_choice)o->channel,
        .warmup = (size_t)o->warmup,
        .no_resample = o->rate.no_resample,
        .alignment = o->alignment,
        .model = {training_record_delay_s(meta), training_record_has_flutter(meta)},
        .split = given ? (enum split)o->split : SPLIT_TEST,
        .split_if_there = !given,
        .control = {.is_knob = tc_model_control(model) == TC_CONTROL_KNOB}};

    if (!set)
        strcpy(request.control.name, meta->control);
    return dataset_load(data, &request, error);
}

/* A knob that the recordings move frame by frame becomes an audio input. */
static enum tc_status control_by_signal(struct model_evaluation *e, const struct dataset *data,
                                        struct tc_model **controlled, struct tc_error *error)
{
    enum tc_status status;

    if (tc_model_control(e->model) != TC_CONTROL_KNOB || data->recordings.control == NULL)
        return TC_OK;
    status = tc_model_with_control_input(controlled, e->model, error);
    if (status != TC_OK)
        return status;
    e->model = *controlled;
    memmove(e->given, e->given + 1, (TC_MAX_KNOBS - 1) * sizeof *e->given);
    return TC_OK;
}

static void print_scores(const struct model_evaluation *e, bool json)
{
    if (json)
        model_evaluation_print_json(e);
    else
        model_evaluation_print(e);
}

/* The signals are kept for a report. */
static enum tc_status run(struct model_evaluation *e, const struct eval_options *o,
                          struct scored_signals *signals, struct tc_error *error)
{
    enum tc_status status = TC_OK;

    if (o->report != NULL) {
        status = scored_signals_init(signals, &e->data->clips[CLIPS_SCORED], e->warmup,
                                     e->data->rate_hz, error);
        e->signals = signals;
    }
    return status == TC_OK ? model_evaluation_run(e, error) : status;
}

static int report(struct model_evaluation *e, const struct eval_options *o)
{
    struct scored_signals signals = {0};
    struct tc_error error;
    int exit_status = 0;

    if (o->report != NULL && !page_folder_check(o->report))
        return 1;
    model_evaluation_warn(e);
    if (run(e, o, &signals, &error) != TC_OK) {
        talk_error(NULL, "%s", error.message);
        exit_status = 1;
    } else {
        print_scores(e, o->json);
        if (o->report != NULL && !model_evaluation_page(e, o->report, o->model))
            exit_status = 1;
    }
    scored_signals_free(&signals);
    e->signals = NULL;
    return exit_status;
}

static int eval(struct model_evaluation *e, const struct eval_options *o, bool rate_assumed,
                unsigned n_operands, char **operands)
{
    struct dataset data;
    struct tc_error error;
    struct tc_model *controlled = NULL;
    enum tc_status status = load_recordings(&data, o, e->model, n_operands, operands, &error);
    int exit_status = 1;

    if (status == TC_OK)
        status = check_model(o, e->model, rate_assumed, &data, &error);
    if (status == TC_OK)
        status = control_by_signal(e, &data, &controlled, &error);
    if (status == TC_OK) {
        e->data = &data;
        exit_status = report(e, o);
    } else {
        talk_error(NULL, "%s", error.message);
    }
    model_evaluation_free(e);
    dataset_free(&data);
    tc_model_free(controlled);
    return exit_status;
}

static int check_options(const struct command *self, const struct eval_options *o,
                         unsigned n_operands, char **operands)
{
    const char *wrong;

    if (o->model == NULL)
        return usage_error(self, "--model is missing");
    if (o->manifest != NULL && n_operands != 0)
        return usage_error(self, "give --manifest or two files, not both");
    if (o->manifest == NULL && n_operands == 1 && o->channel != CHANNEL_SPLIT &&
        split_offer(self, operands[0]) != 0)
        return 2;
    if (o->manifest == NULL && n_operands != (o->channel == CHANNEL_SPLIT ? 1 : 2))
        return usage_error(self, o->channel == CHANNEL_SPLIT
                                     ? "expected --manifest or a file of DRY and WET"
                                     : "expected --manifest or DRY and WET");
    if (o->manifest == NULL && is_given(o->split) && o->split != SPLIT_ALL)
        return usage_error(self, "--split needs a --manifest");
    wrong = alignment_options_check(&o->alignment);
    return wrong != NULL ? usage_error(self, "%s", wrong) : 0;
}

static int eval_command(const struct command *self, const void *options, unsigned n_operands,
                        char **operands)
{
    const struct eval_options *const o = options;
    struct model_evaluation e = {.warmup = (size_t)o->warmup,
                                 .precision = (enum tc_precision)o->precision};
    struct tc_file_facts facts;
    struct tc_model *model;
    struct tc_error error;
    int status = check_options(self, o, n_operands, operands);

    if (status != 0)
        return status;
    model = load_model(o->model, o->sample_rate_hz, &facts);
    if (model == NULL)
        return 1;
    e.model = model;
    for (unsigned i = 0; i < TC_MAX_KNOBS; ++i)
        e.given[i] = NAN;
    status = knobs_set(self, &o->knobs, model, e.given);
    if (status == 0 && rate_choice_apply(&o->rate, model, &e.controls, &error) != TC_OK) {
        talk_error(o->model, "%s", error.message);
        status = 1;
    }
    if (status == 0)
        status = eval(&e, o, facts.rate_assumed, n_operands, operands);
    tc_model_free(model);
    return status;
}

const struct command cmd_eval = {
    .name = "eval",
    .synopsis = "-m MODEL DRY WET [options]\n-m MODEL --manifest FILE.csv [options]",
    OPERANDS("DRY and WET", 0, OPERANDS_ANY), /* eval_command() reports what is missing */
    .summary = "compare a model with recordings",
    .description =
        "Plays DRY through the model, as the plugin would, and compares the output with WET. The "
        "error-to-signal ratio (ESR) is the energy of the difference divided by the energy of WET: "
        "0 is perfect, 1 is the score of silence. Beside it stand the scores of the best gain and "
        "of the best linear filter of 128 taps (FIR), both fitted to these very recordings: a "
        "useful model is clearly better.\n\n"
        "The delay between the recordings is taken to be that of the model's training, unless "
        "another is certain, the manifest has it in a column 'delay', or --delay or --no-align is "
        "given; without a known one it is measured. Clocks that drift apart, and a delay that "
        "wanders as that of a tape does, are compensated as in training.",
    OPTS(opts),
    EXAMPLES(examples),
    DEFAULTS(defaults),
    .run = eval_command,
};
