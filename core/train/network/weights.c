#include "train/network/weights.h"

#include "memory.h"

#include <stdlib.h>
#include <string.h>

size_t tc_weights_threshold_floats(const struct tc_weights *weights, unsigned layer)
{
    const struct tc_layer_weights *const from = &weights->layer[layer].from;
    const size_t width = weights->k->width;

    return from->activation == TC_MODRELU ? (from->hidden + width - 1) / width * width : 0;
}

static void lay_out(struct tc_weights *weights, struct tc_carver *carver)
{
    const struct tc_architecture *const arch = &weights->arch;
    const struct tc_layer_kernels *const k = weights->k;

    for (unsigned l = 0; l < arch->layers; ++l) {
        struct tc_weights_layer *const layer = &weights->layer[l];

        layer->forward = tc_carve(carver, k->forward_size(&layer->from));
        layer->state = tc_carve(carver, k->state_size(&layer->from));
        layer->input = l || arch->symbols ? tc_carve(carver, k->input_size(&layer->from)) : NULL;
        layer->threshold = tc_carve(carver, tc_weights_threshold_floats(weights, l));
    }
    weights->readout =
        tc_carve(carver, k->readout_size(arch->layer[arch->layers - 1].hidden, arch->outputs));
}

static void describe(struct tc_weights *weights)
{
    struct tc_layer_offsets at[TC_MAX_LAYERS];

    tc_parameter_offsets(&weights->arch, at, &weights->readout_at);
    for (unsigned l = 0; l < weights->arch.layers; ++l) {
        const struct tc_layer *const shape = &weights->arch.layer[l];

        weights->layer[l].at = at[l];
        weights->layer[l].from =
            (struct tc_layer_weights){.cell = shape->cell,
                                      .activation = shape->activation,
                                      .inputs = tc_layer_inputs(&weights->arch, l),
                                      .hidden = shape->hidden};
    }
}

static const struct tc_layer_kernels *default_kernels(void)
{
    const unsigned features = tc_cpu_features();
    const struct tc_layer_kernels *const named =
        tc_layer_kernels_find(getenv("TONECELL_KERNELS"), features);

    return named ? named : tc_layer_kernels_find(NULL, features);
}

enum tc_status tc_weights_new(struct tc_weights **weights, const struct tc_architecture *arch,
                              const struct tc_layer_kernels *k, struct tc_error *error)
{
    struct tc_weights *const new_weights = calloc(1, sizeof *new_weights);
    struct tc_carver carver = {0};

    if (!new_weights)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for packed weights");
    new_weights->arch = *arch;
    new_weights->k = k ? k : default_kernels();
    describe(new_weights);
    lay_out(new_weights, &carver);
    new_weights->memory = tc_floats_new(carver.used);
    if (!new_weights->memory) {
        tc_weights_free(new_weights);
        return tc_fail(error, TC_NO_MEMORY, "out of memory for packed weights");
    }
    carver = (struct tc_carver){.base = new_weights->memory};
    lay_out(new_weights, &carver);
    *weights = new_weights;
    return TC_OK;
}

void tc_weights_free(struct tc_weights *weights)
{
    if (!weights)
        return;
    free(weights->memory);
    free(weights);
}

void tc_weights_pack(struct tc_weights *weights, const float *parameters)
{
    const struct tc_architecture *const arch = &weights->arch;
    const struct tc_layer_kernels *const k = weights->k;

    for (unsigned l = 0; l < arch->layers; ++l) {
        struct tc_weights_layer *const layer = &weights->layer[l];

        layer->from.w_ih = parameters + layer->at.w_ih;
        layer->from.w_hh = parameters + layer->at.w_hh;
        layer->from.b_ih = parameters + layer->at.b_ih;
        layer->from.b_hh = parameters + layer->at.b_hh;
        layer->from.peephole = parameters + layer->at.peephole;
        k->pack_forward(layer->forward, &layer->from);
        k->pack_state(layer->state, &layer->from);
        if (layer->input)
            k->pack_input(layer->input, &layer->from);
        if (tc_weights_threshold_floats(weights, l))
            memcpy(layer->threshold, layer->from.b_hh, layer->from.hidden * sizeof *parameters);
        layer->norm_gain = arch->layer_norm ? parameters + layer->at.norm_gain : NULL;
        layer->norm_bias = arch->layer_norm ? parameters + layer->at.norm_bias : NULL;
    }
    weights->parameters = parameters;
    weights->bias = parameters + weights->readout_at.b;
    k->pack_readout(weights->readout, parameters + weights->readout_at.w,
                    arch->layer[arch->layers - 1].hidden, arch->outputs);
}
