#include "train/network/shard_initial_state.h"

#include "train/network/shard_memory.h"
#include "train/network/shard_state.h"

#include <string.h>

/* dh0 += U' dz of one gate. dz: where its first vector stands in a sequence's first frame, further
 * ones being `stride` floats apart. */
static void add_gate_gradient(float *dh0, const float *w_hh, const float *dz, size_t hidden,
                              size_t width, size_t stride)
{
    for (size_t j = 0; j < hidden; ++j, w_hh += hidden) {
        const float d = dz[j / width * stride + j % width];

        for (size_t u = 0; u < hidden; ++u)
            dh0[u] += d * w_hh[u];
    }
}

/* dh0 and, of an LSTM, dc0 (H) += those of a sequence. What goes to h0 by way of r h is in
 * carried_gradient. */
static void add_layer_gradient(const struct tc_shard *shard, unsigned l, size_t sequence,
                               float *dh0, float *dc0)
{
    const struct tc_weights_layer *const layer = &shard->weights->layer[l];
    const struct tc_layer_kernels *const k = shard->weights->k;
    const struct tc_layer_block shape = tc_shard_shape(shard, l);
    const struct tc_cell_slots *const slots = tc_cell_slots(shape.cell);
    const size_t hidden = shape.hidden, width = k->width;
    const float *const dz = shard->layer[l].dz + sequence * k->dz_floats(&shape);
    const float *const carried = shard->layer[l].carried_gradient + sequence * shape.units;
    float *const to = tc_cell_has_c(shape.cell) ? dc0 : dh0;

    for (unsigned s = 0; s < slots->state.count; ++s)
        add_gate_gradient(dh0, layer->from.w_hh + slots->state.gates[s] * hidden * hidden,
                          dz + (slots->state.first + s) * width, hidden, width,
                          slots->count * width);
    for (size_t u = 0; shape.cell != TC_CELL_RNN && u < hidden; ++u)
        to[u] += carried[u];
}

void tc_shard_add_initial_state_gradient(const struct tc_shard *shard, float *gradient)
{
    for (unsigned l = 0; l < tc_shard_arch(shard)->layers; ++l) {
        const struct tc_layer_offsets *const at = &shard->weights->layer[l].at;

        for (size_t sequence = 0; sequence < shard->sequences; ++sequence)
            add_layer_gradient(shard, l, sequence, gradient + at->h0, gradient + at->c0);
    }
}

void tc_shard_initial_state_gradient(const struct tc_shard *shard, float *gradient)
{
    memset(gradient, 0, tc_shard_state_floats(shard) * sizeof *gradient);
    for (unsigned l = 0; l < tc_shard_arch(shard)->layers; ++l) {
        const size_t units = tc_shard_units(shard, l), frame = tc_shard_frame_floats(shard, l);
        const bool lstm = tc_cell_has_c(tc_shard_arch(shard)->layer[l].cell);

        for (size_t sequence = 0; sequence < shard->sequences; ++sequence)
            add_layer_gradient(shard, l, sequence, gradient + sequence * units,
                               lstm ? gradient + frame + sequence * units : NULL);
        gradient += lstm ? 2 * frame : frame;
    }
}
