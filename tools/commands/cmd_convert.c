#include "config.h"

#include "cli/analogue_levels.h"
#include "cli/commands.h"
#include "cli/given.h"
#include "cli/load_model.h"
#include "cli/model_file.h"
#include "cli/output_check.h"
#include "cli/paths.h"
#include "cli/previous_file.h"
#include "cli/talk.h"
#include "files/new_file.h"
#include "plugins/model_texts.h"
#include "report/conversion_error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* In the order of the words of --to. */
enum format {
    FORMAT_UNKNOWN = -1,
    FORMAT_SAFETENSORS,
    FORMAT_GUITARML,
    FORMAT_KERAS,
    FORMAT_AIDAX,
    FORMAT_NAM,
    FORMAT_ONNX
};

struct convert_options {
    int to;
    double sample_rate_hz;
    struct model_texts texts;
    struct analogue_levels levels;
    bool force;
};

static const struct convert_options defaults = {
    .to = CHOICE_NOT_GIVEN, .sample_rate_hz = REAL_NOT_GIVEN, .levels = LEVELS_NOT_GIVEN};

/* ------------------------------------------------------------------------- the file */

/* The format that a name's ending tells; .json is used by several. */
static enum format format_of(const char *path)
{
    const char *const dot = strrchr(path, '.');

    if (dot && strcasecmp(dot, ".safetensors") == 0)
        return FORMAT_SAFETENSORS;
    if (dot && strcasecmp(dot, ".nam") == 0)
        return FORMAT_NAM;
    if (dot && strcasecmp(dot, ".onnx") == 0)
        return FORMAT_ONNX;
    return dot && strcasecmp(dot, ".aidax") == 0 ? FORMAT_AIDAX : FORMAT_UNKNOWN;
}

/* The bytes of the file, for free(). */
static enum tc_status make_file(const struct tc_model *model, enum format format,
                                unsigned char **bytes, size_t *size, struct tc_error *error)
{
    static const enum tc_export exports[] = {[FORMAT_GUITARML] = TC_EXPORT_GUITARML,
                                             [FORMAT_KERAS] = TC_EXPORT_KERAS,
                                             [FORMAT_AIDAX] = TC_EXPORT_AIDAX,
                                             [FORMAT_NAM] = TC_EXPORT_NAM,
                                             [FORMAT_ONNX] = TC_EXPORT_ONNX};

    if (format == FORMAT_SAFETENSORS)
        return tc_model_save_bytes(model, bytes, size, error);
    return tc_model_export_bytes(model, exports[format], bytes, size, error);
}

/* Programs that play GuitarML's files, but of one size only. */
static void report_players(const struct tc_model *model)
{
    static const struct {
        const char *name;
        unsigned hidden, fewest_knobs, most_knobs;
    } players[] = {{"NeuralPi", 20, 0, 2}, {"Proteus", 40, 0, 1}, {"TS-M1N3", 32, 2, 2}};
    const struct tc_architecture *const arch = tc_model_architecture(model);
    const bool usual = arch->layers == 1 && arch->layer[0].cell == TC_CELL_LSTM &&
                       arch->outputs == 1 && arch->direct != 0.0f;
    bool found = false;

    for (size_t i = 0; usual && i < sizeof players / sizeof players[0]; ++i)
        if (arch->layer[0].hidden == players[i].hidden && arch->knobs >= players[i].fewest_knobs &&
            arch->knobs <= players[i].most_knobs) {
            talk_say(NULL, "%s plays models of this size", players[i].name);
            found = true;
        }
    if (!found)
        talk_warn(NULL, "neither NeuralPi (1 LSTM of 20 units), Proteus (40) nor TS-M1N3 (32, 2 "
                        "knobs) play models of this size");
}

/* ------------------------------------------------------------------------- the command */

/* Read the bytes back before they become a file, and compare the model that they hold. */
static enum tc_status read_back(const struct tc_model *model, const unsigned char *bytes,
                                size_t size, struct conversion_error *difference,
                                struct tc_error *error)
{
    struct tc_model *written;
    struct tc_error cause;
    enum tc_status status = tc_model_read(&written, bytes, size, &cause);

    if (status)
        return tc_fail(error, status, "is not written, since it could not be read again: %s",
                       cause.message);
    status = conversion_error_measure(model, written, difference, error);
    tc_model_free(written);
    return status;
}

/* What the file lacks, since its format has no place for it. */
static void report_losses(const struct tc_model *model, enum format format, const char *path)
{
    const struct tc_metadata *const meta = tc_model_metadata(model);

    if (format != FORMAT_SAFETENSORS && meta->sample_rate_assumed)
        talk_say(path,
                 "states no sample rate, since the model's own file does not: programs assume one; "
                 "--sample-rate states it");
    if (tc_model_architecture(model)->knobs > 0 &&
        (format == FORMAT_GUITARML || format == FORMAT_KERAS || format == FORMAT_AIDAX))
        talk_say(path,
                 "names, ranges and initial values of the knobs are for Tonecell; other programs "
                 "have knobs from 0 to 1 with initial values of their own");
    if (tc_model_architecture(model)->knobs > 0 && format == FORMAT_ONNX)
        talk_say(path, "has no ranges and initial values of the knobs: they go from 0 to 1");
}

static void report(const struct tc_model *model, enum format format, const char *path,
                   const struct conversion_error *difference)
{
    if (format == FORMAT_GUITARML)
        report_players(model);
    if (format == FORMAT_ONNX)
        talk_say(path, "written for programs that run ONNX; tonecell does not read it");
    else
        printf("%s: differs by at most %.2g on noise, by %.2g in the second of silence before it\n",
               path, difference->noise, difference->silence);
}

