#include "support.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "kernels/kernels.h"
#include "reference.h"

/* Every table, each of which must hold what kernels.h says. */
static const struct tc_kernels *const tables[] = {&tc_kernels_c};

enum { TABLES = sizeof tables / sizeof tables[0] };

/* Sizes 0, 1, tails and multiples of any vector's width. */
static const size_t sizes[] = {0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 40, 64, 67};
static const size_t lanes_tried[] = {1, 2, 3, 16};

enum { SIZES = sizeof sizes / sizeof sizes[0], LANES = sizeof lanes_tried / sizeof lanes_tried[0] };

#define CANARY 12345.0f

/* Memory for n values that begin `shift` floats after an address that suits any vector, with a
 * canary on either side. */
struct guarded {
    float *memory, *v;
    size_t n;
};

static struct guarded guarded_new(struct support_random *random, size_t n, size_t shift)
{
    struct guarded g = {.n = n};

    g.memory = aligned_alloc(64, (n + 16 + shift + 1 + 15) / 16 * 16 * sizeof *g.memory);
    ck_assert_ptr_nonnull(g.memory);
    g.v = g.memory + 16 + shift;
    support_fill(random, g.v, n, -1.0f, 1.0f);
    g.v[-1] = g.v[n] = CANARY;
    return g;
}

static void guarded_free(struct guarded *g)
{
    ck_assert_float_eq(g->v[-1], CANARY);
    ck_assert_float_eq(g->v[g->n], CANARY);
    free(g->memory);
}

static float *copy_of(const struct guarded *g)
{
    float *const copy = support_zeros(g->n, sizeof *copy);

    for (size_t i = 0; i < g->n; ++i)
        copy[i] = g->v[i];
    return copy;
}

/* The operands of y = W x + b, or of y += W x, with room between the lanes of y. */
struct operands {
    bool affine;
    size_t rows, cols, lanes, pitch;
    struct guarded w, b, x, y;
    float *before; /* y */
};

static struct operands operands_new(bool affine, size_t rows, size_t cols, size_t lanes,
                                    size_t shift)
{
    struct support_random random = {rows * 1000 + cols};
    struct operands o = {.affine = affine, .rows = rows, .cols = cols, .lanes = lanes};

    o.pitch = rows + shift;
    o.w = guarded_new(&random, rows * cols, shift);
    o.b = guarded_new(&random, rows, shift);
    o.x = guarded_new(&random, cols * lanes, shift);
    o.y = guarded_new(&random, o.pitch * lanes, shift);
    o.before = copy_of(&o.y);
    return o;
}

static void operands_free(struct operands *o)
{
    guarded_free(&o->w);
    guarded_free(&o->b);
    guarded_free(&o->x);
    guarded_free(&o->y);
    free(o->before);
}

static void multiply(const struct tc_kernels *k, const struct operands *o, float *y, size_t pitch,
                     const float *x, size_t lanes)
{
    if (o->affine)
        k->affine(y, pitch, o->w.v, o->b.v, x, o->rows, o->cols, lanes);
    else
        k->accumulate(y, pitch, o->w.v, x, o->rows, o->cols, lanes);
}

/* y of one row and lane in double, and the bound on its error. */
static double exact_product(const struct operands *o, size_t row, size_t lane, double *bound)
{
    double sum = (double)(o->affine ? o->b.v[row] : o->before[lane * o->pitch + row]);
    double size = fabs(sum);

    for (size_t c = 0; c < o->cols; ++c) {
        const double term = (double)o->w.v[c * o->rows + row] * (double)o->x.v[lane * o->cols + c];

        sum += term;
        size += fabs(term);
    }
    *bound = ((double)o->cols + 2.0) * (double)FLT_EPSILON * size;
    return sum;
}

