/** @file
 *  Reads the JSON of CoreAudioML and of GuitarML's programs: a header and PyTorch's tensors.
 *
 *      SimpleRNN   model_data {model, input_size, skip, output_size, unit_type, num_layers,
 *                  hidden_size, bias_fl}, state_dict {rec.*, lin.*}
 *      RecNet      blocks {"0": {block_type, input_size, output_size, hidden_size, num_layers,
 *                  skip}}, state_dict {layers.block_1.rec.*, layers.block_1.lin.*}
 *      older       the header at the top (in_size), state_dict {layers.0.rec.*, layers.0.lin.*}
 *      state_dict  the tensors alone, with any prefixes, or in a checkpoint (checkpoint.h)
 *
 *      y = lin(h) + x[0 .. skip), whose channel 0 is audio and the others knobs from 0 to 1
 *
 *  From: CoreAudioML, networks.py; NeuralPi, Proteus, TS-M1N3 for the knobs' names. */
#include "formats/facts.h"
#include "formats/json.h"
#include "formats/readers/checkpoint.h"
#include "formats/readers/readers.h"
#include "formats/readers/state_dict.h"
#include "model/cell.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const double DEFAULT_RATE_HZ = 44100.0;

/* ------------------------------------------------------------------------- header */

/** A size; `absent`, if not 0, is its default. */
static enum tc_status read_size(const json_t *object, const char *key, const char *where,
                                unsigned max, unsigned absent, unsigned *size,
                                struct tc_error *error)
{
    *size = absent;
    if (absent && !json_object_get(object, key))
        return TC_OK;
    return tc_json_unsigned(object, key, where, max, size, error);
}

static enum tc_status read_unit_type(const json_t *object, const char *key, const char *where,
                                     unsigned *gates, struct tc_error *error)
{
    const char *name;
    enum tc_cell cell;
    const enum tc_status status = tc_json_text(object, key, where, &name, error);

    if (status)
        return status;
    if (tc_cell_of_format(TC_EXPORT_GUITARML, name, &cell)) {
        *gates = tc_cell_gates(cell);
        return TC_OK;
    }
    return tc_fail(error, TC_UNSUPPORTED, "%s: '%s' is '%s', expected LSTM, GRU or RNN", where, key,
                   TC_SHOWN(name));
}

/** Audio inputs, knobs and direct path: `skip` channels of the input are added to the output. */
static enum tc_status read_skip(const json_t *object, const char *where, unsigned inputs,
                                unsigned outputs, struct tc_stages_use *use, struct tc_error *error)
{
    unsigned skip;
    enum tc_status status = TC_OK;

    if (json_object_get(object, "skip"))
        status = tc_json_unsigned(object, "skip", where, TC_MAX_FEATURES, &skip, error);
    else
        skip = 1;
    if (status)
        return status;
    if (skip > inputs || (skip > 0 && skip != outputs))
        return tc_fail(error, TC_UNSUPPORTED,
                       "%s: 'skip' is %u, but there are %u inputs and %u outputs; expected 0 or as "
                       "many as the outputs",
                       where, skip, inputs, outputs);
    use->audio_inputs = skip > 1 ? skip : 1;
    use->knobs = inputs - use->audio_inputs;
    use->direct = skip > 0 ? 1.0f : 0.0f;
    return TC_OK;
}

/* A block of the network: recurrent layers and a linear one. */
struct network_block {
    const json_t *header;
    const char *where;
    const char *cell_key, *input_key;
    char rec[160], lin[160]; /* prefixes of its tensors */
};

/** Append a block's layers, and set *use from its header. */
static enum tc_status add_block(const struct network_block *b, struct tc_state_dict *dict,
                                struct tc_stages *stages, struct tc_stages_use *use,
                                struct tc_error *error)
{
    const unsigned max_inputs = TC_MAX_FEATURES + TC_MAX_KNOBS;
    struct tc_stated_layer known;
    unsigned layers, outputs;
    enum tc_status status = read_unit_type(b->header, b->cell_key, b->where, &known.gates, error);

    if (status == TC_OK)
        status =
            tc_json_unsigned(b->header, b->input_key, b->where, max_inputs, &known.inputs, error);
    if (status == TC_OK)
        status = tc_json_unsigned(b->header, "hidden_size", b->where, TC_MAX_UNITS, &known.hidden,
                                  error);
    if (status == TC_OK)
        status = read_size(b->header, "num_layers", b->where, TC_MAX_LAYERS, 1, &layers, error);
    if (status == TC_OK)
        status = read_size(b->header, "output_size", b->where, TC_MAX_FEATURES, 1, &outputs, error);
    if (status == TC_OK)
        status = read_skip(b->header, b->where, known.inputs, outputs, use, error);
    for (unsigned l = 0; status == TC_OK && l < layers; ++l) {
        status = tc_state_dict_recurrent(dict, b->rec, l, &known, stages, error);
        known.inputs = known.hidden;
    }
    if (status == TC_OK)
        status = tc_state_dict_linear(dict, b->lin, outputs, stages, error);
    return status ? status : tc_state_dict_all_used(dict, b->rec, error);
}

