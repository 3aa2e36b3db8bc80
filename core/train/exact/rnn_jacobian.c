#include "train/exact/cell_jacobian.h"

/* The Jacobian of a plain recurrent layer.
 *
 * Jacobian ds_t/ds_(t-1) in double precision, for diagnose; the gradient that trains is in
 * core/train/kernels. s is the state; h and c are after the frame, primes mark those before it,
 * and s() is the logistic function.
 *
 *      h = act(v),   v = W x + U h' + b
 *      dh/dh' = dact/dv U,   dh/dx = dact/dv W
 *
 * modReLU uses b_hh as a threshold: h = sign(v) max(|v| + b_hh, 0), with v = W x + U h' + b_ih.
 *
 * From: Elman 1990; biases as torch.nn.RNN; modReLU: Arjovsky, Shah & Bengio 2016. */

/* act(v); v is the sum with both biases, b is b_hh. */
static double activate(enum tc_activation activation, double v, double b)
{
    switch (activation) {
    case TC_TANH:
        return tanh(v);
    case TC_LOGISTIC:
        return tc_jacobian_logistic(v);
    case TC_RELU:
        return v > 0.0 ? v : 0.0;
    case TC_IDENTITY:
        return v;
    case TC_MODRELU:
        return v == b ? 0.0 : copysign(fmax(fabs(v - b) + b, 0.0), v - b);
    case TC_ELU: /* refused by tc_diagnose() */
    case TC_SOFTMAX:
        break;
    }
    return (double)NAN;
}

/* dact/dv in terms of h = act(v). */
static double activation_derivative(enum tc_activation activation, double h)
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

void tc_jacobian_rnn(const struct tc_jacobian_layer *layer, const double *x, double *state,
                     double *work, const struct tc_jacobian_derivatives *derivatives)
{
    const size_t H = layer->hidden, inputs = layer->inputs;
    const double *const u = tc_jacobian_sums(layer, x, state, work);

    for (size_t j = 0; j < H; ++j) {
        state[j] = work[j] = activate(layer->activation, work[j] + u[j], layer->b_hh[j]);
        if (!derivatives)
            continue;
        const double k = activation_derivative(layer->activation, state[j]);

        tc_jacobian_add(derivatives->by_state + j * derivatives->pitch, k, layer->w_hh + j * H, H);
        tc_jacobian_add(derivatives->by_input + j * inputs, k, layer->w_ih + j * inputs, inputs);
    }
}
