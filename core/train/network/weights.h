/** @file
 *  A network's weights, packed for the kernels that train it. Shards share them. */
#ifndef TC_WEIGHTS_H
#define TC_WEIGHTS_H

#include "model/model.h"
#include "train/kernels/layer_kernels.h"

struct tc_weights_layer {
    struct tc_layer_weights from; /* pointers into the parameters last packed */
    struct tc_layer_offsets at;
    float *forward, *state, *input;     /* as tc_layer_kernels says; input: NULL in the lowest
                                       layer, unless symbols need its gradient */
    float *threshold;                   /* as tc_layer_block says */
    const float *norm_gain, *norm_bias; /* (H) in the parameters last packed; NULL without */
};

struct tc_weights {
    struct tc_architecture arch;
    const struct tc_layer_kernels *k;
    struct tc_weights_layer layer[TC_MAX_LAYERS];
    struct tc_readout_offsets readout_at;
    const float *parameters; /* last packed */
    const float *bias;       /* of the readout, in there */
    float *readout;
    float *memory;
};

/** Memory for the packed weights of `arch`. k NULL: the kernels that the environment variable
 *  TONECELL_KERNELS names, or else the best for this CPU. Errors: TC_NO_MEMORY. */
enum tc_status tc_weights_new(struct tc_weights **weights, const struct tc_architecture *arch,
                              const struct tc_layer_kernels *k, struct tc_error *error);
void tc_weights_free(struct tc_weights *weights);

/** Floats of a layer's threshold: 0 unless its activation is TC_MODRELU. */
size_t tc_weights_threshold_floats(const struct tc_weights *weights, unsigned layer);

/** Pack parameters, in the order of tc_architecture_tensors(). They are read in later passes too
 *  and must stay where they are until the next call. */
void tc_weights_pack(struct tc_weights *weights, const float *parameters);

#endif
