#include "targets.h"

#include "formats/facts.h"
#include "formats/json.h"
#include "formats/readers/npy.h"
#include "formats/readers/readers.h"
#include "memory.h"
#include "settings_target.h"
#include "tools/data/manifest.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FRAMES = 16 };

/* ------------------------------------------------------------------------- their word */

static void require(bool holds, const char *what, const char *text)
{
    if (holds)
        return;
    fprintf(stderr, "%s: '%s'\n", what, text);
    abort();
}

static void require_one_line(const char *text, size_t size)
{
    require(memchr(text, '\0', size) != NULL, "a text without an end", "");
    for (const char *c = text; *c; ++c)
        require((unsigned char)*c >= ' ' && *c != 0x7f, "a control character", text);
}

static void require_failure(enum tc_status status, const struct tc_error *error)
{
    require(status != TC_BAD_ARGUMENT, "a file is blamed on the caller", error->message);
    require(status != TC_NO_MEMORY, "a small file needs much memory", error->message);
    require_one_line(error->message, sizeof error->message);
    require(error->message[0] != '\0', "a failure without a message", "");
}

/* ------------------------------------------------------------------------- models */

static void play(const struct tc_model *model)
{
    static const float in[FRAMES] = {1.0f, -1.0f, NAN, INFINITY, 0.5f};
    const struct tc_architecture *const arch = tc_model_architecture(model);
    const unsigned buffers = tc_input_buffers(arch), inputs = buffers + arch->knobs;
    float **const signals = tc_signals_new(inputs + arch->outputs, FRAMES);
    const float *const *const from = (const float *const *)signals;
    struct tc_stream *stream;

    if (!signals || tc_stream_new(&stream, model, 1, NULL) != TC_OK)
        abort();
    for (unsigned row = 0; row < inputs; ++row)
        memcpy(signals[row], in, sizeof in);
    tc_stream_process(stream, from, from + buffers, signals + inputs, FRAMES);
    tc_stream_free(stream);
    free(signals);
}

static bool finish(enum tc_status status, struct tc_model *model, const struct tc_file_facts *facts,
                   const struct tc_error *error)
{
    if (status != TC_OK) {
        /* The public functions say TC_BAD_VALUE for it. */
        require_failure(status == TC_BAD_ARGUMENT ? TC_BAD_VALUE : status, error);
        return false;
    }
    require_one_line(facts->warning, sizeof facts->warning);
    play(model);
    tc_model_free(model);
    return true;
}

static bool read_any(const uint8_t *bytes, size_t size)
{
    const struct tc_file_facts none = {0};
    struct tc_model *model = NULL;
    struct tc_error error = {""};
    const enum tc_status status = tc_model_read(&model, bytes, size, &error);

    return finish(status, model, &none, &error);
}

static bool read_safetensors(const uint8_t *bytes, size_t size)
{
    struct tc_file_facts facts;
    struct tc_model *model = NULL;
    struct tc_error error = {""};
    enum tc_status status;

    tc_facts_init(&facts, "");
    status = tc_native_read(&model, bytes, size, &facts, &error);
    return finish(status, model, &facts, &error);
}

typedef enum tc_status json_reader(struct tc_model **model, const json_t *json,
                                   struct tc_file_facts *facts, struct tc_error *error);

/** Readers get objects only. */
static bool read_json(json_reader *reader, const uint8_t *bytes, size_t size)
{
    struct tc_file_facts facts;
    struct tc_model *model = NULL;
    struct tc_error error = {""};
    json_t *json = NULL;
    enum tc_status status = tc_json_parse(&json, (const char *)bytes, size, "the file", &error);

    tc_facts_init(&facts, "");
    if (status == TC_OK && !json_is_object(json))
        status = tc_fail(&error, TC_BAD_FORMAT, "no object");
    if (status == TC_OK)
        status = reader(&model, json, &facts, &error);
    json_decref(json);
    return finish(status, model, &facts, &error);
}

static bool read_keras(const uint8_t *bytes, size_t size)
{
    return read_json(tc_keras_read, bytes, size);
}

static bool read_guitarml(const uint8_t *bytes, size_t size)
{
    return read_json(tc_guitarml_read, bytes, size);
}

static bool read_pytorch(const uint8_t *bytes, size_t size)
{
    return read_json(tc_torch_json_read, bytes, size);
}

static enum tc_status nam_from_memory(struct tc_model **model, const json_t *json,
                                      struct tc_file_facts *facts, struct tc_error *error)
{
    return tc_nam_read(model, json, NULL, facts, error);
}

static bool read_nam(const uint8_t *bytes, size_t size)
{
    return read_json(nam_from_memory, bytes, size);
}

/* ------------------------------------------------------------------------- other files */

static bool read_npy(const uint8_t *bytes, size_t size)
{
    struct tc_error error = {""};
    float *values = NULL;
    size_t n = 0;
    const enum tc_status status = tc_npy_read(bytes, size, "weights.npy", &values, &n, &error);

    if (status != TC_OK) {
        require_failure(status, &error);
        require(values == NULL, "a failure leaves values", error.message);
        return false;
    }
    require(n <= size, "more values than bytes", "");
    free(values);
    return true;
}

static bool read_manifest(const uint8_t *bytes, size_t size)
{
    struct manifest manifest;
    struct tc_error error = {""};
    const enum tc_status status = manifest_read(
        &manifest, "folder/pairs.csv", MANIFEST_PAIRS_OR_DRY, (const char *)bytes, size, &error);

    if (status != TC_OK) {
        require(manifest.row == NULL, "a failure leaves rows", error.message);
        require_failure(status, &error);
        return false;
    }
    for (size_t i = 0; i < manifest.n_rows; ++i) {
        const struct manifest_row *const row = &manifest.row[i];

        require(row->input[0] && row->target[0], "a row without files", row->input);
        require(row->start < row->stop, "a row without frames", row->input);
    }
    manifest_free(&manifest);
    return true;
}

const struct target *target_named(const char *name)
{
    static const struct target targets[] = {
        {"any", read_any},           {"safetensors", read_safetensors}, {"keras", read_keras},
        {"guitarml", read_guitarml}, {"pytorch", read_pytorch},         {"nam", read_nam},
        {"npy", read_npy},           {"manifest", read_manifest},       {"settings", read_settings},
    };

    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; ++i)
        if (strcmp(targets[i].name, name) == 0)
            return &targets[i];
    return NULL;
}
