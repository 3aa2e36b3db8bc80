#include "config.h"
#include "audio/audio_writer.h"
#include "audio/output_file.h"
#include "audio/result_mark.h"
#include "cli/commands.h"
#include "cli/given.h"
#include "cli/interrupt.h"
#include "cli/json_result.h"
#include "cli/output_check.h"
#include "cli/talk.h"
#include "files/new_file.h"
#include "signal/sections.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct signal_options {
    int purpose;
    double duration_s;
    unsigned rate_hz;
    const char *format;
    bool json, force;
};

#define PURPOSES "effect|compressor|knobs"

/* ------------------------------------------------------------------------- writing */

static enum tc_status write_sections(struct audio_writer *writer, const struct signal_plan *plan,
                                     float *samples, struct tc_error *error)
{
    const float *const channel[] = {samples};
    enum tc_status status = TC_OK;

    for (unsigned i = 0; i < plan->n_sections && status == TC_OK; ++i) {
        const struct signal_section *const section = &plan->section[i];

        if (interrupt_asked())
            return tc_fail(error, TC_IO, "interrupted; the file was not written");
        talk_progress((double)section->start / (double)plan->n_frames, "%s", section->name);
        signal_section_fill(plan, section, samples, samples + plan->longest);
        status = audio_write(writer, channel, section->n_frames, error);
    }
    return status;
}

static enum tc_status write_plan(struct audio_writer *writer, const struct signal_plan *plan,
                                 struct tc_error *error)
{
    float *const samples = calloc(plan->longest, 2 * sizeof *samples);
    enum tc_status status;

    if (!samples)
        return tc_fail(error, TC_NO_MEMORY, "out of memory");
    talk_progress_begin(false);
    status = write_sections(writer, plan, samples, error);
    talk_progress_end();
    free(samples);
    return status;
}

/* Integers are rounded without dither, so that silence is silence, and the repeated passage
 * equal. */
static enum tc_status write_file(const char *path, const struct signal_plan *plan,
                                 const struct audio_format *wanted, struct tc_error *error)
{
    struct audio_create_options options = {
        .info = {.channels = 1, .rate_hz = plan->rate_hz, .n_frames = plan->n_frames},
        .no_dither = true};
    struct audio_format *const format = &options.info.format;
    struct audio_writer *writer;
    enum tc_status status = audio_format_parse("wav:24", format, error);

    if (status == TC_OK)
        status = audio_format_choose(wanted, &options.info, path, format, error);
    if (status == TC_OK)
        status = audio_create(&writer, path, &options, error);
    if (status != TC_OK)
        return status;
    if (!audio_keeps_samples(*format))
        talk_warn(path, "this format changes the samples; wav and flac keep them");
    status = write_plan(writer, plan, error);
    if (status == TC_OK)
        return audio_commit(writer, error);
    audio_discard(writer);
    return status;
}

/* ------------------------------------------------------------------------- what was written */

static void print_sections(const struct signal_plan *plan)
{
    for (unsigned i = 0; i < plan->n_sections; ++i) {
        const struct signal_section *const section = &plan->section[i];
        const uint64_t tenths = (uint64_t)((double)section->start / plan->rate_hz * 10.0);

        printf("%2" PRIu64 ":%02" PRIu64 ".%" PRIu64 "  %-15s  %s\n", tenths / 600,
               tenths / 10 % 60, tenths % 10, section->name, section->use);
    }
}

static json_t *json_of_sections(const struct signal_plan *plan)
{
    json_t *const array = json_array();

    for (unsigned i = 0; i < plan->n_sections; ++i) {
        const struct signal_section *const section = &plan->section[i];

        (void)json_array_append_new(
            array, json_pack("{s:s, s:s, s:I, s:I}", "name", section->name, "use", section->use,
                             "start", (json_int_t)section->start, "stop",
                             (json_int_t)(section->start + section->n_frames)));
    }
    return array;
}

static int print_json(const char *path, const struct signal_plan *plan)
{
    json_t *const result =
        json_pack("{s:o, s:f, s:I, s:o}", "file", json_path(path), "sample_rate", plan->rate_hz,
                  "frames", (json_int_t)plan->n_frames, "sections", json_of_sections(plan));
    const bool printed = json_print(result);

    json_decref(result);
    return printed ? 0 : 1;
}

/* Settings of one, two and three knobs that are usually enough. */
enum { SETTINGS_1 = 5, SETTINGS_2 = 12, SETTINGS_3 = 25 };

