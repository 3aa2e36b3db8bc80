#include "support.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reference.h"
#include "train/shard.h"

enum { FRAMES = 40 };

/* Lanes and frames per chunk. */
static const struct {
    unsigned lanes, chunk;
} cuts[] = {{1, FRAMES}, {3, 16}, {16, 15}, {17, 17}, {3, 1}, {1, 2}};

enum { CUTS = sizeof cuts / sizeof cuts[0] };

/* A network with its parameters and the signals of some lanes: (lane, frame, row), as the reference
 * has them. The loss is the sum over lanes, frames and rows of weight * y. */
struct problem {
    const struct tc_architecture *arch;
    unsigned lanes;
    size_t rows, n, state_size;
    float *parameters;
    struct tc_weights *weights;
    double *exact, *input, *weight;
};

static double *random_doubles(struct support_random *random, size_t n)
{
    double *const values = support_zeros(n, sizeof *values);

    for (size_t i = 0; i < n; ++i)
        values[i] = (double)support_uniform(random, -1.0f, 1.0f);
    return values;
}

/* NULL for the usual ones. */
static void use_kernels(struct problem *p, const struct tc_batch_kernels *k)
{
    tc_weights_free(p->weights);
    ck_assert_int_eq(tc_weights_new(&p->weights, p->arch, k, NULL), TC_OK);
    tc_weights_pack(p->weights, p->parameters);
}

static struct problem problem_new(const struct tc_architecture *arch, unsigned lanes)
{
    struct support_random random = {lanes};
    struct problem p = {.arch = arch, .lanes = lanes, .rows = arch->audio_inputs + arch->knobs};

    p.state_size = reference_state_size(arch);
    p.parameters = support_parameters(arch, 7, &p.n);
    use_kernels(&p, NULL);
    p.exact = support_zeros(p.n, sizeof *p.exact);
    for (size_t i = 0; i < p.n; ++i)
        p.exact[i] = (double)p.parameters[i];
    p.input = random_doubles(&random, lanes * FRAMES * p.rows);
    p.weight = random_doubles(&random, lanes * FRAMES * arch->outputs);
    return p;
}

static void problem_free(struct problem *p)
{
    tc_weights_free(p->weights);
    free(p->parameters);
    free(p->exact);
    free(p->input);
    free(p->weight);
}

/* Signals of one lane from a frame on. */
static const double *input_at(const struct problem *p, unsigned lane, size_t frame)
{
    return p->input + (lane * FRAMES + frame) * p->rows;
}

static const double *weight_at(const struct problem *p, unsigned lane, size_t frame)
{
    return p->weight + (lane * FRAMES + frame) * p->arch->outputs;
}

/* A shard with its streams at the start state of the parameters. */
static struct tc_shard *shard_new(const struct problem *p, unsigned max_frames)
{
    struct tc_shard *shard = NULL;

    ck_assert_int_eq(tc_shard_new(&shard, p->weights, p->lanes, max_frames, NULL), TC_OK);
    for (unsigned lane = 0; lane < p->lanes; ++lane)
        tc_shard_reset_lane(shard, p->parameters, lane);
    return shard;
}

/* Give the shard n_frames from `start` on and run them. */
static void forward(const struct problem *p, struct tc_shard *shard, unsigned start,
                    unsigned n_frames)
{
    for (unsigned t = 0; t < n_frames; ++t)
        for (unsigned lane = 0; lane < p->lanes; ++lane)
            for (unsigned row = 0; row < p->rows; ++row)
                tc_shard_input(shard, lane, row)[t] = (float)input_at(p, lane, start + t)[row];
    tc_shard_forward(shard, n_frames);
}

static void backward(const struct problem *p, struct tc_shard *shard, unsigned start,
                     unsigned n_frames, float *gradient)
{
    for (unsigned t = 0; t < n_frames; ++t)
        for (unsigned lane = 0; lane < p->lanes; ++lane)
            for (unsigned o = 0; o < p->arch->outputs; ++o)
                tc_shard_output_gradient(shard, lane, o)[t] =
                    (float)weight_at(p, lane, start + t)[o];
    tc_shard_backward(shard, gradient, n_frames);
}

