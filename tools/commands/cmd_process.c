#include "config.h"
#include "audio/render.h"
#include "cli/analogue_levels.h"
#include "cli/commands.h"
#include "cli/given.h"
#include "cli/knobs.h"
#include "cli/load_model.h"
#include "cli/output_check.h"
#include "cli/rate_choice.h"
#include "cli/talk.h"

#include <string.h>

struct process_options {
    const char *model, *out, *format;
    struct text_list knobs;
    unsigned jobs;
    int precision;
    double in_gain_db, out_gain_db, dry, sample_rate_hz;
    struct analogue_levels levels;
    struct rate_choice rate;
    bool no_dither, normalise, dc_blocker, force;
};

static int set_controls(const struct command *self, const struct process_options *o,
                        struct tc_model *model, struct tc_controls *controls)
{
    struct tc_error error;

    tc_controls_init(controls, model);
    controls->in_gain_db = (float)o->in_gain_db;
    controls->out_gain_db = (float)o->out_gain_db;
    controls->dry = (float)o->dry;
    controls->normalise = o->normalise ? 1.0f : 0.0f;
    controls->dc_blocker = o->dc_blocker ? 1.0f : 0.0f;
    if (rate_choice_apply(&o->rate, model, controls, &error) != TC_OK) {
        talk_error(o->model, "%s", error.message);
        return 1;
    }
    return knobs_set(self, &o->knobs, model, controls->knob);
}

/* For files whose second channel moves the knob that is a control signal, unless it was set. */
static int set_controlled(const struct process_options *o, const struct tc_model *model,
                          const struct tc_controls *controls, struct controlled_model *controlled)
{
    struct tc_error error;

    if (tc_model_control(model) != TC_CONTROL_KNOB || knobs_name(&o->knobs, model, 0))
        return 0;
    if (tc_model_with_control_input(&controlled->model, model, &error) != TC_OK) {
        talk_error(o->model, "%s", error.message);
        return 1;
    }
    controlled->controls = *controls;
    memmove(controlled->controls.knob, controls->knob + 1,
            (TC_MAX_KNOBS - 1) * sizeof *controls->knob);
    return 0;
}

static int render_files(struct render_settings *settings, const struct command *self,
                        const struct process_options *o, struct tc_model *model, unsigned n,
                        char **operands)
{
    const struct render_request request = {.out = o->out,
                                           .model = o->model,
                                           .extension =
                                               audio_extension(settings->files.wanted.container)};
    struct render_plan plan;
    struct tc_controls controls;
    int status = set_controls(self, o, model, &controls);

    if (status == 0)
        status = set_controlled(o, model, &controls, &settings->files.controlled);
    if (status != 0)
        return status;
    settings->files.controls = &controls;
    status = render_plan_make(&plan, self, &request, n, operands);
    if (status == 0)
        status = render(settings, &plan, o->jobs);
    render_plan_free(&plan);
    tc_model_free(settings->files.controlled.model);
    return status;
}

static int process(const struct command *self, const void *options, unsigned n, char **operands)
{
    const struct process_options *const o = options;
    atomic_flag reported = ATOMIC_FLAG_INIT;
    struct render_settings settings = {.files = {.force = o->force,
                                                 .no_dither = o->no_dither,
                                                 .rate = &o->rate,
                                                 .report_names = !o->out,
                                                 .reported = &reported},
                                       .precision = (enum tc_precision)o->precision};
    struct tc_model *model;
    struct tc_error error;
    struct tc_file_facts facts;
    int status;

    if (!o->model)
        return usage_error(self, "--model is missing");
    if (o->format && audio_format_parse(o->format, &settings.files.wanted, &error) != TC_OK)
        return usage_error(self, "--format: %s", error.message);
    model = load_model(o->model, o->sample_rate_hz, &facts);
    if (!model || !analogue_levels_calibrate(&model, &o->levels, o->model)) {
        tc_model_free(model);
        return 1;
    }
    if (o->normalise && measure_loudness(&model, &error) != TC_OK) {
        talk_error(o->model, "--normalise: %s", error.message);
        tc_model_free(model);
        return 1;
    }
    settings.files.rate_assumed = facts.rate_assumed;
    settings.files.model = model;
    status = render_files(&settings, self, o, model, n, operands);
    tc_model_free(model);
    return status;
}

/* ------------------------------------------------------------------------- the table */

#define AT(field) offsetof(struct process_options, field)

