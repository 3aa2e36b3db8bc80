#include "train/exact/cell_jacobian.h"

/*      r = s(W_r x + U_r h + b_r),   z = s(W_z x + U_z h + b_z)
 *      n = tanh(W_n x + U_n (r h) + b_n),   h' = (1 - z) n + z h
 *
 *      dh' = z dh + (h - n) z(1-z) (U_z dh + W_z dx) + (1-z) (1-n^2) [ W_n dx + U_n d(r h) ]
 *      d(r h) = r dh + h r(1-r) (U_r dh + W_r dx)
 *
 * From: Cho et al. 2014; as Keras with reset_after=False, both biases added. */

enum { RESET, UPDATE, CANDIDATE, GATES };

/* The gates of a frame; r h stands in `gated` (H). */
static void find_gates(const struct tc_exact_layer *layer, const double *x, const double *h,
                       double *gate, double *gated)
{
    const size_t H = layer->hidden;
    double *const u = gated + H;

    tc_exact_affine(gate, layer->w_ih, layer->b_ih, x, GATES * H, layer->inputs);
    tc_exact_affine(gated, layer->w_hh, layer->b_hh, h, CANDIDATE * H, H);
    for (size_t r = 0; r < CANDIDATE * H; ++r)
        gate[r] = tc_exact_logistic(gate[r] + gated[r]);
    for (size_t j = 0; j < H; ++j)
        gated[j] = gate[j] * h[j];
    tc_exact_affine(u, layer->w_hh + CANDIDATE * H * H, layer->b_hh + CANDIDATE * H, gated, H, H);
    for (size_t j = 0; j < H; ++j)
        gate[CANDIDATE * H + j] = tanh(gate[CANDIDATE * H + j] + u[j]);
}

/* dh' of unit j, by the state before and by the input. */
static void add_row(const struct tc_exact_layer *layer, const double *h, const double *gate,
                    size_t j, double *by_state, double *by_input)
{
    const size_t H = layer->hidden, inputs = layer->inputs;
    const double z = gate[UPDATE * H + j], n = gate[CANDIDATE * H + j];
    const double dn = (1.0 - z) * (1.0 - n * n), dz = (h[j] - n) * z * (1.0 - z);

    tc_exact_add(by_state, dz, layer->w_hh + (UPDATE * H + j) * H, H);
    tc_exact_add_gates(by_input, (const double[]){0.0, dz, dn}, GATES, layer->w_ih, H, inputs, j);
    for (size_t k = 0; k < H; ++k) {
        const double by_gated = dn * layer->w_hh[(CANDIDATE * H + j) * H + k], r = gate[k];
        const double dr = by_gated * h[k] * r * (1.0 - r);

        by_state[k] += by_gated * r;
        tc_exact_add(by_state, dr, layer->w_hh + k * H, H);
        tc_exact_add(by_input, dr, layer->w_ih + k * inputs, inputs);
    }
    by_state[j] += z;
}

static void step(const struct tc_exact_layer *layer, const double *x, double *state, double *work,
                 const struct tc_exact_slopes *slopes)
{
    const size_t H = layer->hidden;

    find_gates(layer, x, state, work, work + GATES * H);
    for (size_t j = 0; slopes && j < H; ++j)
        add_row(layer, state, work, j, slopes->by_state + j * slopes->pitch,
                slopes->by_input + j * layer->inputs);
    for (size_t j = 0; j < H; ++j) {
        const double z = work[UPDATE * H + j];

        state[j] = (1.0 - z) * work[CANDIDATE * H + j] + z * state[j];
    }
}

const struct tc_exact_cell tc_exact_gru_reset_before = {
    .gates = GATES,
    .states = 1,
    .gate = {"reset", "update", "candidate"},
    .squash = {TC_LOGISTIC, TC_LOGISTIC, TC_TANH},
    .step = step};