static int convert(const struct tc_model *model, enum format format, const char *path, bool force)
{
    struct conversion_error difference = {0.0, 0.0};
    struct previous_file previous = {.path = path};
    struct tc_error error;
    unsigned char *bytes = NULL;
    size_t size;
    enum tc_status status = make_file(model, format, &bytes, &size, &error);

    if (status == TC_OK && format != FORMAT_ONNX)
        status = read_back(model, bytes, size, &difference, &error);
    tc_new_files_sweep(path);
    if (status == TC_OK && !force && !previous_file_keep(&previous, path)) {
        free(bytes);
        return 1;
    }
    if (status == TC_OK)
        status = tc_file_replace(path, bytes, size, 0644, &error);
    free(bytes);
    previous_file_report(&previous);
    if (status) {
        talk_error(path, "%s", error.message);
        return 1;
    }
    report(model, format, path, &difference);
    report_losses(model, format, path);
    return 0;
}

/* True if `path` is the model or one of its files. */
static bool is_of_model(const char *path, const char *model)
{
    char file[PATH_MAX];
    bool found = same_file(path, model);

    for (unsigned i = 0; !found && model_file(model, i, file); ++i)
        found = same_file(path, file);
    return found;
}

/* A copy with the texts and levels that were given. NULL after talk_error(). */
static struct tc_model *with_metadata(const struct tc_model *model, const struct convert_options *o,
                                      const char *path)
{
    struct tc_metadata meta = *tc_model_metadata(model);
    struct tc_model *copy;
    struct tc_error error;

    model_texts_replace(&meta, &o->texts);
    analogue_levels_store(&meta, &o->levels);
    copy = model_with_metadata(model, &meta, &error);
    if (!copy)
        talk_error(path, "%s", error.message);
    return copy;
}

static int convert_command(const struct command *self, const void *options, unsigned n,
                           char **operands)
{
    const struct convert_options *const o = options;
    const char *const in = operands[0], *const out = operands[1];
    const enum format format = is_given(o->to) ? (enum format)o->to : format_of(out);
    struct tc_model *loaded, *model;
    int status = model_texts_check(self, &o->texts);

    (void)n;
    if (status != 0)
        return status;
    if (strcmp(out, "-") == 0)
        return usage_error(self, "OUT is '-', but a model cannot go to standard output");
    if (format == FORMAT_UNKNOWN)
        return usage_error(self, "--to is missing: the ending of '%s' does not say the format",
                           out);
    if (is_of_model(out, in))
        return usage_error(self, "'%s' is the model", out);
    /* An ONNX file, which cannot be read, may be replaced by another. */
    if (!output_check_model(out, o->force || format_of(out) == FORMAT_ONNX))
        return 1;
    loaded = load_model(in, o->sample_rate_hz, NULL);
    model = loaded ? with_metadata(loaded, o, in) : NULL;
    tc_model_free(loaded);
    if (!model)
        return 1;
    status = convert(model, format, out, o->force);
    tc_model_free(model);
    return status;
}

#define AT(field) offsetof(struct convert_options, field)

static const struct opt opts[] = {
    {0, "to", OPT_CHOICE, AT(to), 0, 0, "safetensors|guitarml|keras|aidax|nam|onnx",
     "format to write [from OUT's extension: .safetensors, .aidax, .nam, .onnx]", GROUP_OUTPUT,
     EVERYDAY},
    FORCE_OPTION(AT(force), FORCE_MODEL),
    SAMPLE_RATE_OPTION(AT(sample_rate_hz)),
    NAME_OPTION(AT(texts.name), "as it is"),
    AUTHOR_OPTION(AT(texts.author)),
    LICENCE_OPTION(AT(texts.licence)),
    LABEL_OPTION(AT(texts.label), "as it is"),
    STORED_LEVEL_OPTIONS(AT(levels), "as it is"),
};

static const struct example examples[] = {
    {"capture.json capture.safetensors", "A model of another program as one of Tonecell's."},
    {"--to guitarml amp.safetensors amp.json", "For NeuralPi or Proteus."},
    {"amp.safetensors amp.aidax", "For AIDA-X."},
    {"--name 'My Amp' amp.safetensors my.safetensors", "The same model under another name."},
    {"~/.ladspa/tonecell_amp.so amp.safetensors", "The model of an installed plugin."},
};

const struct command cmd_convert = {
    .name = "convert",
    .synopsis = "IN OUT [--to FORMAT] [--force] [--sample-rate HZ] [--name NAME] [--author NAME] "
                "[--licence NAME] "
                "[--label LABEL] [--input-level DBU] [--output-level DBU]",
    OPERANDS("IN or OUT", 2, 2),
    .summary = "convert between model formats",
    .description =
        "Writes a model of any readable format in another format; plugin files are read, too, and "
        "contain everything but the record of the training. What the format cannot hold is "
        "refused with its name; scales of knobs, and gains where the format has none, are folded "
        "into the weights, and where the format has no direct connection from input to output, one "
        "more unit replaces it. GuitarML and AIDA-X cannot hold a device that inverts the "
        "polarity, as train reports: for them, train on a recording that was inverted. Before the "
        "file gets its name it is read back and its output is compared with the original's. The "
        "largest difference of a sample (full scale is 1) over a second of noise is printed, and "
        "that over the second of silence before it, since other formats have initial states of "
        "their own. ONNX files are for other programs and not read back; the state is an input and "
        "an output beside the samples there.",
    OPTS(opts),
    EXAMPLES(examples),
    DEFAULTS(defaults),
    .run = convert_command,
};
