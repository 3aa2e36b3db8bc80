/* Writes a small model with random weights from a fixed seed, for the tests of other programs.
 *
 *  make_model [--cell lstm] [--hidden 2] [--layers 1] [--inputs 1] [--outputs 1] [--rate 44100]
 *             [--knobs 0] [--readout linear] [--residual] [--layer-norm] [--seed 1] [--name TEXT]
 *             [--symbols 0] [--embedding 0] [--label TEXT] [--control NAME] FILE
 *
 *  The control signal is the second audio input if there are two, else the first knob. */
#include "config.h"
#include "tonecell.h"

#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct model_request {
    struct tc_architecture arch;
    struct tc_metadata meta;
    enum tc_cell cell;
    unsigned hidden, seed;
};

static unsigned number(const char *text)
{
    return (unsigned)strtoul(text, NULL, 10);
}

static enum tc_cell cell_of(const char *name)
{
    enum tc_cell cell = TC_CELL_RNN;

    while (cell < TC_CELLS - 1 && strcmp(tc_cell_name(cell), name) != 0)
        ++cell;
    return cell;
}

static enum tc_readout readout_of(const char *name)
{
    enum tc_readout readout = TC_READOUT_LINEAR;

    while (readout < TC_READOUT_SOFTMAX && strcmp(tc_readout_name(readout), name) != 0)
        ++readout;
    return readout;
}

/* The field of an option whose argument is a number; NULL for others. */
static unsigned *number_field(struct model_request *request, int code)
{
    switch (code) {
    case 'h':
        return &request->hidden;
    case 'l':
        return &request->arch.layers;
    case 'i':
        return &request->arch.audio_inputs;
    case 'o':
        return &request->arch.outputs;
    case 'y':
        return &request->arch.symbols;
    case 'g':
        return &request->arch.embedding;
    case 'k':
        return &request->arch.knobs;
    case 's':
        return &request->seed;
    default:
        return NULL;
    }
}

/* Take the option `code` and its argument. False if there is no such option. */
static bool take_option(struct model_request *request, int code, const char *argument)
{
    unsigned *const field = number_field(request, code);

    if (field)
        *field = number(argument);
    else if (code == 'c')
        request->cell = cell_of(argument);
    else if (code == 'r')
        request->meta.sample_rate_hz = strtod(argument, NULL);
    else if (code == 'e')
        request->arch.readout = readout_of(argument);
    else if (code == 'd')
        request->arch.residual = true;
    else if (code == 'm')
        request->arch.layer_norm = true;
    else if (code == 'n')
        snprintf(request->meta.name, sizeof request->meta.name, "%s", argument);
    else if (code == 'b')
        snprintf(request->meta.label, sizeof request->meta.label, "%s", argument);
    else if (code == 'C')
        snprintf(request->meta.control, sizeof request->meta.control, "%s", argument);
    else
        return false;
    return true;
}

/* Returns the index of the file in argv, -1 for wrong usage. */
static int parse(struct model_request *request, int argc, char **argv)
{
    static const struct option options[] = {
        {"cell", 1, NULL, 'c'},       {"hidden", 1, NULL, 'h'},  {"layers", 1, NULL, 'l'},
        {"inputs", 1, NULL, 'i'},     {"outputs", 1, NULL, 'o'}, {"rate", 1, NULL, 'r'},
        {"knobs", 1, NULL, 'k'},      {"seed", 1, NULL, 's'},    {"name", 1, NULL, 'n'},
        {"label", 1, NULL, 'b'},      {"readout", 1, NULL, 'e'}, {"residual", 0, NULL, 'd'},
        {"layer-norm", 0, NULL, 'm'}, {"symbols", 1, NULL, 'y'}, {"embedding", 1, NULL, 'g'},
        {"control", 1, NULL, 'C'},    {NULL, 0, NULL, 0},
    };
    int code;

    while ((code = getopt_long(argc, argv, "", options, NULL)) != -1)
        if (!take_option(request, code, optarg))
            return -1;
    return optind + 1 == argc ? optind : -1;
}

static void complete(struct model_request *request)
{
    if (!request->arch.audio_inputs)
        request->arch.direct = 0.0f;
    for (unsigned i = 0; i < request->arch.layers && i < TC_MAX_LAYERS; ++i)
        request->arch.layer[i] = (struct tc_layer){request->cell, TC_TANH, request->hidden};
    for (unsigned i = 0; i < request->arch.knobs && i < TC_MAX_KNOBS; ++i) {
        struct tc_knob *const knob = &request->meta.knob[i];

        *knob = (struct tc_knob){.max = 10.0f, .initial = 5.0f, .at_max = 1.0f};
        snprintf(knob->name, sizeof knob->name, "Knob %u", i + 1);
    }
    if (request->meta.control[0] && request->arch.audio_inputs == 1)
        strcpy(request->meta.knob[0].name, request->meta.control);
}

/* Weights in +-0.5, initial states at zero. */
static float *make_parameters(const struct model_request *request)
{
    struct tc_tensor tensor[TC_MAX_TENSORS];
    size_t values;
    const unsigned n = tc_architecture_tensors(&request->arch, tensor, &values);
    float *const parameters = calloc(values, sizeof *parameters);
    uint32_t random = request->seed;

    for (unsigned t = 0; parameters && t < n; ++t)
        for (size_t i = 0; i < tensor[t].rows * tensor[t].cols; ++i) {
            random = random * 1664525u + 1013904223u;
            if (!strstr(tensor[t].name, "h0") && !strstr(tensor[t].name, "c0"))
                parameters[tensor[t].offset + i] = (float)(random >> 8) * 0x1p-24f - 0.5f;
        }
    return parameters;
}

static enum tc_status save(const struct model_request *request, const char *path,
                           struct tc_error *error)
{
    enum tc_status status = tc_architecture_check(&request->arch, error);
    float *const parameters = status == TC_OK ? make_parameters(request) : NULL;
    struct tc_model *model = NULL;

    if (parameters)
        status = tc_model_new(&model, &request->arch, &request->meta, parameters, error);
    if (status == TC_OK)
        status = tc_model_save(model, path, error);
    tc_model_free(model);
    free(parameters);
    return status;
}

int main(int argc, char **argv)
{
    struct model_request request = {
        .arch = {.audio_inputs = 1, .outputs = 1, .layers = 1, .direct = 1.0f},
        .cell = TC_CELL_LSTM,
        .hidden = 2,
        .seed = 1};
    struct tc_error error = {"out of memory"};
    int file;

    tc_metadata_init(&request.meta);
    request.meta.sample_rate_hz = 44100.0;
    file = parse(&request, argc, argv);
    if (file < 0) {
        fputs("usage: make_model [OPTION]... FILE\n", stderr);
        return 2;
    }
    complete(&request);
    if (save(&request, argv[file], &error) != TC_OK) {
        fprintf(stderr, "make_model: %s: %s\n", argv[file], error.message);
        return 1;
    }
    return 0;
}
