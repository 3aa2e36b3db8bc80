#include "cli/commands.h"
#include "cli/given.h"
#include "cli/json_result.h"
#include "cli/output_check.h"
#include "cli/paths.h"
#include "cli/talk.h"
#include "doctor/corrected_copies.h"
#include "doctor/examination.h"
#include "report/chart.h"

#include <math.h>

struct doctor_options {
    const char *manifest, *control, *folder, *plot;
    int channel;
    uint64_t warmup;
    double sample_rate_hz;
    struct alignment_options alignment;
    bool no_resample, json;
};

static const struct doctor_options defaults = {.alignment = ALIGNMENT_DEFAULTS,
                                               .channel = CHANNEL_AUTOMATIC,
                                               .sample_rate_hz = REAL_NOT_GIVEN,
                                               .warmup = 1000};

#define AT(field) offsetof(struct doctor_options, field)
static const struct opt opts[] = {
    MANIFEST_OPTION(AT(manifest)),
    CONTROL_OPTION(AT(control)),
    CHANNEL_OPTION(AT(channel)),
    {0, "warmup", OPT_COUNT, AT(warmup), 0, 1e9, "FRAMES",
     "frames at the start of each clip in which clipping does not count [1000]", GROUP_DATA,
     EXPERT},
    {0, "sample-rate", OPT_REAL, AT(sample_rate_hz), 1, 1e6, "HZ",
     "sample rate to convert the recordings to [that of DRY]", GROUP_DATA, EXPERT},
    {0, "no-resample", OPT_FLAG, AT(no_resample), 0, 0, NULL,
     "refuse recordings of different rates instead of converting them", GROUP_DATA, EXPERT},
    ALIGNMENT_OPTIONS(AT(alignment), "measured"),
    {0, "fix-to", OPT_TEXT, AT(folder), 0, 0, "FOLDER",
     "write copies without delay, drift and flutter, of the channels that are used, as "
     "NAME-dry.wav and NAME-wet.wav",
     GROUP_OUTPUT, EVERYDAY},
    {0, "plot", OPT_TEXT, AT(plot), 0, 0, "FILE",
     "plot delay, levels, spectra and transfer curve into FILE.svg or FILE.png", GROUP_OUTPUT,
     EVERYDAY},
    JSON_OPTION(AT(json)),
};

static const struct example examples[] = {
    {"dry.wav wet.wav", "What is wrong with two recordings, and what it does to training."},
    {"--fix-to fixed dry.wav wet.wav", "Also write corrected copies into the folder fixed."},
    {"--manifest amp.csv --json", "All recordings of a manifest, for a script."},
};

static enum tc_status examine(const struct dataset *data, const struct doctor_options *o,
                              enum verdict *verdict, struct tc_error *error)
{
    struct examination examination;
    enum tc_status status = examination_make(&examination, data, error);

    if (status == TC_OK && o->folder != NULL)
        status = corrected_copies_write(&examination, o->folder, error);
    if (status == TC_OK && o->plot != NULL)
        status = examination_plot(&examination, o->plot, error);
    if (status == TC_OK && !o->json)
        examination_print(&examination);
    else if (status == TC_OK && !examination_print_json(&examination))
        status = tc_fail(error, TC_NO_MEMORY, "no memory for the result");
    *verdict = examination.verdict;
    examination_free(&examination);
    return status;
}

static int check_options(const struct command *self, const struct doctor_options *o,
                         unsigned n_operands, char **operands)
{
    const char *const wrong = alignment_options_check(&o->alignment);
    const int status = dataset_check_operands(self, o->manifest, n_operands, operands,
                                              (enum channel_choice)o->channel);

    if (status != 0)
        return status;
    return wrong != NULL ? usage_error(self, "%s", wrong) : 0;
}

/* The plot can be written, and is none of the recordings. */
static int check_plot(const struct command *self, const struct doctor_options *o,
                      unsigned n_operands, char **operands)
{
    enum chart_format format;

    if (o->plot == NULL)
        return 0;
    if (!chart_format_of(o->plot, &format))
        return usage_error(self, "--plot: '%s' ends neither in .svg nor in .png", o->plot);
    for (unsigned i = 0; i < n_operands; ++i)
        if (same_file(o->plot, operands[i])) {
            talk_error(o->plot, "is read here, and would be overwritten");
            return 1;
        }
    return output_check(o->plot) ? 0 : 1;
}

static int doctor_command(const struct command *self, const void *options, unsigned n_operands,
                          char **operands)
{
    const struct doctor_options *const o = options;
    struct dataset_request request = {.manifest = o->manifest,
                                      .n_files = n_operands,
                                      .files = operands,
                                      .channel = (enum channel_choice)o->channel,
                                      .warmup = (size_t)o->warmup,
                                      .rate_hz =
                                          is_given(o->sample_rate_hz) ? o->sample_rate_hz : 0.0,
                                      .no_resample = o->no_resample,
                                      .alignment = o->alignment,
                                      .model = {.delay_s = (double)NAN},
                                      .examine = true};
    enum verdict verdict = VERDICT_BAD;
    struct dataset data;
    struct tc_error error;
    int status = check_options(self, o, n_operands, operands);
    enum tc_status result;

    if (status == 0)
        status = control_parse(self, o->control, &request.control);
    if (status == 0)
        status = check_plot(self, o, n_operands, operands);
    if (status != 0)
        return status;
    if (o->folder != NULL && !output_check_folder(o->folder))
        return 1;
    result = dataset_load(&data, &request, &error);
    if (result == TC_OK)
        result = examine(&data, o, &verdict, &error);
    if (result != TC_OK)
        talk_error(NULL, "%s", error.message);
    dataset_free(&data);
    return result == TC_OK && verdict != VERDICT_BAD ? 0 : 1;
}

const struct command cmd_doctor = {
    .name = "doctor",
    .synopsis = "DRY WET [DRY WET ...] [options]\n--manifest FILE.csv [options]",
    OPERANDS("DRY and WET", 0, OPERANDS_ANY), /* doctor_command() reports what is missing */
    .summary = "find what is wrong with recordings",
    .description =
        "Examines recordings as train and eval do before they use them, and prints a line for each "
        "fault: what it is and how much, what it does to training, and what is done or can be done "
        "about it. It finds delay, drifting clocks, polarity, silent or equal channels, clipping, "
        "pops, noise, hum, offset, lost and repeated blocks, noise gates, reverb, parts without a "
        "signal, wrong sample rates, lossy codecs, too short recordings, and files in the wrong "
        "order.\n\n"
        "The lowest ESR is what noise leaves to a perfect model; it is measured in pauses, or "
        "where the input plays a passage twice. The linear scores are those of a filter of 128 "
        "taps and of one gain: a model is worth its time if it can be clearly better.\n\n"
        "The recordings themselves are never changed. The exit status is 0 also with warnings, and "
        "1 if training makes no sense.",
    OPTS(opts),
    EXAMPLES(examples),
    DEFAULTS(defaults),
    .run = doctor_command,
};