/* Copy the outputs of n_frames into all[(lane, frame, output)], from frame `start` on. */
static void take_outputs(const struct problem *p, const struct tc_shard *shard, unsigned start,
                         unsigned n_frames, float *all)
{
    const size_t outputs = p->arch->outputs;

    for (unsigned t = 0; t < n_frames; ++t)
        for (unsigned lane = 0; lane < p->lanes; ++lane)
            for (unsigned o = 0; o < outputs; ++o)
                all[(lane * FRAMES + start + t) * outputs + o] = tc_shard_output(shard, lane, o)[t];
}

/* The whole signal in chunks, the state carried; either result may be NULL. */
static void run_chunks(const struct problem *p, unsigned max_frames, unsigned chunk, float *outputs,
                       float *gradient)
{
    struct tc_shard *const shard = shard_new(p, max_frames);

    for (unsigned start = 0; start < FRAMES; start += chunk) {
        const unsigned n = start + chunk < FRAMES ? chunk : FRAMES - start;

        forward(p, shard, start, n);
        if (outputs)
            take_outputs(p, shard, start, n, outputs);
        if (gradient)
            backward(p, shard, start, n, gradient);
        tc_shard_carry(shard, n);
    }
    tc_shard_free(shard);
}

static float *chunked_outputs(const struct problem *p, unsigned chunk)
{
    float *const outputs = support_zeros(p->lanes * FRAMES * p->arch->outputs, sizeof *outputs);

    run_chunks(p, chunk, chunk, outputs, NULL);
    return outputs;
}

static float *chunked_gradient(const struct problem *p, unsigned max_frames, unsigned chunk)
{
    float *const gradient = support_zeros(p->n, sizeof *gradient);

    run_chunks(p, max_frames, chunk, NULL, gradient);
    return gradient;
}

/* The definition of truncation: each chunk's gradient with the state at its start held fixed. */
static double *exact_gradient(const struct problem *p, unsigned chunk)
{
    double *const gradient = support_zeros(p->n, sizeof *gradient);
    double *const state = support_zeros(p->state_size, sizeof *state);
    double *const output = support_zeros(chunk * p->arch->outputs, sizeof *output);

    for (unsigned lane = 0; lane < p->lanes; ++lane) {
        reference_start(p->arch, p->exact, state);
        for (unsigned start = 0; start < FRAMES; start += chunk) {
            const unsigned n = start + chunk < FRAMES ? chunk : FRAMES - start;

            reference_gradient(p->arch, p->exact, input_at(p, lane, start),
                               weight_at(p, lane, start), state, n, gradient);
            reference_run(p->arch, p->exact, input_at(p, lane, start), output, state, n);
        }
    }
    free(output);
    free(state);
    return gradient;
}

/* Norm of the difference over norm of the gradient, in every tensor. */
static void compare_gradients(const struct tc_architecture *arch, const float *gradient,
                              const double *exact, double tolerance, const char *what)
{
    struct tc_tensor tensors[TC_MAX_TENSORS];
    const unsigned n = tc_architecture_tensors(arch, tensors, NULL);

    for (unsigned i = 0; i < n; ++i) {
        const size_t end = tensors[i].offset + tensors[i].rows * tensors[i].cols;
        double difference = 0.0, size = 0.0;

        for (size_t j = tensors[i].offset; j < end; ++j) {
            const double d = (double)gradient[j] - exact[j];

            difference += d * d;
            size += exact[j] * exact[j];
        }
        support_require(sqrt(difference) <= tolerance * sqrt(size),
                        "%s: %s (%zu, %zu): the gradient is off by %g of its norm %g", what,
                        tensors[i].name, tensors[i].rows, tensors[i].cols, sqrt(difference / size),
                        sqrt(size));
    }
}

START_TEST(forward_is_that_of_the_reference)
{
    for (unsigned c = 0; c < CUTS; ++c) {
        struct problem p = problem_new(&support_networks[_i].arch, cuts[c].lanes);
        const size_t n = FRAMES * p.arch->outputs;
        float *const outputs = chunked_outputs(&p, cuts[c].chunk);
        double *const state = support_zeros(p.state_size, sizeof *state);
        double *const exact = support_zeros(n, sizeof *exact);

        for (unsigned lane = 0; lane < p.lanes; ++lane) {
            reference_start(p.arch, p.exact, state);
            reference_run(p.arch, p.exact, input_at(&p, lane, 0), exact, state, FRAMES);
            for (size_t i = 0; i < n; ++i)
                support_require(fabs((double)outputs[lane * n + i] - exact[i]) <=
                                    1e-5 * fmax(1.0, fabs(exact[i])),
                                "%s: lane %u of %u, chunks of %u, value %zu is %.9g, expected %.9g",
                                support_networks[_i].name, lane, p.lanes, cuts[c].chunk, i,
                                (double)outputs[lane * n + i], exact[i]);
        }
        free(exact);
        free(state);
        free(outputs);
        problem_free(&p);
    }
}
END_TEST

