/* Plain C: the reference for every other table, written so that the compiler can vectorise it. */
#include "kernels/kernels.h"

#include "kernels/activation.h"

#include <string.h>

/* One lane of y += W x. Four columns at a time spare three of four passes over y; each row still
 * adds its columns in rising order, so that the grouping does not show. */
static void accumulate_lane(float *restrict y, const float *restrict w, const float *restrict x,
                            size_t rows, size_t cols)
{
    size_t c = 0;

    for (; c + 4 <= cols; c += 4, w += 4 * rows)
        for (size_t r = 0; r < rows; ++r)
            y[r] = (((y[r] + w[r] * x[c]) + w[rows + r] * x[c + 1]) + w[2 * rows + r] * x[c + 2]) +
                   w[3 * rows + r] * x[c + 3];
    for (; c < cols; ++c, w += rows)
        for (size_t r = 0; r < rows; ++r)
            y[r] += w[r] * x[c];
}

static void accumulate(float *y, size_t pitch, const float *w, const float *x, size_t rows,
                       size_t cols, size_t lanes)
{
    for (size_t l = 0; l < lanes; ++l)
        accumulate_lane(y + l * pitch, w, x + l * cols, rows, cols);
}

static void affine(float *y, size_t pitch, const float *w, const float *b, const float *x,
                   size_t rows, size_t cols, size_t lanes)
{
    for (size_t l = 0; l < lanes; ++l)
        memcpy(y + l * pitch, b, rows * sizeof *y);
    accumulate(y, pitch, w, x, rows, cols, lanes);
}

/* Partial sums that the compiler may keep in one vector register; without them each addition
 * would wait for the one before. */
enum { PARTIALS = 8 };

static float readout(const float *w, const float *h, float b, size_t n)
{
    float part[PARTIALS] = {0};
    size_t i = 0;

    for (; i + PARTIALS <= n; i += PARTIALS)
        for (size_t p = 0; p < PARTIALS; ++p)
            part[p] += w[i + p] * h[i + p];
    for (size_t p = 0; i < n; ++i, ++p)
        part[p] += w[i] * h[i];
    return b + (((part[0] + part[4]) + (part[2] + part[6])) +
                ((part[1] + part[5]) + (part[3] + part[7])));
}

static void activate(float *v, enum tc_activation activation, size_t n)
{
    switch (activation) {
    case TC_TANH:
        for (size_t i = 0; i < n; ++i)
            v[i] = tc_tanh(v[i]);
        break;
    case TC_LOGISTIC:
        for (size_t i = 0; i < n; ++i)
            v[i] = tc_logistic(v[i]);
        break;
    case TC_RELU:
        for (size_t i = 0; i < n; ++i)
            v[i] = v[i] < 0.0f ? 0.0f : v[i]; /* NaN stays NaN */
        break;
    case TC_IDENTITY:
        break;
    }
}

static void lstm_gates(float *restrict h, float *restrict c, const float *restrict z, size_t n)
{
    const float *const i = z, *const f = z + n, *const g = z + 2 * n, *const o = z + 3 * n;

    for (size_t u = 0; u < n; ++u) {
        c[u] = tc_logistic(f[u]) * c[u] + tc_logistic(i[u]) * tc_tanh(g[u]);
        h[u] = tc_logistic(o[u]) * tc_tanh(c[u]);
    }
}

static void gru_gates(float *restrict h, const float *restrict z, size_t n)
{
    const float *const r = z + n, *const update = z + 2 * n, *const q = z + 3 * n;

    for (size_t u = 0; u < n; ++u) {
        const float candidate = tc_tanh(z[u] + tc_logistic(r[u]) * q[u]);
        const float keep = tc_logistic(update[u]);

        h[u] = (1.0f - keep) * candidate + keep * h[u];
    }
}

const struct tc_kernels tc_kernels_c = {
    .name = "c",
    .affine = affine,
    .accumulate = accumulate,
    .readout = readout,
    .activate = activate,
    .lstm_gates = lstm_gates,
    .gru_gates = gru_gates,
};
