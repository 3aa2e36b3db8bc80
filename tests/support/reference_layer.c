/* The cells and their derivatives by the chain rule. */
#include "reference_layer.h"

#include "reference.h"

#include <math.h>
#include <stdlib.h>

static double dot(const double *w, const double *x, size_t n)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; ++i)
        sum += w[i] * x[i];
    return sum;
}

/* W x + b_ih, row r. */
static double input_sum(const struct reference_layer *l, const double *p, size_t r, const double *x)
{
    return p[l->b_ih + r] + dot(p + l->w_ih + r * l->inputs, x, l->inputs);
}

/* U h + b_hh, row r. */
static double state_sum(const struct reference_layer *l, const double *p, size_t r, const double *h)
{
    return p[l->b_hh + r] + dot(p + l->w_hh + r * l->hidden, h, l->hidden);
}

static double logistic(double v)
{
    return reference_activate(TC_LOGISTIC, v);
}

/* Peephole k (i, f, o) of unit j: 0 if there are none. */
static double peephole(const struct reference_layer *l, const double *p, size_t k, size_t j)
{
    return l->cell == TC_CELL_LSTM_PEEPHOLE ? p[l->peephole + k * l->hidden + j] : 0.0;
}

static bool is_lstm(const struct reference_layer *l)
{
    return l->cell == TC_CELL_LSTM || l->cell == TC_CELL_LSTM_PEEPHOLE;
}

/* ------------------------------------------------------------------------- forward */

/* a = W x + b_ih, u = U h + b_hh of one unit, [gates] each; g: its gates, H apart. */
struct unit_sums {
    double a[4], u[4];
};

static void rnn_forward(const struct reference_layer *l, const double *p, size_t t, size_t j,
                        const struct unit_sums *s)
{
    double *const v = l->gate + 4 * t * l->hidden + j, *const h = l->h + (t + 1) * l->hidden + j;

    if (l->activation == TC_MODRELU) {
        *v = s->a[0] + (s->u[0] - p[l->b_hh + j]);
        *h = reference_modrelu(*v, p[l->b_hh + j]);
    } else {
        *v = s->a[0] + s->u[0];
        *h = reference_activate(l->activation, *v);
    }
}

static void lstm_forward(const struct reference_layer *l, const double *p, size_t t, size_t j,
                         const struct unit_sums *s)
{
    const size_t H = l->hidden, next = (t + 1) * H + j;
    const double old = l->c[t * H + j];
    double *const g = l->gate + 4 * t * H + j;

    g[0] = logistic(s->a[0] + s->u[0] + peephole(l, p, 0, j) * old);
    g[H] = logistic(s->a[1] + s->u[1] + peephole(l, p, 1, j) * old);
    g[2 * H] = tanh(s->a[2] + s->u[2]);
    l->c[next] = g[H] * old + g[0] * g[2 * H];
    g[3 * H] = logistic(s->a[3] + s->u[3] + peephole(l, p, 2, j) * l->c[next]);
    l->h[next] = g[3 * H] * tanh(l->c[next]);
}

/* r h of all units is there where the cell resets before the product. */
static void gru_forward(const struct reference_layer *l, const double *p, size_t t, size_t j,
                        const struct unit_sums *s)
{
    const size_t H = l->hidden;
    double *const g = l->gate + 4 * t * H + j;

    g[H] = logistic(s->a[1] + s->u[1]);
    if (l->cell == TC_CELL_GRU_RESET_BEFORE) {
        g[2 * H] = tanh(s->a[2] + state_sum(l, p, 2 * H + j, l->gate + (4 * t + 3) * H));
    } else {
        g[0] = logistic(s->a[0] + s->u[0]);
        g[2 * H] = tanh(s->a[2] + g[0] * s->u[2]);
        g[3 * H] = s->u[2];
    }
    l->h[(t + 1) * H + j] = (1.0 - g[H]) * g[2 * H] + g[H] * l->h[t * H + j];
}