START_TEST(gradient_is_that_of_central_differences)
{
    const unsigned network = (unsigned)_i / CUTS, cut = (unsigned)_i % CUTS;
    struct problem p = problem_new(&support_networks[network].arch, cuts[cut].lanes);
    float *const gradient = chunked_gradient(&p, cuts[cut].chunk, cuts[cut].chunk);
    double *const exact = exact_gradient(&p, cuts[cut].chunk);

    compare_gradients(p.arch, gradient, exact, 1e-4, support_networks[network].name);
    free(exact);
    free(gradient);
    problem_free(&p);
}
END_TEST

START_TEST(the_chain_rule_gives_what_differences_give)
{
    struct problem p = problem_new(&support_networks[_i].arch, 1);
    double *const state = support_zeros(p.state_size, sizeof *state);
    double *const differences = support_zeros(p.n, sizeof *differences);
    double *const derived = support_zeros(p.n, sizeof *derived);

    reference_start(p.arch, p.exact, state);
    reference_gradient(p.arch, p.exact, p.input, p.weight, state, FRAMES, differences);
    reference_backward(p.arch, p.exact, p.input, p.weight, state, FRAMES, derived);
    for (size_t i = 0; i < p.n; ++i)
        ck_assert_double_eq_tol(derived[i], differences[i], 1e-7 * (1.0 + fabs(differences[i])));
    free(derived);
    free(differences);
    free(state);
    problem_free(&p);
}
END_TEST

/* A few frames of all lanes with each of the kernels that this CPU has. */
static void check_all_kernels(struct problem *p)
{
    enum { SHORT = 3 };
    double *const exact = support_zeros(p->n, sizeof *exact);
    double *const state = support_zeros(p->state_size, sizeof *state);

    reference_start(p->arch, p->exact, state);
    for (unsigned lane = 0; lane < p->lanes; ++lane)
        reference_backward(p->arch, p->exact, input_at(p, lane, 0), weight_at(p, lane, 0), state,
                           SHORT, exact);
    for (const struct tc_batch_kernels *const *k = tc_batch_kernels_all; *k; ++k) {
        if ((*k)->needs & ~tc_cpu_features())
            continue;
        float *const gradient = support_zeros(p->n, sizeof *gradient);

        use_kernels(p, *k);
        struct tc_shard *const shard = shard_new(p, SHORT);

        forward(p, shard, 0, SHORT);
        backward(p, shard, 0, SHORT, gradient);
        compare_gradients(p->arch, gradient, exact, 1e-4, (*k)->name);
        tc_shard_free(shard);
        free(gradient);
    }
    free(state);
    free(exact);
}

/* Two layers whose widths, and lanes whose number, end within vectors, tiles and groups in every
 * way. */
START_TEST(gradient_of_every_size)
{
    static const enum tc_cell cells[] = {TC_CELL_LSTM, TC_CELL_GRU, TC_CELL_RNN, TC_CELL_LSTM};

    for (unsigned hidden = 1; hidden <= 130; ++hidden) {
        const struct tc_architecture arch = {
            .audio_inputs = 2,
            .outputs = 2,
            .layers = 2,
            .direct = 1.0f,
            .layer = {{cells[_i], TC_TANH, hidden},
                      {cells[_i + 1], TC_TANH, 1 + hidden * 37 % 131}}};
        struct problem p = problem_new(&arch, 1 + hidden * 29 % 70);

        check_all_kernels(&p);
        problem_free(&p);
    }
}
END_TEST

/* Truncation at the whole length cuts nothing: not a bit changes, whatever room the shard has. */
START_TEST(one_chunk_is_full_backpropagation)
{
    struct problem p = problem_new(&support_networks[_i].arch, 3);
    float *const whole = chunked_gradient(&p, FRAMES, FRAMES);
    float *const roomy = chunked_gradient(&p, 2 * FRAMES + 1, FRAMES);
    float *const endless = chunked_gradient(&p, 3 * FRAMES, 3 * FRAMES);

    ck_assert(support_same(whole, roomy, p.n));
    ck_assert(support_same(whole, endless, p.n));
    free(endless);
    free(roomy);
    free(whole);
    problem_free(&p);
}
END_TEST

