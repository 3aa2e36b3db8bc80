#include "formats/writers/plain.h"
#include "formats/writers/write_json.h"
#include "formats/writers/writers.h"

#include <string.h>

static enum tc_status check_layer(const struct tc_layer *layer, const struct tc_layer *first,
                                  unsigned index, struct tc_error *error)
{
    if (layer->cell != first->cell || layer->hidden != first->hidden)
        return tc_fail(error, TC_UNSUPPORTED,
                       "GuitarML has layers of one kind and width, but layer %u is %s of %u units "
                       "after %s of %u",
                       index, tc_cell_name(layer->cell), layer->hidden, tc_cell_name(first->cell),
                       first->hidden);
    if (layer->activation != TC_TANH)
        return tc_fail(error, TC_UNSUPPORTED, "GuitarML has layers with tanh, but layer %u has %s",
                       index, tc_activation_name(layer->activation));
    return TC_OK;
}

static enum tc_status check_exportable(const struct tc_model *plain, struct tc_error *error)
{
    const struct tc_architecture *const arch = tc_model_architecture(plain);
    enum tc_status status = tc_model_check_simple(plain, TC_EXPORT_GUITARML, error);

    for (unsigned l = 0; status == TC_OK && l < arch->layers; ++l)
        status = check_layer(&arch->layer[l], &arch->layer[0], l, error);
    return status;
}

static json_t *header(const struct tc_model *plain)
{
    const struct tc_architecture *const arch = tc_model_architecture(plain);
    const struct tc_cell_description *const cell = tc_cell_describe(arch->layer[0].cell);

    return json_pack("{s:s, s:i, s:i, s:i, s:s, s:i, s:i, s:b}", "model", "SimpleRNN", "input_size",
                     (int)(arch->audio_inputs + arch->knobs), "skip",
                     tc_model_has_residual(plain) ? 1 : 0, "output_size", (int)arch->outputs,
                     "unit_type", cell->format[TC_EXPORT_GUITARML].name, "num_layers",
                     (int)arch->layers, "hidden_size", (int)arch->layer[0].hidden, "bias_fl", 1);
}

/** All tensors but the initial state, which is always 0 in GuitarML. */
static json_t *state_dict(const struct tc_model *plain)
{
    struct tc_tensor tensor[TC_MAX_TENSORS];
    const unsigned n = tc_architecture_tensors(tc_model_architecture(plain), tensor, NULL);
    json_t *const dict = json_object();

    for (unsigned i = 0; dict && i < n; ++i) {
        const struct tc_tensor *const t = &tensor[i];
        const float *const values = tc_model_parameters(plain) + t->offset;
        const bool matrix = strstr(t->name, ".weight") != NULL;

        if (!matrix && !strstr(t->name, ".bias"))
            continue;
        if (json_object_set_new(dict, t->name,
                                matrix ? tc_json_matrix(values, t->rows, t->cols, false)
                                       : tc_json_list(values, t->rows, 1)) != 0) {
            json_decref(dict);
            return NULL;
        }
    }
    return dict;
}

/** CoreAudioML refuses unknown keys in model_data, so additional keys are outside of it. */
static json_t *document(const struct tc_model *model, const struct tc_model *plain)
{
    json_t *const json = json_object();

    if (json && tc_json_put(json, "model_data", header(plain)) &&
        tc_json_put(json, "state_dict", state_dict(plain)) && tc_json_put_rate(json, plain) &&
        tc_json_put(json, "metadata", tc_json_texts(model, false)))
        return json;
    json_decref(json);
    return NULL;
}

enum tc_status tc_guitarml_write(const struct tc_model *model, json_t **json,
                                 struct tc_error *error)
{
    struct tc_model *plain;
    enum tc_status status = tc_model_plain(model, false, &plain, error);

    if (status)
        return status;
    status = check_exportable(plain, error);
    if (status == TC_OK) {
        *json = document(model, plain);
        if (!*json)
            status = tc_fail(error, TC_NO_MEMORY, "no memory for the JSON of a model");
    }
    tc_model_free(plain);
    return status;
}