void reference_layer_forward(const struct reference_layer *l, const double *p, const double *x,
                             size_t t)
{
    const size_t H = l->hidden;
    const double *const h = l->h + t * H;
    double *const gate = l->gate + 4 * t * H;

    for (size_t j = 0; j < H && l->cell == TC_CELL_GRU_RESET_BEFORE; ++j) {
        gate[j] = logistic(input_sum(l, p, j, x) + state_sum(l, p, j, h));
        gate[3 * H + j] = gate[j] * h[j];
    }
    for (size_t j = 0; j < H; ++j) {
        struct unit_sums s;

        for (size_t k = 0; k < l->gates; ++k) {
            s.a[k] = input_sum(l, p, k * H + j, x);
            s.u[k] = state_sum(l, p, k * H + j, h);
        }
        if (l->cell == TC_CELL_RNN)
            rnn_forward(l, p, t, j, &s);
        else if (is_lstm(l))
            lstm_forward(l, p, t, j, &s);
        else
            gru_forward(l, p, t, j, &s);
    }
}

/* ------------------------------------------------------------------------- backward */

/* act'(v) from v itself, unlike core/, which has it from h = act(v):
 *      tanh' = 1 / cosh^2,   s' = 1 / (2 + 2 cosh)
 * b is modReLU's threshold. */
static double activation_derivative(enum tc_activation activation, double v, double b)
{
    switch (activation) {
    case TC_TANH:
        return 1.0 / (cosh(v) * cosh(v));
    case TC_LOGISTIC:
        return 1.0 / (2.0 + 2.0 * cosh(v));
    case TC_RELU:
        return v > 0.0 ? 1.0 : 0.0;
    case TC_IDENTITY:
        return 1.0;
    case TC_MODRELU:
        return fabs(v) + b > 0.0 ? 1.0 : 0.0;
    case TC_ELU: /* these two are not trained */
    case TC_SOFTMAX:
        break;
    }
    return (double)NAN;
}

/* From dL/dh of unit j to dL/da and dL/du of its sums; dh and dc become those of the frame before
 * as far as they do not go through the products. The same for all cells below. */
static void rnn_backward(const struct reference_layer *l, const double *p, size_t t, size_t j,
                         double *a, double *u)
{
    const double v = l->gate[4 * t * l->hidden + j];

    a[j] = u[j] = l->dh[j] * activation_derivative(l->activation, v, p[l->b_hh + j]);
    l->dh[j] = 0.0;
}

static void lstm_backward(const struct reference_layer *l, const double *p, size_t t, size_t j,
                          double *a, double *u)
{
    const size_t H = l->hidden;
    const double *const g = l->gate + 4 * t * H + j, dh = l->dh[j];
    const double old = l->c[t * H + j], tanh_c = tanh(l->c[(t + 1) * H + j]);
    const double d_out = dh * tanh_c * g[3 * H] * (1.0 - g[3 * H]);
    const double dc =
        l->dc[j] + dh * g[3 * H] * (1.0 - tanh_c * tanh_c) + peephole(l, p, 2, j) * d_out;

    a[j] = dc * g[2 * H] * g[0] * (1.0 - g[0]);
    a[H + j] = dc * old * g[H] * (1.0 - g[H]);
    a[2 * H + j] = dc * g[0] * (1.0 - g[2 * H] * g[2 * H]);
    a[3 * H + j] = d_out;
    for (size_t k = 0; k < 4; ++k)
        u[k * H + j] = a[k * H + j];
    l->dc[j] = dc * g[H] + peephole(l, p, 0, j) * a[j] + peephole(l, p, 1, j) * a[H + j];
    l->dh[j] = 0.0;
}

/* The reset gate of a cell that resets before the product is in reset_backward(), since it acts on
 * the candidates of all units. */
