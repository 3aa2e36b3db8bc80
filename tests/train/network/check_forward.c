#include "shard_problem.h"

#include <math.h>
#include <stdlib.h>

#include "tests/support/reference.h"
#include "train/network/shard_memory.h"

/* The trainer's forward pass against the reference and the stream, for any chunk size. */

START_TEST(forward_matches_the_reference)
{
    for (unsigned c = 0; c < CUTS; ++c) {
        struct shard_problem p = problem_new(&support_networks[_i].arch, cuts[c].sequences);
        const size_t n = FRAMES * p.arch->outputs;
        float *const outputs = chunked_outputs(&p, cuts[c].chunk);
        double *const state = support_zeros(p.state_size, sizeof *state);
        double *const exact = support_zeros(n, sizeof *exact);

        for (unsigned sequence = 0; sequence < p.sequences; ++sequence) {
            reference_start(p.arch, p.exact, state);
            reference_run(p.arch, p.exact, input_at(&p, sequence, 0), NULL, exact, state, FRAMES);
            for (size_t i = 0; i < n; ++i)
                support_require(
                    fabs((double)outputs[sequence * n + i] - exact[i]) <=
                        1e-5 * fmax(1.0, fabs(exact[i])),
                    "%s: sequence %u of %u, chunks of %u, value %zu is %.9g, expected %.9g",
                    support_networks[_i].name, sequence, p.sequences, cuts[c].chunk, i,
                    (double)outputs[sequence * n + i], exact[i]);
        }
        free(exact);
        free(state);
        free(outputs);
        problem_free(&p);
    }
}
END_TEST

START_TEST(chunk_sizes_do_not_change_output_bits)
{
    for (unsigned c = 0; c < CUTS; ++c) {
        struct shard_problem p = problem_new(&support_networks[_i].arch, cuts[c].sequences);
        float *const whole = chunked_outputs(&p, FRAMES);

        for (unsigned chunk = 1; chunk < FRAMES; chunk += 5) {
            float *const chunked = chunked_outputs(&p, chunk);

            ck_assert_msg(support_same(whole, chunked, p.sequences * FRAMES * p.arch->outputs),
                          "%s: %u sequences, chunks of %u", support_networks[_i].name, p.sequences,
                          chunk);
            free(chunked);
        }
        free(whole);
        problem_free(&p);
    }
}
END_TEST

START_TEST(forward_does_not_advance_the_state)
{
    struct shard_problem p = problem_new(&support_networks[_i].arch, 3);
    struct tc_shard *const shard = shard_new(&p, FRAMES);
    const size_t n = p.sequences * FRAMES * p.arch->outputs;
    float *const first = support_zeros(n, sizeof *first);
    float *const second = support_zeros(n, sizeof *second);

    forward(&p, shard, 0, FRAMES);
    take_outputs(&p, shard, 0, FRAMES, first);
    forward(&p, shard, 0, FRAMES);
    take_outputs(&p, shard, 0, FRAMES, second);
    ck_assert(support_same(first, second, n));
    free(second);
    free(first);
    tc_shard_free(shard);
    problem_free(&p);
}
END_TEST

/* After a block of frames sequence 1 is reset, the others continue. */
START_TEST(reset_changes_one_sequence_only)
{
    struct shard_problem p = problem_new(&support_networks[_i].arch, 3);
    const size_t n = FRAMES * p.arch->outputs;
    struct tc_shard *const shard = shard_new(&p, FRAMES), *const fresh = shard_new(&p, FRAMES);
    float *const continued = chunked_outputs(&p, FRAMES);
    float *const got = support_zeros(p.sequences * n, sizeof *got);
    float *const restarted = support_zeros(p.sequences * n, sizeof *restarted);

    forward(&p, fresh, TC_BLOCK_FRAMES, 20);
    take_outputs(&p, fresh, TC_BLOCK_FRAMES, 20, restarted);
    forward(&p, shard, 0, TC_BLOCK_FRAMES);
    tc_shard_advance(shard, TC_BLOCK_FRAMES);
    tc_shard_reset_sequence(shard, p.parameters, 1);
    forward(&p, shard, TC_BLOCK_FRAMES, 20);
    take_outputs(&p, shard, TC_BLOCK_FRAMES, 20, got);
    for (unsigned sequence = 0; sequence < p.sequences; ++sequence) {
        const size_t at = sequence * n + TC_BLOCK_FRAMES * p.arch->outputs;

        support_require(support_same(got + at, (sequence == 1 ? restarted : continued) + at,
                                     20 * p.arch->outputs),
                        "%s: sequence %u", support_networks[_i].name, sequence);
    }
    free(restarted);
    free(got);
    free(continued);
    tc_shard_free(fresh);
    tc_shard_free(shard);
    problem_free(&p);
}
END_TEST

