#include "train/exact/cell_jacobian.h"

/*      h' = act(v),   v = W x + U h + b
 *      dh'/dh = act'(v) U,   dh'/dx = act'(v) W
 *
 * modReLU has b_hh for itself: h' = sign(v) max(|v| + b_hh, 0), v without it.
 *
 * From: Elman 1990; biases as torch.nn.RNN; modReLU: Arjovsky, Shah & Bengio 2016. */

/* v is the sum with both biases, b the second. */
static double activate(enum tc_activation activation, double v, double b)
{
    switch (activation) {
    case TC_TANH:
        return tanh(v);
    case TC_LOGISTIC:
        return tc_exact_logistic(v);
    case TC_RELU:
        return v > 0.0 ? v : 0.0;
    case TC_IDENTITY:
        return v;
    case TC_MODRELU:
        return v == b ? 0.0 : copysign(fmax(fabs(v - b) + b, 0.0), v - b);
    case TC_ELU: /* these two are not diagnosed */
    case TC_SOFTMAX:
        break;
    }
    return (double)NAN;
}

/* act'(v) in terms of act(v). */
static double slope(enum tc_activation activation, double h)
{
    switch (activation) {
    case TC_TANH:
        return 1.0 - h * h;
    case TC_LOGISTIC:
        return h * (1.0 - h);
    case TC_RELU:
        return h > 0.0 ? 1.0 : 0.0;
    case TC_IDENTITY:
        return 1.0;
    case TC_MODRELU:
        return h != 0.0 ? 1.0 : 0.0;
    case TC_ELU:
    case TC_SOFTMAX:
        break;
    }
    return (double)NAN;
}

static void step(const struct tc_exact_layer *layer, const double *x, double *state, double *work,
                 const struct tc_exact_slopes *slopes)
{
    const size_t H = layer->hidden, inputs = layer->inputs;
    const double *const u = tc_exact_sums(layer, x, state, work);

    for (size_t j = 0; j < H; ++j) {
        state[j] = work[j] = activate(layer->activation, work[j] + u[j], layer->b_hh[j]);
        if (!slopes)
            continue;
        const double k = slope(layer->activation, state[j]);

        tc_exact_add(slopes->by_state + j * slopes->pitch, k, layer->w_hh + j * H, H);
        tc_exact_add(slopes->by_input + j * inputs, k, layer->w_ih + j * inputs, inputs);
    }
}

const struct tc_exact_cell tc_exact_rnn = {
    .gates = 1, .states = 1, .gate = {"units"}, .squash = {TC_TANH}, .step = step};