/* ------------------------------------------------------------------------- kinds of network */

/* A network being read. */
struct guitarml_reader {
    const json_t *json, *header; /* the file; model_data, or the file itself */
    struct tc_state_dict dict;
    struct tc_stages stages;
    struct tc_stages_use use;
};

/** A network of one block, whose tensors' names have a prefix. */
static enum tc_status read_single(struct guitarml_reader *r, const char *where,
                                  const char *input_key, const char *prefix, struct tc_error *error)
{
    struct network_block block = {
        .header = r->header, .where = where, .cell_key = "unit_type", .input_key = input_key};

    snprintf(block.rec, sizeof block.rec, "%srec.", prefix);
    snprintf(block.lin, sizeof block.lin, "%slin.", prefix);
    return add_block(&block, &r->dict, &r->stages, &r->use, error);
}

/** A block of a RecNet. The first one's inputs are those of the network. */
static enum tc_status read_block(struct guitarml_reader *r, const json_t *blocks, unsigned index,
                                 struct tc_error *error)
{
    char key[16], where[32];
    struct network_block block = {
        .where = where, .cell_key = "block_type", .input_key = "input_size"};
    struct tc_stages_use use;
    enum tc_status status;

    snprintf(key, sizeof key, "%u", index);
    snprintf(where, sizeof where, "block %u", index);
    snprintf(block.rec, sizeof block.rec, "layers.block_%u.rec.", index + 1);
    snprintf(block.lin, sizeof block.lin, "layers.block_%u.lin.", index + 1);
    block.header = json_object_get(blocks, key);
    if (!json_is_object(block.header))
        return tc_fail(error, TC_BAD_FORMAT, "blocks: '%s' is missing", key);
    status = add_block(&block, &r->dict, &r->stages, &use, error);
    if (status)
        return status;
    if (use.direct != 0.0f && json_object_size(blocks) > 1)
        return tc_fail(error, TC_UNSUPPORTED,
                       "%s of %zu adds its input to its output, expected that of a whole network "
                       "only",
                       where, json_object_size(blocks));
    if (index == 0)
        r->use = use;
    return TC_OK;
}

static enum tc_status read_blocks(struct guitarml_reader *r, struct tc_error *error)
{
    const json_t *const blocks = json_object_get(r->json, "blocks");
    enum tc_status status = TC_OK;

    if (json_object_size(blocks) == 0)
        return tc_fail(error, TC_BAD_FORMAT, "RecNet: 'blocks' is missing or empty");
    if (json_object_size(blocks) > TC_MAX_LAYERS)
        return tc_fail(error, TC_TOO_LARGE, "RecNet: %zu blocks, the limit is %d",
                       json_object_size(blocks), TC_MAX_LAYERS);
    for (unsigned i = 0; status == TC_OK && i < json_object_size(blocks); ++i)
        status = read_block(r, blocks, i, error);
    return status;
}

static enum tc_status read_network(struct guitarml_reader *r, struct tc_error *error)
{
    const json_t *const class = json_object_get(r->header, "model");
    const char *const name = json_is_string(class) ? json_string_value(class) : "SimpleRNN";

    /* Older headers have no `skip`: there is always a direct path. */
    if (r->header == r->json)
        return read_single(r, "the header", "in_size", "layers.0.", error);
    if (strcmp(name, "SimpleRNN") == 0)
        return read_single(r, "model_data", "input_size", "", error);
    if (strcmp(name, "RecNet") == 0)
        return read_blocks(r, error);
    return tc_fail(error, TC_UNSUPPORTED,
                   "model_data: 'model' is '%s', expected SimpleRNN or RecNet", TC_SHOWN(name));
}

/* ------------------------------------------------------------------------- metadata */

