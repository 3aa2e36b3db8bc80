#include "formats/writers/write_json.h"

#include "formats/metadata.h"
#include "formats/writers/plain.h"

#include <math.h>

json_t *tc_json_list(const float *values, size_t n, size_t step)
{
    json_t *const list = json_array();

    for (size_t i = 0; list && i < n; ++i)
        if (json_array_append_new(list, json_real((double)values[i * step])) != 0) {
            json_decref(list);
            return NULL;
        }
    return list;
}

json_t *tc_json_matrix(const float *values, size_t rows, size_t cols, bool transposed)
{
    const size_t lists = transposed ? cols : rows;
    json_t *const matrix = json_array();

    for (size_t i = 0; matrix && i < lists; ++i) {
        json_t *const list = transposed ? tc_json_list(values + i, rows, cols)
                                        : tc_json_list(values + i * cols, cols, 1);

        if (json_array_append_new(matrix, list) != 0) {
            json_decref(matrix);
            return NULL;
        }
    }
    return matrix;
}

bool tc_json_put(json_t *object, const char *key, json_t *value)
{
    return json_object_set_new(object, key, value) == 0;
}

bool tc_json_put_rate(json_t *object, const struct tc_model *model)
{
    const double rate_hz = tc_stated_rate_hz(model);

    return rate_hz <= 0.0 ||
           tc_json_put(object, "samplerate",
                       rate_hz == trunc(rate_hz) ? json_integer((json_int_t)rate_hz)
                                                 : json_real(rate_hz));
}

static bool put_text(json_t *object, const char *key, const char *text)
{
    return !text[0] || tc_json_put(object, key, json_string(text));
}

/* As tc_model_plain() rewrites them, but in the user's units. */
static bool put_knobs(json_t *object, const struct tc_model *model)
{
    const unsigned knobs = tc_model_architecture(model)->knobs;
    struct tc_metadata meta = *tc_model_metadata(model);

    for (unsigned k = 0; k < knobs; ++k) {
        meta.knob[k].at_min = 0.0f;
        meta.knob[k].at_max = 1.0f;
    }
    return knobs == 0 || tc_json_put(object, "knobs", tc_knobs_to_json(&meta, knobs));
}

json_t *tc_json_texts(const struct tc_model *model, bool with_rate)
{
    const struct tc_metadata *const meta = tc_model_metadata(model);
    json_t *const texts = json_object();

    if (texts && put_text(texts, "name", meta->name) && put_text(texts, "author", meta->author) &&
        put_text(texts, "license", meta->licence) && put_knobs(texts, model) &&
        (!with_rate || tc_json_put_rate(texts, model)))
        return texts;
    json_decref(texts);
    return NULL;
}