static const struct opt opts[] = {
    {'m', "model", OPT_TEXT, AT(model), 0, 0, "MODEL", "model to play (required)", GROUP_MODEL,
     EVERYDAY},
    KNOB_OPTION(AT(knobs), "the default of the model"),
    SAMPLE_RATE_OPTION(AT(sample_rate_hz)),
    PLAYED_LEVEL_OPTIONS(AT(levels)),
    PRECISION_OPTION(AT(precision)),
    {0, "in-gain", OPT_REAL, AT(in_gain_db), TC_GAIN_MIN_DB, TC_GAIN_MAX_DB, "DB", "input gain [0]",
     GROUP_PROCESSING, EVERYDAY},
    {0, "out-gain", OPT_REAL, AT(out_gain_db), TC_GAIN_MIN_DB, TC_GAIN_MAX_DB, "DB",
     "output gain [0]", GROUP_PROCESSING, EVERYDAY},
    {0, "dry", OPT_REAL, AT(dry), 0, 1, "FRACTION",
     "fraction of the input signal in the mix: 0 = model only, 1 = input only [0]",
     GROUP_PROCESSING, EVERYDAY},
    {0, "normalise", OPT_FLAG, AT(normalise), 0, 0, NULL,
     "output gain to -18 dB by the model's loudness, so that models are equally loud",
     GROUP_PROCESSING, EVERYDAY},
    {0, "dc-blocker", OPT_FLAG, AT(dc_blocker), 0, 0, NULL, "high-pass of 5 Hz after the model",
     GROUP_PROCESSING, EVERYDAY},
    RATE_CHOICE_OPTIONS(AT(rate)),
    {'o', "output", OPT_TEXT, AT(out), 0, 0, "OUT",
     "file to write, or folder if there are several inputs; - is standard output [beside each "
     "input, as NAME-MODEL]",
     GROUP_OUTPUT, EVERYDAY},
    {'f', "format", OPT_TEXT, AT(format), 0, 0, "FORMAT",
     "container, sample format or both: wav, aiff, flac, ogg, caf, au, w64, rf64, mp3; 16, 24, 32, "
     "float, double; flac:24 [as OUT ends, and as the input]",
     GROUP_OUTPUT, EVERYDAY},
    FORCE_OPTION(AT(force), FORCE_SOUND),
    {0, "no-dither", OPT_FLAG, AT(no_dither), 0, 0, NULL,
     "do not dither samples that are rounded to integers", GROUP_OUTPUT, EXPERT},
    {'j', "jobs", OPT_UINT, AT(jobs), 1, RENDER_MAX_THREADS, "JOBS",
     "threads that share the files; each plays up to 16 channels at once [1]", GROUP_GENERAL,
     EVERYDAY},
};

static const struct example examples[] = {
    {"-m amp.safetensors riff.wav", "Writes riff-amp.wav."},
    {"-m amp.safetensors -o loud.flac --knob Drive=7 riff.wav", "Turns a knob, writes FLAC."},
    {"-m amp.safetensors -o rendered -j 2 takes", "Plays every file of a folder into another."},
    {"-m amp.safetensors -o - - <riff.wav | aplay", "Plays a stream."},
};

static const struct process_options defaults = {
    .jobs = 1, .levels = LEVELS_NOT_GIVEN, .sample_rate_hz = REAL_NOT_GIVEN};

const struct command cmd_process = {
    .name = "process",
    .synopsis = "-m MODEL [-o OUT] [--knob NAME=VALUE]... [options] IN...",
    OPERANDS("IN", 1, OPERANDS_ANY),
    .summary = "play files through a model",
    .description =
        "Plays audio files of any length through a model, exactly as the plugin does. IN may be a "
        "folder, which stands for all audio files in it, or - for standard input (WAV). Each "
        "channel is processed on its own; a model with several audio inputs takes them from the "
        "file's channels. The second channel of IN is the control signal of a model that was "
        "trained "
        "with train --control: always if it is an audio input, in files of two channels if it is a "
        "knob that --knob does not set.\n\n"
        "A file of another sample rate than the model's is converted to it and back, as the plugin "
        "does, without delay. The output has the container and sample format of the input unless "
        "OUT's extension or --format selects "
        "another. Samples over full scale are counted and reported; a file of floats keeps them. "
        "An output file appears when it is complete; an input that cannot be read leaves no "
        "output, and the other files are still processed.\n\n"
        "A file that is there already is replaced only if process or signal wrote it and nobody "
        "has changed it since, which WAV, AIFF, CAF and FLAC files tell, or with --force: it "
        "might be a recording.",
    OPTS(opts),
    EXAMPLES(examples),
    DEFAULTS(defaults),
    .run = process,
};