static void check_product(const struct tc_kernels *k, bool affine, size_t rows, size_t cols,
                          size_t lanes, size_t shift)
{
    struct operands o = operands_new(affine, rows, cols, lanes, shift);

    multiply(k, &o, o.y.v, o.pitch, o.x.v, lanes);
    for (size_t l = 0; l < lanes; ++l) {
        const float *const y = o.y.v + l * o.pitch;
        double bound;

        for (size_t r = 0; r < rows; ++r) {
            const double exact = exact_product(&o, r, l, &bound);

            support_require(fabs((double)y[r] - exact) <= bound,
                            "%s: %zu rows, %zu columns, %zu lanes, shift %zu: row %zu, lane %zu is "
                            "%.9g, expected %.9g",
                            k->name, rows, cols, lanes, shift, r, l, (double)y[r], exact);
        }
        support_require(support_same(y + rows, o.before + l * o.pitch + rows, o.pitch - rows),
                        "%s: written between the lanes", k->name);
    }
    operands_free(&o);
}

START_TEST(products_are_within_their_bound)
{
    for (size_t t = 0; t < TABLES; ++t)
        for (size_t c = 0; c < SIZES; ++c)
            for (size_t l = 0; l < LANES; ++l) {
                check_product(tables[t], true, sizes[_i], sizes[c], lanes_tried[l], c % 4);
                check_product(tables[t], false, sizes[_i], sizes[c], lanes_tried[l], c % 4);
            }
}
END_TEST

/* A lane's samples must not tell how many others there are. */
static void check_lanes(const struct tc_kernels *k, bool affine, size_t rows, size_t cols,
                        size_t lanes)
{
    struct operands o = operands_new(affine, rows, cols, lanes, 1);

    multiply(k, &o, o.y.v, o.pitch, o.x.v, lanes);
    for (size_t l = 0; l < lanes; ++l) {
        float *const alone = o.before + l * o.pitch;

        multiply(k, &o, alone, rows, o.x.v + l * cols, 1);
        support_require(support_same(alone, o.y.v + l * o.pitch, rows),
                        "%s: %zu rows, %zu columns: lane %zu of %zu differs", k->name, rows, cols,
                        l, lanes);
    }
    operands_free(&o);
}

START_TEST(a_lane_does_not_depend_on_the_others)
{
    for (size_t t = 0; t < TABLES; ++t)
        for (size_t c = 0; c < SIZES; ++c)
            for (size_t l = 0; l < LANES; ++l) {
                check_lanes(tables[t], true, sizes[_i], sizes[c], lanes_tried[l]);
                check_lanes(tables[t], false, sizes[_i], sizes[c], lanes_tried[l]);
            }
}
END_TEST

static void check_readout(const struct tc_kernels *k, size_t n, size_t shift)
{
    struct support_random random = {n};
    struct guarded w = guarded_new(&random, n, shift), h = guarded_new(&random, n, 3 - shift);
    const float b = support_uniform(&random, -1.0f, 1.0f);
    double exact = (double)b, size = fabs(exact);

    for (size_t i = 0; i < n; ++i) {
        exact += (double)w.v[i] * (double)h.v[i];
        size += fabs((double)w.v[i] * (double)h.v[i]);
    }
    ck_assert_double_eq_tol((double)k->readout(w.v, h.v, b, n), exact,
                            ((double)n + 2.0) * (double)FLT_EPSILON * size);
    guarded_free(&w);
    guarded_free(&h);
}

START_TEST(readout_is_within_its_bound)
{
    for (size_t t = 0; t < TABLES; ++t)
        for (size_t shift = 0; shift < 4; ++shift)
            check_readout(tables[t], sizes[_i], shift);
}
END_TEST

static double logistic(double v)
{
    return reference_activate(TC_LOGISTIC, v);
}

static void check_activate(const struct tc_kernels *k, enum tc_activation activation, size_t n,
                           size_t shift)
{
    struct support_random random = {n};
    struct guarded v = guarded_new(&random, n, shift);

    support_fill(&random, v.v, n, -9.0f, 9.0f);
    float *const before = copy_of(&v);

    k->activate(v.v, activation, n);
    for (size_t i = 0; i < n; ++i) {
        const double exact = reference_activate(activation, (double)before[i]);

        support_require(fabs((double)v.v[i] - exact) <= (double)TC_ACTIVATION_ERROR,
                        "%s %s(%.9g) is %.9g, expected %.9g", k->name,
                        tc_activation_name(activation), (double)before[i], (double)v.v[i], exact);
        k->activate(&before[i], activation, 1);
        support_require(support_same(&before[i], &v.v[i], 1), "%s %s: value %zu of %zu", k->name,
                        tc_activation_name(activation), i, n);
    }
    free(before);
    guarded_free(&v);
}

