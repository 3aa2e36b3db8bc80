/** @file
 *  The weights of a recurrent layer as a model stores them. */
#ifndef TC_LAYER_WEIGHTS_H
#define TC_LAYER_WEIGHTS_H

#include "model/cell.h"

/** A layer's tensors, in the order of torch.nn: matrices row-major, rows in blocks of H by gate
 *  (i, f, g, o of an LSTM, r, z, n of a GRU), G gates. */
struct tc_layer_weights {
    enum tc_cell cell;
    enum tc_activation activation; /* of a plain RNN */
    size_t inputs, hidden;         /* I, H */
    const float *w_ih;             /* (G*H, I) */
    const float *w_hh;             /* (G*H, H) */
    const float *b_ih, *b_hh;      /* (G*H) */
    enum tc_precision precision;   /* half is used where it is faster; the bound of sums is then
                                      that of the weights as kernels/bf16_pair.h stores them */
    const float *peephole;         /* (3, H) i, f, o, of an LSTM that has them */
};

/** Is the activation of a gate of the layer the logistic function? */
static inline bool tc_layer_gate_is_logistic(const struct tc_layer_weights *layer, unsigned gate)
{
    const struct tc_cell_description *const cell = &tc_cell_table[layer->cell].description;

    return cell->any_activation ? layer->activation == TC_LOGISTIC : cell->logistic >> gate & 1;
}

/** The factor that kernels pack a gate's rows with: half where the gate is logistic, which they
 *  compute as s(v) = (1 + tanh(v / 2)) / 2. */
static inline float tc_layer_gate_scale(const struct tc_layer_weights *layer, unsigned gate)
{
    return tc_layer_gate_is_logistic(layer, gate) ? 0.5f : 1.0f;
}

#endif
