#include "train/exact/cell_jacobian.h"

/* The Jacobian of a GRU that resets after the product.
 *
 * Jacobian ds_t/ds_(t-1) in double precision, for diagnose; the gradient that trains is in
 * core/train/kernels. s is the state; h and c are after the frame, primes mark those before it,
 * and s() is the logistic function.
 *
 *      r = s(W_r x + U_r h' + b_r),   z = s(W_z x + U_z h' + b_z)
 *      q = U_n h' + b_hn,   n = tanh(W_n x + b_in + r q),   h = (1 - z) n + z h'
 *
 *      dh = z dh' + (h' - n) z(1-z) (U_z dh' + W_z dx)
 *            + (1-z) (1-n^2) [ W_n dx + r U_n dh' + q r(1-r) (U_r dh' + W_r dx) ]
 *
 * From: Cho et al. 2014, in the form of torch.nn.GRU and of Keras with reset_after. */

enum { RESET, UPDATE, CANDIDATE, GATES };

void tc_jacobian_gru(const struct tc_jacobian_layer *layer, const double *x, double *state,
                     double *work, const struct tc_jacobian_derivatives *derivatives)
{
    const size_t H = layer->hidden, inputs = layer->inputs;
    const double *const u = tc_jacobian_sums(layer, x, state, work);

    for (size_t j = 0; j < H; ++j) {
        const double r = tc_jacobian_logistic(work[j] + u[j]), old = state[j];
        const double z = tc_jacobian_logistic(work[UPDATE * H + j] + u[UPDATE * H + j]);
        const double q = u[CANDIDATE * H + j], n = tanh(work[CANDIDATE * H + j] + r * q);
        const double dn = (1.0 - z) * (1.0 - n * n), dz = (old - n) * z * (1.0 - z);

        work[j] = r;
        work[UPDATE * H + j] = z;
        work[CANDIDATE * H + j] = n;
        state[j] = (1.0 - z) * n + z * old;
        if (!derivatives)
            continue;
        const double dr = dn * q * r * (1.0 - r);
        double *const dh = derivatives->by_state + j * derivatives->pitch;

        tc_jacobian_add_gates(dh, (const double[]){dr, dz, dn * r}, GATES, layer->w_hh, H, H, j);
        tc_jacobian_add_gates(derivatives->by_input + j * inputs, (const double[]){dr, dz, dn},
                              GATES, layer->w_ih, H, inputs, j);
        dh[j] += z;
    }
}
