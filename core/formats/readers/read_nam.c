/** @file
 *  Neural Amp Modeler's LSTM: .nam 0.5.0 to 0.7.x, and the folders of 0.4.0.
 *
 *      {version, architecture, config {input_size, hidden_size, num_layers}, weights, sample_rate,
 *       metadata}
 *      weights: for each layer W [4H][I+H] (i, f, g, o; inputs first), b [4H], h0 [H], c0 [H]; then
 *      the readout's W [O][H] and b [O]
 *      for a SlimmableContainer see nam_container.h
 *
 *  From: NeuralAmpModelerCore, neural-amp-modeler's models/recurrent.py; the parametric fork of the
 *  latter for ConcatLSTM. */
#include "formats/array.h"
#include "formats/facts.h"
#include "files/file.h"
#include "formats/json.h"
#include "formats/readers/nam_container.h"
#include "formats/readers/nam_knobs.h"
#include "formats/readers/npy.h"
#include "formats/readers/readers.h"
#include "formats/readers/stages.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double DEFAULT_RATE_HZ = 48000.0;

/* A network being read. */
struct nam_reader {
    const json_t *json, *config;
    const char *path; /* of the file; NULL if it was read from memory */
    const char *architecture;
    unsigned minor, major;
    unsigned inputs, audio_inputs, outputs, hidden, layers;
    struct tc_nam_knobs knobs;
    struct tc_metadata meta;
    float *weights;
    size_t n_weights;
    struct tc_stages stages;
};

/* ------------------------------------------------------------------------- header */

static enum tc_status bad_version(const char *version, struct tc_error *error)
{
    return tc_fail(error, TC_UNSUPPORTED,
                   "version '%s' of NAM is not known, expected 0.4.0 to 0.7 (1.0 for ConcatLSTM)",
                   TC_SHOWN(version));
}

static bool is_concat(const struct nam_reader *r)
{
    return strcmp(r->architecture, "ConcatLSTM") == 0;
}

static enum tc_status read_version(struct nam_reader *r, struct tc_error *error)
{
    const char *version;
    unsigned patch;
    int end = 0;
    const enum tc_status status = tc_json_text(r->json, "version", "the file", &version, error);

    if (status)
        return status;
    /* sscanf() alone would accept signs and blanks. */
    if (strspn(version, "0123456789.") != strlen(version) ||
        sscanf(version, "%3u.%3u.%3u%n", &r->major, &r->minor, &patch, &end) != 3 ||
        version[end] != '\0')
        return bad_version(version, error);
    if (r->major == 1 && r->minor == 0 && is_concat(r))
        return TC_OK;
    return r->major == 0 && r->minor >= 4 && r->minor <= 7 ? TC_OK : bad_version(version, error);
}

/** A number of channels; 1 if absent. */
static enum tc_status read_channels(const json_t *config, const char *key, unsigned *n,
                                    struct tc_error *error)
{
    *n = 1;
    if (!json_object_get(config, key))
        return TC_OK;
    return tc_json_unsigned(config, key, "config", TC_MAX_FEATURES, n, error);
}

static enum tc_status read_sizes(struct nam_reader *r, struct tc_error *error)
{
    static const char where[] = "config";
    enum tc_status status =
        tc_json_unsigned(r->config, "hidden_size", where, TC_MAX_UNITS, &r->hidden, error);

    if (status == TC_OK)
        status = tc_json_unsigned(r->config, "num_layers", where, TC_MAX_LAYERS, &r->layers, error);
    if (status == TC_OK)
        status = read_channels(r->config, "in_channels", &r->audio_inputs, error);
    if (status == TC_OK)
        status = read_channels(r->config, "out_channels", &r->outputs, error);
    return status;
}

/** Audio inputs and knobs. Inputs other than audio are knobs, which the file must describe. */
static enum tc_status read_inputs(struct nam_reader *r, struct tc_error *error)
{
    const json_t *const parametric = json_object_get(r->config, "parametric");
    enum tc_status status;

    if (is_concat(r)) {
        status =
            tc_nam_knobs_params(json_object_get(r->config, "params"), &r->knobs, &r->meta, error);
        r->inputs = 1 + r->knobs.inputs;
        return status;
    }
    status = tc_json_unsigned(r->config, "input_size", "config", TC_MAX_FEATURES + TC_MAX_KNOBS,
                              &r->inputs, error);
    if (status == TC_OK && json_object_size(parametric) > 0)
        status = tc_nam_knobs_parametric(parametric, &r->knobs, &r->meta, error);
    if (status)
        return status;
    if (r->inputs != r->audio_inputs + r->knobs.inputs)
        return tc_fail(error, TC_BAD_SHAPE,
                       "config: 'input_size' is %u, but it names %u audio inputs and %u knobs",
                       r->inputs, r->audio_inputs, r->knobs.inputs);
    return TC_OK;
}