START_TEST(cutting_changes_no_output_bit)
{
    for (unsigned c = 0; c < CUTS; ++c) {
        struct problem p = problem_new(&support_networks[_i].arch, cuts[c].lanes);
        float *const whole = chunked_outputs(&p, FRAMES);

        for (unsigned chunk = 1; chunk < FRAMES; chunk += 5) {
            float *const chunked = chunked_outputs(&p, chunk);

            ck_assert_msg(support_same(whole, chunked, p.lanes * FRAMES * p.arch->outputs),
                          "%s: %u lanes, chunks of %u", support_networks[_i].name, p.lanes, chunk);
            free(chunked);
        }
        free(whole);
        problem_free(&p);
    }
}
END_TEST

START_TEST(backward_adds_to_the_gradient)
{
    struct problem p = problem_new(&support_networks[_i].arch, 3);
    float *const once = chunked_gradient(&p, FRAMES, FRAMES);
    float *const added = support_zeros(p.n, sizeof *added);
    double *const expected = support_zeros(p.n, sizeof *expected);

    for (size_t i = 0; i < p.n; ++i) {
        added[i] = (float)(i % 5) - 2.0f;
        expected[i] = (double)added[i] + (double)once[i];
    }
    run_chunks(&p, FRAMES, FRAMES, NULL, added);
    compare_gradients(p.arch, added, expected, 1e-5, support_networks[_i].name);
    free(expected);
    free(added);
    free(once);
    problem_free(&p);
}
END_TEST

START_TEST(start_state_receives_no_gradient)
{
    struct problem p = problem_new(&support_networks[_i].arch, 3);
    struct tc_tensor tensors[TC_MAX_TENSORS];
    const unsigned n = tc_architecture_tensors(p.arch, tensors, NULL);
    float *const gradient = support_zeros(p.n, sizeof *gradient);

    for (size_t i = 0; i < p.n; ++i)
        gradient[i] = 0.25f;
    run_chunks(&p, FRAMES, FRAMES, NULL, gradient);
    for (unsigned i = 0; i < n; ++i)
        if (strstr(tensors[i].name, "h0") || strstr(tensors[i].name, "c0"))
            for (size_t j = 0; j < tensors[i].rows * tensors[i].cols; ++j)
                ck_assert_float_eq(gradient[tensors[i].offset + j], 0.25f);
    free(gradient);
    problem_free(&p);
}
END_TEST

