#include "config.h"
#include "cli/commands.h"
#include "cli/given.h"
#include "cli/json_result.h"
#include "cli/load_model.h"
#include "cli/model_file.h"
#include "cli/talk.h"
#include "report/info.h"
#include "report/info_list.h"

#include <stdio.h>
#include <sys/stat.h>

struct info_options {
    double sample_rate_hz;
    bool json;
};

/* Bytes of all files of a model. */
static double size_of(const char *path)
{
    char file[PATH_MAX];
    double size = 0.0;

    for (unsigned i = 0; model_file(path, i, file); ++i) {
        struct stat st;

        if (stat(file, &st) == 0)
            size += (double)st.st_size;
    }
    return size;
}

static int report(struct info *info, bool as_json)
{
    struct tc_error error;

    if (model_measurements_take(info->model, &info->measured, &error) != TC_OK) {
        talk_error(info->path, "%s", error.message);
        return 1;
    }
    if (!as_json) {
        info_print(info);
    } else if (!info_print_json(info)) {
        talk_error(info->path, "its texts cannot be written as JSON");
        return 1;
    }
    return 0;
}

static int info_one(const char *path, const struct info_options *o)
{
    struct tc_file_facts facts;
    struct tc_model *const model = load_model(path, o->sample_rate_hz, &facts);
    struct info about = {.path = path, .size = size_of(path), .model = model, .facts = &facts};
    const char *record;
    int status;

    if (!model)
        return 1;
    record = tc_model_metadata(model)->training;
    about.training = record ? json_loads(record, 0, NULL) : NULL;
    status = report(&about, o->json);
    json_decref(about.training);
    tc_model_free(model);
    return status;
}

static int info(const struct command *self, const void *options, unsigned n, char **operands)
{
    const struct info_options *const o = options;

    if (n == 1 && !info_is_folder(operands[0]))
        return info_one(operands[0], o);
    if (is_given(o->sample_rate_hz))
        return usage_error(self, "--sample-rate is for one model");
    return info_list(n, operands, o->json);
}

#define AT(field) offsetof(struct info_options, field)

static const struct opt opts[] = {
    SAMPLE_RATE_OPTION(AT(sample_rate_hz)),
    JSON_OPTION(AT(json)),
};

static const struct example examples[] = {
    {"amp.safetensors", "Describes a model."},
    {"captures", "Lists the models in a folder."},
    {"--json amp.safetensors | jq .ns_per_sample", "One number of it, for a script."},
};

static const struct info_options defaults = {.sample_rate_hz = REAL_NOT_GIVEN};

const struct command cmd_info = {
    .name = "info",
    .synopsis = "MODEL [--sample-rate HZ] [--json]\nMODEL... [--json]",
    OPERANDS("MODEL", 1, OPERANDS_ANY),
    .summary = "describe a model and measure its cost on this CPU",
    .description =
        "Shows the file format, the layers of the network, sample rate, gains, knobs, texts and "
        "the training of the model; whether its initial state is settled, how long it takes to "
        "settle from there and after a loud burst, and its output on silence: a constant (DC) and "
        "noise; its health: whether it forgets a loud burst, hums on silence or runs away, which "
        "means that noise of -120 dB in loud notes changes its output by more than -20 dB; its "
        "peaks on signals at full scale, and the aliasing of sines; the measured time per sample "
        "and channel on this machine, with the fraction of a "
        "core that a mono plugin takes at the model's sample rate; and, for a model with layers "
        "that can use half precision, its error against full precision.\n\n"
        "For several models, or a folder of models, it prints one line each, where ? marks an "
        "assumed sample rate; with --json an object whose list models has one entry each.",
    OPTS(opts),
    EXAMPLES(examples),
    DEFAULTS(defaults),
    .run = info,
};
