#include "tests/support/support.h"
#include "tonecell-train.h"
#include "train/network/initial.h"
#include "train/initial_state.h"
#include "train/measure/validation.h"
#include "train/data/sampler.h"
#include "train_log.h"
#include "trainer_problem.h"

#include <stdlib.h>
#include <string.h>

/* The initial state, validation score and training loss of a trainer are those of streams that play
 * its networks. */

/* ------------------------------------------------------------------------- the initial state */

/* The same model with an initial state of zero. */
static struct tc_model *with_zero_start(const struct tc_model *model)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);
    struct tc_tensor tensors[TC_MAX_TENSORS];
    struct tc_model *copy = NULL;
    size_t n;
    const unsigned n_tensors = tc_architecture_tensors(arch, tensors, &n);
    float *const parameters = support_zeros(n, sizeof *parameters);

    memcpy(parameters, tc_model_parameters(model), n * sizeof *parameters);
    for (unsigned i = 0; i < n_tensors; ++i)
        if (strstr(tensors[i].name, "h0"))
            memset(parameters + tensors[i].offset, 0, tensors[i].rows * sizeof *parameters);
    ck_assert_int_eq(tc_model_new(&copy, arch, tc_model_metadata(model), parameters, NULL), TC_OK);
    free(parameters);
    return copy;
}

/* The output of a model with one knob for silence; to be freed. */
static struct support_signals play_silence(const struct tc_model *model, float knob, size_t frames)
{
    const struct support_signals silence = support_signals_new(1, frames);
    const struct support_signals output = support_signals_new(1, frames);
    struct support_signals knobs = support_signals_new(1, frames);
    struct tc_stream *const stream = support_stream(model, 1);

    for (size_t t = 0; t < frames; ++t)
        knobs.samples[t] = knob;
    support_play(stream, &silence, &knobs, &output, 0, frames);
    tc_stream_free(stream);
    free(knobs.samples);
    free(silence.samples);
    return output;
}

/* With a linear orthogonal layer driven by the knob the state never settles: it depends on the
 * number of frames and the knob's value. */
START_TEST(initial_state_is_that_after_a_second_of_silence)
{
    enum { RATE = 8000, COMPARED = 300 };
    struct trainer_problem p;
    struct tc_trainer *trainer;
    struct tc_model *model, *unsettled;
    struct support_signals expected, started;

    problem_init(&p, TC_CELL_RNN, 5);
    p.arch.layer[0].activation = TC_IDENTITY;
    add_drive_knob(&p, 3.0f);
    trainer = problem_trainer(&p);
    model = best_model(trainer);
    unsettled = with_zero_start(model);
    expected = play_silence(unsettled, 3.0f, RATE + COMPARED);
    started = play_silence(model, 3.0f, COMPARED);
    ck_assert(support_same(started.samples, expected.samples + RATE, COMPARED));
    ck_assert(!support_same(started.samples, expected.samples + RATE - 1, COMPARED));
    support_signals_free(&started);
    support_signals_free(&expected);
    tc_model_free(unsettled);
    tc_model_free(model);
    tc_trainer_free(trainer);
    problem_free(&p);
}
END_TEST

/* h = 8 h + 1 overflows every 43 frames. At this rate the second ends with an infinite state, which
 * no model can have. */
START_TEST(non_finite_initial_state_is_not_stored)
{
    enum { RATE = 3000, H0 = 4 };
    const struct tc_architecture arch = {
        .audio_inputs = 1, .outputs = 1, .layers = 1, .layer = {{TC_CELL_RNN, TC_IDENTITY, 1}}};
    float parameters[] = {1.0f, 8.0f, 1.0f, 0.0f, 0.125f, 1.0f, 0.0f};
    struct tc_metadata meta;
    struct tc_model *model = NULL;

    tc_metadata_init(&meta);
    meta.sample_rate_hz = RATE;
    ck_assert_int_eq(tc_model_new(&model, &arch, &meta, parameters, NULL), TC_OK);
    ck_assert_int_eq(tc_initial_state_from_silence(model, parameters), TC_OK);
    ck_assert_float_eq(parameters[H0], 0.125f);
    tc_model_free(model);
}
END_TEST

/* ------------------------------------------------------------------------- validation */

/* The score of one clip, played frame by frame. */
static void score_by_hand(const struct tc_model *model, const struct tc_clip *clip, size_t warmup,
                          struct tc_score *sum)
{
    struct tc_stream *const stream = support_stream(model, 1);

