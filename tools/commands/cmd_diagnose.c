#include "config.h"

#include "audio/audio.h"
#include "cli/commands.h"
#include "cli/given.h"
#include "cli/json_result.h"
#include "cli/knobs.h"
#include "cli/load_model.h"
#include "cli/output_check.h"
#include "cli/paths.h"
#include "cli/talk.h"
#include "report/chart.h"
#include "report/diagnosis.h"

#include <stdlib.h>

struct diagnose_options {
    const char *model, *plot;
    struct text_list knobs;
    double sample_rate_hz;
    unsigned positions;
    uint64_t lag, min_memory;
    bool json;
};

static const struct diagnose_options defaults = {
    .positions = 8, .lag = 8192, .min_memory = COUNT_NOT_GIVEN, .sample_rate_hz = REAL_NOT_GIVEN};

#define AT(field) offsetof(struct diagnose_options, field)
static const struct opt opts[] = {
    {'m', "model", OPT_TEXT, AT(model), 0, 0, "MODEL", "model to analyse (required)", GROUP_MODEL,
     EVERYDAY},
    KNOB_OPTION(AT(knobs), "the default of the model"),
    SAMPLE_RATE_OPTION(AT(sample_rate_hz)),
    {0, "reach", OPT_COUNT, AT(min_memory), 1, 1e9, "FRAMES",
     "memory length that the model should have: a gradient that decays sooner is called vanishing "
     "[10 ms]",
     GROUP_PROCESSING, EVERYDAY},
    {0, "places", OPT_UINT, AT(positions), 1, TC_MAX_POSITIONS, "N",
     "positions in SIGNAL, evenly spaced, at which gradients are computed [8]", GROUP_PROCESSING,
     EXPERT},
    {0, "lag", OPT_COUNT, AT(lag), 1, 1e9, "FRAMES", "maximum lag [8192]", GROUP_PROCESSING,
     EXPERT},
    {0, "plot", OPT_TEXT, AT(plot), 0, 0, "FILE", "plot the curves into FILE.svg or FILE.png",
     GROUP_OUTPUT, EVERYDAY},
    JSON_OPTION(AT(json)),
};

static const struct example examples[] = {
    {"-m amp.safetensors riff.wav", "How far back the gradient reaches, and what to change."},
    {"-m amp.safetensors --plot amp.svg riff.wav", "The same as a picture."},
    {"-m amp.safetensors --knob Drive=9 --reach 2000 --json riff.wav", "For a script."},
};

/* ------------------------------------------------------------------------- the signal */

/* Only as many channels as the model has audio inputs are used. */
static enum tc_status check_signal(const struct audio *audio, const struct tc_model *model,
                                   bool rate_assumed, const char *path, struct tc_error *error)
{
    const unsigned wanted = tc_model_architecture(model)->audio_inputs;
    const double model_hz = tc_model_metadata(model)->sample_rate_hz;

    if (tc_model_architecture(model)->symbols)
        return tc_fail(error, TC_UNSUPPORTED, "the model has an input of symbols, expected audio");
    if (audio->channels < wanted)
        return tc_fail(error, TC_UNSUPPORTED, "has %u channel%s, but the model has %u audio inputs",
                       audio->channels, audio->channels == 1 ? "" : "s", wanted);
    if (model_hz > 0.0 && model_hz != audio->rate_hz && !rate_assumed)
        return tc_fail(error, TC_UNSUPPORTED, "has %.10g Hz, but the model was made at %.10g Hz",
                       audio->rate_hz, model_hz);
    if (audio->channels > wanted)
        talk_say(path, "the first %u of %u channels %s used", wanted, audio->channels,
                 wanted == 1 ? "is" : "are");
    return TC_OK;
}

static void show_progress(double done, void *user)
{
    (void)user;
    talk_progress(done, "computing gradients");
}

/* ------------------------------------------------------------------------- the whole */

static int report(const struct diagnose_options *o, const struct diagnosis *diagnosis)
{
    struct tc_error error;

    if (o->plot && diagnosis_plot(diagnosis, o->plot, &error) != TC_OK) {
        talk_error(o->plot, "%s", error.message);
        return 1;
    }
    if (!o->json)
        diagnosis_print(diagnosis);
    else if (!diagnosis_print_json(diagnosis)) {
        talk_error(NULL, "out of memory for the result");
        return 1;
    }
    return 0;
}

static enum tc_status measure_health(struct diagnosis *diagnosis,
                                     const struct tc_diagnose_options *how,
                                     const struct audio *audio, struct tc_error *error)
{
    const enum tc_status status =
        tc_health_measure(diagnosis->model, how->knob, &diagnosis->health, error);

    if (status != TC_OK)
        return status;
    return tc_health_sensitivity(diagnosis->model, how->knob, (const float *const *)audio->channel,
                                 audio->n_frames, &diagnosis->sensitivity_db, error);
}

