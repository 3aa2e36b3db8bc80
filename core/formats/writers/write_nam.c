#include "formats/writers/plain.h"
#include "formats/writers/residual.h"
#include "formats/writers/write_json.h"
#include "formats/writers/writers.h"
#include "model/model.h"
#include "stream/stream.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* NAM's trainer finds the initial state by this many frames of silence. An initial state that the
 * model already has is written unchanged. */
enum { SETTLING_FRAMES = 48000, BLOCK = 256 };

/* All players since 2023 read this version. */
#define VERSION "0.5.4"

static enum tc_status check_exportable(const struct tc_architecture *arch, struct tc_error *error)
{
    if (arch->knobs > 0)
        return tc_fail(error, TC_UNSUPPORTED, "NAM has no knobs, but the model has %u",
                       arch->knobs);
    if (arch->audio_inputs != 1 || arch->outputs != 1)
        return tc_fail(error, TC_UNSUPPORTED,
                       "NAM has one input and one output, but the model has %u and %u",
                       arch->audio_inputs, arch->outputs);
    for (unsigned l = 0; l < arch->layers; ++l)
        if (!tc_cell_describe(arch->layer[l].cell)->format[TC_EXPORT_NAM].name ||
            arch->layer[l].hidden != arch->layer[0].hidden)
            return tc_fail(error, TC_UNSUPPORTED,
                           "NAM has LSTM layers of one width, but layer %u is %s of %u units", l,
                           tc_cell_name(arch->layer[l].cell), arch->layer[l].hidden);
    return TC_OK;
}

/* ------------------------------------------------------------------------- initial state */

static void play_silence(struct tc_stream *stream)
{
    float silence[BLOCK] = {0}, output[BLOCK];
    const float *const in[] = {silence};
    float *const out[] = {output};

    for (size_t done = 0; done < SETTLING_FRAMES; done += BLOCK)
        tc_stream_process(stream, in, NULL, out,
                          SETTLING_FRAMES - done < BLOCK ? SETTLING_FRAMES - done : BLOCK);
}

/** Has any layer an initial state other than 0? */
static bool has_initial_state(const struct tc_architecture *arch, const float *parameters)
{
    struct tc_layer_offsets offsets[TC_MAX_LAYERS];
    struct tc_readout_offsets readout;

    tc_parameter_offsets(arch, offsets, &readout);
    for (unsigned l = 0; l < arch->layers; ++l)
        for (unsigned u = 0; u < arch->layer[l].hidden; ++u)
            if (parameters[offsets[l].h0 + u] != 0.0f || parameters[offsets[l].c0 + u] != 0.0f)
                return true;
    return false;
}

/** Replace h0 and c0, which are 0, by the state after silence. */
static enum tc_status settle(const struct tc_model *model, float *parameters,
                             struct tc_error *error)
{
    struct tc_stream *stream;
    const enum tc_status status = tc_stream_new(&stream, model, 1, error);

    if (status)
        return status;
    play_silence(stream);
    tc_stream_store_state(stream, parameters);
    tc_stream_free(stream);
    return TC_OK;
}

/* ------------------------------------------------------------------------- the file */

static bool append(json_t *list, const float *values, size_t n)
{
    for (size_t i = 0; i < n; ++i)
        if (json_array_append_new(list, json_real((double)values[i])) != 0)
            return false;
    return true;
}

/** The rows of both matrices side by side, the sum of the biases, then the initial state. */
static bool append_layer(json_t *list, const struct tc_architecture *arch, unsigned index,
                         const struct tc_layer_offsets *offsets, float *p)
{
    const size_t hidden = arch->layer[index].hidden, inputs = tc_layer_inputs(arch, index);

    for (size_t row = 0; row < 4 * hidden; ++row) {
        if (!append(list, p + offsets->w_ih + row * inputs, inputs) ||
            !append(list, p + offsets->w_hh + row * hidden, hidden))
            return false;
        p[offsets->b_ih + row] += p[offsets->b_hh + row];
    }
    return append(list, p + offsets->b_ih, 4 * hidden) && append(list, p + offsets->h0, hidden) &&
           append(list, p + offsets->c0, hidden);
}