    for (size_t t = 0; t < clip->n_frames; ++t) {
        const float *const in[1] = {clip->input[0] + t}, *const knobs[1] = {clip->control
                                                                                ? clip->control + t
                                                                                : clip->knob};
        float y, *const out[1] = {&y};

        tc_stream_process(stream, in, knobs, out, 1);
        if (t >= warmup && !(clip->ignored != NULL && clip->ignored[t]))
            tc_score_add(sum, clip->target[0] + t, &y, 1);
    }
    tc_stream_free(stream);
}

/* Clips shorter and longer than the warm-up, which ends within a block and on its boundary; some
 * with equal knobs, which may be played by one stream. */
START_TEST(validation_scores_stream_output_after_the_warm_up)
{
    static bool ignored[FRAMES];
    static const size_t warmups[] = {0, 1, 1024, 1500, FRAMES};
    const size_t warmup = warmups[_i];
    struct tc_architecture arch = support_networks[6].arch;
    struct tc_score score, by_hand = {0};
    struct tc_model *model;
    struct trainer_problem p;

    problem_init(&p, TC_CELL_GRU, 4);
    arch.knobs = 1;
    model = support_model(&arch, 5);
    memset(ignored + 1000, true, 50); /* over the end of a block */
    ignored[2000] = true;
    for (unsigned c = 0; c < CLIPS; ++c) {
        p.clip[c].knob[0] = c < 3 ? 0.25f : 0.75f;
        p.clip[c].n_frames = c == 1 ? 1024 : FRAMES - c * 700;
        p.clip[c].ignored = c == 2 ? ignored : NULL;
        score_by_hand(model, &p.clip[c], warmup, &by_hand);
    }
    for (unsigned threads = 1; threads < 4; ++threads) {
        ck_assert_int_eq(tc_validate(model, NULL, p.clip, CLIPS, warmup, threads, &score, NULL),
                         TC_OK);
        ck_assert_uint_eq(score.frames, by_hand.frames);
        ck_assert_double_eq_tol(score.target_energy, by_hand.target_energy, 1e-9);
        ck_assert_double_eq_tol(score.error_energy, by_hand.error_energy, 1e-9);
        ck_assert_double_eq_tol(score.target_sum, by_hand.target_sum, 1e-9);
        ck_assert_double_eq_tol(score.error_sum, by_hand.error_sum, 1e-9);
        ck_assert_double_eq(score.max_error, by_hand.max_error);
    }
    tc_model_free(model);
    problem_free(&p);
}
END_TEST

/* ------------------------------------------------------------------------- ignored frames */

/* What a converter clipped, or a pop. */
static void spoil(struct trainer_problem *p, const bool *ignored, float value)
{
    for (unsigned c = 0; c < CLIPS; ++c)
        for (size_t t = 0; t < FRAMES; ++t)
            p->target_row.row[c][t] = ignored[t] ? value : p->target_row.row[c][t];
}

/* Weights, scores, direct path and scale of the loss. */
START_TEST(targets_of_ignored_frames_change_nothing)
{
    static bool ignored[FRAMES];
    struct trainer_problem p;
    struct train_log log[2] = {train_log_new(), train_log_new()};
    struct tc_model *model[2];

    problem_init(&p, TC_CELL_LSTM, 4);
    p.options.epochs = 2;
    for (size_t t = 0; t < FRAMES; ++t)
        ignored[t] = t % 97 < 5 || (t > 3000 && t < 3300);
    for (unsigned c = 0; c < CLIPS; ++c)
        p.clip[c].ignored = ignored;
    for (unsigned i = 0; i < 2; ++i) {
        spoil(&p, ignored, i == 0 ? 1.0f : -3.0f);
        p.arch.direct = tc_direct_path(p.clip, CLIPS, p.options.warmup);
        model[i] = problem_train(&p, train_log_watch, &log[i], NULL);
    }
    ck_assert(support_same_parameters(model[0], model[1]));
    ck_assert_double_eq(log[0].last.score, log[1].last.score);
    ck_assert_double_eq(log[0].last.loss, log[1].last.loss);
    problem_require_any_threads(&p, model[1], "ignored frames");
    tc_model_free(model[0]);
    tc_model_free(model[1]);
    problem_free(&p);
}
END_TEST

