#include "reference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A layer, where its tensors stand, and what it did at n frames. */
struct layer {
    enum tc_cell cell;
    enum tc_activation activation;
    size_t inputs, hidden, gates;
    size_t w_ih, w_hh, b_ih, b_hh, peephole, norm_gain, norm_bias, h0; /* c0 follows h0 */
    double *h, *c; /* (n + 1, hidden): frame 0 is the state before */
    double *gate;  /* (n, 4, hidden): lstm i, f, g, o; gru r, z, n, q, or r h if it resets before
                      the product; rnn unused */
    double *heard; /* (n, inputs): what dropout leaves of what it is handed; of the lowest unused */
    double *said;  /* (n, hidden): what it hands on, with what it is handed if it is residual */
    double *dsaid; /* (hidden): from above */
    double *dh;    /* (hidden): from the frame behind, then from above, too */
    double *dc;
    double *standard, *deviation; /* (n, hidden) and (n) of what it would hand on, if normalised */
    bool residual, norm;
    const struct layer *below; /* NULL of the lowest */
};

static void layer_init(struct layer *layer, const struct tc_architecture *arch, unsigned l,
                       const struct tc_tensor *tensor, size_t n)
{
    const size_t H = arch->layer[l].hidden;

    layer->cell = arch->layer[l].cell;
    layer->activation = arch->layer[l].activation;
    layer->inputs = tensor[0].cols;
    layer->hidden = H;
    layer->gates = tensor[0].rows / H;
    layer->w_ih = tensor[0].offset;
    layer->w_hh = tensor[1].offset;
    layer->b_ih = tensor[2].offset;
    layer->b_hh = tensor[3].offset;
    layer->peephole = tensor[4].offset;
    layer->norm = arch->layer_norm;
    layer->below = l ? layer - 1 : NULL;
    tensor += layer->cell == TC_CELL_LSTM_PEEPHOLE ? 5 : 4;
    layer->norm_gain = tensor[0].offset;
    layer->norm_bias = tensor[1].offset;
    layer->h0 = tensor[arch->layer_norm ? 2 : 0].offset;
    layer->residual = arch->residual && l && arch->layer[l - 1].hidden == H;
    layer->h = calloc((8 * n + 5) * H + n * (layer->inputs + 1), sizeof *layer->h);
    layer->c = layer->h + (n + 1) * H;
    layer->gate = layer->c + (n + 1) * H;
    layer->dh = layer->gate + 4 * n * H;
    layer->dc = layer->dh + H;
    layer->dsaid = layer->dc + H;
    layer->said = layer->dsaid + H;
    layer->standard = layer->said + n * H;
    layer->deviation = layer->standard + n * H;
    layer->heard = layer->deviation + n;
}

static double dot(const double *w, const double *x, size_t n)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; ++i)
        sum += w[i] * x[i];
    return sum;
}

/* The input's and the state's part of the sums of row r. */
static double input_sum(const struct layer *l, const double *p, size_t r, const double *x)
{
    return p[l->b_ih + r] + dot(p + l->w_ih + r * l->inputs, x, l->inputs);
}

static double state_sum(const struct layer *l, const double *p, size_t r, const double *h)
{
    return p[l->b_hh + r] + dot(p + l->w_hh + r * l->hidden, h, l->hidden);
}

static double logistic(double v)
{
    return reference_activate(TC_LOGISTIC, v);
}

/* Peephole k (i, f, o) of a unit: 0 if there are none. */
static double peephole(const struct layer *l, const double *p, size_t k, size_t j)
{
    return l->cell == TC_CELL_LSTM_PEEPHOLE ? p[l->peephole + k * l->hidden + j] : 0.0;
}

