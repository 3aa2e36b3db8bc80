#include "tests/support/guarded.h"
#include "kernel_cases.h"
#include "tests/support/reference.h"
#include "tests/support/support.h"
#include "memory.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Tables of kernels: how one is chosen, how wide it is, its readout and normalisation. */

enum { READOUT_FRAMES = 3, ROWS = 3 };

static void check_readout_frame(const struct tc_kernels *k, const float *w, const float *h, float b,
                                size_t n, float y)
{
    double exact = (double)b, size = fabs(exact);

    for (size_t i = 0; i < n; ++i) {
        exact += (double)w[i] * (double)h[i];
        size += fabs((double)w[i] * (double)h[i]);
    }
    support_require(fabs((double)y - exact) <= ((double)n + 2.0) * (double)FLT_EPSILON * size,
                    "%s: readout of %zu is %.9g, expected %.9g", k->name, n, (double)y, exact);
}

static void check_readout(const struct tc_kernels *k, size_t n)
{
    struct support_random random = {n};
    const size_t pitch = 2 * n; /* of two channels */
    struct guarded w = guarded_new(n), h = guarded_new(READOUT_FRAMES * pitch);
    struct guarded y = guarded_new(READOUT_FRAMES);
    const float b = support_uniform(&random, -1.0f, 1.0f);

    support_fill(&random, w.v, n, -1.0f, 1.0f);
    support_fill(&random, h.v, READOUT_FRAMES * pitch, -1.0f, 1.0f);
    k->readout(y.v, w.v, h.v, pitch, b, n, READOUT_FRAMES);
    for (size_t t = 0; t < READOUT_FRAMES; ++t)
        check_readout_frame(k, w.v, h.v + t * pitch, b, n, y.v[t]);
    h.v[pitch + n - 1] = NAN;
    k->readout(y.v, w.v, h.v, pitch, b, n, READOUT_FRAMES);
    support_require(isnan(y.v[1]) && !isnan(y.v[0]), "%s: readout hides NaN", k->name);
    guarded_free(&w, "readout");
    guarded_free(&h, "state");
    guarded_free(&y, "output");
}

START_TEST(readout_is_within_its_bound)
{
    for (const struct tc_kernels *const *k = tested(tc_kernels_all); k; k = tested(k + 1))
        for (size_t n = (*k)->width; n <= MAX_HIDDEN; n += (*k)->width)
            check_readout(*k, n);
}
END_TEST

/* x at any alignment. */
static void check_weighted_sum(const struct tc_kernels *k, size_t n)
{
    struct support_random random = {n};
    struct guarded w = guarded_new(n), x = guarded_new(n + 3);

    support_fill(&random, w.v, n, -1.0f, 1.0f);
    support_fill(&random, x.v, n + 3, -1.0f, 1.0f);
    for (size_t shift = 0; shift <= 3; ++shift)
        check_readout_frame(k, w.v, x.v + shift, 0.0f, n, k->weighted_sum(w.v, x.v + shift, n));
    guarded_free(&w, "weights");
    guarded_free(&x, "signal");
}

START_TEST(weighted_sum_is_within_its_bound)
{
    for (const struct tc_kernels *const *k = tested(tc_kernels_all); k; k = tested(k + 1))
        for (size_t n = TC_ALIGN_FLOATS; n <= 10 * TC_ALIGN_FLOATS; n += TC_ALIGN_FLOATS)
            check_weighted_sum(*k, n);
}
END_TEST

/* The errors of the mean and the deviation are at most those of their sums; the deviation divides.
 */