static json_t *weights(const struct tc_architecture *arch, float *parameters)
{
    struct tc_layer_offsets offsets[TC_MAX_LAYERS];
    struct tc_readout_offsets readout;
    json_t *const list = json_array();
    bool complete = list != NULL;

    tc_parameter_offsets(arch, offsets, &readout);
    for (unsigned l = 0; complete && l < arch->layers; ++l)
        complete = append_layer(list, arch, l, &offsets[l], parameters);
    if (complete && append(list, parameters + readout.w, arch->layer[0].hidden) &&
        append(list, parameters + readout.b, 1))
        return list;
    json_decref(list);
    return NULL;
}

static bool put_level(json_t *object, const char *key, float level)
{
    return isnan(level) || tc_json_put(object, key, json_real((double)level));
}

static json_t *metadata(const struct tc_metadata *meta, float gain)
{
    json_t *const json = json_object();

    if (json && (!meta->name[0] || tc_json_put(json, "name", json_string(meta->name))) &&
        (!meta->author[0] || tc_json_put(json, "modeled_by", json_string(meta->author))) &&
        put_level(json, "loudness", meta->loudness_db) && put_level(json, "gain", gain) &&
        put_level(json, "input_level_dbu", meta->input_level_dbu) &&
        put_level(json, "output_level_dbu", meta->output_level_dbu))
        return json;
    json_decref(json);
    return NULL;
}

static json_t *document(const struct tc_architecture *arch, const struct tc_metadata *meta,
                        float gain, float *parameters)
{
    json_t *const json = json_pack("{s:s}", "version", VERSION);

    if (json && tc_json_put(json, "metadata", metadata(meta, gain)) &&
        tc_json_put(json, "architecture", json_string("LSTM")) &&
        tc_json_put(json, "config",
                    json_pack("{s:i, s:i, s:i}", "input_size", 1, "hidden_size",
                              (int)arch->layer[0].hidden, "num_layers", (int)arch->layers)) &&
        tc_json_put(json, "weights", weights(arch, parameters)) &&
        (meta->sample_rate_assumed || meta->sample_rate_hz <= 0.0 ||
         tc_json_put(json, "sample_rate", json_real(meta->sample_rate_hz))))
        return json;
    json_decref(json);
    return NULL;
}

/** Measure loudness and gain. A loudness in the model's metadata takes precedence. */
static enum tc_status measure(const struct tc_model *model, const float *parameters,
                              struct tc_metadata *meta, float *gain, struct tc_error *error)
{
    float loudness_db;
    struct tc_model *settled;
    enum tc_status status =
        tc_model_new(&settled, tc_model_architecture(model), meta, parameters, error);

    if (status)
        return status;
    status = tc_model_loudness(settled, &loudness_db, gain, error);
    tc_model_free(settled);
    if (status == TC_OK && isnan(meta->loudness_db))
        meta->loudness_db = loudness_db;
    return status;
}

/** Write a model that NAM can represent. */
static enum tc_status write_folded(const struct tc_model *folded, json_t **json,
                                   struct tc_error *error)
{
    struct tc_metadata meta = *tc_model_metadata(folded);
    size_t values;
    float *parameters, gain;
    enum tc_status status = TC_OK;

    tc_architecture_tensors(tc_model_architecture(folded), NULL, &values);
    parameters = malloc(values * sizeof *parameters);
    if (!parameters)
        return tc_fail(error, TC_NO_MEMORY, "no memory for %zu parameters", values);
    memcpy(parameters, tc_model_parameters(folded), values * sizeof *parameters);
    if (!has_initial_state(tc_model_architecture(folded), parameters))
        status = settle(folded, parameters, error);
    if (status == TC_OK)
        status = measure(folded, parameters, &meta, &gain, error);
    if (status == TC_OK) {
        *json = document(tc_model_architecture(folded), &meta, gain, parameters);
        if (!*json)
            status = tc_fail(error, TC_NO_MEMORY, "no memory for the JSON of a model");
    }
    free(parameters);
    return status;
}

enum tc_status tc_nam_write(const struct tc_model *model, json_t **json, struct tc_error *error)
{
    struct tc_model *plain = NULL, *folded = NULL;
    enum tc_status status = tc_model_plain(model, false, &plain, error);

    if (status == TC_OK)
        status = tc_model_check_linear(plain, "NAM", error);
    if (status == TC_OK)
        status = check_exportable(tc_model_architecture(plain), error);
    if (status == TC_OK)
        status = tc_model_fold_direct(plain, "NAM", &folded, error);
    if (status == TC_OK)
        status = write_folded(folded, json, error);
    tc_model_free(folded);
    tc_model_free(plain);
    return status;
}
