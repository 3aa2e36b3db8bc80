#include "train/network/layer_norm_backward.h"
#include "train/network/shard.h"

#include <string.h>

/* The first frame of dz, of the block behind, to where a block of `count` frames goes on from. */
static void take_over(const struct tc_shard *shard, unsigned l, size_t count)
{
    const struct tc_layer_block shape = tc_shard_shape(shard, l);
    const size_t frame = shard->sequences * shard->weights->k->dz_floats(&shape);
    float *const dz = shard->layer[l].dz;

    memcpy(dz + count * frame, dz, frame * sizeof *dz);
}

/* From dL/d of what a layer hands on to that of its state; of a residual layer, `around` keeps what
 * goes to the layer below beside it. */
static void unsay(const struct tc_shard *shard, unsigned l, struct tc_block block)
{
    const struct tc_weights_layer *const weights = &shard->weights->layer[l];
    const size_t floats = tc_shard_block_floats(shard, l, block), hidden = weights->from.hidden;
    float *const gradient = shard->layer[l].norm_gradient;

    if (weights->norm_gain) {
        tc_shard_residual_sum(shard, l, block, shard->around);
        for (size_t i = 0; i < floats; i += tc_shard_units(shard, l))
            tc_layer_norm_backward(shard->dh + i, shard->around + i, weights->norm_gain, gradient,
                                   gradient + hidden, hidden);
    }
    if (tc_layer_is_residual(tc_shard_arch(shard), l))
        memcpy(shard->around, shard->dh, floats * sizeof *shard->dh);
}

/* To dL/d of what the layer below hands on comes what goes around a residual layer. */
static void add_around(const struct tc_shard *shard, unsigned l, struct tc_block block)
{
    const size_t floats =
        tc_layer_is_residual(tc_shard_arch(shard), l) ? tc_shard_block_floats(shard, l, block) : 0;

    for (size_t i = 0; i < floats; ++i)
        shard->dh[i] += shard->around[i];
}

/* What enters at the last frame of a block. */
static void add_behind(const struct tc_shard *shard, unsigned l, struct tc_block block)
{
    const size_t frame = shard->sequences * tc_shard_units(shard, l);
    float *const dh = shard->dh + (block.count - 1) * frame;

    for (size_t i = 0; i < frame; ++i)
        dh[i] += shard->behind[l][i];
}

static void backward_block(struct tc_shard *shard, struct tc_block block, size_t n_frames,
                           const float *pass)
{
    const struct tc_weights *const weights = shard->weights;
    const struct tc_layer_kernels *const k = weights->k;
    const size_t outputs = tc_shard_arch(shard)->outputs;
    struct tc_layer_block layer = tc_shard_readout_block(shard, block);

    k->readout_backward(&layer, weights->readout,
                        tc_shard_rows(shard, shard->dy, outputs, block.start), outputs,
                        shard->readout_gradient);
    for (unsigned l = tc_shard_arch(shard)->layers; l-- > 0;) {
        layer = tc_shard_layer_block(shard, l, block);
        layer.gradient_factor = pass ? pass + block.start : NULL;
        unsay(shard, l, block);
        if (shard->behind[l] && block.start + block.count == n_frames)
            add_behind(shard, l, block);
        take_over(shard, l, block.count);
        k->backward(&layer, weights->layer[l].state, shard->layer[l].gradient);
        k->gradient(&layer, shard->layer[l].gradient);
        if (l > 0)
            k->input_gradient(&layer, weights->layer[l].input, shard->dh);
        if (tc_shard_has_dropout(shard, l))
            tc_shard_apply_dropout(shard, l, block, shard->dh);
        add_around(shard, l, block);
    }
}

void tc_shard_cut_gradient(struct tc_shard *shard)
{
    for (unsigned l = 0; l < tc_shard_arch(shard)->layers; ++l) {
        const struct tc_shard_layer *const layer = &shard->layer[l];
        const struct tc_layer_block shape = tc_shard_shape(shard, l);
        const size_t frame = shard->sequences * shard->weights->k->dz_floats(&shape);

        memset(layer->dz, 0, frame * sizeof *layer->dz);
        memset(layer->carried_gradient, 0,
               shard->sequences * shape.units * sizeof *layer->carried_gradient);
    }
}

