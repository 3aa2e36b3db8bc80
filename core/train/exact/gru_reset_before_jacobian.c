#include "train/exact/cell_jacobian.h"

/* The Jacobian of a GRU that resets before the product.
 *
 * Jacobian ds_t/ds_(t-1) in double precision, for diagnose; the gradient that trains is in
 * core/train/kernels. s is the state; h and c are after the frame, primes mark those before it,
 * and s() is the logistic function.
 *
 *      r = s(W_r x + U_r h' + b_r),   z = s(W_z x + U_z h' + b_z)
 *      n = tanh(W_n x + U_n (r h') + b_n),   h = (1 - z) n + z h'
 *
 *      dh = z dh' + (h' - n) z(1-z) (U_z dh' + W_z dx) + (1-z) (1-n^2) [ W_n dx + U_n d(r h') ]
 *      d(r h') = r dh' + h' r(1-r) (U_r dh' + W_r dx)
 *
 * From: Cho et al. 2014; as Keras with reset_after=False, both biases added. */

enum { RESET, UPDATE, CANDIDATE, GATES };

/* Compute the gates of a frame (3, H), and r h' in `gated` (H). */
static void compute_gates(const struct tc_jacobian_layer *layer, const double *x, const double *h,
                          double *gate, double *gated)
{
    const size_t H = layer->hidden;
    double *const u = gated + H;

    tc_jacobian_affine(gate, layer->w_ih, layer->b_ih, x, GATES * H, layer->inputs);
    tc_jacobian_affine(gated, layer->w_hh, layer->b_hh, h, CANDIDATE * H, H);
    for (size_t r = 0; r < CANDIDATE * H; ++r)
        gate[r] = tc_jacobian_logistic(gate[r] + gated[r]);
    for (size_t j = 0; j < H; ++j)
        gated[j] = gate[j] * h[j];
    tc_jacobian_affine(u, layer->w_hh + CANDIDATE * H * H, layer->b_hh + CANDIDATE * H, gated, H,
                       H);
    for (size_t j = 0; j < H; ++j)
        gate[CANDIDATE * H + j] = tanh(gate[CANDIDATE * H + j] + u[j]);
}

/* Add the rows of unit j to dh/dh' and dh/dx. */
static void add_row(const struct tc_jacobian_layer *layer, const double *h, const double *gate,
                    size_t j, double *by_state, double *by_input)
{
    const size_t H = layer->hidden, inputs = layer->inputs;
    const double z = gate[UPDATE * H + j], n = gate[CANDIDATE * H + j];
    const double dn = (1.0 - z) * (1.0 - n * n), dz = (h[j] - n) * z * (1.0 - z);

    tc_jacobian_add(by_state, dz, layer->w_hh + (UPDATE * H + j) * H, H);
    tc_jacobian_add_gates(by_input, (const double[]){0.0, dz, dn}, GATES, layer->w_ih, H, inputs,
                          j);
    for (size_t k = 0; k < H; ++k) {
        const double by_gated = dn * layer->w_hh[(CANDIDATE * H + j) * H + k], r = gate[k];
        const double dr = by_gated * h[k] * r * (1.0 - r);

        by_state[k] += by_gated * r;
        tc_jacobian_add(by_state, dr, layer->w_hh + k * H, H);
        tc_jacobian_add(by_input, dr, layer->w_ih + k * inputs, inputs);
    }
    by_state[j] += z;
}

void tc_jacobian_gru_reset_before(const struct tc_jacobian_layer *layer, const double *x,
                                  double *state, double *work,
                                  const struct tc_jacobian_derivatives *derivatives)
{
    const size_t H = layer->hidden;

    compute_gates(layer, x, state, work, work + GATES * H);
    for (size_t j = 0; derivatives && j < H; ++j)
        add_row(layer, state, work, j, derivatives->by_state + j * derivatives->pitch,
                derivatives->by_input + j * layer->inputs);
    for (size_t j = 0; j < H; ++j) {
        const double z = work[UPDATE * H + j];

        state[j] = (1.0 - z) * work[CANDIDATE * H + j] + z * state[j];
    }
}