static void say_next_step(const char *path, enum signal_purpose purpose, double seconds)
{
    char text[32];

    if (purpose == SIGNAL_KNOBS)
        talk_say(path,
                 "record it once for each setting of the knobs: about %d settings (%s) for one "
                 "knob, %d for two, %d for three; then list the recordings in a manifest",
                 SETTINGS_1, talk_duration(SETTINGS_1 * seconds, text), SETTINGS_2, SETTINGS_3);
    else
        talk_say(path,
                 "send it through the gear, record what comes back as wet.wav, then: "
                 "tonecell train -o amp.safetensors %s wet.wav",
                 path);
}

/* ------------------------------------------------------------------------- the command */

static int signal_command(const struct command *self, const void *options, unsigned n,
                          char **operands)
{
    const struct signal_options *const o = options;
    const enum signal_purpose purpose = (enum signal_purpose)o->purpose;
    const double seconds = is_given(o->duration_s) ? o->duration_s : signal_usual_s(purpose);
    const struct signal_plan plan = signal_plan_make(purpose, seconds, o->rate_hz);
    const char *const path = operands[0];
    struct audio_format wanted = {0};
    struct tc_error error;
    enum tc_status status;

    (void)n;
    if (o->format && audio_format_parse(o->format, &wanted, &error) != TC_OK)
        return usage_error(self, "--format: %s", error.message);
    if (o->json && output_is_stream(path))
        return usage_error(self, "--json needs a file, since FILE is written to a stream");
    if (!o->force && !result_may_replace(path)) {
        talk_error(path, RESULT_REFUSED);
        return 1;
    }
    tc_new_files_sweep(path);
    interrupt_begin();
    status = write_file(path, &plan, &wanted, &error);
    interrupt_end();
    if (status != TC_OK) {
        talk_error(strcmp(path, "-") == 0 ? "standard output" : path, "%s", error.message);
        return 1;
    }
    if (o->json)
        return print_json(path, &plan);
    if (!output_is_stream(path)) {
        print_sections(&plan);
        say_next_step(path, purpose, seconds);
    }
    return 0;
}

#define AT(field) offsetof(struct signal_options, field)

static const struct opt opts[] = {
    {0, "for", OPT_CHOICE, AT(purpose), 0, 0, PURPOSES,
     "what it is played to: a pedal or amplifier; gear that follows the level; or gear with knobs, "
     "once for each setting [effect]",
     GROUP_DATA, EVERYDAY},
    {0, "duration", OPT_TIME, AT(duration_s), SIGNAL_MIN_S, SIGNAL_MAX_S, "TIME",
     "length in seconds, or as in 2.5m; from 30 s to 10 min [3m; for knobs 60]", GROUP_DATA,
     EVERYDAY},
    {0, "sample-rate", OPT_UINT, AT(rate_hz), 8000, 384000, "HZ",
     "sample rate, best that of your sessions [48000]", GROUP_OUTPUT, EVERYDAY},
    {'f', "format", OPT_TEXT, AT(format), 0, 0, "FORMAT",
     "container, sample format or both, as process takes them: wav, flac, 16, 24, float, flac:16 "
     "[as FILE ends, and 24]",
     GROUP_OUTPUT, EVERYDAY},
    FORCE_OPTION(AT(force), FORCE_SOUND),
    JSON_OPTION(AT(json)),
};

static const struct example examples[] = {
    {"signal.wav", "Three minutes for a pedal or an amplifier."},
    {"--for compressor --sample-rate 44100 signal.flac", "More of what a compressor reacts to."},
    {"--for knobs --duration 45 cycle.wav", "Short, to be recorded at each setting."},
};

static const struct signal_options defaults = {
    .purpose = SIGNAL_EFFECT, .duration_s = REAL_NOT_GIVEN, .rate_hz = 48000};

const struct command cmd_signal = {
    .name = "signal",
    .synopsis = "[--for " PURPOSES "] [--duration TIME] [options] FILE",
    OPERANDS("FILE", 1, 1),
    .summary = "write what to record through gear",
    .description =
        "Writes a sound, in mono, that shows what gear does: notes and chords of plucked strings "
        "from the low E of a bass upwards, drums, level steps, sweeps and bursts of noise, from "
        "soft to loud. Short sweeps tell the delay of the recording, pauses its noise, and a "
        "passage that is the same at both ends tells what has changed in between. Music of "
        "the kind that will be played later, where it can be recorded, is learned more closely.\n\n"
        "A FILE that is there already is replaced only if signal or process wrote it and nobody "
        "has changed it since, which WAV, AIFF, CAF and FLAC files tell, or with --force: it "
        "might be a recording. - is standard output (WAV). The loudest peaks, "
        "between samples too, are at -1 dB of full scale. The same options give the same file. "
        "What it "
        "holds is printed, with the times. For gear with knobs record it once at each setting, "
        "and list the recordings in a manifest for train.",
    OPTS(opts),
    EXAMPLES(examples),
    DEFAULTS(defaults),
    .run = signal_command,
};
