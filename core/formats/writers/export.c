/** @file
 *  Exports models to files of other programs. */
#include "formats/json.h"
#include "formats/writers/plain.h"
#include "formats/writers/writers.h"
#include "model/model.h"

#include <stdlib.h>
#include <string.h>

/* Decimal digits from which every float is read back exactly. */
enum { FLOAT_DIGITS = 9 };

/* No format is written with an input of symbols; those other than ONNX have plain stacks of layers
 * only. */
static enum tc_status check_stack(const struct tc_architecture *arch, enum tc_export format,
                                  struct tc_error *error)
{
    if (arch->symbols)
        return tc_fail(error, TC_UNSUPPORTED,
                       "%s files are written without an input of symbols, but the model has one",
                       tc_export_name(format));
    if (format < TC_EXPORT_ONNX && arch->layer_norm)
        return tc_fail(error, TC_UNSUPPORTED, "%s has no layer normalisation, but the model has it",
                       tc_export_name(format));
    for (unsigned l = 0; format < TC_EXPORT_ONNX && l < arch->layers; ++l)
        if (tc_layer_is_residual(arch, l))
            return tc_fail(error, TC_UNSUPPORTED,
                           "%s has no residual connections, but layer %u has one",
                           tc_export_name(format), l);
    return TC_OK;
}

static enum tc_status write_json(const struct tc_model *model, enum tc_export format, json_t **json,
                                 struct tc_error *error)
{
    switch (format) {
    case TC_EXPORT_GUITARML:
        return tc_guitarml_write(model, json, error);
    case TC_EXPORT_KERAS:
        return tc_keras_write(model, false, json, error);
    case TC_EXPORT_AIDAX:
        return tc_keras_write(model, true, json, error);
    case TC_EXPORT_NAM:
        return tc_nam_write(model, json, error);
    case TC_EXPORT_ONNX:
        break;
    }
    return tc_fail(error, TC_BAD_ARGUMENT, "unknown format %d", (int)format);
}

static enum tc_status write_text(const struct tc_model *model, enum tc_export format,
                                 unsigned char **bytes, size_t *size, struct tc_error *error)
{
    json_t *json;
    char *text;
    const enum tc_status status = write_json(model, format, &json, error);

    if (status)
        return status;
    text = tc_json_dump(json, JSON_COMPACT | JSON_REAL_PRECISION(FLOAT_DIGITS));
    json_decref(json);
    if (!text)
        return tc_fail(error, TC_NO_MEMORY, "no memory for the text of a model");
    *bytes = (unsigned char *)text;
    *size = strlen(text);
    return TC_OK;
}

enum tc_status tc_model_export_bytes(const struct tc_model *model, enum tc_export format,
                                     unsigned char **bytes, size_t *size, struct tc_error *error)
{
    const enum tc_status status = check_stack(tc_model_architecture(model), format, error);

    if (status)
        return status;
    if (format == TC_EXPORT_ONNX)
        return tc_onnx_write(model, bytes, size, error);
    return write_text(model, format, bytes, size, error);
}

enum tc_status tc_model_export(const struct tc_model *model, enum tc_export format,
                               const char *path, struct tc_error *error)
{
    unsigned char *bytes;
    size_t size;
    enum tc_status status = tc_model_export_bytes(model, format, &bytes, &size, error);

    if (status)
        return status;
    status = tc_file_replace(path, bytes, size, 0644, error);
    free(bytes);
    return status;
}
