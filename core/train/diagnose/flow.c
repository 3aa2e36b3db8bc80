#include "train/diagnose/flow.h"

#include "train/diagnose/spectrum.h"

#include <stdlib.h>
#include <string.h>

/* Norms below and above these, relative to lag 0, are no longer computed: the rest of the curve is
 * 0 or INFINITY. */
static const double SMALLEST_NORM = 1e-9, LARGEST_NORM = 1e12;

/* The memory ends where the gradient has fallen to this fraction of that at lag 0. */
static const double MEMORY_THRESHOLD = 0.01;

size_t tc_lags(size_t most, size_t lag[TC_LAGS])
{
    size_t lags = 0;

    for (size_t next = 0; next < most; next = next < 5 ? next + 1 : (next * 19 + 15) / 16)
        lag[lags++] = next;
    lag[lags++] = most;
    return lags;
}

/* Whether a norm is still computed at larger lags, and the value it has where it is not. */
struct tracked_norm {
    bool active;
    double rest;
};

/* Stop where the norm, whose value at lag 0 was at_zero, is out of range. */
static void track(struct tracked_norm *tracked, double norm, double at_zero)
{
    if (!(norm > SMALLEST_NORM * at_zero))
        *tracked = (struct tracked_norm){false, 0.0};
    else if (!(norm < LARGEST_NORM * at_zero))
        *tracked = (struct tracked_norm){false, (double)INFINITY};
}

/* The backward pass: m = [dy_t / ds_k; ds_t / ds_k], from k = t on, with
 *
 *      [dy_t / ds_(k-1); ds_t / ds_(k-1)] = [dy_t / ds_k; ds_t / ds_k] J_k,   J_k = ds_k / ds_(k-1)
 *
 * The readout's input is the last layer's output, of which through residual connections the outputs
 * of lower layers are part. */
struct backward {
    struct tc_jacobian_network *network;
    const struct tc_trajectory *trajectory;
    size_t outputs;
    double *m, *next; /* (outputs + n, n) */
    double *jacobian; /* (n, n) J_k */
    double *d_output; /* (outputs, n) dy_t by a layer's output o, from the layers above */
    double *d_state;  /* (outputs, n) dy_t by a layer's h and c; scratch for the state, too */
    double *memory;
    struct tracked_norm norm, gradient;
    double gradient_at_zero; /* the gradient's norm at lag 0 */
};

static enum tc_status backward_init(struct backward *b, struct tc_jacobian_network *network,
                                    const struct tc_trajectory *trajectory, bool norms)
{
    const size_t n = network->states, outputs = network->outputs;
    const size_t rows = outputs + (norms ? n : 0);

    *b = (struct backward){.network = network, .trajectory = trajectory, .outputs = outputs};
    b->norm = (struct tracked_norm){norms, (double)NAN};
    b->gradient.active = true;
    b->memory = calloc(2 * rows * n + n * n + 2 * outputs * n, sizeof *b->memory);
    if (!b->memory)
        return TC_NO_MEMORY;
    b->m = b->memory;
    b->next = b->m + rows * n;
    b->jacobian = b->next + rows * n;
    b->d_output = b->jacobian + n * n;
    b->d_state = b->d_output + outputs * n;
    for (size_t i = outputs; i < rows; ++i)
        b->m[i * n + i - outputs] = 1.0;
    return TC_OK;
}

/* m = dy_t / ds_t, after the Jacobian of frame t. */
static void set_readout_gradient(const struct backward *b)
{
    const struct tc_jacobian_network *const e = b->network;
    const unsigned top = e->layers - 1;
    const size_t H = e->layer[top].hidden;

    for (size_t o = 0; o < b->outputs; ++o) {
        memcpy(b->d_state, e->readout + o * H, H * sizeof *b->d_state);
        for (unsigned l = top + 1; l-- > 0 && (l == top || e->residual[l + 1]);) {
            tc_jacobian_norm_backward(e, l, b->d_state);
            memcpy(b->m + o * e->states + e->offset[l], b->d_state, H * sizeof *b->m);
        }
    }
}

/* Compute the Jacobian of frame k; the network keeps the derivatives of its layers. */
static void compute_jacobian(const struct backward *b, size_t k)
{
    const size_t n = b->network->states;

    memcpy(b->d_state, b->trajectory->state + k * n, n * sizeof *b->d_state);
    tc_jacobian_advance(b->network, b->trajectory->input + k * b->network->inputs, b->d_state,
                        b->jacobian);
}

/* m = m J, from after frame k to before it. J is block lower triangular: a layer does not depend on
 * those above it. */
static void backward_step(struct backward *b)
{
    const struct tc_jacobian_network *const e = b->network;
    const size_t n = e->states, rows = b->outputs + (b->norm.active ? n : 0);
    double *const swap = b->m;

    for (unsigned l = 0; l < e->layers; ++l) {
        const size_t at = e->offset[l], width = e->layer[l].states * e->layer[l].hidden;

        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)rows, (int)width, (int)(n - at),
                    1.0, b->m + at, (int)n, b->jacobian + at * (n + 1), (int)n, 0.0, b->next + at,
                    (int)n);
    }
    b->m = b->next;
    b->next = swap;
}