/* ------------------------------------------------------------------------- control signals */

/* A signal that stands still trains as a knob that does. */
START_TEST(control_signal_trains_as_the_knob_does)
{
    struct support_signals control = support_signals_new(1, FRAMES);
    struct tc_model *by_knob, *by_signal, *moved;
    struct trainer_problem p;

    problem_init(&p, TC_CELL_GRU, 4);
    add_drive_knob(&p, 2.0f);
    strcpy(p.meta.control, "Drive");
    p.options.epochs = 2;
    p.options.batch_norm = _i;
    for (size_t t = 0; t < FRAMES; ++t)
        control.samples[t] = 3.0f;
    for (unsigned c = 0; c < CLIPS; ++c)
        p.clip[c].knob[0] = 3.0f;
    by_knob = problem_train(&p, NULL, NULL, NULL);
    for (unsigned c = 0; c < CLIPS; ++c)
        p.clip[c].control = control.samples;
    by_signal = problem_train(&p, NULL, NULL, NULL);
    ck_assert(support_same_parameters(by_knob, by_signal));
    for (size_t t = 0; t < FRAMES; ++t)
        control.samples[t] = t % 500 < 250 ? 1.0f : 8.0f;
    moved = problem_train(&p, NULL, NULL, NULL);
    ck_assert(!support_same_parameters(moved, by_signal));
    problem_require_any_threads(&p, moved, "a control signal");
    tc_model_free(moved);
    tc_model_free(by_signal);
    tc_model_free(by_knob);
    support_signals_free(&control);
    problem_free(&p);
}
END_TEST

/* Each clip has a control signal of its own, in streams of several clips, too. */
START_TEST(validation_moves_the_knob_by_each_clip_s_control_signal)
{
    struct support_signals control = support_noise(CLIPS, FRAMES, 9, 4.0f);
    struct tc_score score, by_hand = {0};
    struct tc_model *model = NULL;
    struct trainer_problem p;
    float *parameters;

    problem_init(&p, TC_CELL_GRU, 4);
    add_drive_knob(&p, 2.0f);
    strcpy(p.meta.control, "Drive");
    parameters = support_parameters(&p.arch, 5, NULL);
    ck_assert_int_eq(tc_model_new(&model, &p.arch, &p.meta, parameters, NULL), TC_OK);
    for (unsigned c = 0; c < CLIPS; ++c) {
        p.clip[c].n_frames = FRAMES - c * 100;
        p.clip[c].control = control.samples + c * FRAMES;
        score_by_hand(model, &p.clip[c], 0, &by_hand);
    }
    for (unsigned threads = 1; threads < 3; ++threads) {
        ck_assert_int_eq(tc_validate(model, NULL, p.clip, CLIPS, 0, threads, &score, NULL), TC_OK);
        ck_assert_uint_eq(score.frames, by_hand.frames);
        ck_assert_double_eq_tol(score.error_energy, by_hand.error_energy, 1e-9);
        ck_assert_double_eq(score.max_error, by_hand.max_error);
    }
    free(parameters);
    tc_model_free(model);
    support_signals_free(&control);
    problem_free(&p);
}
END_TEST

/* ------------------------------------------------------------------------- the loss */

/* Mean square of the targets for training after the warm-up. */
static double target_power(const struct trainer_problem *p)
{
    struct tc_score sum = {0};

    for (unsigned c = 0; c < TRAIN_CLIPS; ++c)
        tc_score_add(&sum, p->clip[c].target[0] + p->options.warmup,
                     p->clip[c].target[0] + p->options.warmup,
                     p->clip[c].n_frames - p->options.warmup);
    return sum.target_energy / (double)sum.frames;
}

/* 0.75 sum e^2 + 0.25 n (mean e)^2, chunk by chunk after the warm-up of a segment that a stream
 * plays from the start. */
