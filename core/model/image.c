/** @file
 *  A model as one block of bytes, for plugin files that contain their model.
 *
 *      magic (8)  version (4)  size of the image (8)
 *      identity: label, mono ID, stereo ID
 *      architecture: audio inputs, knobs, outputs, layers, direct; cell, activation, hidden of each
 *      from version 2: readout, residual (0 or 1)
 *      from version 3: layer normalisation (0 or 1)
 *      from version 4: symbols, embedding
 *      metadata: name, author, licence, label; sample rate (f64); from version 5: whether it was
 *      only assumed (0 or 1); gains, levels; knobs
 *      from version 6: the name of the control signal
 *      padding: as many zeros as the identity's label is shorter than the longest label
 *      parameters in the order of tc_architecture_tensors()
 *      from version 5: number of eigenvalues of the states; real and imaginary part of each
 *      from version 7: number of bands of the sensitivity to a delay of the states (0 or all); each
 *      CRC-32 (4) of all bytes before it
 *
 *  Numbers are little-endian u32 and f32 unless noted; a text is its length and its bytes.
 *
 *  Version 1 has the cells rnn, lstm and gru, four activations, linear readouts and no residual
 *  connections; version 2 everything but layer normalisation, and elu and softmax in layers;
 *  version 3 everything but symbols; version 4 everything but assumed sample rates and eigenvalues;
 *  version 5 everything but control signals; version 6 everything but sensitivities to a delay.
 *  Images are written in the oldest version that can hold the model: the plugin file that serves as
 *  a template of a bundle may be older than the program. */
#include "model/bytes.h"
#include "model/crc32.h"
#include "model/model.h"
#include "tonecell.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const unsigned char magic[8] = {0x93, 'T', 'C', 'I', 'M', 'G', '\r', '\n'};

enum { VERSION = 7, HEAD_SIZE = 20, CRC_SIZE = 4 };

/** The first version that can hold a model. */
static unsigned version_of(const struct tc_model *model)
{
    const struct tc_architecture *const arch = &model->arch;
    bool second = arch->readout != TC_READOUT_LINEAR || arch->residual, third = arch->layer_norm;

    for (unsigned i = 0; i < arch->layers; ++i) {
        second |= tc_cell_describe(arch->layer[i].cell)->image_version > 1 ||
                  arch->layer[i].activation > TC_IDENTITY;
        third |= arch->layer[i].activation > TC_MODRELU;
    }
    if (model->knows_delay_sensitivity)
        return 7;
    if (model->meta.control[0])
        return 6;
    if (model->meta.sample_rate_assumed || model->n_eigenvalues)
        return 5;
    return arch->symbols ? 4 : third ? 3 : second ? 2 : 1;
}

/* ------------------------------------------------------------------------- writing */

/** The position of the next field. If `bytes` is NULL, sizes are only counted. */
struct writer {
    unsigned char *bytes;
    size_t used;
    unsigned version;
};

static void write_number(struct writer *w, uint64_t v, unsigned size)
{
    if (w->bytes)
        tc_put_le(w->bytes + w->used, v, size);
    w->used += size;
}

static void write_float(struct writer *w, float v)
{
    if (w->bytes)
        tc_put_le_float(w->bytes + w->used, v);
    w->used += 4;
}

static void write_text(struct writer *w, const char *text)
{
    const size_t length = strlen(text);

    write_number(w, length, 4);
    if (w->bytes)
        memcpy(w->bytes + w->used, text, length);
    w->used += length;
}

static void write_architecture(struct writer *w, const struct tc_architecture *arch)
{
    write_number(w, arch->audio_inputs, 4);
    write_number(w, arch->knobs, 4);
    write_number(w, arch->outputs, 4);
    write_number(w, arch->layers, 4);
    write_float(w, arch->direct);
    for (unsigned i = 0; i < arch->layers; ++i) {
        write_number(w, arch->layer[i].cell, 4);
        write_number(w, arch->layer[i].activation, 4);
        write_number(w, arch->layer[i].hidden, 4);
    }
    if (w->version >= 2) {
        write_number(w, arch->readout, 4);
        write_number(w, arch->residual, 4);
    }
    if (w->version >= 3)
        write_number(w, arch->layer_norm, 4);
    if (w->version >= 4) {
        write_number(w, arch->symbols, 4);
        write_number(w, arch->embedding, 4);
    }
}

