#include "train/diagnose/flow.h"

#include "train/diagnose/spectrum.h"

#include <stdlib.h>
#include <string.h>

/* Below and above this norms are no longer followed: the rest of the curve is 0 or INFINITY. */
static const double LOST = 1e-9, BURST = 1e12;

/* The memory ends where the gradient is down to this part. */
static const double FORGOTTEN = 0.01;

size_t tc_lags(size_t most, size_t lag[TC_LAGS])
{
    size_t lags = 0;

    for (size_t next = 0; next < most; next = next < 5 ? next + 1 : (next * 19 + 15) / 16)
        lag[lags++] = next;
    lag[lags++] = most;
    return lags;
}

/* A size on its way back, as long as it is worth it; then it counts as what lies beyond. */
struct trail {
    bool followed;
    double beyond;
};

static void follow(struct trail *trail, double size, double at_zero)
{
    if (!(size > LOST * at_zero))
        *trail = (struct trail){false, 0.0};
    else if (!(size < BURST * at_zero))
        *trail = (struct trail){false, (double)INFINITY};
}

/* Rows of m are dy_t / ds_k, one for each output, then those of ds_t / ds_k. The readout hears the
 * last layer and, through residual ones, layers below. */
struct back {
    struct tc_jacobian_network *exact;
    const struct tc_stretch *stretch;
    size_t outputs;
    double *m, *next;     /* (outputs + n, n) */
    double *jacobian;     /* (n, n) of frame k */
    double *above, *here; /* (outputs, n) what layers above ask of o; of the states here */
    double *memory;
    struct trail norm, gradient;
    double at_zero; /* the gradient at lag 0 */
};

static enum tc_status back_init(struct back *b, struct tc_jacobian_network *exact,
                                const struct tc_stretch *stretch, bool norms)
{
    const size_t n = exact->states, outputs = exact->outputs;
    const size_t rows = outputs + (norms ? n : 0);

    *b = (struct back){.exact = exact, .stretch = stretch, .outputs = outputs};
    b->norm = (struct trail){norms, (double)NAN};
    b->gradient.followed = true;
    b->memory = calloc(2 * rows * n + n * n + 2 * outputs * n, sizeof *b->memory);
    if (!b->memory)
        return TC_NO_MEMORY;
    b->m = b->memory;
    b->next = b->m + rows * n;
    b->jacobian = b->next + rows * n;
    b->above = b->jacobian + n * n;
    b->here = b->above + outputs * n;
    for (size_t i = outputs; i < rows; ++i)
        b->m[i * n + i - outputs] = 1.0;
    return TC_OK;
}

/* dy_t / ds_t, once frame t was visited. */
static void back_start(const struct back *b)
{
    const struct tc_jacobian_network *const e = b->exact;
    const unsigned top = e->layers - 1;
    const size_t H = e->layer[top].hidden;

    for (size_t o = 0; o < b->outputs; ++o) {
        memcpy(b->here, e->readout + o * H, H * sizeof *b->here);
        for (unsigned l = top + 1; l-- > 0 && (l == top || e->residual[l + 1]);) {
            tc_jacobian_norm_backward(e, l, b->here);
            memcpy(b->m + o * e->states + e->offset[l], b->here, H * sizeof *b->m);
        }
    }
}

/* The Jacobian of frame k, which leaves its slopes in the network. */
static void visit(const struct back *b, size_t k)
{
    const size_t n = b->exact->states;

    memcpy(b->here, b->stretch->state + k * n, n * sizeof *b->here);
    tc_jacobian_advance(b->exact, b->stretch->input + k * b->exact->inputs, b->here, b->jacobian);
}

/* m J: from after frame k to before it. A layer does not hear those above: J has zeros there. */
static void step_back(struct back *b)
{
    const struct tc_jacobian_network *const e = b->exact;
    const size_t n = e->states, rows = b->outputs + (b->norm.followed ? n : 0);
    double *const swap = b->m;

    for (unsigned l = 0; l < e->layers; ++l) {
        const size_t at = e->offset[l], width = e->layer[l].cell->states * e->layer[l].hidden;

        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)rows, (int)width, (int)(n - at),
                    1.0, b->m + at, (int)n, b->jacobian + at * (n + 1), (int)n, 0.0, b->next + at,
                    (int)n);
    }
    b->m = b->next;
    b->next = swap;
}

/* dy/dh and dy/dc of a layer, through layers above within the frame, too: their norms. `above` is
 * what they ask of it, and becomes what is asked of the layer below: by it, and around it. */