/* The slot of dz that a gate's rows of W_hh meet on the way back; NO_SLOT where carry has all. */
enum { NO_SLOT = -1 };

static int slot_of(enum tc_cell cell, unsigned gate)
{
    static const int gru[] = {1, 2, 3}, reset_before[] = {1, 2, NO_SLOT};

    return cell == TC_CELL_GRU                ? gru[gate]
           : cell == TC_CELL_GRU_RESET_BEFORE ? reset_before[gate]
                                              : (int)gate;
}

/* dh0 += W_hh' dz of a gate, dz being its first vector in a sequence's first frame. */
static void add_gate_start(float *dh0, const float *w_hh, const float *dz, size_t hidden,
                           size_t width, size_t block)
{
    for (size_t j = 0; j < hidden; ++j, w_hh += hidden) {
        const float d = dz[j / width * block + j % width];

        for (size_t u = 0; u < hidden; ++u)
            dh0[u] += d * w_hh[u];
    }
}

/* dh0 and, of an LSTM, dc0 (H) += those of a sequence. */
static void add_layer_start(const struct tc_shard *shard, unsigned l, size_t sequence, float *dh0,
                            float *dc0)
{
    const struct tc_weights_layer *const layer = &shard->weights->layer[l];
    const struct tc_layer_kernels *const k = shard->weights->k;
    const struct tc_layer_block shape = tc_shard_shape(shard, l);
    const size_t block = k->gates_floats(&shape) / shape.units * k->width, hidden = shape.hidden;
    const float *const dz = shard->layer[l].dz + sequence * k->dz_floats(&shape);
    const float *const carry = shard->layer[l].carried_gradient + sequence * shape.units;
    float *const carried = tc_cell_has_c(shape.cell) ? dc0 : dh0;

    for (unsigned gate = 0; gate < tc_cell_gates(shape.cell); ++gate) {
        const int slot = slot_of(shape.cell, gate);

        if (slot != NO_SLOT)
            add_gate_start(dh0, layer->from.w_hh + gate * hidden * hidden,
                           dz + (size_t)slot * k->width, hidden, k->width, block);
    }
    for (size_t u = 0; shape.cell != TC_CELL_RNN && u < hidden; ++u)
        carried[u] += carry[u];
}

void tc_shard_add_start_gradient(const struct tc_shard *shard, float *gradient)
{
    for (unsigned l = 0; l < tc_shard_arch(shard)->layers; ++l) {
        const struct tc_layer_offsets *const at = &shard->weights->layer[l].at;

        for (size_t sequence = 0; sequence < shard->sequences; ++sequence)
            add_layer_start(shard, l, sequence, gradient + at->h0, gradient + at->c0);
    }
}

void tc_shard_start_gradient(const struct tc_shard *shard, float *gradient)
{
    memset(gradient, 0, tc_shard_state_floats(shard) * sizeof *gradient);
    for (unsigned l = 0; l < tc_shard_arch(shard)->layers; ++l) {
        const size_t units = tc_shard_units(shard, l), frame = shard->sequences * units;
        const bool lstm = tc_cell_has_c(tc_shard_arch(shard)->layer[l].cell);

        for (size_t sequence = 0; sequence < shard->sequences; ++sequence)
            add_layer_start(shard, l, sequence, gradient + sequence * units,
                            lstm ? gradient + frame + sequence * units : NULL);
        gradient += lstm ? 2 * frame : frame;
    }
}