static void write_knob(struct writer *w, const struct tc_knob *knob)
{
    write_text(w, knob->name);
    write_text(w, knob->unit);
    write_float(w, knob->min);
    write_float(w, knob->max);
    write_float(w, knob->initial);
    write_float(w, knob->at_min);
    write_float(w, knob->at_max);
}

static void write_metadata(struct writer *w, const struct tc_metadata *meta, unsigned knobs)
{
    write_text(w, meta->name);
    write_text(w, meta->author);
    write_text(w, meta->licence);
    write_text(w, meta->label);
    if (w->bytes)
        tc_put_le_double(w->bytes + w->used, meta->sample_rate_hz);
    w->used += 8;
    if (w->version >= 5)
        write_number(w, meta->sample_rate_assumed, 4);
    write_float(w, meta->in_gain_db);
    write_float(w, meta->out_gain_db);
    write_float(w, meta->loudness_db);
    write_float(w, meta->input_level_dbu);
    write_float(w, meta->output_level_dbu);
    for (unsigned i = 0; i < knobs; ++i)
        write_knob(w, &meta->knob[i]);
    if (w->version >= 6)
        write_text(w, meta->control);
}

static size_t parameter_count(const struct tc_architecture *arch)
{
    size_t values;

    tc_architecture_tensors(arch, NULL, &values);
    return values;
}

/** Write identity, architecture and metadata. */
static void write_description(struct writer *w, const struct tc_model *model,
                              const struct tc_plugin_identity *identity)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);

    write_text(w, identity->label);
    write_number(w, identity->mono_id, 4);
    write_number(w, identity->stereo_id, 4);
    write_architecture(w, arch);
    write_metadata(w, tc_model_metadata(model), arch->knobs);
}

static void write_eigenvalues(struct writer *w, const struct tc_model *model)
{
    if (w->version < 5)
        return;
    write_number(w, model->n_eigenvalues, 4);
    for (size_t i = 0; i < model->n_eigenvalues; ++i) {
        write_float(w, (float)model->eigenvalues[i].real);
        write_float(w, (float)model->eigenvalues[i].imaginary);
    }
}

static void write_delay_sensitivity(struct writer *w, const struct tc_model *model)
{
    const unsigned bands = model->knows_delay_sensitivity ? TC_DELAY_BANDS : 0;

    if (w->version < 7)
        return;
    write_number(w, bands, 4);
    for (unsigned j = 0; j < bands; ++j)
        write_float(w, model->delay_sensitivity[j]);
}

/** Zeros after the metadata, which make up for the length of the identity's label, so that the size
 *  of an image depends on its model only. */
static size_t label_padding(const struct tc_plugin_identity *identity)
{
    return TC_LABEL_SIZE - 1 - strlen(identity->label);
}

size_t tc_image_size(const struct tc_model *model)
{
    const struct tc_plugin_identity empty = {.label = ""};
    struct writer w = {NULL, HEAD_SIZE + CRC_SIZE + label_padding(&empty), version_of(model)};

    write_description(&w, model, &empty);
    write_eigenvalues(&w, model);
    write_delay_sensitivity(&w, model);
    return w.used + 4 * parameter_count(tc_model_architecture(model));
}

void tc_image_write(const struct tc_model *model, const struct tc_plugin_identity *identity,
                    unsigned char *bytes)
{
    const float *const parameters = tc_model_parameters(model);
    const size_t values = parameter_count(tc_model_architecture(model));
    struct writer w = {bytes, sizeof magic, version_of(model)};

    memcpy(bytes, magic, sizeof magic);
    write_number(&w, w.version, 4);
    write_number(&w, tc_image_size(model), 8);
    write_description(&w, model, identity);
    for (size_t i = label_padding(identity); i > 0; --i)
        write_number(&w, 0, 1);
    for (size_t i = 0; i < values; ++i)
        write_float(&w, parameters[i]);
    write_eigenvalues(&w, model);
    write_delay_sensitivity(&w, model);
    write_number(&w, tc_crc32(bytes, w.used), CRC_SIZE);
}

/* ------------------------------------------------------------------------- reading */

/** The unread part of an image. A field beyond the end reads as zero and sets `failed`. */
struct reader {
    const unsigned char *next;
    size_t remaining;
    uint64_t version;
    bool failed;
};

/** The next `size` bytes, or NULL. */
static const unsigned char *take(struct reader *r, size_t size)
{
    const unsigned char *const field = r->next;

    if (r->failed || size > r->remaining) {
        r->failed = true;
        return NULL;
    }
    r->next += size;
    r->remaining -= size;
    return field;
}

