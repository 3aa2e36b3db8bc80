#include "tests/support/support.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "cells/activation.h"
#include "cells/cells.h"
#include "cells/output_activation.h"
#include "model/cell.h"

/* A cell of one input and one unit, from PyTorch's tensors, each with one value per gate. */
struct unit {
    struct tc_cell_weights weights;
    float memory[15];
};

/* From the cell to i, f, o: all different. */
static const float peephole[3] = {-0.75f, 1.5f, 0.25f};

static void unit_init(struct unit *unit, enum tc_cell cell, const float *w_ih, const float *w_hh,
                      const float *b_ih, const float *b_hh)
{
    const struct tc_layer_weights layer = {.cell = cell,
                                           .inputs = 1,
                                           .hidden = 1,
                                           .w_ih = w_ih,
                                           .w_hh = w_hh,
                                           .b_ih = b_ih,
                                           .b_hh = b_hh,
                                           .peephole = peephole};

    ck_assert_uint_le(tc_cell_packed_size(&layer), 15);
    tc_cell_pack(unit->memory, &layer);
    unit->weights = tc_cell_unpack(unit->memory, cell, 1, 1);
}

static float logistic(float v)
{
    return 1.0f / (1.0f + expf(-v));
}

START_TEST(rnn_adds_input_state_and_both_biases)
{
    const float w = 2.0f, u = 3.0f, b = 0.5f, d = 0.25f, x = 0.125f;
    const float sum = 2.0f * 0.125f + 3.0f * -0.5f + 0.5f + 0.25f; /* -0.5 */
    const float expected[] = {tanhf(sum), logistic(sum), 0.0f, sum};
    struct unit unit;
    float h = -0.5f, z;

    unit_init(&unit, TC_CELL_RNN, &w, &u, &b, &d);
    tc_rnn_step(&(struct tc_cell_frame){
        .weights = &unit.weights, .activation = (enum tc_activation)_i, .x = &x, .h = &h, .z = &z});
    ck_assert_float_eq_tol(h, expected[_i], TC_ACTIVATION_ERROR);
}
END_TEST

/* The sum is -0.75 without the second bias, which makes it larger. */
START_TEST(modrelu_applies_the_second_bias_to_the_magnitude)
{
    const float w = 2.0f, u = 3.0f, b = 0.5f, d = 0.25f, x = 0.125f;
    const struct tc_layer_weights layer = {.cell = TC_CELL_RNN,
                                           .activation = TC_MODRELU,
                                           .inputs = 1,
                                           .hidden = 1,
                                           .w_ih = &w,
                                           .w_hh = &u,
                                           .b_ih = &b,
                                           .b_hh = &d};
    struct tc_cell_weights weights;
    float memory[3], h = -0.5f, z;

    tc_cell_pack(memory, &layer);
    weights = tc_cell_unpack(memory, TC_CELL_RNN, 1, 1);
    tc_rnn_step(&(struct tc_cell_frame){
        .weights = &weights, .activation = TC_MODRELU, .threshold = &d, .x = &x, .h = &h, .z = &z});
    ck_assert_float_eq(h, -1.0f);
}
END_TEST

/* Zero weights: every gate is 1/2, the candidate 0. One step halves the cell. */
START_TEST(zero_weights_halve_the_cell_of_an_lstm)
{
    const float zero[4] = {0}, x = 1.0f;
    struct unit unit;
    float h = 0.25f, c = 1.0f, z[4];

    unit_init(&unit, TC_CELL_LSTM, zero, zero, zero, zero);
    tc_lstm_step(
        &(struct tc_cell_frame){.weights = &unit.weights, .x = &x, .h = &h, .c = &c, .z = z});
    ck_assert_float_eq(c, 0.5f);
    ck_assert_float_eq_tol(h, 0.5f * tanhf(0.5f), TC_ACTIVATION_ERROR);
}
END_TEST

/* Zero weights: z = 1/2 keeps half of the state, the candidate is 0. */
START_TEST(zero_weights_halve_the_state_of_a_gru)
{
    const float zero[3] = {0}, x = 1.0f;
    struct unit unit;
    float h = 0.75f, z[4];

    unit_init(&unit, TC_CELL_GRU, zero, zero, zero, zero);
    tc_gru_step(&(struct tc_cell_frame){.weights = &unit.weights, .x = &x, .h = &h, .z = z});
    ck_assert_float_eq(h, 0.375f);
}
END_TEST

/* i = s(1), f = s(-2), g = tanh 0.5, o = s(3), set once through each of the four tensors that may
 * hold them. All gates differ, so that no other order gives this h and c. */
