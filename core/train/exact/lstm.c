#include "train/exact/cell.h"

/*      z = W x + U h + b,   i = s(z_i), f = s(z_f), g = tanh(z_g), o = s(z_o)
 *      c' = f c + i g,      h' = o tanh c'
 *
 *      dc' = f dc + g i(1-i) dz_i + c f(1-f) dz_f + i (1-g^2) dz_g
 *      dh' = o (1 - tanh^2 c') dc' + tanh c' o(1-o) dz_o
 *      dz  = U dh + W dx
 *
 * From: Gers, Schmidhuber & Cummins 2000, no peepholes; gates as torch.nn.LSTM. */

enum { IN, FORGET, CANDIDATE, OUT, GATES };

/* How unit j's c' and h' move with its z, and h' with c'. */
struct unit {
    double by_z[GATES], forget, h_by_c;
};

static struct unit advance(double *state, const double *gate, size_t H, size_t j)
{
    const double i = gate[IN * H + j], f = gate[FORGET * H + j];
    const double g = gate[CANDIDATE * H + j], o = gate[OUT * H + j];
    const double old = state[H + j], c = f * old + i * g, tanh_c = tanh(c);

    state[H + j] = c;
    state[j] = o * tanh_c;
    return (struct unit){
        {g * i * (1.0 - i), old * f * (1.0 - f), i * (1.0 - g * g), tanh_c * o * (1.0 - o)},
        f,
        o * (1.0 - tanh_c * tanh_c)};
}

/* The part of dc' and dh' that goes through z, whose matrix (4H, cols) this is. */
static void add_rows(const struct unit *unit, const double *matrix, size_t H, size_t cols, size_t j,
                     double *dc, double *dh)
{
    tc_exact_add_gates(dc, unit->by_z, OUT, matrix, H, cols, j);
    tc_exact_add(dh, unit->by_z[OUT], matrix + (OUT * H + j) * cols, cols);
    tc_exact_add(dh, unit->h_by_c, dc, cols);
}

static void step(const struct tc_exact_layer *layer, const double *x, double *state, double *work,
                 const struct tc_exact_slopes *slopes)
{
    const size_t H = layer->hidden, inputs = layer->inputs;
    const double *const u = tc_exact_sums(layer, x, state, work);

    for (size_t r = 0; r < GATES * H; ++r)
        work[r] = r / H == CANDIDATE ? tanh(work[r] + u[r]) : tc_exact_logistic(work[r] + u[r]);
    for (size_t j = 0; j < H; ++j) {
        const struct unit unit = advance(state, work, H, j);

        if (!slopes)
            continue;
        double *const dh = slopes->by_state + j * slopes->pitch;
        double *const dc = slopes->by_state + (H + j) * slopes->pitch;

        add_rows(&unit, layer->w_hh, H, H, j, dc, dh);
        add_rows(&unit, layer->w_ih, H, inputs, j, slopes->by_input + (H + j) * inputs,
                 slopes->by_input + j * inputs);
        dc[H + j] = unit.forget;
        dh[H + j] = unit.h_by_c * unit.forget;
        slopes->h_by_c[j] = unit.h_by_c;
    }
}

const struct tc_exact_cell tc_exact_lstm = {
    .gates = GATES,
    .states = 2,
    .gate = {"input", "forget", "candidate", "output"},
    .squash = {TC_LOGISTIC, TC_LOGISTIC, TC_TANH, TC_LOGISTIC},
    .step = step};
