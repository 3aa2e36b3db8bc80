#include "train/network/shard_backward.h"

#include "train/network/layer_norm_backward.h"
#include "train/network/shard_embedding.h"
#include "train/network/shard_gradient.h"
#include "train/network/shard_layer.h"

#include <string.h>

/* ------------------------------------------------------------------ one layer, one block */

/* dz of the next block's first frame, which stands first, to the frame after this block's last. */
static void place_next_dz(const struct tc_shard *shard, unsigned l, size_t count)
{
    const size_t frame = tc_shard_dz_floats(shard, l);
    float *const dz = shard->layer[l].dz;

    memcpy(dz + count * frame, dz, frame * sizeof *dz);
}

/* dh: from dL/d of the layer's output to dL/dh. The input of a residual layer is part of its
 * output, so that residual_gradient receives the same. */
static void output_backward(const struct tc_shard *shard, unsigned l, struct tc_block block)
{
    const struct tc_weights_layer *const weights = &shard->weights->layer[l];
    const size_t floats = tc_shard_block_floats(shard, l, block), hidden = weights->from.hidden;
    float *const gradient = shard->layer[l].norm_gradient;
    float *const sum = shard->residual_gradient; /* free until it is written below */

    if (weights->norm_gain) {
        tc_shard_residual_sum(shard, l, block, sum);
        for (size_t i = 0; i < floats; i += tc_shard_units(shard, l))
            tc_layer_norm_backward(shard->dh + i, sum + i, weights->norm_gain, gradient,
                                   gradient + hidden, hidden);
    }
    if (tc_layer_is_residual(tc_shard_arch(shard), l))
        memcpy(shard->residual_gradient, shard->dh, floats * sizeof *shard->dh);
}

static void add_residual_gradient(const struct tc_shard *shard, unsigned l, struct tc_block block)
{
    const size_t floats =
        tc_layer_is_residual(tc_shard_arch(shard), l) ? tc_shard_block_floats(shard, l, block) : 0;

    for (size_t i = 0; i < floats; ++i)
        shard->dh[i] += shard->residual_gradient[i];
}

/* To the last frame's dh. */
static void add_next_state_gradient(const struct tc_shard *shard, unsigned l, struct tc_block block)
{
    const size_t frame = tc_shard_frame_floats(shard, l);
    float *const dh = shard->dh + (block.count - 1) * frame;

    for (size_t i = 0; i < frame; ++i)
        dh[i] += shard->next_state_gradient[l][i];
}

/* dh: from dL/d of the layer's output to dL/d of its input, which is the output of the layer below;
 * that of the network is for an embedding only. */
static void layer_backward(const struct tc_shard *shard, unsigned l, struct tc_block block,
                           const float *gradient_factor)
{
    const struct tc_weights_layer *const weights = &shard->weights->layer[l];
    const struct tc_layer_kernels *const k = shard->weights->k;
    struct tc_layer_block layer = tc_shard_layer_block(shard, l, block);

    layer.gradient_factor = gradient_factor;
    place_next_dz(shard, l, block.count);
    k->backward(&layer, weights->state, shard->layer[l].gradient);
    k->gradient(&layer, shard->layer[l].gradient);
    if (weights->input)
        k->input_gradient(&layer, weights->input, shard->dh);
    if (tc_shard_has_dropout(shard, l))
        tc_shard_apply_dropout(shard, l, block, shard->dh);
}

/* ------------------------------------------------------------------ all layers */

static void readout_backward(const struct tc_shard *shard, struct tc_block block)
{
    const size_t outputs = tc_shard_arch(shard)->outputs;
    const struct tc_layer_block last = tc_shard_readout_block(shard, block);

    shard->weights->k->readout_backward(&last, shard->weights->readout,
                                        tc_shard_rows(shard, shard->dy, outputs, block.start),
                                        outputs, shard->readout_gradient);
}

static void block_backward(const struct tc_shard *shard, struct tc_block block, size_t n_frames,
                           const float *gradient_factor, float *gradient)
{
    readout_backward(shard, block);
    for (unsigned l = tc_shard_arch(shard)->layers; l-- > 0;) {
        output_backward(shard, l, block);
        if (shard->next_state_gradient[l] && block.start + block.count == n_frames)
            add_next_state_gradient(shard, l, block);
        layer_backward(shard, l, block, gradient_factor ? gradient_factor + block.start : NULL);
        add_residual_gradient(shard, l, block);
    }
    if (tc_shard_arch(shard)->symbols)
        tc_shard_embedding_backward(shard, block, shard->dh, gradient);
}

void tc_shard_backward_continued(struct tc_shard *shard, float *gradient, unsigned n_frames,
                                 const float *gradient_factor)
{
    size_t end = n_frames, start;

    tc_shard_clear_gradient(shard);
    for (; end > 0; end = start) {
        start = (end - 1) / TC_BLOCK_FRAMES * TC_BLOCK_FRAMES;
        block_backward(shard, (struct tc_block){start, end - start}, n_frames, gradient_factor,
                       gradient);
    }
    tc_shard_add_gradient(shard, gradient, n_frames);
}

/* ------------------------------------------------------------------ truncation */

void tc_shard_cut_gradient(struct tc_shard *shard)
{
    for (unsigned l = 0; l < tc_shard_arch(shard)->layers; ++l) {
        const struct tc_shard_layer *const layer = &shard->layer[l];

        memset(layer->dz, 0, tc_shard_dz_floats(shard, l) * sizeof *layer->dz);
        memset(layer->carried_gradient, 0,
               tc_shard_frame_floats(shard, l) * sizeof *layer->carried_gradient);
    }
}

void tc_shard_backward(struct tc_shard *shard, float *gradient, unsigned n_frames)
{
    tc_shard_cut_gradient(shard);
    tc_shard_backward_continued(shard, gradient, n_frames, NULL);
}

void tc_shard_backward_from_state(struct tc_shard *shard, float *gradient, unsigned n_frames,
                                  const float *state_gradient)
{
    tc_shard_cut_gradient(shard);
    for (unsigned l = 0; l < tc_shard_arch(shard)->layers; ++l) {
        const size_t frame = tc_shard_frame_floats(shard, l);

        shard->next_state_gradient[l] = state_gradient;
        state_gradient += frame;
        if (tc_cell_has_c(tc_shard_arch(shard)->layer[l].cell)) {
            memcpy(shard->layer[l].carried_gradient, state_gradient,
                   frame * sizeof *state_gradient);
            state_gradient += frame;
        }
    }
    tc_shard_backward_continued(shard, gradient, n_frames, NULL);
    memset(shard->next_state_gradient, 0, sizeof shard->next_state_gradient);
}
