#include "tests/support/support.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/reference.h"
#include "train/network/loss.h"
#include "tonecell-train.h"
#include "train/network/network.h"

/* The loss of every readout over any range of frames, and its gradient. */

enum { SEQUENCES = 3, FRAMES = 40 };

/* Networks with every kind of operation in the gradient's path. */
static const struct tc_architecture networks[] = {
    {.audio_inputs = 2, .outputs = 3, .layers = 1, .layer = {{TC_CELL_RNN, TC_TANH, 5}}},
    {.audio_inputs = 1, .outputs = 2, .layers = 1, .layer = {{TC_CELL_LSTM, TC_TANH, 4}}},
    {.audio_inputs = 4,
     .outputs = 4,
     .layers = 1,
     .direct = 1.0f,
     .layer = {{TC_CELL_GRU, TC_TANH, 4}}},
    {.audio_inputs = 3,
     .outputs = 5,
     .layers = 2,
     .layer = {{TC_CELL_LSTM, TC_TANH, 5}, {TC_CELL_GRU, TC_TANH, 3}}},
};

enum { NETWORKS = sizeof networks / sizeof *networks };

/* At the ends of ranges, between them, and two in a row. */
static const bool ignored[FRAMES] = {
    [0] = true, [7] = true, [11] = true, [12] = true, [30] = true, [FRAMES - 1] = true};

/* The range of frames with loss of each sequence: all, only the last, some, none; and without
 * ignored ones. */
static const struct tc_loss_range ranges[][SEQUENCES] = {
    {{0, FRAMES, NULL}, {0, FRAMES, NULL}, {0, FRAMES, ignored}},
    {{FRAMES - 1, FRAMES, NULL}, {FRAMES - 1, FRAMES, NULL}, {FRAMES - 1, FRAMES, ignored}},
    {{7, 31, ignored}, {0, 0, NULL}, {FRAMES, FRAMES, NULL}},
};

enum { RANGES = sizeof ranges / sizeof *ranges };

/* A network with a readout, signals, and targets valid for it. */
struct readout_problem {
    struct tc_architecture arch;
    const struct tc_loss_range *range;
    float *parameters;
    size_t n;
    struct support_signals input, target; /* (sequences * rows, frames) */
};

static void set_targets(struct readout_problem *p)
{
    const size_t rows = p->arch.outputs;

    for (unsigned sequence = 0; p->arch.readout == TC_READOUT_SOFTMAX && sequence < SEQUENCES;
         ++sequence)
        for (size_t t = 0; t < FRAMES; ++t) {
            float *const target = p->target.samples + sequence * rows * FRAMES + t;
            float sum = 0.0f;

            for (size_t o = 0; o < rows; ++o)
                sum += target[o * FRAMES];
            for (size_t o = 0; o < rows; ++o)
                target[o * FRAMES] = t % 3 ? target[o * FRAMES] / sum : o == t % rows;
        }
}

/* Case _i of NETWORKS * RANGES * 3. */
static struct readout_problem problem_new(int index)
{
    struct readout_problem p = {.arch = networks[index % NETWORKS],
                                .range = ranges[index / NETWORKS % RANGES]};
    struct support_random random = {9};

    p.arch.readout = (enum tc_readout)(index / NETWORKS / RANGES);
    p.parameters = support_parameters(&p.arch, 7, &p.n);
    p.input = support_noise(SEQUENCES * p.arch.audio_inputs, FRAMES, 3, 1.0f);
    p.target = support_signals_new(SEQUENCES * p.arch.outputs, FRAMES);
    support_fill(&random, p.target.samples, p.target.rows * FRAMES, 0.0f, 1.0f);
    set_targets(&p);
    return p;
}

static void problem_free(struct readout_problem *p)
{
    free(p->parameters);
    support_signals_free(&p->input);
    support_signals_free(&p->target);
}

/* ------------------------------------------------------------------------- in double */

static double frame_loss(enum tc_readout readout, double y, double t)
{
    if (readout == TC_READOUT_SOFTMAX)
        return -t * log(y);
    return -t * log(y) - (1.0 - t) * log(1.0 - y);
}

/* The loss of one sequence, from its outputs (frames, outputs). */
static double sequence_loss(const struct readout_problem *p, unsigned sequence, const double *y)
{
    const size_t outputs = p->arch.outputs;
    const struct tc_loss_range range = p->range[sequence];
    double loss = 0.0;

    for (size_t o = 0; o < outputs; ++o) {
        const float *const target = p->target.samples + (sequence * outputs + o) * FRAMES;
        double energy = 0.0, sum = 0.0, n = 0.0;

        for (size_t t = range.first; t < range.end; ++t) {
            const double e = y[t * outputs + o] - (double)target[t];

            if (range.ignored != NULL && range.ignored[t])
                continue;
            n += 1.0;

            energy += e * e;
            sum += e;
            if (p->arch.readout != TC_READOUT_LINEAR)
                loss += frame_loss(p->arch.readout, y[t * outputs + o], (double)target[t]);
        }
        if (p->arch.readout == TC_READOUT_LINEAR && n > 0.0)
            loss += 0.75 * energy + 0.25 * sum * sum / n;
    }
    return loss;
}

