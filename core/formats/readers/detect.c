/** @file
 *  Loads model files of any format, recognised by content, not by name. */
#include "formats/facts.h"
#include "files/file.h"
#include "formats/json.h"
#include "formats/readers/checkpoint.h"
#include "formats/readers/readers.h"
#include "model/bytes.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Twice the size of TC_MAX_PARAMETERS floats: a safetensors file also has a header and a self-test.
 */
enum { MAX_FILE_SIZE = 2 * 4 * TC_MAX_PARAMETERS, MAX_JSON_SIZE = 64 << 20 };

/* ------------------------------------------------------------------------- JSON */

static enum tc_status unknown_layout(const json_t *json, struct tc_error *error)
{
    const char *const first = json_object_iter_key(json_object_iter((json_t *)json));

    return tc_fail(error, TC_UNSUPPORTED,
                   "the JSON has an unknown layout: it begins with '%s', expected 'architecture' "
                   "(NAM), 'in_shape' and 'layers' (Keras, AIDA-X), 'model_data' (GuitarML) or "
                   "'...weight_ih_l0' (PyTorch)",
                   first ? TC_SHOWN(first) : "");
}

static bool has(const json_t *json, const char *key)
{
    return json_object_get(json, key) != NULL;
}

static enum tc_status read_object(struct tc_model **model, const json_t *json, const char *path,
                                  struct tc_file_facts *facts, struct tc_error *error)
{
    if (has(json, "model_data") || (has(json, "in_size") && has(json, "unit_type")))
        return tc_guitarml_read(model, json, facts, error);
    if (tc_checkpoint_holds_tensors(json)) /* first: it may have keys of any name */
        return tc_torch_json_read(model, json, facts, error);
    if (has(json, "architecture") || (has(json, "version") && has(json, "config")))
        return tc_nam_read(model, json, path, facts, error);
    if (has(json, "state_dict"))
        return tc_guitarml_read(model, json, facts, error);
    if (has(json, "in_shape") || has(json, "layers"))
        return tc_keras_read(model, json, facts, error);
    return unknown_layout(json, error);
}

static enum tc_status read_json(struct tc_model **model, const unsigned char *bytes, size_t size,
                                const char *path, struct tc_file_facts *facts,
                                struct tc_error *error)
{
    json_t *json;
    enum tc_status status;

    if (size > MAX_JSON_SIZE)
        return tc_fail(error, TC_TOO_LARGE, "the JSON has %zu bytes, at most %d are read", size,
                       MAX_JSON_SIZE);
    status = tc_json_parse(&json, (const char *)bytes, size, "the file", error);
    if (status)
        return status;
    if (json_is_object(json))
        status = read_object(model, json, path, facts, error);
    else
        status =
            tc_fail(error, TC_BAD_FORMAT, "the JSON is %s, expected an object", tc_json_kind(json));
    json_decref(json);
    return status;
}

/* ------------------------------------------------------------------------- any format */

/** The length of a UTF-8 byte order mark and of leading blanks. */
static size_t leading_blanks(const unsigned char *bytes, size_t size)
{
    size_t n = size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

    while (n < size && strchr(" \t\r\n", bytes[n]) && bytes[n])
        ++n;
    return n;
}

/** The header's length, 8 bytes at the start, always contains zero bytes; JSON contains none. */
static bool is_safetensors(const unsigned char *bytes, size_t size)
{
    return size < 9 || bytes[8] == '{' ? memchr(bytes, '\0', size < 8 ? size : 8) != NULL : false;
}

static bool is_library(const unsigned char *bytes, size_t size)
{
    return size >= SELFMAG && memcmp(bytes, ELFMAG, SELFMAG) == 0;
}

static enum tc_status read_any(struct tc_model **model, const unsigned char *bytes, size_t size,
                               const char *path, struct tc_file_facts *facts,
                               struct tc_error *error)
{
    const size_t skipped = leading_blanks(bytes, size);

    if (size == 0)
        return tc_fail(error, TC_BAD_FORMAT, "the file is empty");
    if (size > MAX_FILE_SIZE)
        return tc_fail(error, TC_TOO_LARGE, "the model has %zu bytes, at most %d are allowed", size,
                       MAX_FILE_SIZE);
    if (is_library(bytes, size))
        return tc_plugin_read(model, bytes, size, facts, error);
    if (is_safetensors(bytes, size))
        return tc_native_read(model, bytes, size, facts, error);
    if (skipped < size && strchr("{[\"", bytes[skipped]) && bytes[skipped])
        return read_json(model, bytes + skipped, size - skipped, path, facts, error);
    return tc_fail(error, TC_BAD_FORMAT, "the file is neither JSON nor safetensors nor a plugin");
}

/** Read a model; results are written on success only. */
static enum tc_status read_source(struct tc_model **model, const unsigned char *bytes, size_t size,
                                  const char *path, struct tc_file_facts *facts,
                                  struct tc_error *error)
{
    struct tc_model *loaded = NULL;
    struct tc_file_facts found;
    enum tc_status status;

    tc_facts_init(&found, "");
    status = read_any(&loaded, bytes, size, path, &found, error);
    if (status)
        /* What tc_model_new() finds a bad argument is a value of the file. */
        return status == TC_BAD_ARGUMENT ? TC_BAD_VALUE : status;
    *model = loaded;
    found.rate_assumed = tc_model_metadata(loaded)->sample_rate_assumed;
    if (facts)
        *facts = found;
    return TC_OK;
}

enum tc_status tc_model_read(struct tc_model **model, const unsigned char *bytes, size_t size,
                             struct tc_error *error)
{
    return read_source(model, bytes, size, NULL, NULL, error);
}

/* ------------------------------------------------------------------------- files */

/** The path of the file to read: config.json if `path` is a folder of NAM 0.4.0. The caller frees
 * it; NULL without memory. */
static char *model_file(const char *path)
{
    static const char config[] = "/config.json";
    char *const file = malloc(strlen(path) + sizeof config);
    struct stat st;

    if (!file)
        return NULL;
    strcpy(file, path);
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
        strcat(file, config);
        if (stat(file, &st) != 0)
            strcpy(file, path);
    }
    return file;
}

enum tc_status tc_model_load_facts(struct tc_model **model, const char *path,
                                   struct tc_file_facts *facts, struct tc_error *error)
{
    char *const file = model_file(path);
    unsigned char *bytes;
    size_t size;
    enum tc_status status;

    if (!file)
        return tc_fail(error, TC_NO_MEMORY, "no memory for a path");
    status = tc_file_read(file, MAX_FILE_SIZE, &bytes, &size, error);
    if (status == TC_OK) {
        status = read_source(model, bytes, size, file, facts, error);
        free(bytes);
    }
    free(file);
    return status;
}

enum tc_status tc_model_load(struct tc_model **model, const char *path, struct tc_error *error)
{
    return tc_model_load_facts(model, path, NULL, error);
}