START_TEST(gates_of_an_lstm_are_i_f_g_o)
{
    const float wanted[4] = {1.0f, -2.0f, 0.5f, 3.0f}, zero[4] = {0}, x = 1.0f;
    const float *tensor[4] = {zero, zero, zero, zero};
    const float cell = logistic(-2.0f) * 0.8f + logistic(1.0f) * tanhf(0.5f);
    struct unit unit;
    float h = 1.0f, c = 0.8f, z[4];

    tensor[_i] = wanted;
    unit_init(&unit, TC_CELL_LSTM, tensor[0], tensor[1], tensor[2], tensor[3]);
    tc_lstm_step(
        &(struct tc_cell_frame){.weights = &unit.weights, .x = &x, .h = &h, .c = &c, .z = z});
    ck_assert_float_eq_tol(c, cell, 2.0f * TC_ACTIVATION_ERROR);
    ck_assert_float_eq_tol(h, logistic(3.0f) * tanhf(cell), 2.0f * TC_ACTIVATION_ERROR);
}
END_TEST

/* The same with peepholes: i and f depend on the old cell state, o on the new one. */
START_TEST(peepholes_of_i_and_f_read_the_old_cell_and_o_the_new)
{
    const float wanted[4] = {1.0f, -2.0f, 0.5f, 3.0f}, zero[4] = {0}, x = 1.0f, old = 0.8f;
    const float *tensor[4] = {zero, zero, zero, zero};
    const float in = logistic(1.0f + peephole[0] * old), keep = logistic(-2.0f + peephole[1] * old);
    const float cell = keep * old + in * tanhf(0.5f);
    struct unit unit;
    float h = 1.0f, c = old, z[4];

    tensor[_i] = wanted;
    unit_init(&unit, TC_CELL_LSTM_PEEPHOLE, tensor[0], tensor[1], tensor[2], tensor[3]);
    tc_lstm_peephole_step(
        &(struct tc_cell_frame){.weights = &unit.weights, .x = &x, .h = &h, .c = &c, .z = z});
    ck_assert_float_eq_tol(c, cell, 2.0f * TC_ACTIVATION_ERROR);
    ck_assert_float_eq_tol(h, logistic(3.0f + peephole[2] * cell) * tanhf(cell),
                           2.0f * TC_ACTIVATION_ERROR);
}
END_TEST

/* The same for a GRU: r = s(1), z = s(-2), and 0.5 in the candidate, which r scales where it comes
 * from the state (the second and fourth tensor) and not where it comes from the input. With the
 * reset before, r scales the state itself, and no bias. */
static const struct {
    enum tc_cell cell;
    void (*step)(const struct tc_cell_frame *frame);
    bool scaled[4]; /* tensors */
} grus[] = {{TC_CELL_GRU, tc_gru_step, {false, true, false, true}},
            {TC_CELL_GRU_RESET_BEFORE, tc_gru_reset_before_step, {false, true, false, false}}};

START_TEST(gates_of_a_gru_are_r_z_n_and_r_scales_the_state)
{
    const unsigned g = (unsigned)_i / 4, t = (unsigned)_i % 4;
    const float wanted[3] = {1.0f, -2.0f, 0.5f}, zero[3] = {0}, x = 1.0f;
    const float *tensor[4] = {zero, zero, zero, zero};
    const float scale = grus[g].scaled[t] ? logistic(1.0f) : 1.0f, keep = logistic(-2.0f);
    struct unit unit;
    float h = 1.0f, z[4];

    tensor[t] = wanted;
    unit_init(&unit, grus[g].cell, tensor[0], tensor[1], tensor[2], tensor[3]);
    grus[g].step(&(struct tc_cell_frame){.weights = &unit.weights, .x = &x, .h = &h, .z = z});
    ck_assert_float_eq_tol(h, (1.0f - keep) * tanhf(scale * 0.5f) + keep,
                           4.0f * TC_ACTIVATION_ERROR);
}
END_TEST