static double exact_loss(const struct readout_problem *p, const double *parameters)
{
    const size_t inputs = p->arch.audio_inputs;
    double *const state = support_zeros(reference_state_size(&p->arch), sizeof *state);
    double *const x = support_zeros(FRAMES * inputs, sizeof *x);
    double *const y = support_zeros(FRAMES * p->arch.outputs, sizeof *y);
    double loss = 0.0;

    for (unsigned sequence = 0; sequence < SEQUENCES; ++sequence) {
        for (size_t t = 0; t < FRAMES; ++t)
            for (size_t i = 0; i < inputs; ++i)
                x[t * inputs + i] = (double)p->input.samples[(sequence * inputs + i) * FRAMES + t];
        memset(state, 0, reference_state_size(&p->arch) * sizeof *state);
        reference_run(&p->arch, parameters, x, NULL, y, state, FRAMES);
        loss += sequence_loss(p, sequence, y);
    }
    free(y);
    free(x);
    free(state);
    return loss;
}

/* By central differences. */
static double *exact_gradient(const struct readout_problem *p)
{
    const double step = 1e-5;
    double *const shifted = support_doubles(p->parameters, p->n);
    double *const gradient = support_zeros(p->n, sizeof *gradient);

    for (size_t i = 0; i < p->n; ++i) {
        const double original = shifted[i];

        shifted[i] = original + step;
        gradient[i] = exact_loss(p, shifted);
        shifted[i] = original - step;
        gradient[i] = (gradient[i] - exact_loss(p, shifted)) / (2.0 * step);
        shifted[i] = original;
    }
    free(shifted);
    return gradient;
}

/* ------------------------------------------------------------------------- as trained */

static double shard_loss(const struct readout_problem *p, struct tc_shard *shard, unsigned sequence)
{
    const struct tc_architecture *const arch = &p->arch;
    const struct support_signals signals = {arch->outputs, FRAMES,
                                            p->target.samples + sequence * arch->outputs * FRAMES};
    const struct support_buffers target = support_buffers(&signals, 0);
    const struct tc_loss_terms terms = {
        .outputs = arch->outputs, .target_gain = 1.0f, .error_weight = 0.75f, .dc_weight = 0.25f};

    if (arch->readout == TC_READOUT_LINEAR)
        return tc_loss_sequence(&terms, shard, sequence, support_inputs(&target), NULL,
                                p->range[sequence], FRAMES, 1.0);
    return tc_loss_sequence_probabilities(shard, sequence, arch, support_inputs(&target),
                                          p->range[sequence], FRAMES, 1.0);
}

/* From an initial state of zero; returns the loss. */
static double loss_and_gradient(const struct readout_problem *p, float *gradient)
{
    const unsigned inputs = p->arch.audio_inputs;
    struct tc_weights *weights = NULL;
    struct tc_shard *shard = NULL;
    double loss = 0.0;

    ck_assert_int_eq(tc_weights_new(&weights, &p->arch, NULL, NULL), TC_OK);
    tc_weights_pack(weights, p->parameters);
    ck_assert_int_eq(tc_shard_new(&shard, weights, SEQUENCES, FRAMES, NULL), TC_OK);
    for (unsigned row = 0; row < SEQUENCES * inputs; ++row)
        memcpy(tc_shard_input(shard, row / inputs, row % inputs), p->input.samples + row * FRAMES,
               FRAMES * sizeof(float));
    tc_shard_forward(shard, FRAMES);
    for (unsigned sequence = 0; sequence < SEQUENCES; ++sequence)
        loss += shard_loss(p, shard, sequence);
    tc_shard_backward(shard, gradient, FRAMES);
    tc_shard_free(shard);
    tc_weights_free(weights);
    return loss;
}