/* Unless reset to the initial state of the parameters, a shard starts at zero. */
START_TEST(states_start_at_zero)
{
    struct shard_problem p = problem_new(&support_networks[_i].arch, 2);
    struct tc_shard *shard = NULL;
    double *const state = support_zeros(p.state_size, sizeof *state);
    double *const exact = support_zeros(p.arch->outputs, sizeof *exact);

    ck_assert_int_eq(tc_shard_new(&shard, p.weights, p.sequences, 1, NULL), TC_OK);
    forward(&p, shard, 0, 1);
    reference_run(p.arch, p.exact, input_at(&p, 1, 0), NULL, exact, state, 1);
    for (unsigned o = 0; o < p.arch->outputs; ++o)
        ck_assert_double_eq_tol((double)tc_shard_output(shard, 1, o)[0], exact[o], 1e-5);
    free(exact);
    free(state);
    tc_shard_free(shard);
    problem_free(&p);
}
END_TEST

/* Run one sequence of the problem through a stream. The knobs of support_model() map 0 to 1 to -1
 * to 1. */
static void play_sequence(const struct shard_problem *p, unsigned sequence, float *const *out)
{
    struct tc_model *const model = support_model_of(p->arch, p->parameters);
    const unsigned audio = p->arch->audio_inputs;
    struct support_signals in = support_signals_new((unsigned)p->rows, FRAMES);
    const struct support_buffers buffers = support_buffers(&in, 0);
    struct tc_stream *stream = NULL;

    for (unsigned row = 0; row < p->rows; ++row)
        for (size_t t = 0; t < FRAMES; ++t) {
            const float v = (float)input_at(p, sequence, t)[row];

            buffers.row[row][t] = row < audio ? v : 0.5f * (v + 1.0f);
        }
    ck_assert_int_eq(tc_stream_new(&stream, model, 1, NULL), TC_OK);
    tc_stream_process(stream, support_inputs(&buffers), support_inputs(&buffers) + audio, out,
                      FRAMES);
    tc_stream_free(stream);
    support_signals_free(&in);
    tc_model_free(model);
}

START_TEST(training_output_matches_the_stream)
{
    struct shard_problem p = problem_new(&support_networks[_i].arch, 3);
    float *const outputs = chunked_outputs(&p, 16);
    struct support_signals out = support_signals_new(p.arch->outputs, FRAMES);
    const struct support_buffers buffers = support_buffers(&out, 0);

    for (unsigned sequence = 0; sequence < p.sequences; ++sequence) {
        play_sequence(&p, sequence, buffers.row);
        for (unsigned o = 0; o < p.arch->outputs; ++o)
            for (unsigned t = 0; t < FRAMES; ++t)
                ck_assert_float_eq_tol(outputs[(sequence * FRAMES + t) * p.arch->outputs + o],
                                       buffers.row[o][t], 1e-5f);
    }
    support_signals_free(&out);
    free(outputs);
    problem_free(&p);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("forward");

    tcase_add_loop_test(tests, forward_matches_the_reference, 0, SUPPORT_TRAINED);
    tcase_add_loop_test(tests, chunk_sizes_do_not_change_output_bits, 0, SUPPORT_TRAINED);
    tcase_add_loop_test(tests, forward_does_not_advance_the_state, 0, SUPPORT_TRAINED);
    tcase_add_loop_test(tests, reset_changes_one_sequence_only, 0, SUPPORT_TRAINED);
    tcase_add_loop_test(tests, states_start_at_zero, 0, SUPPORT_TRAINED);
    tcase_add_loop_test(tests, training_output_matches_the_stream, 0, SUPPORT_TRAINED);
    return support_run(tests, "forward");
}
