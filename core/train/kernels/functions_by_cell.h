/** @file
 *  What forward.h and backward.h do of each cell, with its equations from ..._gates.h. Part of
 *  source.h. */
#ifndef TC_FUNCTIONS_BY_CELL_H
#define TC_FUNCTIONS_BY_CELL_H

/* Each a function by itself, whose cell is a constant. */
#define TC_CELL_ROW(cell, name, equations, ...)                                                    \
    SEPARATE void name##_sums(const struct tc_layer_block *layer, size_t sequences,                \
                              const float *w, const float *x, const float *h, float *to)           \
    {                                                                                              \
        vector_sums(layer, cell, sequences, w, x, h, to);                                          \
    }                                                                                              \
    SEPARATE void name##_forward(const struct tc_layer_block *layer, const float *peephole,        \
                                 float *gates, size_t at)                                          \
    {                                                                                              \
        vector_gates(layer, cell, equations##_gates_forward, peephole, gates, at);                 \
    }                                                                                              \
    SEPARATE void name##_second_forward(const struct tc_layer_block *layer, const float *w,        \
                                        size_t t, size_t v)                                        \
    {                                                                                              \
        vector_second_step(layer, cell, equations##_gates_forward, w, t, v);                       \
    }                                                                                              \
    SEPARATE void name##_backward(const struct tc_layer_block *layer, const float *peephole,       \
                                  float *gradient, size_t t, size_t v)                             \
    {                                                                                              \
        vector_gates_backward(layer, cell, equations##_gates_backward, peephole, gradient, t, v);  \
    }                                                                                              \
    SEPARATE void name##_second_backward(const struct tc_layer_block *layer, const float *weights, \
                                         float *gradient, size_t t)                                \
    {                                                                                              \
        second_step_backward(layer, cell, equations##_gates_backward, weights, gradient, t);       \
    }
#include "model/cell_rows.h"

static const struct training_functions {
    struct cell_forward forward;
    struct cell_backward backward;
} training_functions[TC_CELLS] = {
#define TC_CELL_ROW(cell, name, ...)                                \
    [cell] = {{name##_sums, name##_forward, name##_second_forward}, \
              {name##_backward, name##_second_backward}},
#include "model/cell_rows.h"
};

static void forward(const struct tc_layer_block *layer, const float *weights)
{
    layer_forward(layer, &training_functions[layer->cell].forward, weights);
}

static void backward(const struct tc_layer_block *layer, const float *weights, float *gradient)
{
    layer_backward(layer, &training_functions[layer->cell].backward, weights, gradient);
}

#endif
