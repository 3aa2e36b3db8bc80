#include "train/exact/cell_jacobian.h"

/* The Jacobian of an LSTM, with or without peepholes.
 *
 * Jacobian ds_t/ds_(t-1) in double precision, for diagnose; the gradient that trains is in
 * core/train/kernels. s is the state; h and c are after the frame, primes mark those before it,
 * and s() is the logistic function.
 *
 *      z = W x + U h' + b,  i = s(z_i + p_i c'), f = s(z_f + p_f c'), g = tanh(z_g)
 *      c = f c' + i g,      o = s(z_o + p_o c),    h = o tanh c        p: peepholes, 0 without
 *
 *      dc = (f + g i(1-i) p_i + c' f(1-f) p_f) dc'
 *           + g i(1-i) dz_i + c' f(1-f) dz_f + i (1-g^2) dz_g
 *      dh = (o (1 - tanh^2 c) + tanh c o(1-o) p_o) dc + tanh c o(1-o) dz_o
 *      dz = U dh' + W dx
 *
 * From: Gers, Schmidhuber & Cummins 2000, peepholes Gers & Schmidhuber 2000; gates as
 * torch.nn.LSTM. */

enum { IN, FORGET, CANDIDATE, OUT, GATES };

/* Derivatives within a unit: by_z dc/dz_i, dc/dz_f, dc/dz_g, dh/dz_o; dc/dc'; dh/dc. */
struct unit_derivatives {
    double by_z[GATES], c_by_c, h_by_c;
};

/* Advance unit j. `gate` (4, H) holds z before and the gates' values after the call. */
static struct unit_derivatives advance(const struct tc_jacobian_layer *layer, double *state,
                                       double *gate, size_t j)
{
    const size_t H = layer->hidden;
    const double *const p = layer->peephole;
    const double p_i = p ? p[j] : 0.0, p_f = p ? p[H + j] : 0.0, p_o = p ? p[2 * H + j] : 0.0;
    const double old = state[H + j];
    const double i = gate[IN * H + j] = tc_jacobian_logistic(gate[IN * H + j] + p_i * old);
    const double f = gate[FORGET * H + j] = tc_jacobian_logistic(gate[FORGET * H + j] + p_f * old);
    const double g = gate[CANDIDATE * H + j] = tanh(gate[CANDIDATE * H + j]);
    const double c = state[H + j] = f * old + i * g, tanh_c = tanh(c);
    const double o = gate[OUT * H + j] = tc_jacobian_logistic(gate[OUT * H + j] + p_o * c);
    const double by_i = g * i * (1.0 - i), by_f = old * f * (1.0 - f);
    const double by_o = tanh_c * o * (1.0 - o);

    state[j] = o * tanh_c;
    return (struct unit_derivatives){{by_i, by_f, i * (1.0 - g * g), by_o},
                                     f + by_i * p_i + by_f * p_f,
                                     o * (1.0 - tanh_c * tanh_c) + by_o * p_o};
}

/* Add the rows of dc and dh that come through z = matrix v, (4H, cols), of unit j. */
static void add_rows(const struct unit_derivatives *unit, const double *matrix, size_t H,
                     size_t cols, size_t j, double *dc, double *dh)
{
    tc_jacobian_add_gates(dc, unit->by_z, OUT, matrix, H, cols, j);
    tc_jacobian_add(dh, unit->by_z[OUT], matrix + (OUT * H + j) * cols, cols);
    tc_jacobian_add(dh, unit->h_by_c, dc, cols);
}

void tc_jacobian_lstm(const struct tc_jacobian_layer *layer, const double *x, double *state,
                      double *work, const struct tc_jacobian_derivatives *derivatives)
{
    const size_t H = layer->hidden, inputs = layer->inputs;
    const double *const u = tc_jacobian_sums(layer, x, state, work);

    for (size_t r = 0; r < GATES * H; ++r)
        work[r] += u[r];
    for (size_t j = 0; j < H; ++j) {
        const struct unit_derivatives unit = advance(layer, state, work, j);

        if (!derivatives)
            continue;
        double *const dh = derivatives->by_state + j * derivatives->pitch;
        double *const dc = derivatives->by_state + (H + j) * derivatives->pitch;

        add_rows(&unit, layer->w_hh, H, H, j, dc, dh);
        add_rows(&unit, layer->w_ih, H, inputs, j, derivatives->by_input + (H + j) * inputs,
                 derivatives->by_input + j * inputs);
        dc[H + j] = unit.c_by_c;
        dh[H + j] = unit.h_by_c * unit.c_by_c;
        derivatives->h_by_c[j] = unit.h_by_c;
    }
}