static int diagnose(const struct diagnose_options *o, struct tc_diagnose_options *how,
                    const struct tc_model *model, const struct audio *audio, const char *path)
{
    const struct diagnosis base = {.model = model,
                                   .model_path = o->model,
                                   .signal_path = path,
                                   .frames = audio->n_frames,
                                   .rate_hz = audio->rate_hz,
                                   .min_memory = how->min_memory};
    struct diagnosis diagnosis = base;
    struct tc_diagnosis *result = NULL;
    struct tc_error error;
    enum tc_status status;
    int exit_status;

    talk_progress_begin(false);
    status = tc_diagnose(&result, model, (const float *const *)audio->channel, audio->n_frames, how,
                         &error);
    talk_progress_end();
    if (status == TC_OK)
        status = measure_health(&diagnosis, how, audio, &error);
    if (status != TC_OK) {
        tc_diagnosis_free(result);
        talk_error(path, "%s", error.message);
        return 1;
    }
    diagnosis.result = result;
    exit_status = report(o, &diagnosis);
    tc_diagnosis_free(result);
    return exit_status;
}

static int diagnose_file(const struct diagnose_options *o, struct tc_diagnose_options *how,
                         const struct tc_model *model, bool rate_assumed, const char *path)
{
    struct audio audio;
    struct tc_error error;
    enum tc_status status = audio_load(&audio, path, &error);
    int exit_status = 1;

    if (status == TC_OK)
        status = check_signal(&audio, model, rate_assumed, path, &error);
    if (status == TC_OK)
        exit_status = diagnose(o, how, model, &audio, path);
    else
        talk_error(path, "%s", error.message);
    audio_free(&audio);
    return exit_status;
}

/* Before the work, so that it is not in vain. */
static int check_plot(const struct command *self, const struct diagnose_options *o,
                      const char *signal)
{
    enum chart_format format;

    if (!chart_format_of(o->plot, &format))
        return usage_error(self, "--plot: '%s' ends neither in .svg nor in .png", o->plot);
    if (same_file(o->plot, signal) || same_file(o->plot, o->model)) {
        talk_error(o->plot, "is read here, and would be overwritten");
        return 1;
    }
    return output_check(o->plot) ? 0 : 1;
}

static int diagnose_command(const struct command *self, const void *options, unsigned n_operands,
                            char **operands)
{
    const struct diagnose_options *const o = options;
    struct tc_diagnose_options how;
    struct tc_file_facts facts;
    struct tc_model *model;
    int status = 0;

    (void)n_operands;
    if (!o->model)
        return usage_error(self, "--model is missing");
    if (o->plot)
        status = check_plot(self, o, operands[0]);
    if (status != 0)
        return status;
    model = load_model(o->model, o->sample_rate_hz, &facts);
    if (!model)
        return 1;
    tc_diagnose_options_init(&how, model);
    how.positions = o->positions;
    how.max_lag = (size_t)o->lag;
    how.min_memory = is_given(o->min_memory) ? (size_t)o->min_memory : how.min_memory;
    how.progress = show_progress;
    status = knobs_set(self, &o->knobs, model, how.knob);
    if (status == 0)
        status = diagnose_file(o, &how, model, facts.rate_assumed, operands[0]);
    tc_model_free(model);
    return status;
}

const struct command cmd_diagnose = {
    .name = "diagnose",
    .synopsis = "-m MODEL SIGNAL [options]",
    .summary = "analyse gradient flow, memory and stability of a model",
    .description =
        "A network learns from the past as far as the gradient reaches back in time. This plays "
        "SIGNAL through MODEL, propagates the gradient back sample by sample, reports whether it "
        "vanishes, explodes or is healthy, and suggests options for the next training.\n\n"
        "s_t is the state after sample t (h, and c of an LSTM, of all layers), y_t the output. All "
        "results are computed in double precision from the exact Jacobians of each sample: the "
        "norm of ds_t/ds_k, the product of the Jacobians from k+1 to t; an upper bound of this "
        "norm, for a plain RNN of one layer (gamma lambda)^(t-k) with the largest slope gamma of "
        "its activation and the largest singular value lambda of its recurrent matrix, for other "
        "networks from the largest norm that a step on this signal can have; and the gradient of "
        "y_t with respect to the state of each layer. The memory is the number of samples after "
        "which this gradient stays at or below 1 %. Lyapunov exponents (QR method) state how fast "
        "two nearly equal states diverge (above 0) or converge (below 0).\n\n"
        "A logistic gate counts as saturated while it is below 0.05 or above 0.95, a tanh below "
        "-0.95 or above 0.95; a relu counts at the low end while it is off. Spectral radius and "
        "singular values are those of each gate's block of the recurrent matrix, for a plain RNN "
        "of the whole matrix.\n\n"
        "The sensitivity is how much noise of -120 dB, which nobody hears, changes the output: in "
        "SIGNAL, as it is, inverted and reversed, and in made-up notes. Above -20 dB the model "
        "runs away: it is chaotic. This and the other lines on its health are those of tonecell "
        "info.\n\n"
        "Gradients are computed at several positions, evenly spaced along SIGNAL; curves are "
        "medians over them. For large networks the maximum lag is reduced, so that the analysis "
        "takes some seconds in addition to the time for playing SIGNAL.",
    .operand = "SIGNAL",
    .min_operands = 1,
    .max_operands = 1,
    OPTS(opts),
    EXAMPLES(examples),
    .defaults = &defaults,
    .options_size = sizeof defaults,
    .run = diagnose_command,
};