static enum tc_status read_config(struct nam_reader *r, struct tc_error *error)
{
    enum tc_status status;

    r->config = json_object_get(r->json, "config");
    if (!json_is_object(r->config))
        return tc_fail(error, TC_BAD_FORMAT, "the file: 'config' is missing");
    status = read_sizes(r, error);
    return status ? status : read_inputs(r, error);
}

/* ------------------------------------------------------------------------- weights */

static size_t expected_weights(const struct nam_reader *r)
{
    const size_t hidden = r->hidden;
    size_t n = r->outputs * (hidden + 1);

    for (unsigned l = 0; l < r->layers; ++l)
        n += 4 * hidden * ((l ? hidden : r->inputs) + hidden) + 6 * hidden;
    return n;
}

/** Read the weights of version 0.4.0, which are in a file of their own in the same folder. */
static enum tc_status read_weights_file(struct nam_reader *r, struct tc_error *error)
{
    static const char config[] = "config.json", weights[] = "weights.npy";
    const size_t length = r->path ? strlen(r->path) : 0, end = sizeof config - 1;
    unsigned char *bytes;
    char *path;
    size_t size;
    enum tc_status status;

    if (length < end || strcmp(r->path + length - end, config) != 0)
        return tc_fail(error, TC_BAD_FORMAT,
                       "the file has no weights: version 0.4 has them in %s beside %s", weights,
                       config);
    path = malloc(length + sizeof weights);
    if (!path)
        return tc_fail(error, TC_NO_MEMORY, "no memory for a path");
    memcpy(path, r->path, length - end);
    strcpy(path + length - end, weights);
    status = tc_file_read(path, 4 * TC_MAX_PARAMETERS, &bytes, &size, error);
    if (status) {
        const struct tc_error cause = *error;

        tc_fail(error, status, "%s, which holds the weights: %.200s", weights, cause.message);
    } else {
        status = tc_npy_read(bytes, size, weights, &r->weights, &r->n_weights, error);
        free(bytes);
    }
    free(path);
    return status;
}

static enum tc_status read_list(struct nam_reader *r, const json_t *list, struct tc_error *error)
{
    const size_t n = json_array_size(list);

    if (n == 0)
        return tc_fail(error, TC_BAD_FORMAT, "the file has no weights: 'weights' is empty");
    r->weights = malloc(n * sizeof *r->weights);
    if (!r->weights)
        return tc_fail(error, TC_NO_MEMORY, "no memory for %zu weights", n);
    r->n_weights = n;
    return tc_array_read(list, "weights", n, 0, r->weights, error);
}

static enum tc_status read_weights(struct nam_reader *r, struct tc_error *error)
{
    const json_t *const list = json_object_get(r->json, "weights");
    enum tc_status status;

    if (list)
        status = read_list(r, list, error);
    else if (r->minor == 4)
        status = read_weights_file(r, error);
    else
        status = tc_fail(error, TC_BAD_FORMAT, "the file has no weights: 'weights' is missing");
    if (status)
        return status;
    if (r->n_weights != expected_weights(r))
        return tc_fail(error, TC_BAD_SHAPE,
                       "there are %zu weights, expected %zu for %u inputs, %u layers of %u units "
                       "and %u outputs",
                       r->n_weights, expected_weights(r), r->inputs, r->layers, r->hidden,
                       r->outputs);
    return TC_OK;
}

/** Copy n weights; returns the next one. */
static const float *copy_weights(const float *from, float *to, size_t n)
{
    memcpy(to, from, n * sizeof *to);
    return from + n;
}

static enum tc_status add_layer(struct nam_reader *r, const float **next, unsigned inputs,
                                struct tc_error *error)
{
    const struct tc_stage like = {
        .cell = TC_CELL_LSTM, .activation = TC_TANH, .inputs = inputs, .units = r->hidden};
    const enum tc_status status = tc_stages_add(&r->stages, &like, error);
    struct tc_stage_weights w;

    if (status)
        return status;
    w = tc_stages_last(&r->stages);
    for (size_t row = 0; row < 4 * (size_t)r->hidden; ++row) {
        *next = copy_weights(*next, w.w_ih + row * inputs, inputs);
        *next = copy_weights(*next, w.w_hh + row * r->hidden, r->hidden);
    }
    *next = copy_weights(*next, w.b_ih, 4 * (size_t)r->hidden);
    *next = copy_weights(*next, w.h0, r->hidden);
    *next = copy_weights(*next, w.c0, r->hidden);
    return TC_OK;
}

