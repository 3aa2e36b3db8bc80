#include "kernel_cases.h"
#include "step_checks.h"

#include <float.h>
#include <math.h>

#include "kernels/bf16_pair.h"

/* Weights that are stored in half precision. */

enum { LARGE = 60, FEW_INPUTS = 16, MANY_INPUTS = 67 };

/* The even weight of a word; the odd one is the word. */
static float even_of(float word)
{
    return tc_of_bits(tc_bits_of(word) << 16);
}

/* Round a matrix to half precision. */
static void round_to_half(float *w, size_t rows, size_t cols)
{
    for (size_t r = 0; r < rows; ++r)
        for (size_t c = 0; c + 2 <= cols; c += 2) {
            float *const pair = w + r * cols + c;
            const float word = tc_bf16_pair(pair[0], pair[1]);

            pair[0] = even_of(word);
            pair[1] = word;
        }
}

/* Weights that half precision stores exactly, in every table that has it. */
static struct tc_layer_weights half_exact_weights(const struct tc_layer *kind, size_t inputs,
                                                  size_t hidden, float scale)
{
    struct tc_layer_weights weights = weights_new(kind, inputs, hidden, scale);
    const size_t rows = tc_cell_gates(kind->cell) * hidden;

    round_to_half((float *)weights.w_ih, rows, inputs);
    round_to_half((float *)weights.w_hh, rows, hidden);
    weights.precision = TC_PRECISION_HALF;
    return weights;
}

/* Two frames of a layer whose weights half precision stores exactly. */
static void check_half_exact(const struct tc_kernels *k, const struct tc_layer *kind, size_t inputs,
                             size_t hidden, float scale)
{
    struct tc_layer_weights weights = half_exact_weights(kind, inputs, hidden, scale);
    struct kernel_fixture fixture = fixture_random(k, &weights, channels_for(hidden, 0), 2);

    check_frame(&fixture, 0, false);
    check_frame(&fixture, 1, false);
    fixture_free(&fixture);
    weights_free(&weights);
}

START_TEST(half_precision_is_within_the_bound_of_its_weights)
{
    static const size_t inputs[] = {1, FEW_INPUTS, FEW_INPUTS + 1, MANY_INPUTS};

    const size_t stride = hidden_stride(), first = LARGE + (size_t)_i % stride;

    for (const struct tc_kernels *const *k = tested(tc_kernels_all); k; k = tested(k + 1))
        for (size_t hidden = first; hidden <= MAX_HIDDEN; hidden += stride)
            check_half_exact(*k, &kinds[_i], inputs[hidden % INPUTS], hidden,
                             hidden % 3 ? 1.0f : 20.0f);
}
END_TEST

/* A layer that is large by its inputs alone, with too few units to store them in pairs. */
START_TEST(few_units_with_many_inputs_are_within_the_bound)
{
    const size_t stride = hidden_stride(), first = 3 + (size_t)_i % stride;

    for (const struct tc_kernels *const *k = tested(tc_kernels_all); k; k = tested(k + 1))
        for (size_t hidden = first; hidden <= 20; hidden += stride)
            check_half_exact(*k, &kinds[_i], 900, hidden, 1.0f);
}
END_TEST

START_TEST(channels_and_block_sizes_do_not_change_the_bits)
{
    const size_t step = 7 * hidden_stride();

    for (const struct tc_kernels *const *k = tested(tc_kernels_all); k; k = tested(k + 1))
        for (size_t hidden = LARGE; hidden <= MAX_HIDDEN; hidden += step) {
            struct tc_layer_weights weights =
                weights_new(&kinds[_i], hidden % 2 ? FEW_INPUTS : MANY_INPUTS, hidden, 2.0f);

            weights.precision = TC_PRECISION_HALF;
            for (size_t l = 1; l < CHANNEL_COUNTS; ++l)
                check_channels(*k, &weights, channels_tried[l]);
            weights_free(&weights);
        }
}
END_TEST

static size_t packed_floats(const struct tc_kernels *k, const struct tc_layer *kind, size_t inputs,
                            size_t hidden, enum tc_precision precision)
{
    const struct tc_layer_weights weights = {.cell = kind->cell,
                                             .activation = kind->activation,
                                             .inputs = inputs,
                                             .hidden = hidden,
                                             .precision = precision};

    return k->packed_size(&weights);
}

/* Layers with few weights keep full precision. Plain C has no half precision. */
START_TEST(half_precision_takes_half_the_memory_of_large_layers)
{
    for (const struct tc_kernels *const *k = tested(tc_kernels_all); k; k = tested(k + 1)) {
        const size_t full = packed_floats(*k, &kinds[_i], 128, 128, TC_PRECISION_FULL);
        const size_t half = packed_floats(*k, &kinds[_i], 128, 128, TC_PRECISION_HALF);

        ck_assert_uint_le(half, (*k)->needs ? full * 51 / 100 : full);
        ck_assert_uint_eq(packed_floats(*k, &kinds[_i], 1, 40, TC_PRECISION_HALF),
                          packed_floats(*k, &kinds[_i], 1, 40, TC_PRECISION_FULL));
    }
}
END_TEST

static void check_pair(float even, float odd)
{
    const float word = tc_bf16_pair(even, odd), got[] = {even_of(word), word};
    const float wanted[] = {even, odd};

    for (size_t i = 0; i < 2; ++i)
        support_require(isfinite(got[i]) &&
                            fabsf(got[i] - wanted[i]) <= 0x1p-8f * fabsf(wanted[i]) + 0x1p-126f,
                        "%g of %g, %g is stored as %g", (double)wanted[i], (double)even,
                        (double)odd, (double)got[i]);
}

START_TEST(weights_of_a_pair_are_within_their_bound)
{
    static const float edges[] = {0.0f, -0.0f,  1.0f,   -1.0f,   0.99999994f, 1.9999999f,
                                  2.0f, 1e-20f, -1e20f, FLT_MAX, -FLT_MAX,    FLT_MIN};
    enum { EDGES = sizeof edges / sizeof *edges };
    struct support_random random = {7};

    for (size_t a = 0; a < EDGES; ++a)
        for (size_t b = 0; b < EDGES; ++b)
            check_pair(edges[a], edges[b]);
    for (unsigned i = 0; i < 100000; ++i) {
        float pair[2];

        support_fill(&random, pair, 2, -2.0f, 2.0f);
        check_pair(pair[0], pair[1]);
    }
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("half_precision");

    tcase_add_loop_test(tests, half_precision_is_within_the_bound_of_its_weights, 0, KINDS);
    tcase_add_loop_test(tests, few_units_with_many_inputs_are_within_the_bound, 0, KINDS);
    tcase_add_loop_test(tests, channels_and_block_sizes_do_not_change_the_bits, 0, KINDS);
    tcase_add_loop_test(tests, half_precision_takes_half_the_memory_of_large_layers, 0, KINDS);
    tcase_add_test(tests, weights_of_a_pair_are_within_their_bound);
    return support_run(tests, "half_precision");
}