static void unit_forward(const struct layer *l, const double *p, const double *x, size_t t,
                         size_t j)
{
    const size_t H = l->hidden, next = (t + 1) * H + j;
    const double *const h = l->h + t * H;
    double *const g = l->gate + 4 * t * H + j, a[4], u[4];

    for (size_t k = 0; k < l->gates; ++k) {
        a[k] = input_sum(l, p, k * H + j, x);
        u[k] = state_sum(l, p, k * H + j, h);
    }
    if (l->activation == TC_MODRELU) {
        l->h[next] = reference_modrelu(a[0] + (u[0] - p[l->b_hh + j]), p[l->b_hh + j]);
    } else if (l->cell == TC_CELL_RNN) {
        l->h[next] = reference_activate(l->activation, a[0] + u[0]);
    } else if (l->cell == TC_CELL_LSTM || l->cell == TC_CELL_LSTM_PEEPHOLE) {
        const double old = l->c[t * H + j];

        g[0] = logistic(a[0] + u[0] + peephole(l, p, 0, j) * old);
        g[H] = logistic(a[1] + u[1] + peephole(l, p, 1, j) * old);
        g[2 * H] = tanh(a[2] + u[2]);
        l->c[next] = g[H] * old + g[0] * g[2 * H];
        g[3 * H] = logistic(a[3] + u[3] + peephole(l, p, 2, j) * l->c[next]);
        l->h[next] = g[3 * H] * tanh(l->c[next]);
    } else if (l->cell == TC_CELL_GRU_RESET_BEFORE) { /* r h of all units is there */
        g[H] = logistic(a[1] + u[1]);
        g[2 * H] = tanh(a[2] + state_sum(l, p, 2 * H + j, l->gate + (4 * t + 3) * H));
        l->h[next] = (1.0 - g[H]) * g[2 * H] + g[H] * h[j];
    } else {
        g[0] = logistic(a[0] + u[0]);
        g[H] = logistic(a[1] + u[1]);
        g[2 * H] = tanh(a[2] + g[0] * u[2]);
        g[3 * H] = u[2];
        l->h[next] = (1.0 - g[H]) * g[2 * H] + g[H] * h[j];
    }
}

/* One frame of a layer. */
static void layer_forward(const struct layer *l, const double *p, const double *x, size_t t)
{
    const size_t H = l->hidden;
    double *const gate = l->gate + 4 * t * H;

    for (size_t j = 0; j < H && l->cell == TC_CELL_GRU_RESET_BEFORE; ++j) {
        gate[j] = logistic(input_sum(l, p, j, x) + state_sum(l, p, j, l->h + t * H));
        gate[3 * H + j] = gate[j] * l->h[t * H + j];
    }
    for (size_t j = 0; j < H; ++j)
        unit_forward(l, p, x, t, j);
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
    case TC_ELU: /* these two are not trained */
    case TC_SOFTMAX:
        break;
    }
    return (double)NAN;
}

/* From dL/dh of one unit to dL/da and dL/du of its sums; dh and dc move on to the frame before,
 * as far as they do not go through the products. */
static void unit_backward(const struct layer *l, const double *p, size_t t, size_t j, double *a,
                          double *u)
{
    const size_t H = l->hidden;
    const double *const g = l->gate + 4 * t * H + j, dh = l->dh[j];
    const double old = l->c[t * H + j], tanh_c = tanh(l->c[(t + 1) * H + j]);

    l->dh[j] = 0.0;
    if (l->cell == TC_CELL_RNN) {
        a[j] = u[j] = dh * slope(l->activation, l->h[(t + 1) * H + j]);
    } else if (l->cell == TC_CELL_LSTM || l->cell == TC_CELL_LSTM_PEEPHOLE) {
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
    } else if (l->cell == TC_CELL_GRU_RESET_BEFORE) { /* but for r, which all candidates move */
        a[H + j] = u[H + j] = dh * (l->h[t * H + j] - g[2 * H]) * g[H] * (1.0 - g[H]);
        a[2 * H + j] = dh * (1.0 - g[H]) * (1.0 - g[2 * H] * g[2 * H]);
        l->dh[j] = dh * g[H];
    } else {
        const double dn = dh * (1.0 - g[H]) * (1.0 - g[2 * H] * g[2 * H]);

        a[j] = u[j] = dn * g[3 * H] * g[0] * (1.0 - g[0]);
        a[H + j] = u[H + j] = dh * (l->h[t * H + j] - g[2 * H]) * g[H] * (1.0 - g[H]);
        a[2 * H + j] = dn;
        u[2 * H + j] = dn * g[0];
        l->dh[j] = dh * g[H];
    }
}