static void gru_backward(const struct reference_layer *l, size_t t, size_t j, double *a, double *u)
{
    const size_t H = l->hidden;
    const double *const g = l->gate + 4 * t * H + j, dh = l->dh[j];
    const double dn = dh * (1.0 - g[H]) * (1.0 - g[2 * H] * g[2 * H]);

    a[H + j] = u[H + j] = dh * (l->h[t * H + j] - g[2 * H]) * g[H] * (1.0 - g[H]);
    a[2 * H + j] = dn;
    if (l->cell == TC_CELL_GRU) {
        a[j] = u[j] = dn * g[3 * H] * g[0] * (1.0 - g[0]);
        u[2 * H + j] = dn * g[0];
    }
    l->dh[j] = dh * g[H];
}

void reference_affine_backward(const double *p, double *gradient, size_t w, size_t b, size_t rows,
                               size_t cols, const double *dy, const double *x, double *dx)
{
    for (size_t r = 0; r < rows; ++r) {
        gradient[b + r] += dy[r];
        for (size_t i = 0; i < cols; ++i) {
            gradient[w + r * cols + i] += dy[r] * x[i];
            if (dx)
                dx[i] += dy[r] * p[w + r * cols + i];
        }
    }
}

/* dp_i += du_i c',   dp_f += du_f c',   dp_o += du_o c; c': before the frame */
static void peephole_backward(const struct reference_layer *l, size_t t, const double *u,
                              double *gradient)
{
    const size_t H = l->hidden;
    const double *const old = l->c + t * H, *const new = old + H;

    for (size_t j = 0; j < H; ++j) {
        gradient[l->peephole + j] += u[j] * old[j];
        gradient[l->peephole + H + j] += u[H + j] * old[j];
        gradient[l->peephole + 2 * H + j] += u[3 * H + j] * new[j];
    }
}

/* Of a GRU that resets before the product: from the candidates' sums through U_n (r h) to the sums
 * of r, and to h. */
static void reset_backward(const struct reference_layer *l, const double *p, size_t t, double *a,
                           double *u, double *gradient)
{
    const size_t H = l->hidden;
    const double *const r = l->gate + 4 * t * H, *const h = l->h + t * H;
    double *const d_reset_h = calloc(H, sizeof *d_reset_h);

    reference_affine_backward(p, gradient, l->w_hh + 2 * H * H, l->b_hh + 2 * H, H, H, a + 2 * H,
                              r + 3 * H, d_reset_h);
    for (size_t j = 0; j < H; ++j) {
        a[j] = u[j] = d_reset_h[j] * h[j] * r[j] * (1.0 - r[j]);
        l->dh[j] += d_reset_h[j] * r[j];
    }
    free(d_reset_h);
}

void reference_layer_backward(const struct reference_layer *l, const double *p, const double *x,
                              size_t t, double *dx, double *gradient)
{
    const bool reset_before = l->cell == TC_CELL_GRU_RESET_BEFORE;
    const size_t H = l->hidden, rows = l->gates * H, state_rows = reset_before ? 2 * H : rows;
    double *const a = calloc(2 * rows, sizeof *a), *const u = a + rows;

    for (size_t j = 0; j < H; ++j)
        if (l->cell == TC_CELL_RNN)
            rnn_backward(l, p, t, j, a, u);
        else if (is_lstm(l))
            lstm_backward(l, p, t, j, a, u);
        else
            gru_backward(l, t, j, a, u);
    if (l->cell == TC_CELL_LSTM_PEEPHOLE)
        peephole_backward(l, t, u, gradient);
    if (reset_before)
        reset_backward(l, p, t, a, u, gradient);
    reference_affine_backward(p, gradient, l->w_ih, l->b_ih, rows, l->inputs, a, x, dx);
    reference_affine_backward(p, gradient, l->w_hh, l->b_hh, state_rows, H, u, l->h + t * H, l->dh);
    /* modReLU's threshold b_hh is not in the sum: dh/db = sign(v), where the sum's would be 1. */
    for (size_t j = 0; l->activation == TC_MODRELU && j < H; ++j)
        if (l->gate[4 * t * H + j] < 0.0)
            gradient[l->b_hh + j] -= 2.0 * u[j];
    free(a);
}