/* The norms of dy/dh and dy/dc of layer l, through layers above within the frame, too. d_output is
 * dy/do of this layer from those above, and becomes that of the layer below, through this layer and
 * past it where it is residual. */
static void layer_gradient(const struct backward *b, unsigned l, double *dh, double *dc)
{
    const struct tc_jacobian_layer *const layer = &b->network->layer[l];
    const size_t n = b->network->states, H = layer->hidden, width = layer->states * H;
    const double bypass = b->network->residual[l] && l + 1 < b->network->layers ? 1.0 : 0.0;
    double c2 = 0.0, h2 = 0.0;

    for (size_t o = 0; o < b->outputs; ++o) {
        double *const d_state = b->d_state + o * width;

        memcpy(d_state, b->m + o * n + b->network->offset[l], width * sizeof *d_state);
        if (l + 1 < b->network->layers) {
            tc_jacobian_norm_backward(b->network, l, b->d_output + o * H);
            tc_jacobian_add(d_state, 1.0, b->d_output + o * H, H);
        }
        h2 += cblas_ddot((int)H, d_state, 1, d_state, 1);
        for (size_t j = 0; j < width - H; ++j) {
            const double dc_total =
                d_state[H + j] + d_state[j] * b->network->derivatives[l].h_by_c[j];

            c2 += dc_total * dc_total;
        }
    }
    *dh = sqrt(h2);
    *dc = sqrt(c2);
    if (l)
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)b->outputs, (int)layer->inputs,
                    (int)width, 1.0, b->d_state, (int)width, b->network->derivatives[l].by_input,
                    (int)layer->inputs, bypass, b->d_output, (int)layer->inputs);
}

/* Measure the gradient at a lag; if `wanted`, write it to the curves at `index`. */
static void measure_gradient(struct backward *b, struct tc_flow *flow, size_t lag, size_t index,
                             bool wanted)
{
    double dh[TC_MAX_LAYERS], dc[TC_MAX_LAYERS], sum = 0.0, size;

    for (unsigned l = b->network->layers; l-- > 0;) {
        if (b->gradient.active)
            layer_gradient(b, l, &dh[l], &dc[l]);
        else
            dh[l] = dc[l] = b->gradient.rest;
        sum += dh[l] * dh[l] + dc[l] * dc[l];
    }
    size = sqrt(sum);
    if (lag == 0)
        b->gradient_at_zero = size;
    if (size > MEMORY_THRESHOLD * b->gradient_at_zero)
        flow->memory = (double)(lag + 1);
    if (b->gradient.active)
        track(&b->gradient, size, b->gradient_at_zero);
    for (unsigned l = 0; wanted && l < b->network->layers; ++l) {
        flow->gradient[index] = size;
        flow->dh[l][index] = dh[l];
        flow->dc[l][index] = dc[l];
    }
}

/* The same of the norm of ds_t / ds_k. The Frobenius norm, which is cheap, decides whether to go
 * on.
 */
static enum tc_status measure_norm(struct backward *b, struct tc_flow *flow, size_t lag,
                                   size_t index, bool wanted, size_t norm_lag)
{
    const size_t n = b->network->states;
    const double *const product = b->m + b->outputs * n;
    enum tc_status status = TC_OK;

    if (b->norm.active)
        track(&b->norm, sqrt(cblas_ddot((int)(n * n), product, 1, product, 1)), 1.0);
    if (wanted)
        flow->jacobian[index] = b->norm.rest;
    if (b->norm.active && wanted)
        status = tc_matrix_norm(product, n, &flow->jacobian[index]);
    if (b->norm.active && lag >= norm_lag)
        b->norm.active = false; /* the rest stays NAN */
    return status;
}

enum tc_status tc_flow_measure(struct tc_flow *flow, struct tc_jacobian_network *network,
                               const struct tc_trajectory *trajectory, const size_t *lag,
                               size_t lags, size_t norm_lag)
{
    struct backward b;
    enum tc_status status = backward_init(&b, network, trajectory, norm_lag > 0);
    const size_t last = trajectory->frames - 1;
    size_t index = 0;

    flow->memory = 0.0;
    for (size_t now = 0; !status && now <= last; ++now) {
        const bool wanted = index < lags && lag[index] == now;

        if (b.gradient.active || b.norm.active)
            compute_jacobian(&b, last - now);
        if (now == 0)
            set_readout_gradient(&b);
        measure_gradient(&b, flow, now, index, wanted);
        status = measure_norm(&b, flow, now, index, wanted, norm_lag);
        if (b.gradient.active || b.norm.active)
            backward_step(&b);
        index += wanted;
    }
    if (flow->memory > (double)last)
        flow->memory = (double)INFINITY;
    free(b.memory);
    return status;
}
