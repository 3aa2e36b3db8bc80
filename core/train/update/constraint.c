#include "train/update/constraint.h"

#include "model/model.h"

#include <cblas.h>
#include <math.h>
#include <stdlib.h>

static const double epsilon = 1e-5; /* of the spectral radius */

/* ------------------------------------------------------------------ construction */

static void list_matrices(struct tc_constraint *constraint, const struct tc_architecture *arch,
                          const struct tc_train_options *options)
{
    struct tc_layer_offsets at[TC_MAX_LAYERS];
    struct tc_readout_offsets readout;
    struct tc_constrained_matrix *next = constraint->matrix;

    tc_parameter_offsets(arch, at, &readout);
    for (unsigned l = 0; l < arch->layers; ++l) {
        const size_t n = arch->layer[l].hidden;

        for (unsigned g = 0; g < tc_cell_gates(arch->layer[l].cell); ++g)
            *next++ = (struct tc_constrained_matrix){
                .at = at[l].w_hh + g * n * n,
                .n = n,
                .divisor = 1.0,
                .negatives = (size_t)lrint((double)options->negatives * (double)n)};
    }
    constraint->n_matrices = (size_t)(next - constraint->matrix);
}

static enum tc_status allocate(struct tc_constraint *constraint)
{
    size_t doubles = 0, pivots = 0, largest = 0;

    for (size_t i = 0; i < constraint->n_matrices; ++i) {
        const size_t n = constraint->matrix[i].n;

        doubles += n * n;
        pivots += n;
        largest = n > largest ? n : largest;
    }
    constraint->doubles =
        malloc((doubles + 3 * largest * (largest + 8)) * sizeof *constraint->doubles);
    constraint->pivots = malloc(pivots * sizeof *constraint->pivots);
    if (!constraint->doubles || !constraint->pivots)
        return TC_NO_MEMORY;
    constraint->scratch = constraint->doubles + doubles;
    doubles = pivots = 0;
    for (size_t i = 0; i < constraint->n_matrices; ++i) {
        constraint->matrix[i].factors = constraint->doubles + doubles;
        constraint->matrix[i].pivot = constraint->pivots + pivots;
        doubles += constraint->matrix[i].n * constraint->matrix[i].n;
        pivots += constraint->matrix[i].n;
    }
    return TC_OK;
}

enum tc_status tc_constraint_new(struct tc_constraint **constraint,
                                 const struct tc_architecture *arch,
                                 const struct tc_train_options *options, struct tc_error *error)
{
    struct tc_constraint *const created = calloc(1, sizeof *created);
    enum tc_status status = created ? TC_OK : TC_NO_MEMORY;
    size_t gates = 0;

    for (unsigned l = 0; l < arch->layers; ++l)
        gates += tc_cell_gates(arch->layer[l].cell);
    if (created)
        created->kind = options->recurrent;
    if (created && options->recurrent != TC_RECURRENT_FREE) {
        created->matrix = calloc(gates, sizeof *created->matrix);
        if (created->matrix) {
            list_matrices(created, arch, options);
            status = allocate(created);
        } else {
            status = TC_NO_MEMORY;
        }
    }
    if (status) {
        tc_constraint_free(created);
        return tc_fail(error, status, "out of memory for the recurrent matrices");
    }
    *constraint = created;
    return TC_OK;
}

void tc_constraint_free(struct tc_constraint *constraint)
{
    if (!constraint)
        return;
    free(constraint->pivots);
    free(constraint->doubles);
    free(constraint->matrix);
    free(constraint);
}

/* ------------------------------------------------------------------ scaled Cayley transform */

/* LAPACK stores columns where we store rows, so each matrix is its transpose there; A^T is -A. */

static double sign_of(const struct tc_constrained_matrix *m, size_t column)
{
    return column < m->negatives ? -1.0 : 1.0;
}