/** The players' names of the knobs, by sizes of the network; the range is always 0 to 1. */
static void name_knobs(unsigned hidden, unsigned knobs, struct tc_metadata *meta)
{
    static const struct {
        unsigned hidden, knobs;
        const char *name[2];
    } players[] = {
        {20, 1, {"Gain", NULL}},     /* NeuralPi */
        {20, 2, {"Gain", "Master"}}, /* NeuralPi */
        {40, 1, {"Drive", NULL}},    /* Proteus */
        {32, 2, {"Drive", "Tone"}},  /* TS-M1N3 */
    };
    const char *const *names = NULL;

    for (size_t i = 0; i < sizeof players / sizeof players[0]; ++i)
        if (players[i].hidden == hidden && players[i].knobs == knobs)
            names = players[i].name;
    for (unsigned k = 0; k < knobs; ++k) {
        char name[16];

        snprintf(name, sizeof name, "Knob %u", k + 1);
        if (names)
            meta->knob[k] = tc_facts_knob(names[k], 0.5f);
        else /* ToobAmp calls the only knob of other networks Gain */
            meta->knob[k] = tc_facts_knob(knobs == 1 ? "Gain" : name, 0.5f);
    }
}

static void read_metadata(const struct guitarml_reader *r, struct tc_metadata *meta)
{
    const json_t *const rates[] = {json_object_get(r->header, "sample_rate"),
                                   json_object_get(r->json, "samplerate"),
                                   json_object_get(r->json, "sample_rate"),
                                   json_object_get(json_object_get(r->json, "hyper_parameters"),
                                                   "sample_rate")};      /* Lightning */
    const json_t *const metadata = json_object_get(r->json, "metadata"); /* of write_guitarml.c */
    double rate_hz = (double)NAN;

    tc_metadata_init(meta);
    for (size_t i = 0; i < sizeof rates / sizeof rates[0] && !(rate_hz > 0.0); ++i)
        rate_hz = tc_json_number(rates[i]);
    tc_facts_rate(meta, rate_hz, DEFAULT_RATE_HZ);
    tc_facts_text(meta->name, sizeof meta->name, json_object_get(metadata, "name"));
    tc_facts_text(meta->author, sizeof meta->author, json_object_get(metadata, "author"));
    tc_facts_text(meta->licence, sizeof meta->licence, json_object_get(metadata, "license"));
    name_knobs(r->stages.stage[0].units, r->use.knobs, meta);
    tc_facts_knobs(metadata, r->use.knobs, meta);
}

/** Create the model. */
static enum tc_status create_model(struct guitarml_reader *r, struct tc_model **model,
                                   struct tc_error *error)
{
    struct tc_metadata meta;

    if (r->use.knobs > TC_MAX_KNOBS)
        return tc_fail(error, TC_TOO_LARGE, "%u inputs beside the audio, the limit is %d",
                       r->use.knobs, TC_MAX_KNOBS);
    read_metadata(r, &meta);
    return tc_stages_model(&r->stages, &r->use, &meta, model, error);
}

/* ------------------------------------------------------------------------- the file */

enum tc_status tc_guitarml_read(struct tc_model **model, const json_t *json,
                                struct tc_file_facts *facts, struct tc_error *error)
{
    const json_t *const header = json_object_get(json, "model_data");
    const json_t *const tensors = json_object_get(json, "state_dict");
    const bool older = !header && json_object_get(json, "in_size");
    struct guitarml_reader r = {.json = json, .header = older ? json : header};
    enum tc_status status;

    tc_facts_init(facts, "GuitarML");
    if (!json_is_object(r.header))
        return tc_fail(error, TC_BAD_FORMAT, "the file: 'model_data' is missing");
    if (!json_is_object(tensors))
        return tc_fail(error, TC_BAD_FORMAT,
                       "the file has no weights: 'state_dict' is missing, as in a file that was "
                       "written before the training");
    status = tc_state_dict_from_json(&r.dict, tensors, error);
    if (status == TC_OK)
        status = read_network(&r, error);
    if (status == TC_OK)
        status = create_model(&r, model, error);
    tc_stages_free(&r.stages);
    tc_state_dict_free(&r.dict);
    return status;
}

enum tc_status tc_torch_json_read(struct tc_model **model, const json_t *json,
                                  struct tc_file_facts *facts, struct tc_error *error)
{
    struct guitarml_reader r = {.json = json, .use = {.audio_inputs = 1}};
    json_t *const tensors = tc_checkpoint_tensors(json);
    enum tc_status status;

    tc_facts_init(facts, "PyTorch JSON");
    if (!tensors)
        return tc_fail(error, TC_NO_MEMORY, "no memory for the list of tensors");
    status = tc_state_dict_from_json(&r.dict, tensors, error);
    if (status == TC_OK)
        status = tc_state_dict_network(&r.dict, &r.stages, error);
    if (status == TC_OK) {
        r.use.knobs = r.stages.stage[0].inputs - 1;
        status = create_model(&r, model, error);
    }
    tc_stages_free(&r.stages);
    tc_state_dict_free(&r.dict);
    json_decref(tensors);
    return status;
}