static double segment_loss(const struct trainer_problem *p, const struct tc_model *model,
                           const struct tc_segment *segment)
{
    static const struct support_signals no_knobs = {.rows = 0};
    const struct tc_clip *const clip = &p->clip[segment->clip];
    struct tc_stream *const stream = support_stream(model, 1);
    struct support_signals in = support_signals_new(1, segment->n_frames);
    struct support_signals out = support_signals_new(1, segment->n_frames);
    double loss = 0.0;

    memcpy(in.samples, clip->input[0] + segment->start, segment->n_frames * sizeof *in.samples);
    support_play(stream, &in, &no_knobs, &out, 0, segment->n_frames);
    for (size_t t = p->options.warmup; t < segment->n_frames; t += p->options.truncate) {
        const size_t remaining = segment->n_frames - t;
        struct tc_score sum = {0};

        tc_score_add(&sum, clip->target[0] + segment->start + t, out.samples + t,
                     remaining < p->options.truncate ? remaining : p->options.truncate);
        loss += 0.75 * sum.error_energy + 0.25 * sum.error_sum * sum.error_sum / (double)sum.frames;
    }
    tc_stream_free(stream);
    support_signals_free(&out);
    support_signals_free(&in);
    return loss;
}

/* Loss of an epoch, summed over its updates, of a model whose weights stay the same. */
static double epoch_loss(const struct trainer_problem *p, const struct tc_model *model,
                         const struct tc_sampler *sampler)
{
    double loss = 0.0;

    for (size_t i = 0; i < sampler->n_segments; ++i)
        loss += segment_loss(p, model, &sampler->segment[i]);
    return loss / (target_power(p) * p->options.truncate * (double)sampler->n_sequences);
}

static void expect_epoch_loss(const struct trainer_problem *p, const struct tc_model *model,
                              struct tc_sampler *sampler, struct tc_random *random, double loss)
{
    double exact;

    tc_sampler_next_epoch(sampler, random);
    exact = epoch_loss(p, model, sampler);
    ck_assert_double_eq_tol(loss, exact, 1e-5 * exact);
}

/* The learning rate is too small to change the initial weights. With two batches an epoch, a
 * warm-up of more than two chunks and linear orthogonal units, a loss matches only if every
 * sequence starts from the initial state and gets all of its input. */
START_TEST(training_loss_matches_streams_over_the_segments)
{
    struct trainer_problem p;
    struct train_log one = train_log_new(), two = train_log_new();
    struct tc_sampler *sampler = NULL;
    struct tc_model *model = NULL;
    struct tc_random random;
    size_t n;
    float *weights;

    problem_init(&p, TC_CELL_RNN, 6);
    p.arch.layer[0].activation = TC_IDENTITY;
    p.options.learning_rate = 1e-10f;
    p.options.warmup = 70;
    p.options.batch = 2;
    for (unsigned c = 0; c < CLIPS; ++c)
        p.clip[c].n_frames = c < TRAIN_CLIPS ? 1000 + 100 * c : 100;
    one.stop_at_validation = 1;
    two.stop_at_validation = 2;
    tc_model_free(problem_train(&p, train_log_watch, &one, NULL));
    tc_model_free(problem_train(&p, train_log_watch, &two, NULL));

    random.state = p.options.seed;
    tc_architecture_tensors(&p.arch, NULL, &n);
    weights = support_zeros(n, sizeof *weights);
    ck_assert_int_eq(tc_initial_parameters(&p.arch, &p.options, &random, weights, NULL), TC_OK);
    ck_assert_int_eq(tc_model_new(&model, &p.arch, &p.meta, weights, NULL), TC_OK);
    ck_assert_int_eq(tc_sampler_new(&sampler, p.clip, TRAIN_CLIPS, &p.options, NULL), TC_OK);
    ck_assert_uint_gt(sampler->n_batches, 1);
    expect_epoch_loss(&p, model, sampler, &random, one.first_loss * (double)one.last.updates);
    expect_epoch_loss(&p, model, sampler, &random,
                      two.last_loss * (double)(two.last.updates - one.last.updates));
    tc_sampler_free(sampler);
    tc_model_free(model);
    free(weights);
    problem_free(&p);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("trainer_streams");

    tcase_add_test(tests, initial_state_is_that_after_a_second_of_silence);
    tcase_add_test(tests, non_finite_initial_state_is_not_stored);
    tcase_add_test(tests, targets_of_ignored_frames_change_nothing);
    tcase_add_loop_test(tests, validation_scores_stream_output_after_the_warm_up, 0, 5);
    tcase_add_loop_test(tests, control_signal_trains_as_the_knob_does, 0, 2);
    tcase_add_test(tests, validation_moves_the_knob_by_each_clip_s_control_signal);
    tcase_add_test(tests, training_loss_matches_streams_over_the_segments);
    return support_run(tests, "trainer_streams");
}