START_TEST(forward_leaves_the_state_where_it_is)
{
    struct problem p = problem_new(&support_networks[_i].arch, 3);
    struct tc_shard *const shard = shard_new(&p, FRAMES);
    const size_t n = p.lanes * FRAMES * p.arch->outputs;
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

/* After a block of frames lane 1 starts afresh, the others go on. */
START_TEST(reset_moves_one_lane_only)
{
    struct problem p = problem_new(&support_networks[_i].arch, 3);
    const size_t n = FRAMES * p.arch->outputs;
    struct tc_shard *const shard = shard_new(&p, FRAMES), *const fresh = shard_new(&p, FRAMES);
    float *const on = chunked_outputs(&p, FRAMES);
    float *const got = support_zeros(p.lanes * n, sizeof *got);
    float *const anew = support_zeros(p.lanes * n, sizeof *anew);

    forward(&p, fresh, TC_BLOCK_FRAMES, 20);
    take_outputs(&p, fresh, TC_BLOCK_FRAMES, 20, anew);
    forward(&p, shard, 0, TC_BLOCK_FRAMES);
    tc_shard_carry(shard, TC_BLOCK_FRAMES);
    tc_shard_reset_lane(shard, p.parameters, 1);
    forward(&p, shard, TC_BLOCK_FRAMES, 20);
    take_outputs(&p, shard, TC_BLOCK_FRAMES, 20, got);
    for (unsigned lane = 0; lane < p.lanes; ++lane) {
        const size_t at = lane * n + TC_BLOCK_FRAMES * p.arch->outputs;

        support_require(support_same(got + at, (lane == 1 ? anew : on) + at, 20 * p.arch->outputs),
                        "%s: lane %u", support_networks[_i].name, lane);
    }
    free(anew);
    free(got);
    free(on);
    tc_shard_free(fresh);
    tc_shard_free(shard);
    problem_free(&p);
}
END_TEST

/* Until it is told the start state of the parameters, a shard starts at zero. */
START_TEST(states_start_at_zero)
{
    struct problem p = problem_new(&support_networks[_i].arch, 2);
    struct tc_shard *shard = NULL;
    double *const state = support_zeros(p.state_size, sizeof *state);
    double *const exact = support_zeros(p.arch->outputs, sizeof *exact);

    ck_assert_int_eq(tc_shard_new(&shard, p.weights, p.lanes, 1, NULL), TC_OK);
    forward(&p, shard, 0, 1);
    reference_run(p.arch, p.exact, input_at(&p, 1, 0), exact, state, 1);
    for (unsigned o = 0; o < p.arch->outputs; ++o)
        ck_assert_double_eq_tol((double)tc_shard_output(shard, 1, o)[0], exact[o], 1e-5);
    free(exact);
    free(state);
    tc_shard_free(shard);
    problem_free(&p);
}
END_TEST

/* One lane of the problem through the stream that plays models. The knobs of support_model() turn
 * 0 to 1 into -1 to 1. */
static void play_lane(const struct problem *p, unsigned lane, float *const *out)
{
    struct tc_model *const model = support_model_of(p->arch, p->parameters);
    const unsigned audio = p->arch->audio_inputs;
    struct tc_stream *stream = NULL;
    float in[TC_MAX_AUDIO + TC_MAX_KNOBS][FRAMES];
    const float *rows[TC_MAX_AUDIO + TC_MAX_KNOBS];

    for (unsigned row = 0; row < p->rows; ++row) {
        for (size_t t = 0; t < FRAMES; ++t) {
            const float v = (float)input_at(p, lane, t)[row];

            in[row][t] = row < audio ? v : 0.5f * (v + 1.0f);
        }
        rows[row] = in[row];
    }
    ck_assert_int_eq(tc_stream_new(&stream, model, 1, NULL), TC_OK);
    tc_stream_process(stream, rows, rows + audio, out, FRAMES);
    tc_stream_free(stream);
    tc_model_free(model);
}

START_TEST(training_hears_what_the_stream_plays)
{
    struct problem p = problem_new(&support_networks[_i].arch, 3);
    float *const outputs = chunked_outputs(&p, 16);
    float out[TC_MAX_AUDIO][FRAMES], *rows[TC_MAX_AUDIO];

    for (unsigned o = 0; o < p.arch->outputs; ++o)
        rows[o] = out[o];
    for (unsigned lane = 0; lane < p.lanes; ++lane) {
        play_lane(&p, lane, rows);
        for (unsigned o = 0; o < p.arch->outputs; ++o)
            for (unsigned t = 0; t < FRAMES; ++t)
                ck_assert_float_eq_tol(outputs[(lane * FRAMES + t) * p.arch->outputs + o],
                                       out[o][t], 1e-5f);
    }
    free(outputs);
    problem_free(&p);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("network");

    tcase_add_loop_test(tests, forward_is_that_of_the_reference, 0, SUPPORT_NETWORKS);
    tcase_add_loop_test(tests, gradient_is_that_of_central_differences, 0, SUPPORT_NETWORKS * CUTS);
    tcase_add_loop_test(tests, the_chain_rule_gives_what_differences_give, 0, SUPPORT_NETWORKS);
    tcase_add_loop_test(tests, gradient_of_every_size, 0, 3);
    tcase_set_timeout(tests, 600);
    tcase_add_loop_test(tests, one_chunk_is_full_backpropagation, 0, SUPPORT_NETWORKS);
    tcase_add_loop_test(tests, cutting_changes_no_output_bit, 0, SUPPORT_NETWORKS);
    tcase_add_loop_test(tests, backward_adds_to_the_gradient, 0, SUPPORT_NETWORKS);
    tcase_add_loop_test(tests, start_state_receives_no_gradient, 0, SUPPORT_NETWORKS);
    tcase_add_loop_test(tests, forward_leaves_the_state_where_it_is, 0, SUPPORT_NETWORKS);
    tcase_add_loop_test(tests, reset_moves_one_lane_only, 0, SUPPORT_NETWORKS);
    tcase_add_loop_test(tests, states_start_at_zero, 0, SUPPORT_NETWORKS);
    tcase_add_loop_test(tests, training_hears_what_the_stream_plays, 0, SUPPORT_NETWORKS);
    return support_run(tests, "network");
}