static void check_normalised_row(const struct tc_norm_args *run, const float *s, const float *o,
                                 const char *kernels)
{
    const size_t n = run->hidden;
    double exact[MAX_HIDDEN], x[MAX_HIDDEN], deviation;

    for (size_t i = 0; i < n; ++i)
        exact[i] = (double)s[i];
    deviation = reference_standardise(exact, x, n);
    for (size_t i = 0; i < run->units; ++i) {
        const double wanted = i < n ? (double)run->gain[i] * x[i] + (double)run->bias[i] : 0.0;
        const double bound = (double)FLT_EPSILON * ((double)n + 8.0) * (1.0 + 1.0 / deviation);

        support_require(fabs((double)o[i] - wanted) <= bound,
                        "%s: unit %zu of %zu is %.9g, expected %.9g", kernels, i, n, (double)o[i],
                        wanted);
    }
}

/* Rows of very different magnitudes; their padding is NaN. */
static void check_norm(const struct tc_kernels *k, size_t hidden)
{
    static const float size[ROWS] = {1.0f, 1e-3f, 30.0f};
    struct support_random random = {hidden};
    const size_t units = tc_kernels_units(k, hidden);
    struct guarded s = guarded_new(ROWS * units), o = guarded_new(ROWS * units);
    struct guarded gain = guarded_new(units), bias = guarded_new(units);
    struct tc_norm_args run = {hidden, units, gain.v, bias.v, ROWS, s.v, o.v};

    support_fill(&random, gain.v, hidden, -1.0f, 1.0f);
    support_fill(&random, bias.v, hidden, -1.0f, 1.0f);
    for (size_t r = 0; r < ROWS; ++r) {
        support_fill(&random, s.v + r * units, hidden, -size[r], size[r]);
        for (size_t i = hidden; i < units; ++i)
            s.v[r * units + i] = NAN;
    }
    k->norm(&run);
    for (size_t r = 0; r < ROWS; ++r)
        check_normalised_row(&run, s.v + r * units, o.v + r * units, k->name);
    run.o = s.v;
    k->norm(&run);
    support_require(memcmp(s.v, o.v, ROWS * units * sizeof *o.v) == 0,
                    "%s: %zu units in place differ", k->name, hidden);
    guarded_free(&s, "state");
    guarded_free(&o, "the output");
    guarded_free(&gain, "gain");
    guarded_free(&bias, "bias");
}

START_TEST(normalisation_matches_the_reference)
{
    for (const struct tc_kernels *const *k = tested(tc_kernels_all); k; k = tested(k + 1))
        for (size_t hidden = 2; hidden <= MAX_HIDDEN; ++hidden)
            check_norm(*k, hidden);
}
END_TEST

START_TEST(units_are_padded_to_the_width)
{
    for (const struct tc_kernels *const *k = tested(tc_kernels_all); k; k = tested(k + 1))
        for (size_t hidden = 1; hidden <= MAX_HIDDEN; ++hidden) {
            const size_t units = tc_kernels_units(*k, hidden);

            support_require(units >= hidden && units < hidden + (*k)->width &&
                                units % (*k)->width == 0,
                            "%s: %zu units for %zu", (*k)->name, units, hidden);
        }
}
END_TEST

START_TEST(tables_are_found_by_name_and_features)
{
    for (const struct tc_kernels *const *k = tc_kernels_all; *k; ++k) {
        ck_assert_ptr_eq(tc_kernels_find((*k)->name, (*k)->needs), *k);
        ck_assert_ptr_eq(tc_kernels_find(NULL, ~0u), tc_kernels_all[0]);
        if ((*k)->needs)
            ck_assert_ptr_null(tc_kernels_find((*k)->name, ~(*k)->needs));
    }
    ck_assert_str_eq(tc_kernels_find(NULL, 0)->name, "c");
    ck_assert_ptr_null(tc_kernels_find("", ~0u));
    ck_assert_ptr_null(tc_kernels_find("cc", ~0u));
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("kernels");

    tcase_add_test(tests, readout_is_within_its_bound);
    tcase_add_test(tests, weighted_sum_is_within_its_bound);
    tcase_add_test(tests, normalisation_matches_the_reference);
    tcase_add_test(tests, units_are_padded_to_the_width);
    tcase_add_test(tests, tables_are_found_by_name_and_features);
    return support_run(tests, "kernels");
}