static void layer_gradient(const struct back *b, unsigned l, double *dh, double *dc)
{
    const struct tc_jacobian_layer *const layer = &b->exact->layer[l];
    const size_t n = b->exact->states, H = layer->hidden, width = layer->cell->states * H;
    const double around = b->exact->residual[l] && l + 1 < b->exact->layers ? 1.0 : 0.0;
    double c2 = 0.0, h2 = 0.0;

    for (size_t o = 0; o < b->outputs; ++o) {
        double *const here = b->here + o * width;

        memcpy(here, b->m + o * n + b->exact->offset[l], width * sizeof *here);
        if (l + 1 < b->exact->layers) {
            tc_jacobian_norm_backward(b->exact, l, b->above + o * H);
            tc_jacobian_add(here, 1.0, b->above + o * H, H);
        }
        h2 += cblas_ddot((int)H, here, 1, here, 1);
        for (size_t j = 0; j < width - H; ++j) {
            const double whole = here[H + j] + here[j] * b->exact->derivatives[l].h_by_c[j];

            c2 += whole * whole;
        }
    }
    *dh = sqrt(h2);
    *dc = sqrt(c2);
    if (l)
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)b->outputs, (int)layer->inputs,
                    (int)width, 1.0, b->here, (int)width, b->exact->derivatives[l].by_input,
                    (int)layer->inputs, around, b->above, (int)layer->inputs);
}

/* The gradient at this lag; where it is `wanted`, into the curves at `index`. */
static void see_gradient(struct back *b, struct tc_flow *flow, size_t lag, size_t index,
                         bool wanted)
{
    double dh[TC_MAX_LAYERS], dc[TC_MAX_LAYERS], sum = 0.0, size;

    for (unsigned l = b->exact->layers; l-- > 0;) {
        if (b->gradient.followed)
            layer_gradient(b, l, &dh[l], &dc[l]);
        else
            dh[l] = dc[l] = b->gradient.beyond;
        sum += dh[l] * dh[l] + dc[l] * dc[l];
    }
    size = sqrt(sum);
    if (lag == 0)
        b->at_zero = size;
    if (size > FORGOTTEN * b->at_zero)
        flow->memory = (double)(lag + 1);
    if (b->gradient.followed)
        follow(&b->gradient, size, b->at_zero);
    for (unsigned l = 0; wanted && l < b->exact->layers; ++l) {
        flow->gradient[index] = size;
        flow->dh[l][index] = dh[l];
        flow->dc[l][index] = dc[l];
    }
}

/* The same of ds_t / ds_k. The Frobenius norm, which is cheap, says when to give up. */
static enum tc_status see_norm(struct back *b, struct tc_flow *flow, size_t lag, size_t index,
                               bool wanted, size_t norm_lag)
{
    const size_t n = b->exact->states;
    const double *const product = b->m + b->outputs * n;
    enum tc_status status = TC_OK;

    if (b->norm.followed)
        follow(&b->norm, sqrt(cblas_ddot((int)(n * n), product, 1, product, 1)), 1.0);
    if (wanted)
        flow->jacobian[index] = b->norm.beyond;
    if (b->norm.followed && wanted)
        status = tc_matrix_norm(product, n, &flow->jacobian[index]);
    if (b->norm.followed && lag >= norm_lag)
        b->norm.followed = false; /* what lies beyond is still NAN */
    return status;
}

enum tc_status tc_flow_measure(struct tc_flow *flow, struct tc_jacobian_network *exact,
                               const struct tc_stretch *stretch, const size_t *lag, size_t lags,
                               size_t norm_lag)
{
    struct back b;
    enum tc_status status = back_init(&b, exact, stretch, norm_lag > 0);
    const size_t last = stretch->frames - 1;
    size_t index = 0;

    flow->memory = 0.0;
    for (size_t now = 0; !status && now <= last; ++now) {
        const bool wanted = index < lags && lag[index] == now;

        if (b.gradient.followed || b.norm.followed)
            visit(&b, last - now);
        if (now == 0)
            back_start(&b);
        see_gradient(&b, flow, now, index, wanted);
        status = see_norm(&b, flow, now, index, wanted, norm_lag);
        if (b.gradient.followed || b.norm.followed)
            step_back(&b);
        index += wanted;
    }
    if (flow->memory > (double)last)
        flow->memory = (double)INFINITY;
    free(b.memory);
    return status;
}