/* Two inputs, two units, identity: h = W x + U h with every weight another power of two. */
START_TEST(matrix_rows_are_units_and_columns_are_inputs)
{
    const float w[4] = {1.0f, 2.0f, 4.0f, 8.0f}, u[4] = {16.0f, 32.0f, 64.0f, 128.0f};
    const float zero[2] = {0}, x[2] = {1.0f, 3.0f};
    const struct tc_layer_weights layer = {.cell = TC_CELL_RNN,
                                           .activation = TC_IDENTITY,
                                           .inputs = 2,
                                           .hidden = 2,
                                           .w_ih = w,
                                           .w_hh = u,
                                           .b_ih = zero,
                                           .b_hh = zero};
    struct tc_cell_weights weights;
    float memory[10], h[2] = {5.0f, 7.0f}, z[2];

    ck_assert_uint_eq(tc_cell_packed_size(&layer), 10);
    ck_assert_uint_eq(tc_cell_scratch(&layer), 2);
    tc_cell_pack(memory, &layer);
    weights = tc_cell_unpack(memory, TC_CELL_RNN, 2, 2);
    tc_rnn_step(&(struct tc_cell_frame){
        .weights = &weights, .activation = TC_IDENTITY, .x = x, .h = h, .z = z});
    ck_assert_float_eq(h[0], 1.0f * 1.0f + 2.0f * 3.0f + 16.0f * 5.0f + 32.0f * 7.0f);
    ck_assert_float_eq(h[1], 4.0f * 1.0f + 8.0f * 3.0f + 64.0f * 5.0f + 128.0f * 7.0f);
}
END_TEST

/* ------------------------------------------------------------------------- readouts */

START_TEST(a_linear_readout_changes_nothing)
{
    const float v[2] = {-3e38f, 0.1f};
    float y[2] = {v[0], v[1]};
    float *const rows[] = {y};

    tc_readout_apply(TC_READOUT_LINEAR, rows, 1, 0, 2);
    ck_assert(support_same(y, v, 2));
}
END_TEST

/* Frames outside of the range are not changed. */
START_TEST(probabilities_are_within_their_error_bound)
{
    enum { OUTPUTS = 5, FRAMES = 3000, START = 3 };
    struct support_signals v = support_noise(OUTPUTS, FRAMES, 5, 90.0f);
    struct support_signals y = support_noise(OUTPUTS, FRAMES, 5, 90.0f);
    const struct support_buffers rows = support_buffers(&y, 0);
    const enum tc_readout readout = (enum tc_readout)_i;

    tc_readout_apply(readout, rows.row, OUTPUTS, START, FRAMES - 2 * START);
    for (size_t t = 0; t < FRAMES; ++t) {
        double total = 0.0, most = 0.0;

        for (unsigned o = 0; o < OUTPUTS; ++o) {
            total += exp((double)v.samples[o * FRAMES + t]);
            most = fmax(most, fabs((double)v.samples[o * FRAMES + t]));
        }
        for (unsigned o = 0; o < OUTPUTS; ++o) {
            const float from = v.samples[o * FRAMES + t], to = rows.row[o][t];
            const double e = exp((double)from);
            const double p = readout == TC_READOUT_SOFTMAX ? e / total : e / (1.0 + e);

            if (t < START || t >= FRAMES - START)
                support_require(from == to, "frame %zu is touched", t);
            else
                support_require(fabs((double)to - p) <=
                                    (OUTPUTS + 6 + 2.0 * most) * FLT_EPSILON * p + (double)FLT_MIN,
                                "%g gives %g, expected %g", (double)from, (double)to, p);
        }
    }
    support_signals_free(&v);
    support_signals_free(&y);
}
END_TEST

/* Readouts of logits beyond the range of exp(), in a frame of three outputs. */
static const struct {
    enum tc_readout readout;
    float v[3], y[3];
} extremes[] = {
    {TC_READOUT_LOGISTIC, {FLT_MAX, -FLT_MAX, 0.0f}, {1.0f, 0.0f, 0.5f}},
    {TC_READOUT_LOGISTIC, {INFINITY, -INFINITY, NAN}, {0.0f, 0.0f, 0.0f}},
    {TC_READOUT_SOFTMAX, {FLT_MAX, FLT_MAX, -FLT_MAX}, {0.5f, 0.5f, 0.0f}},
    {TC_READOUT_SOFTMAX, {-FLT_MAX, -FLT_MAX, -FLT_MAX}, {1 / 3.0f, 1 / 3.0f, 1 / 3.0f}},
    {TC_READOUT_SOFTMAX, {1e30f, 2e30f, 3e30f}, {0.0f, 0.0f, 1.0f}},
    {TC_READOUT_SOFTMAX, {7.0f, -INFINITY, 7.0f}, {0.5f, 0.0f, 0.5f}},
    {TC_READOUT_SOFTMAX, {7.0f, INFINITY, 7.0f}, {0.0f, 0.0f, 0.0f}},
    {TC_READOUT_SOFTMAX, {NAN, 7.0f, 7.0f}, {0.0f, 0.0f, 0.0f}},
    {TC_READOUT_SOFTMAX, {-INFINITY, -INFINITY, -INFINITY}, {0.0f, 0.0f, 0.0f}},
};