static uint32_t read_u32(struct reader *r)
{
    const unsigned char *const field = take(r, 4);

    return field ? (uint32_t)tc_get_le(field, 4) : 0;
}

static float read_float(struct reader *r)
{
    const unsigned char *const field = take(r, 4);

    return field ? tc_get_le_float(field) : 0.0f;
}

static double read_double(struct reader *r)
{
    const unsigned char *const field = take(r, 8);

    return field ? tc_get_le_double(field) : 0.0;
}

/** Read a text that fits `size` bytes with its terminator and contains no other zero. */
static void read_text(struct reader *r, char *text, size_t size)
{
    const uint32_t length = read_u32(r);
    const unsigned char *const field = length < size ? take(r, length) : NULL;

    if (!field || memchr(field, 0, length)) {
        r->failed = true;
        return;
    }
    memcpy(text, field, length);
    text[length] = '\0';
}

static enum tc_readout read_readout(struct reader *r)
{
    const uint32_t readout = read_u32(r);

    r->failed |= readout > TC_READOUT_SOFTMAX;
    return (enum tc_readout)readout;
}

static void read_architecture(struct reader *r, struct tc_architecture *arch)
{
    arch->audio_inputs = read_u32(r);
    arch->knobs = read_u32(r);
    arch->outputs = read_u32(r);
    arch->layers = read_u32(r);
    arch->direct = read_float(r);
    for (unsigned i = 0; i < arch->layers && i < TC_MAX_LAYERS; ++i) {
        const uint32_t cell = read_u32(r), activation = read_u32(r);

        r->failed |= cell >= TC_CELLS || activation >= TC_ACTIVATIONS;
        arch->layer[i].cell = (enum tc_cell)cell;
        arch->layer[i].activation = (enum tc_activation)activation;
        arch->layer[i].hidden = read_u32(r);
    }
    if (r->version >= 2) {
        arch->readout = read_readout(r);
        arch->residual = read_u32(r) != 0;
    }
    if (r->version >= 3)
        arch->layer_norm = read_u32(r) != 0;
    if (r->version >= 4) {
        arch->symbols = read_u32(r);
        arch->embedding = read_u32(r);
    }
}

static void read_knob(struct reader *r, struct tc_knob *knob)
{
    read_text(r, knob->name, sizeof knob->name);
    read_text(r, knob->unit, sizeof knob->unit);
    knob->min = read_float(r);
    knob->max = read_float(r);
    knob->initial = read_float(r);
    knob->at_min = read_float(r);
    knob->at_max = read_float(r);
}

static void read_metadata(struct reader *r, struct tc_metadata *meta, unsigned knobs)
{
    tc_metadata_init(meta);
    read_text(r, meta->name, sizeof meta->name);
    read_text(r, meta->author, sizeof meta->author);
    read_text(r, meta->licence, sizeof meta->licence);
    read_text(r, meta->label, sizeof meta->label);
    meta->sample_rate_hz = read_double(r);
    if (r->version >= 5)
        meta->sample_rate_assumed = read_u32(r) != 0;
    meta->in_gain_db = read_float(r);
    meta->out_gain_db = read_float(r);
    meta->loudness_db = read_float(r);
    meta->input_level_dbu = read_float(r);
    meta->output_level_dbu = read_float(r);
    for (unsigned i = 0; i < knobs; ++i)
        read_knob(r, &meta->knob[i]);
    if (r->version >= 6)
        read_text(r, meta->control, sizeof meta->control);
}

/** Check magic, version, size and checksum, and set the reader to the fields between them. */
static enum tc_status open_image(struct reader *r, const unsigned char *bytes, size_t size,
                                 struct tc_error *error)
{
    uint64_t version, declared;

    if (size < HEAD_SIZE + CRC_SIZE || memcmp(bytes, magic, sizeof magic) != 0)
        return tc_fail(error, TC_BAD_FORMAT, "no model image found");
    version = tc_get_le(bytes + sizeof magic, 4);
    declared = tc_get_le(bytes + sizeof magic + 4, 8);
    if (version < 1 || version > VERSION)
        return tc_fail(error, TC_BAD_FORMAT,
                       "model image has version %" PRIu64 ", this program reads 1 to %d%s", version,
                       VERSION, version > VERSION ? ": a newer Tonecell made it" : "");
    if (declared < HEAD_SIZE + CRC_SIZE || declared > size)
        return tc_fail(error, TC_BAD_FORMAT,
                       "model image says it has %" PRIu64 " bytes, but there are %zu", declared,
                       size);
    size = (size_t)declared - CRC_SIZE;
    if (tc_get_le(bytes + size, CRC_SIZE) != tc_crc32(bytes, size))
        return tc_fail(error, TC_BAD_FORMAT, "model image is damaged: its checksum is wrong");
    *r = (struct reader){
        .next = bytes + HEAD_SIZE, .remaining = size - HEAD_SIZE, .version = version};
    return TC_OK;
}