START_TEST(gradient_matches_central_differences)
{
    struct readout_problem p = problem_new(_i);
    float *const gradient = support_zeros(p.n, sizeof *gradient);
    const double loss = loss_and_gradient(&p, gradient);
    double *const exact = exact_gradient(&p), *const parameters =
                                                  support_doubles(p.parameters, p.n);
    struct tc_tensor tensors[TC_MAX_TENSORS];
    const unsigned n = tc_architecture_tensors(&p.arch, tensors, NULL);

    ck_assert_double_eq_tol(loss, exact_loss(&p, parameters), 1e-5 * fabs(loss));
    for (unsigned i = 0; i < n; ++i)
        if (!strstr(tensors[i].name, "h0") && !strstr(tensors[i].name, "c0"))
            support_compare_tensor(&tensors[i], gradient, exact, 1e-4,
                                   tc_readout_name(p.arch.readout));
    free(parameters);
    free(exact);
    free(gradient);
    problem_free(&p);
}
END_TEST

/* ------------------------------------------------------------------------- cross-entropy */

/* Frames of two outputs; cross-entropies other than 0 and 1 are calculated by hand. */
static const struct {
    enum tc_readout readout;
    float target[2], y[2];
    double nats;
} hand[] = {
    {TC_READOUT_SOFTMAX, {1.0f, 0.0f}, {0.25f, 0.75f}, 1.3862943611198906},
    {TC_READOUT_SOFTMAX, {0.5f, 0.5f}, {0.5f, 0.5f}, 0.6931471805599453},
    {TC_READOUT_SOFTMAX, {1.0f, 0.0f}, {1.0f, 0.0f}, 0.0},
    {TC_READOUT_SOFTMAX, {0.0f, 1.0f}, {1.0f, 0.0f}, 87.33654475055310},
    {TC_READOUT_LOGISTIC, {1.0f, 1.0f}, {0.5f, 0.25f}, 2.0794415416798357},
    {TC_READOUT_LOGISTIC, {0.0f, 1.0f}, {0.75f, 1.0f}, 1.3862943611198906},
    {TC_READOUT_LOGISTIC, {0.5f, 0.0f}, {0.5f, 1.0f}, 0.6931471805599453 * 26.0},
};

START_TEST(cross_entropy_matches_hand_calculation)
{
    const float t0[2] = {9.0f, hand[_i].target[0]}, t1[2] = {9.0f, hand[_i].target[1]};
    const float y0[2] = {9.0f, hand[_i].y[0]}, y1[2] = {9.0f, hand[_i].y[1]};
    const float *const target[] = {t0 + 1, t1 + 1}, *const y[] = {y0 + 1, y1 + 1};
    struct tc_score score = {0};

    ck_assert_double_nan(tc_score_nats(&score));
    tc_score_add_probabilities(&score, hand[_i].readout, 2, target, y, 1);
    ck_assert_double_eq_tol(tc_score_nats(&score), hand[_i].nats, 1e-14 + 1e-12 * hand[_i].nats);
    tc_score_add_probabilities(&score, TC_READOUT_SOFTMAX, 2, target, target, 0);
    ck_assert_uint_eq(score.frames, 1);
}
END_TEST

/* ------------------------------------------------------------------------- refusals */

static const struct {
    enum tc_readout readout;
    unsigned outputs;
    float out_gain_db;
    enum tc_status status;
    const char *message;
} refused[] = {
    {TC_READOUT_SOFTMAX, 1, 0.0f, TC_BAD_ARGUMENT, "a softmax of 1 output, expected at least 2"},
    {(enum tc_readout)3, 1, 0.0f, TC_BAD_ARGUMENT, "unknown readout 3"},
    {TC_READOUT_LOGISTIC, 1, -6.0f, TC_BAD_VALUE,
     "the output gain is -6 dB, expected 0 with a readout of probabilities"},
};

START_TEST(invalid_readouts_are_refused)
{
    const struct tc_architecture arch = {.audio_inputs = 1,
                                         .outputs = refused[_i].outputs,
                                         .layers = 1,
                                         .readout = refused[_i].readout,
                                         .layer = {{TC_CELL_RNN, TC_TANH, 1}}};
    const float parameters[7] = {0};
    struct tc_metadata meta;
    struct tc_model *model = NULL;
    struct tc_error error = {""};

    tc_metadata_init(&meta);
    meta.out_gain_db = refused[_i].out_gain_db;
    ck_assert_int_eq(tc_model_new(&model, &arch, &meta, parameters, &error), refused[_i].status);
    ck_assert_str_eq(error.message, refused[_i].message);
    ck_assert_ptr_null(model);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("readouts");

    tcase_add_loop_test(tests, gradient_matches_central_differences, 0, 3 * NETWORKS * RANGES);
    tcase_add_loop_test(tests, cross_entropy_matches_hand_calculation, 0,
                        sizeof hand / sizeof *hand);
    tcase_add_loop_test(tests, invalid_readouts_are_refused, 0, sizeof refused / sizeof *refused);
    return support_run(tests, "readouts");
}