static void start_skew(struct tc_random *random, float *a, size_t n)
{
    for (size_t i = 0; i < n * n; ++i)
        a[i] = 0.0f;
    for (size_t i = 0; i + 1 < n; i += 2) {
        const double angle = 0.5 * 3.14159265358979323846 * tc_random_uniform(random);

        a[i * n + i + 1] = (float)tan(0.5 * angle);
        a[(i + 1) * n + i] = -a[i * n + i + 1];
    }
}

/* W^T = D (I - A)^-1 (I + A); the two commute. */
static void apply_cayley(const struct tc_constrained_matrix *m, const float *a, float *w,
                         double *scratch)
{
    const size_t n = m->n;
    const lapack_int order = (lapack_int)n;

    for (size_t i = 0; i < n * n; ++i) {
        const double one = i % (n + 1) == 0 ? 1.0 : 0.0;

        m->factors[i] = one + (double)a[i];
        scratch[i] = one - (double)a[i];
    }
    /* I - A is never singular: the eigenvalues of A are imaginary. */
    LAPACKE_dgetrf_work(LAPACK_COL_MAJOR, order, order, m->factors, order, m->pivot);
    LAPACKE_dgetrs_work(LAPACK_COL_MAJOR, 'N', order, order, m->factors, order, m->pivot, scratch,
                        order);
    for (size_t r = 0; r < n; ++r)
        for (size_t c = 0; c < n; ++c)
            w[r * n + c] = (float)(sign_of(m, c) * scratch[r * n + c]);
}

/* In rows: V^T = (W dW^T + D dW^T) (I + A)^-1. */
static void cayley_gradient(const struct tc_constrained_matrix *m, const float *w, float *dw,
                            double *scratch)
{
    const size_t n = m->n;
    const lapack_int order = (lapack_int)n;
    double *const v = scratch, *const g = v + n * n, *const exact_w = g + n * n;

    for (size_t i = 0; i < n * n; ++i) {
        g[i] = (double)dw[i];
        exact_w[i] = (double)w[i];
    }
    for (size_t r = 0; r < n; ++r)
        for (size_t c = 0; c < n; ++c)
            v[r * n + c] = sign_of(m, r) * g[c * n + r];
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, order, order, order, 1.0, exact_w, order,
                g, order, 1.0, v, order);
    LAPACKE_dgetrs_work(LAPACK_COL_MAJOR, 'N', order, order, m->factors, order, m->pivot, v, order);
    for (size_t r = 0; r < n; ++r)
        for (size_t c = 0; c < n; ++c)
            dw[r * n + c] = (float)(v[r * n + c] - v[c * n + r]);
}

/* ------------------------------------------------------------------ spectral radius */

/* A complex vector, as LAPACK stores one of a pair: the imaginary parts n after the real ones, or
 * nowhere if there are none. */
struct eigenvector {
    const double *re, *im;
};

static double imaginary(struct eigenvector v, size_t i)
{
    return v.im ? v.im[i] : 0.0;
}

/* C = Re(conj(l) x y^H / (x^T conj(y))) / |l|, with T^T x = l x and y^H T^T = l y^H. */
static void radius_gradient(double *c, size_t n, double re, double im, struct eigenvector x,
                            struct eigenvector y)
{
    const double radius = hypot(re, im);
    double d_re = 0.0, d_im = 0.0, size, q_re, q_im;

    for (size_t i = 0; i < n; ++i) {
        d_re += x.re[i] * y.re[i] + imaginary(x, i) * imaginary(y, i);
        d_im += imaginary(x, i) * y.re[i] - x.re[i] * imaginary(y, i);
    }
    size = radius * (d_re * d_re + d_im * d_im);
    /* Where eigenvectors fall together, or all is 0, the radius has no gradient. */
    q_re = size > 0.0 ? (re * d_re - im * d_im) / size : 0.0;
    q_im = size > 0.0 ? -(re * d_im + im * d_re) / size : 0.0;
    for (size_t i = 0; i < n; ++i)
        for (size_t j = 0; j < n; ++j) {
            const double s_re = x.re[i] * y.re[j] + imaginary(x, i) * imaginary(y, j);
            const double s_im = imaginary(x, i) * y.re[j] - x.re[i] * imaginary(y, j);

            c[i * n + j] = q_re * s_re - q_im * s_im;
        }
}