START_TEST(activations_are_within_their_bound)
{
    for (size_t t = 0; t < TABLES; ++t)
        for (size_t shift = 0; shift < 4; ++shift)
            for (enum tc_activation a = TC_TANH; a <= TC_IDENTITY; ++a)
                check_activate(tables[t], a, sizes[_i], shift);
}
END_TEST

static void check_lstm_gates(const struct tc_kernels *k, size_t n, size_t shift)
{
    struct support_random random = {n};
    struct guarded h = guarded_new(&random, n, shift), c = guarded_new(&random, n, shift);
    struct guarded z = guarded_new(&random, 4 * n, shift);

    support_fill(&random, z.v, z.n, -6.0f, 6.0f);
    support_fill(&random, c.v, c.n, -3.0f, 3.0f);
    float *const before = copy_of(&c);

    k->lstm_gates(h.v, c.v, z.v, n);
    for (size_t i = 0; i < n; ++i) {
        const double old = (double)before[i],
                     bound = 2.0 * (double)TC_ACTIVATION_ERROR * (1.0 + fabs(old));
        const double cell = logistic((double)z.v[n + i]) * old +
                            logistic((double)z.v[i]) * tanh((double)z.v[2 * n + i]);
        const double out = logistic((double)z.v[3 * n + i]) * tanh(cell);
        float alone[4] = {z.v[i], z.v[n + i], z.v[2 * n + i], z.v[3 * n + i]}, h1;

        ck_assert_double_eq_tol((double)c.v[i], cell, bound);
        ck_assert_double_eq_tol((double)h.v[i], out, bound);
        k->lstm_gates(&h1, &before[i], alone, 1);
        ck_assert(support_same(&h1, &h.v[i], 1) && support_same(&before[i], &c.v[i], 1));
    }
    free(before);
    guarded_free(&h);
    guarded_free(&c);
    guarded_free(&z);
}

START_TEST(lstm_gates_are_within_their_bound)
{
    for (size_t t = 0; t < TABLES; ++t)
        for (size_t shift = 0; shift < 4; ++shift)
            check_lstm_gates(tables[t], sizes[_i], shift);
}
END_TEST

static void check_gru_gates(const struct tc_kernels *k, size_t n, size_t shift)
{
    struct support_random random = {n};
    struct guarded h = guarded_new(&random, n, shift), z = guarded_new(&random, 4 * n, shift);

    support_fill(&random, z.v, z.n, -6.0f, 6.0f);
    float *const before = copy_of(&h);

    k->gru_gates(h.v, z.v, n);
    for (size_t i = 0; i < n; ++i) {
        const double q = (double)z.v[3 * n + i], keep = logistic((double)z.v[2 * n + i]);
        const double candidate = tanh((double)z.v[i] + logistic((double)z.v[n + i]) * q);
        float alone[4] = {z.v[i], z.v[n + i], z.v[2 * n + i], z.v[3 * n + i]};

        ck_assert_double_eq_tol((double)h.v[i], (1.0 - keep) * candidate + keep * (double)before[i],
                                4.0 * (double)TC_ACTIVATION_ERROR * (1.0 + fabs(q)));
        k->gru_gates(&before[i], alone, 1);
        ck_assert(support_same(&before[i], &h.v[i], 1));
    }
    free(before);
    guarded_free(&h);
    guarded_free(&z);
}

START_TEST(gru_gates_are_within_their_bound)
{
    for (size_t t = 0; t < TABLES; ++t)
        for (size_t shift = 0; shift < 4; ++shift)
            check_gru_gates(tables[t], sizes[_i], shift);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("kernels");

    tcase_add_loop_test(tests, products_are_within_their_bound, 0, SIZES);
    tcase_add_loop_test(tests, a_lane_does_not_depend_on_the_others, 0, SIZES);
    tcase_add_loop_test(tests, readout_is_within_its_bound, 0, SIZES);
    tcase_add_loop_test(tests, activations_are_within_their_bound, 0, SIZES);
    tcase_add_loop_test(tests, lstm_gates_are_within_their_bound, 0, SIZES);
    tcase_add_loop_test(tests, gru_gates_are_within_their_bound, 0, SIZES);
    return support_run(tests, "kernels");
}
