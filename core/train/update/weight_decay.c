#include "train/update/weight_decay.h"

static void scale(float *w, size_t n, float factor)
{
    for (size_t i = 0; i < n; ++i)
        w[i] *= factor;
}

void tc_weight_decay(const struct tc_weights *weights, bool recurrent, float *p, float factor)
{
    const struct tc_architecture *const arch = &weights->arch;

    for (unsigned l = 0; l < arch->layers; ++l) {
        const struct tc_layer_offsets *const at = &weights->layer[l].at;
        const size_t hidden = arch->layer[l].hidden;
        const size_t rows = tc_cell_gates(arch->layer[l].cell) * hidden;

        scale(p + at->w_ih, rows * tc_layer_inputs(arch, l), factor);
        if (recurrent)
            scale(p + at->w_hh, rows * hidden, factor);
    }
    scale(p + weights->readout_at.w, (size_t)arch->outputs * arch->layer[arch->layers - 1].hidden,
          factor);
}