/* The matrix is its transpose to LAPACK. */
static void find_radius(struct tc_constrained_matrix *m, const float *t, double *scratch)
{
    const size_t n = m->n;
    const lapack_int order = (lapack_int)n;
    double *const left = scratch + n * n, *const right = left + n * n, *const re = right + n * n;
    double *const im = re + n, *const work = im + n;
    size_t k = 0;

    for (size_t i = 0; i < n * n; ++i)
        scratch[i] = (double)t[i];
    /* The radius of before will do, should the eigenvalues ever not be found. */
    if (LAPACKE_dgeev_work(LAPACK_COL_MAJOR, 'V', 'V', order, scratch, order, re, im, left, order,
                           right, order, work, 22 * order))
        return;
    for (size_t i = 1; i < n; ++i)
        if (hypot(re[i], im[i]) > hypot(re[k], im[k]))
            k = i;
    if (im[k] < 0.0)
        --k;
    m->divisor = hypot(re[k], im[k]) + epsilon;
    radius_gradient(m->factors, n, re[k], im[k],
                    (struct eigenvector){right + k * n, im[k] != 0.0 ? right + (k + 1) * n : NULL},
                    (struct eigenvector){left + k * n, im[k] != 0.0 ? left + (k + 1) * n : NULL});
}

static void apply_normalisation(struct tc_constrained_matrix *m, const float *t, float *w,
                                double *scratch)
{
    find_radius(m, t, scratch);
    for (size_t i = 0; i < m->n * m->n; ++i)
        w[i] = (float)((double)t[i] / m->divisor);
}

static void normalisation_gradient(const struct tc_constrained_matrix *m, const float *w, float *dw)
{
    double along = 0.0;

    for (size_t i = 0; i < m->n * m->n; ++i)
        along += (double)dw[i] * (double)w[i];
    for (size_t i = 0; i < m->n * m->n; ++i)
        dw[i] = (float)(((double)dw[i] - along * m->factors[i]) / m->divisor);
}

/* ------------------------------------------------------------------ all matrices */

void tc_constraint_start(const struct tc_constraint *constraint, struct tc_random *random,
                         float *unconstrained)
{
    for (size_t i = 0; constraint->kind == TC_RECURRENT_ORTHOGONAL && i < constraint->n_matrices;
         ++i)
        start_skew(random, unconstrained + constraint->matrix[i].at, constraint->matrix[i].n);
}

void tc_constraint_apply(const struct tc_constraint *constraint, const float *unconstrained,
                         float *parameters)
{
    for (size_t i = 0; i < constraint->n_matrices; ++i) {
        struct tc_constrained_matrix *const m = &constraint->matrix[i];

        if (constraint->kind == TC_RECURRENT_ORTHOGONAL)
            apply_cayley(m, unconstrained + m->at, parameters + m->at, constraint->scratch);
        else
            apply_normalisation(m, unconstrained + m->at, parameters + m->at, constraint->scratch);
    }
}

void tc_constraint_gradient(const struct tc_constraint *constraint, const float *parameters,
                            float *gradient)
{
    for (size_t i = 0; i < constraint->n_matrices; ++i) {
        const struct tc_constrained_matrix *const m = &constraint->matrix[i];

        if (constraint->kind == TC_RECURRENT_ORTHOGONAL)
            cayley_gradient(m, parameters + m->at, gradient + m->at, constraint->scratch);
        else
            normalisation_gradient(m, parameters + m->at, gradient + m->at);
    }
}