static void begin_gradient(struct tc_shard *shard)
{
    const struct tc_weights *const weights = shard->weights;
    const unsigned layers = tc_shard_arch(shard)->layers;

    for (unsigned l = 0; l < layers; ++l) {
        float *const gradient = shard->layer[l].gradient;

        memset(gradient, 0, weights->k->forward_size(&weights->layer[l].from) * sizeof *gradient);
        memset(shard->layer[l].threshold_gradient, 0,
               tc_weights_threshold_floats(weights, l) * sizeof *gradient);
        if (tc_shard_arch(shard)->layer_norm)
            memset(shard->layer[l].norm_gradient, 0,
                   2 * tc_shard_arch(shard)->layer[l].hidden * sizeof *gradient);
    }
    memset(shard->readout_gradient, 0,
           tc_shard_arch(shard)->outputs * tc_shard_units(shard, layers - 1) *
               sizeof *shard->readout_gradient);
}

static void add_readout_gradient(struct tc_shard *shard, float *gradient, unsigned n_frames)
{
    const struct tc_architecture *const arch = tc_shard_arch(shard);
    const size_t hidden = arch->layer[arch->layers - 1].hidden;
    const size_t units = tc_shard_units(shard, arch->layers - 1);

    for (unsigned o = 0; o < arch->outputs; ++o) {
        float *const dw = gradient + shard->weights->readout_at.w + o * hidden;

        for (size_t u = 0; u < hidden; ++u)
            dw[u] += shard->readout_gradient[o * units + u];
        for (unsigned sequence = 0; sequence < shard->sequences; ++sequence) {
            const float *const dy = tc_shard_output_gradient(shard, sequence, o);
            float sum = 0.0f;

            for (unsigned t = 0; t < n_frames; ++t)
                sum += dy[t];
            gradient[shard->weights->readout_at.b + o] += sum;
        }
    }
}

void tc_shard_backward(struct tc_shard *shard, float *gradient, unsigned n_frames)
{
    tc_shard_cut_gradient(shard);
    tc_shard_backward_continued(shard, gradient, n_frames, NULL);
}

void tc_shard_backward_from_state(struct tc_shard *shard, float *gradient, unsigned n_frames,
                                  const float *behind)
{
    tc_shard_cut_gradient(shard);
    for (unsigned l = 0; l < tc_shard_arch(shard)->layers; ++l) {
        const size_t frame = shard->sequences * tc_shard_units(shard, l);

        shard->behind[l] = behind;
        behind += frame;
        if (tc_cell_has_c(tc_shard_arch(shard)->layer[l].cell)) {
            memcpy(shard->layer[l].carried_gradient, behind, frame * sizeof *behind);
            behind += frame;
        }
    }
    tc_shard_backward_continued(shard, gradient, n_frames, NULL);
    memset(shard->behind, 0, sizeof shard->behind);
}

void tc_shard_backward_continued(struct tc_shard *shard, float *gradient, unsigned n_frames,
                                 const float *pass)
{
    size_t end = n_frames, start;

    begin_gradient(shard);
    for (; end > 0; end = start) {
        start = (end - 1) / TC_BLOCK_FRAMES * TC_BLOCK_FRAMES;
        backward_block(shard, (struct tc_block){start, end - start}, n_frames, pass);
    }
    for (unsigned l = 0; l < tc_shard_arch(shard)->layers; ++l) {
        const struct tc_weights_layer *const layer = &shard->weights->layer[l];

        shard->weights->k->unpack_gradient(&layer->from, shard->layer[l].gradient,
                                           gradient + layer->at.w_ih, gradient + layer->at.w_hh,
                                           gradient + layer->at.b_ih, gradient + layer->at.b_hh,
                                           gradient + layer->at.peephole);
        for (size_t u = 0; tc_weights_threshold_floats(shard->weights, l) && u < layer->from.hidden;
             ++u)
            gradient[layer->at.b_hh + u] += shard->layer[l].threshold_gradient[u];
        for (size_t u = 0; layer->norm_gain && u < layer->from.hidden; ++u) {
            gradient[layer->at.norm_gain + u] += shard->layer[l].norm_gradient[u];
            gradient[layer->at.norm_bias + u] +=
                shard->layer[l].norm_gradient[layer->from.hidden + u];
        }
    }
    add_readout_gradient(shard, gradient, n_frames);
}