static enum tc_status read_eigenvalues(struct reader *r, struct tc_model *model,
                                       struct tc_error *error)
{
    const size_t n = read_u32(r);

    if (r->failed || (r->version < 7 ? r->remaining != 8 * n : r->remaining < 8 * n))
        return tc_fail(error, TC_BAD_FORMAT,
                       "model image has %zu bytes of eigenvalues, expected %zu", r->remaining,
                       8 * n);
    model->eigenvalues = malloc((n + 1) * sizeof *model->eigenvalues);
    if (!model->eigenvalues)
        return tc_fail(error, TC_NO_MEMORY, "no memory for %zu eigenvalues", n);
    model->n_eigenvalues = n;
    for (size_t i = 0; i < n; ++i) {
        model->eigenvalues[i].real = (double)read_float(r);
        model->eigenvalues[i].imaginary = (double)read_float(r);
    }
    return TC_OK;
}

static enum tc_status read_delay_sensitivity(struct reader *r, struct tc_model *model,
                                             struct tc_error *error)
{
    const size_t bands = read_u32(r);

    if (r->failed || (bands && bands != TC_DELAY_BANDS) || r->remaining != 4 * bands)
        return tc_fail(error, TC_BAD_FORMAT,
                       "model image has %zu bands of sensitivity to a delay in %zu bytes, expected "
                       "0 or %d",
                       bands, r->remaining, TC_DELAY_BANDS);
    model->knows_delay_sensitivity = bands > 0;
    for (size_t j = 0; j < bands; ++j)
        model->delay_sensitivity[j] = read_float(r);
    return TC_OK;
}

/** Create the model from its description and the remaining fields, the parameters. */
static enum tc_status create_model(struct tc_model **model, const struct tc_architecture *arch,
                                   const struct tc_metadata *meta, struct reader *r,
                                   struct tc_error *error)
{
    const size_t values = parameter_count(arch);
    struct tc_model *created = NULL;
    enum tc_status status;
    float *parameters;

    if (r->failed || (r->version < 5 ? r->remaining != 4 * values : r->remaining < 4 * values))
        return tc_fail(error, TC_BAD_FORMAT,
                       "model image has %zu bytes of parameters, expected %zu", r->remaining,
                       4 * values);
    parameters = malloc(4 * values);
    if (!parameters)
        return tc_fail(error, TC_NO_MEMORY, "no memory for %zu parameters", values);
    for (size_t i = 0; i < values; ++i)
        parameters[i] = read_float(r);
    status = tc_model_new(&created, arch, meta, parameters, error);
    free(parameters);
    if (!status && r->version >= 5)
        status = read_eigenvalues(r, created, error);
    if (!status && r->version >= 7)
        status = read_delay_sensitivity(r, created, error);
    if (status)
        tc_model_free(created);
    else
        *model = created;
    return status;
}

enum tc_status tc_image_read(const unsigned char *bytes, size_t size, struct tc_model **model,
                             struct tc_plugin_identity *identity, struct tc_error *error)
{
    struct tc_architecture arch = {0};
    struct tc_plugin_identity found = {0};
    struct tc_metadata meta;
    struct reader r = {.next = NULL};
    enum tc_status status = open_image(&r, bytes, size, error);

    if (status)
        return status;
    read_text(&r, found.label, sizeof found.label);
    found.mono_id = read_u32(&r);
    found.stereo_id = read_u32(&r);
    read_architecture(&r, &arch);
    if (r.failed)
        return tc_fail(error, TC_BAD_FORMAT, "model image has a damaged architecture");
    status = tc_architecture_check(&arch, error);
    if (status)
        return status;
    read_metadata(&r, &meta, arch.knobs);
    take(&r, label_padding(&found));
    if (r.failed)
        return tc_fail(error, TC_BAD_FORMAT, "model image has damaged metadata");
    status = create_model(model, &arch, &meta, &r, error);
    if (status == TC_OK)
        *identity = found;
    return status;
}