static enum tc_status add_layers(struct nam_reader *r, struct tc_error *error)
{
    const struct tc_stage readout = {
        .dense = true, .activation = TC_IDENTITY, .inputs = r->hidden, .units = r->outputs};
    const float *next = r->weights;
    struct tc_stage_weights w;
    enum tc_status status = TC_OK;

    if (r->knobs.knobs != r->knobs.inputs)
        status = tc_nam_knobs_stages(&r->knobs, &r->meta, &r->stages, error);
    for (unsigned l = 0; status == TC_OK && l < r->layers; ++l)
        status = add_layer(r, &next, l ? r->hidden : r->inputs, error);
    if (status == TC_OK)
        status = tc_stages_add(&r->stages, &readout, error);
    if (status)
        return status;
    w = tc_stages_last(&r->stages);
    next = copy_weights(next, w.w_ih, (size_t)r->outputs * r->hidden);
    copy_weights(next, w.b_ih, r->outputs);
    return TC_OK;
}

/* ------------------------------------------------------------------------- metadata */

/** `outer` is the container, or NULL. */
static void read_metadata(struct nam_reader *r, const json_t *outer)
{
    const json_t *const metadata = json_object_get(r->json, "metadata");
    const json_t *const rates[] = {json_object_get(r->json, "sample_rate"),
                                   json_object_get(metadata, "sample_rate"),
                                   json_object_get(outer, "sample_rate")};
    struct tc_metadata *const meta = &r->meta;
    double rate_hz = (double)NAN;

    for (size_t i = 0; i < sizeof rates / sizeof rates[0] && !(rate_hz > 0.0); ++i)
        rate_hz = tc_json_number(rates[i]);
    tc_facts_rate(meta, rate_hz, DEFAULT_RATE_HZ);
    tc_facts_text(meta->name, sizeof meta->name, json_object_get(metadata, "name"));
    tc_facts_text(meta->author, sizeof meta->author, json_object_get(metadata, "modeled_by"));
    meta->loudness_db = tc_facts_level(json_object_get(metadata, "loudness"));
    meta->input_level_dbu = tc_facts_level(json_object_get(metadata, "input_level_dbu"));
    meta->output_level_dbu = tc_facts_level(json_object_get(metadata, "output_level_dbu"));
}

/** Create the model. The file's metadata is stored as its training record. */
static enum tc_status create_model(struct nam_reader *r, struct tc_model **model,
                                   struct tc_error *error)
{
    const struct tc_stages_use use = {.audio_inputs = r->audio_inputs, .knobs = r->knobs.knobs};
    char *record;
    enum tc_status status = tc_facts_record(&record, json_object_get(r->json, "metadata"), error);

    r->meta.training = record;
    if (status == TC_OK)
        status = tc_stages_model(&r->stages, &use, &r->meta, model, error);
    free(record);
    return status;
}

static enum tc_status read_network(struct nam_reader *r, const json_t *outer,
                                   struct tc_model **model, struct tc_error *error)
{
    enum tc_status status = read_version(r, error);

    tc_metadata_init(&r->meta);
    if (status == TC_OK)
        status = read_config(r, error);
    if (status == TC_OK)
        status = read_weights(r, error);
    if (status == TC_OK)
        status = add_layers(r, error);
    if (status)
        return status;
    read_metadata(r, outer);
    return create_model(r, model, error);
}

/* ------------------------------------------------------------------------- the file */

/** Continue with the largest LSTM of a container. */
static enum tc_status open_container(struct nam_reader *r, struct tc_file_facts *facts,
                                     struct tc_error *error)
{
    enum tc_status status = read_version(r, error);

    if (status == TC_OK)
        status = tc_nam_submodel(r->json, facts, &r->json, error);
    if (status == TC_OK)
        r->architecture = json_string_value(json_object_get(r->json, "architecture"));
    return status;
}

enum tc_status tc_nam_read(struct tc_model **model, const json_t *json, const char *path,
                           struct tc_file_facts *facts, struct tc_error *error)
{
    struct nam_reader r = {.json = json, .path = path};
    const json_t *outer = NULL;
    enum tc_status status = tc_json_text(json, "architecture", "the file", &r.architecture, error);

    tc_facts_init(facts, "NAM");
    if (status == TC_OK && strcmp(r.architecture, "SlimmableContainer") == 0) {
        outer = json;
        status = open_container(&r, facts, error);
    }
    if (status == TC_OK && !tc_nam_is_lstm(r.json))
        status = tc_fail(error, TC_UNSUPPORTED,
                         "the architecture is '%s', expected LSTM, ConcatLSTM, CatLSTM or "
                         "SlimmableContainer",
                         TC_SHOWN(r.architecture));
    if (status == TC_OK)
        status = read_network(&r, outer, model, error);
    tc_stages_free(&r.stages);
    free(r.weights);
    return status;
}