START_TEST(probabilities_of_extreme_logits_are_finite)
{
    float y[3] = {extremes[_i].v[0], extremes[_i].v[1], extremes[_i].v[2]};
    float *const rows[] = {&y[0], &y[1], &y[2]};

    tc_readout_apply(extremes[_i].readout, rows, 3, 0, 1);
    for (unsigned o = 0; o < 3; ++o)
        ck_assert_float_eq_tol(y[o], extremes[_i].y[o], FLT_EPSILON);
}
END_TEST

/* Each format has every gate once. */
static void check_order(const struct tc_cell_description *cell, enum tc_export format)
{
    unsigned found = 0;

    for (unsigned g = 0; cell->format[format].name && g < cell->gates; ++g)
        found |= 1u << cell->format[format].gate[g];
    ck_assert_uint_eq(found, cell->format[format].name ? (1u << cell->gates) - 1 : 0);
}

START_TEST(each_cell_has_a_unique_name_and_all_gates)
{
    const struct tc_cell_description *const cell = tc_cell_describe((enum tc_cell)_i);

    ck_assert_str_eq(cell->name, tc_cell_name((enum tc_cell)_i));
    for (unsigned i = 0; i < TC_CELLS; ++i)
        ck_assert((int)i == _i || strcmp(cell->name, tc_cell_name((enum tc_cell)i)) != 0);
    ck_assert_uint_ge(cell->gates, 1);
    ck_assert_uint_le(cell->gates, TC_MAX_GATES);
    for (unsigned g = 0; g < TC_MAX_GATES; ++g)
        ck_assert_int_eq(cell->gate[g] != NULL, g < cell->gates);
    ck_assert_int_lt(cell->forget_gate, (int)cell->gates);
    ck_assert_int_lt(cell->keep_gate, (int)cell->gates);
    ck_assert_int_lt(cell->write_gate, (int)cell->gates);
    for (unsigned f = 0; f < TC_EXPORTS; ++f)
        check_order(cell, (enum tc_export)f);
}
END_TEST

START_TEST(unknown_cell_has_no_description)
{
    ck_assert_ptr_null(tc_cell_describe((enum tc_cell)TC_CELLS));
    ck_assert_uint_eq(tc_cell_gates((enum tc_cell)TC_CELLS), 0);
    ck_assert_str_eq(tc_cell_name((enum tc_cell)TC_CELLS), "unknown");
}
END_TEST

START_TEST(cell_is_recognised_by_its_tensors)
{
    enum tc_cell cell = TC_CELL_RNN;

    ck_assert(!tc_cell_of_tensors(2, false, &cell));
    ck_assert(tc_cell_of_tensors(4, false, &cell) && cell == TC_CELL_LSTM);
    ck_assert(tc_cell_of_tensors(4, true, &cell) && cell == TC_CELL_LSTM_PEEPHOLE);
    ck_assert(tc_cell_of_tensors(3, true, &cell) && cell == TC_CELL_GRU);
    ck_assert(tc_cell_of_format(TC_EXPORT_KERAS, "gru", &cell) && cell == TC_CELL_GRU);
    ck_assert(!tc_cell_of_format(TC_EXPORT_NAM, "GRU", &cell));
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("cells");

    tcase_add_loop_test(tests, rnn_adds_input_state_and_both_biases, 0, TC_IDENTITY + 1);
    tcase_add_test(tests, modrelu_applies_the_second_bias_to_the_magnitude);
    tcase_add_test(tests, zero_weights_halve_the_cell_of_an_lstm);
    tcase_add_test(tests, zero_weights_halve_the_state_of_a_gru);
    tcase_add_loop_test(tests, gates_of_an_lstm_are_i_f_g_o, 0, 4);
    tcase_add_loop_test(tests, peepholes_of_i_and_f_read_the_old_cell_and_o_the_new, 0, 4);
    tcase_add_loop_test(tests, gates_of_a_gru_are_r_z_n_and_r_scales_the_state, 0, 2 * 4);
    tcase_add_test(tests, matrix_rows_are_units_and_columns_are_inputs);
    tcase_add_test(tests, a_linear_readout_changes_nothing);
    tcase_add_loop_test(tests, probabilities_are_within_their_error_bound, TC_READOUT_LOGISTIC,
                        TC_READOUT_SOFTMAX + 1);
    tcase_add_loop_test(tests, probabilities_of_extreme_logits_are_finite, 0,
                        sizeof extremes / sizeof *extremes);
    tcase_add_loop_test(tests, each_cell_has_a_unique_name_and_all_gates, 0, TC_CELLS);
    tcase_add_test(tests, unknown_cell_has_no_description);
    tcase_add_test(tests, cell_is_recognised_by_its_tensors);
    return support_run(tests, "cells");
}