/* Of y = W x + b: dW += dy x', db += dy, dx += W' dy. */
static void product_back(const double *p, double *gradient, size_t w, size_t b, size_t rows,
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

/* dp += dL/du c, of the cells that each peephole sees. */
static void peepholes_back(const struct layer *l, size_t t, const double *u, double *gradient)
{
    const size_t H = l->hidden;
    const double *const old = l->c + t * H, *const new = old + H;

    for (size_t j = 0; j < H; ++j) {
        gradient[l->peephole + j] += u[j] * old[j];
        gradient[l->peephole + H + j] += u[H + j] * old[j];
        gradient[l->peephole + 2 * H + j] += u[3 * H + j] * new[j];
    }
}

/* Of a GRU that resets before the product: from the candidates' sums through U_n (r h) to r's sums
 * and h. */
static void gated_back(const struct layer *l, const double *p, size_t t, double *a, double *u,
                       double *gradient)
{
    const size_t H = l->hidden;
    const double *const r = l->gate + 4 * t * H, *const h = l->h + t * H;
    double *const d = calloc(H, sizeof *d); /* of r h */

    product_back(p, gradient, l->w_hh + 2 * H * H, l->b_hh + 2 * H, H, H, a + 2 * H, r + 3 * H, d);
    for (size_t j = 0; j < H; ++j) {
        a[j] = u[j] = d[j] * h[j] * r[j] * (1.0 - r[j]);
        l->dh[j] += d[j] * r[j];
    }
    free(d);
}

static void layer_backward(const struct layer *l, const double *p, size_t t, const double *x,
                           double *dx, double *gradient)
{
    const bool gated = l->cell == TC_CELL_GRU_RESET_BEFORE;
    const size_t rows = l->gates * l->hidden, of_state = gated ? 2 * l->hidden : rows;
    double *const a = calloc(2 * rows, sizeof *a), *const u = a + rows;

    for (size_t j = 0; j < l->hidden; ++j)
        unit_backward(l, p, t, j, a, u);
    if (l->cell == TC_CELL_LSTM_PEEPHOLE)
        peepholes_back(l, t, u, gradient);
    if (gated)
        gated_back(l, p, t, a, u, gradient);
    product_back(p, gradient, l->w_ih, l->b_ih, rows, l->inputs, a, x, dx);
    product_back(p, gradient, l->w_hh, l->b_hh, of_state, l->hidden, u, l->h + t * l->hidden,
                 l->dh);
    /* modReLU's second bias is not in the sum: it moves |h|. */
    for (size_t j = 0; l->activation == TC_MODRELU && j < l->hidden; ++j)
        if (l->h[(t + 1) * l->hidden + j] < 0.0)
            gradient[l->b_hh + j] -= 2.0 * u[j];
    free(a);
}

/* The gradient of where the first frame began. */
static void start_back(const struct layer *l, double *gradient)
{
    const bool has_c = l->cell == TC_CELL_LSTM || l->cell == TC_CELL_LSTM_PEEPHOLE;

    for (size_t j = 0; j < l->hidden; ++j) {
        gradient[l->h0 + j] += l->dh[j];
        if (has_c)
            gradient[l->h0 + l->hidden + j] += l->dc[j];
    }
}

/* All layers, from a given state; each layer's memory is one block, at h. */
static void layers_init(struct layer *layer, const struct tc_architecture *arch,
                        const struct tc_tensor *tensors, const double *state, size_t n_frames)
{
    for (unsigned l = 0; l < arch->layers; ++l) {
        const size_t H = arch->layer[l].hidden;

        layer_init(&layer[l], arch, l, tensors, n_frames);
        memcpy(layer[l].h, state, H * sizeof *state);
        memcpy(layer[l].c, state + H, H * sizeof *state);
        while (tensors->layer == l)
            ++tensors;
        state += 2 * H;
    }
}

/* What is left of what the layer below says at a frame; returns the factors of the layer above. */
static const double *hear(const struct layer *l, size_t t, const double *left)
{
    const double *const said = l->below->said + t * l->inputs;

    for (size_t i = 0; i < l->inputs; ++i)
        l->heard[t * l->inputs + i] = said[i] * (left ? left[i] : 1.0);
    return left ? left + l->inputs : NULL;
}

static void say(const struct layer *l, const double *p, size_t t)
{
    const size_t H = l->hidden;
    double *const said = l->said + t * H, *const x = l->standard + t * H;

    for (size_t j = 0; j < H; ++j)
        said[j] = l->h[(t + 1) * H + j] + (l->residual ? l->below->said[t * H + j] : 0.0);
    if (!l->norm)
        return;
    l->deviation[t] = reference_standardise(said, x, H);
    for (size_t j = 0; j < H; ++j)
        said[j] = p[l->norm_gain + j] * x[j] + p[l->norm_bias + j];
}

/* All layers at a frame. */
static void frame_forward(const struct layer *layer, unsigned layers, const double *p,
                          const double *input, const double *left, size_t t)
{
    layer_forward(layer, p, input + t * layer->inputs, t);
    say(layer, p, t);
    for (const struct layer *l = layer + 1; l < layer + layers; ++l) {
        left = hear(l, t, left);
        layer_forward(l, p, l->heard + t * l->inputs, t);
        say(l, p, t);
    }
}

/* From dL/d of what a layer handed on to what it would have handed on without normalisation: the
 * derivative of x_j by s_i is ((i == j) - 1 / H - x_i x_j / H) / deviation. */
static void unnorm(const struct layer *l, const double *p, size_t t, double *gradient)
{
    const size_t H = l->hidden;
    const double *const x = l->standard + t * H;
    double *const ds = calloc(H, sizeof *ds);

    for (size_t j = 0; j < H; ++j) {
        gradient[l->norm_gain + j] += l->dsaid[j] * x[j];
        gradient[l->norm_bias + j] += l->dsaid[j];
        for (size_t i = 0; i < H; ++i)
            ds[i] += l->dsaid[j] * p[l->norm_gain + j] *
                     ((i == j ? 1.0 : 0.0) - (1.0 + x[i] * x[j]) / (double)H) / l->deviation[t];
    }
    memcpy(l->dsaid, ds, H * sizeof *ds);
    free(ds);
}

/* From what a layer handed on to its state, and around it. */
static void unsay(const struct layer *l, const double *p, size_t t, double *gradient)
{
    if (l->norm)
        unnorm(l, p, t, gradient);
    for (size_t j = 0; j < l->hidden; ++j) {
        l->dh[j] += l->dsaid[j];
        if (l->residual)
            l->below->dsaid[j] += l->dsaid[j];
        l->dsaid[j] = 0.0;
    }
}

/* From what a layer hears at a frame to what the one below said; returns the layer's factors, given
 * those of the layer above. */
static const double *unhear(const struct layer *l, const double *p, const double *left, size_t t,
                            double *gradient)
{
    double *const dx = calloc(l->inputs, sizeof *dx);

    layer_backward(l, p, t, l->heard + t * l->inputs, dx, gradient);
    if (left)
        left -= l->inputs;
    for (size_t i = 0; i < l->inputs; ++i)
        l->below->dsaid[i] += dx[i] * (left ? left[i] : 1.0);
    free(dx);
    return left;
}

/* What a frame's state is given by the frame behind it, times a factor. */
static void pass_back(const struct layer *layer, unsigned layers, double factor)
{
    for (unsigned l = 0; l < layers; ++l)
        for (size_t j = 0; j < layer[l].hidden; ++j) {
            layer[l].dh[j] *= factor;
            layer[l].dc[j] *= factor;
        }
}

void reference_backward(const struct tc_architecture *arch, const double *parameters,
                        const double *input, const double *left, const double *weight,
                        const double *state, size_t n_frames, double *gradient)
{
    reference_backward_through(arch, parameters, input, left, weight, state, n_frames, NULL,
                               gradient);
}

void reference_backward_through(const struct tc_architecture *arch, const double *parameters,
                                const double *input, const double *left, const double *weight,
                                const double *state, size_t n_frames, const float *pass,
                                double *gradient)
{
    const size_t left_size = reference_left_size(arch);
    double *const start = calloc(reference_state_size(arch), sizeof *start);
    struct layer layer[TC_MAX_LAYERS];
    struct tc_tensor tensors[TC_MAX_TENSORS];
    const unsigned n = tc_architecture_tensors(arch, tensors, NULL), top = arch->layers - 1;
    const size_t H = arch->layer[top].hidden, w = tensors[n - 2].offset, b = tensors[n - 1].offset;

    reference_start(arch, parameters, start);
    layers_init(layer, arch, tensors, state ? state : start, n_frames);
    for (size_t t = 0; t < n_frames; ++t)
        frame_forward(layer, arch->layers, parameters, input, left ? left + t * left_size : NULL,
                      t);
    for (size_t t = n_frames; t-- > 0;) {
        const double *factors = left ? left + (t + 1) * left_size : NULL;

        if (pass)
            pass_back(layer, arch->layers, (double)pass[t]);
        product_back(parameters, gradient, w, b, arch->outputs, H, weight + t * arch->outputs,
                     layer[top].said + t * H, layer[top].dsaid);
        for (unsigned l = top; l > 0; --l) {
            unsay(&layer[l], parameters, t, gradient);
            factors = unhear(&layer[l], parameters, factors, t, gradient);
        }
        unsay(&layer[0], parameters, t, gradient);
        layer_backward(&layer[0], parameters, t, input + t * layer[0].inputs, NULL, gradient);
    }
    for (unsigned l = 0; l < arch->layers; ++l) {
        if (!state)
            start_back(&layer[l], gradient);
        free(layer[l].h);
    }
    free(start);
}
