#include "tests/support/support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/reference.h"
#include "train/network/shard_memory.h"
#include "train/trainer.h"
#include "train/truncation.h"
#include "trainer_problem.h"

/* A trainer's updates have the gradients that its truncation defines, for any number of threads. */

enum { SEQUENCES = 3, WARMUP = 10, SHORTEST = 130 };

/* Truncations, and the length of a chunk in memory: segments have 130 to 210 frames. */
static const struct truncation_case {
    const char *name;
    unsigned truncate;
    enum tc_truncation truncation;
    unsigned lookback, segment_warmup;
} forms[] = {
    {"fixed", 20, TC_TRUNCATION_FIXED, 0, 0},
    {"one frame recomputed", 20, TC_TRUNCATION_FIXED, 21, 0},
    {"two and a half chunks recomputed", 20, TC_TRUNCATION_FIXED, 70, 0},
    {"all frames recomputed", 20, TC_TRUNCATION_FIXED, 1000, 0},
    {"full, in parts", 20, TC_TRUNCATION_FULL, 0, 0},
    {"full, in memory", 1000, TC_TRUNCATION_FULL, 0, 0},
    {"random", 20, TC_TRUNCATION_RANDOM, 0, 0},
    {"random, often longer than the chunks in memory", 3, TC_TRUNCATION_RANDOM, 0, 0},
    {"uniform", 20, TC_TRUNCATION_UNIFORM, 0, 0},
    {"fixed, after a longer warm-up", 20, TC_TRUNCATION_FIXED, 0, 75},
    {"full, after a longer warm-up", 20, TC_TRUNCATION_FULL, 0, 75},
};

enum { FORMS = sizeof forms / sizeof *forms };

static void set_form(struct trainer_problem *p, const struct truncation_case *form)
{
    p->options.truncate = form->truncate;
    p->options.truncation = form->truncation;
    p->options.lookback = form->lookback;
    p->options.segment_warmup = form->segment_warmup;
}

/* Short clips that give one segment each, and a learning rate too small to change a weight. */
static void set_up_short_clips(struct trainer_problem *p, const struct truncation_case *form)
{
    set_form(p, form);
    p->options.batch = SEQUENCES;
    p->options.warmup = WARMUP;
    p->options.learning_rate = 1e-10f;
    p->options.epochs = 4;
    p->options.clip_norm = 0.0f;
    for (unsigned c = 0; c < CLIPS; ++c)
        p->clip[c].n_frames = WARMUP + SHORTEST + 20 * c;
}

/* ------------------------------------------------------------------------- each update */

/* A trainer under test: the position of its streams, and its expected gradients. */
struct watch {
    const struct trainer_problem *p;
    struct tc_trainer *trainer;
    double *exact, *expected, *sum; /* parameters, an update's gradient, all of an epoch */
    size_t values, elapsed;         /* frames after the warm-up, of this epoch */
    unsigned epoch, updates;
};

/* A sequence's signals: input, output and dL/dy from the start of its warm-up, zeros after its
 * end. */
struct sequence {
    const struct tc_segment *segment;
    double input[FRAMES], output[FRAMES], weight[FRAMES];
};

static size_t at_most(size_t n, size_t most)
{
    return n < most ? n : most;
}

/* dL/dy = (1.5 e + 0.5 mean e) * scale, the mean over each chunk in memory. */
static void set_output_gradient(const struct watch *w, struct sequence *sequence, size_t start,
                                size_t end)
{
    const float *const clip_target = w->p->clip[sequence->segment->clip].target[0];
    const size_t own = w->trainer->options.truncate;
    const double scale = 1.0 / (w->trainer->loss.denominator * SEQUENCES *
                                tc_truncation_mean(&w->p->options, w->trainer->sampler->longest));

    for (; start < end; start += own) {
        const size_t part_end = at_most(at_most(start + own, end), sequence->segment->n_frames);
        const float *const target = clip_target + (sequence->segment->start + (ptrdiff_t)start);
        double mean = 0.0;

        for (size_t t = start; t < part_end; ++t)
            mean += (sequence->output[t] - (double)target[t - start]) / (double)(part_end - start);
        for (size_t t = start; t < part_end; ++t)
            sequence->weight[t] =
                (1.5 * (sequence->output[t] - (double)target[t - start]) + 0.5 * mean) * scale;
    }
}

/* Dropout factors of n frames of a sequence, of the inputs of the second of two layers. */
static double *dropout_factors_of(const struct watch *w, size_t index, size_t n)
{
    const struct tc_dropout dropout = {w->p->options.dropout,
                                       w->trainer->state.position.dropout_seed, index, 0};
    const size_t inputs = reference_dropout_size(&w->p->arch);
    double *const factors = support_zeros(n * inputs + 1, sizeof *factors);

    for (size_t t = 0; t < n && inputs; ++t) {
        float row[TC_MAX_UNITS];

        for (size_t i = 0; i < inputs; ++i)
            row[i] = 1.0f;
        tc_dropout_apply(&dropout, row, inputs, 1, 0, t);
        for (size_t i = 0; i < inputs; ++i)
            factors[t * inputs + i] = (double)row[i];
    }
    return factors;
}

/* expected += gradient of one sequence's losses in start <= t < end, with respect to the frames
 * from `first` on. */
static void add_sequence(struct watch *w, size_t index, size_t first, size_t start, size_t end)
{
    const struct tc_architecture *const arch = &w->p->arch;
    const struct tc_segment *const segment = &w->trainer->sampler->segment[index];
    double *const factors = dropout_factors_of(w, index, end);
    struct sequence *const sequence = support_zeros(1, sizeof *sequence);
    double *const state = support_zeros(reference_state_size(arch), sizeof *state);
    const float *const input = w->p->clip[segment->clip].input[0];

    sequence->segment = segment;
    for (size_t t = 0; t < segment->n_frames; ++t) {
        const ptrdiff_t frame = segment->start + (ptrdiff_t)t;

        sequence->input[t] = frame < 0 ? 0.0 : (double)input[frame];
    }
    reference_start(arch, w->exact, state);
    reference_run(arch, w->exact, sequence->input, factors, sequence->output, state, end);
    set_output_gradient(w, sequence, start, end);
    reference_start(arch, w->exact, state);
    reference_run(arch, w->exact, sequence->input, factors, sequence->output, state, first);
    reference_backward_truncated(
        arch, w->exact, sequence->input + first, factors + first * reference_dropout_size(arch),
        sequence->weight + first, state, end - first,
        tc_truncation_is_random(&w->p->options) ? w->trainer->gradient_factor : NULL, w->expected);
    free(state);
    free(sequence);
    free(factors);
}

/* Frames with loss of the current update. The factors of random truncations end with a zero. */
static size_t own_frames(const struct watch *w, size_t remaining)
{
    size_t n = 0;

    if (w->p->options.truncation == TC_TRUNCATION_FULL)
        return remaining;
    if (w->p->options.truncation == TC_TRUNCATION_FIXED)
        return at_most(w->p->options.truncate, remaining);
    while (w->trainer->gradient_factor[n] != 0.0f)
        ++n;
    return n + 1;
}

static bool check_update(const struct tc_progress *progress, void *user)
{
    struct watch *const w = user;
    const struct tc_batch *const batch = w->trainer->sampler->batch;
    const size_t recomputed = tc_truncation_recomputed(&w->p->options);
    const size_t warmup = w->trainer->sampler->warmup;
    char what[64];
    size_t end, first;

    if (progress->validated)
        return true;
    if (progress->epoch != w->epoch)
        w->elapsed = 0;
    w->epoch = progress->epoch;
    first = warmup + w->elapsed - at_most(recomputed, w->elapsed);
    end = w->elapsed + own_frames(w, batch->n_frames - warmup - w->elapsed);
    memset(w->expected, 0, w->values * sizeof *w->expected);
    for (size_t i = 0; i < batch->count; ++i)
        add_sequence(w, i, first, warmup + w->elapsed, warmup + end);
    for (size_t i = 0; i < w->values; ++i)
        w->sum[i] += (double)w->trainer->gradient[i];
    snprintf(what, sizeof what, "update %u at frame %zu", w->updates, w->elapsed);
    support_compare_gradients(&w->p->arch, w->trainer->gradient, w->expected, 1e-4, what);
    w->elapsed = end;
    ++w->updates;
    return true;
}

static struct watch watch_new(const struct trainer_problem *p)
{
    struct watch w = {.p = p, .trainer = problem_trainer(p)};

    w.values = w.trainer->values;
    w.exact = support_doubles(w.trainer->state.parameters, w.values);
    w.expected = support_zeros(w.values, sizeof *w.expected);
    w.sum = support_zeros(w.values, sizeof *w.sum);
    return w;
}

static void watch_free(struct watch *w)
{
    tc_trainer_free(w->trainer);
    free(w->exact);
    free(w->expected);
    free(w->sum);
}

static const enum tc_cell cells[] = {TC_CELL_RNN, TC_CELL_LSTM, TC_CELL_GRU};
enum { CELLS = sizeof cells / sizeof *cells };

static bool stop_at_once(const struct tc_progress *progress, void *user)
{
    (void)progress;
    (void)user;
    return false;
}

START_TEST(every_update_has_the_gradient_of_its_truncation)
{
    const struct truncation_case *const form = &forms[_i / CELLS % FORMS];
    struct trainer_problem p;
    struct watch w;

    problem_init(&p, cells[_i % CELLS], 5);
    p.options.dropout = _i / (CELLS * FORMS) ? 0.3f : 0.0f;
    p.arch.layers = 2;
    p.arch.layer[1] = (struct tc_layer){cells[(_i + 1) % CELLS], TC_TANH, 3};
    set_up_short_clips(&p, form);
    w = watch_new(&p);
    ck_assert_uint_eq(w.trainer->sampler->n_batches, 1);
    ck_assert_int_eq(tc_trainer_run(w.trainer, check_update, &w, NULL, NULL), TC_OK);
    if (form->truncation == TC_TRUNCATION_FULL)
        ck_assert_uint_eq(w.updates, p.options.epochs);
    else
        ck_assert_uint_gt(w.updates, p.options.epochs);
    watch_free(&w);
    problem_free(&p);
}
END_TEST

/* Dropout masks must differ between the sequences of different shards, and between batches. */
START_TEST(every_shard_uses_its_sequences_dropout_masks)
{
    struct trainer_problem p;
    struct tc_trainer *trainer;
    uint64_t seed;

    problem_init(&p, TC_CELL_GRU, 3);
    p.arch.layers = 2;
    p.arch.layer[1] = p.arch.layer[0];
    p.options.batch = 33;
    p.options.dropout = 0.5f;
    trainer = problem_trainer(&p);
    ck_assert_int_eq(tc_trainer_run(trainer, stop_at_once, NULL, NULL, NULL), TC_OK);
    ck_assert_uint_gt(trainer->n_shards, 1);
    for (size_t s = 0; s < trainer->n_shards; ++s) {
        ck_assert_uint_eq(trainer->shard[s]->dropout.sequence, trainer->first_sequence[s]);
        ck_assert_uint_eq(trainer->shard[s]->dropout.seed, trainer->state.position.dropout_seed);
    }
    seed = trainer->state.position.dropout_seed;
    ck_assert_int_eq(tc_trainer_run(trainer, stop_at_once, NULL, NULL, NULL), TC_OK);
    ck_assert_uint_ne(trainer->state.position.dropout_seed, seed);
    tc_trainer_free(trainer);
    problem_free(&p);
}
END_TEST

/* One chunk of all sequences, all of which are longer: every eighth frame is counted. */
START_TEST(batch_statistics_cover_every_shard)
{
    enum { CHUNK = 256 };
    struct trainer_problem p;
    struct tc_trainer *trainer;

    problem_init(&p, TC_CELL_GRU, 3);
    p.arch.layers = 2;
    p.arch.layer[1] = p.arch.layer[0];
    p.options.batch = 33;
    p.options.truncate = CHUNK;
    p.options.batch_norm = true;
    trainer = problem_trainer(&p);
    ck_assert_int_eq(tc_trainer_run(trainer, stop_at_once, NULL, NULL, NULL), TC_OK);
    ck_assert_uint_gt(trainer->n_shards, 1);
    ck_assert_double_eq(*tc_batch_norm_moments(trainer->norm, 1, trainer->moments),
                        (double)(trainer->sampler->n_sequences * CHUNK / 8));
    tc_trainer_free(trainer);
    problem_free(&p);
}
END_TEST

/* The sum of the gradients of an epoch's updates, every frame weighted equally. */
static double *summed_gradient(enum tc_cell cell, const struct truncation_case *form, size_t *n)
{
    struct trainer_problem p;
    struct watch w;
    double *sum, frames;

    problem_init(&p, cell, 5);
    set_up_short_clips(&p, form);
    p.options.epochs = 1;
    w = watch_new(&p);
    ck_assert_int_eq(tc_trainer_run(w.trainer, check_update, &w, NULL, NULL), TC_OK);
    frames = tc_truncation_mean(&p.options, w.trainer->sampler->longest);
    sum = w.sum;
    w.sum = NULL;
    *n = w.values;
    for (size_t i = 0; i < *n; ++i)
        sum[i] *= frames;
    watch_free(&w);
    problem_free(&p);
    return sum;
}

static double norm_of_difference(const double *a, const double *b, size_t n)
{
    double square = 0.0;

    for (size_t i = 0; i < n; ++i)
        square += (a[i] - b[i]) * (a[i] - b[i]);
    return sqrt(square);
}

/* BPTT is TBPTT with k2 = T. The fewer frames are recomputed, the larger the difference. */
START_TEST(unlimited_lookback_is_full_backpropagation)
{
    size_t n;
    double *sum[5], *const nothing = support_zeros(1000, sizeof *nothing);

    for (unsigned f = 0; f < 5; ++f)
        sum[f] = summed_gradient(cells[_i], &forms[f], &n);
    ck_assert_uint_le(n, 1000);
    ck_assert_double_le(norm_of_difference(sum[3], sum[4], n),
                        1e-5 * norm_of_difference(sum[4], nothing, n));
    ck_assert_double_gt(norm_of_difference(sum[0], sum[4], n),
                        1e-3 * norm_of_difference(sum[4], nothing, n));
    ck_assert_double_lt(norm_of_difference(sum[2], sum[4], n),
                        norm_of_difference(sum[0], sum[4], n));
    for (unsigned f = 0; f < 5; ++f)
        free(sum[f]);
    free(nothing);
}
END_TEST

/* The first gradient of sequences of about 100 frames with a loss in the last of them. */
static double *sequence_gradient(enum tc_cell cell, const struct truncation_case *form, size_t *n)
{
    struct trainer_problem p;
    struct tc_trainer *trainer;
    double *gradient;

    problem_init(&p, cell, 5);
    set_form(&p, form);
    p.options.batch = SEQUENCES;
    p.options.warmup = 0;
    p.options.start = TC_START_LEARNED;
    for (unsigned c = 0; c < CLIPS; ++c) {
        p.clip[c].whole = true;
        p.clip[c].n_frames = 100 + c;
        p.clip[c].loss_from = 99 + c;
    }
    trainer = problem_trainer(&p);
    update_once(trainer);
    *n = trainer->values;
    gradient = support_doubles(trainer->gradient, *n);
    tc_trainer_free(trainer);
    problem_free(&p);
    return gradient;
}

/* Many-to-one: the gradient reaches the learned initial state through frames without loss. */
START_TEST(backward_pass_reaches_the_start_of_a_sequence)
{
    static const struct truncation_case in_memory[] = {{"", 1000, TC_TRUNCATION_FIXED, 0, 0},
                                                       {"", 16, TC_TRUNCATION_FULL, 0, 0},
                                                       {"", 16, TC_TRUNCATION_FIXED, 200, 0},
                                                       {"", 16, TC_TRUNCATION_FIXED, 0, 0}};
    double *gradient[4], *const nothing = support_zeros(1000, sizeof *nothing), size;
    size_t n;

    for (unsigned f = 0; f < 4; ++f)
        gradient[f] = sequence_gradient(cells[_i], &in_memory[f], &n);
    ck_assert_uint_le(n, 1000);
    size = norm_of_difference(gradient[0], nothing, n);
    ck_assert_double_gt(fabs(gradient[0][n - 5 - 2]), 0.0); /* of the initial state's last unit */
    ck_assert_double_le(norm_of_difference(gradient[1], gradient[0], n), 1e-5 * size);
    ck_assert_double_le(norm_of_difference(gradient[2], gradient[0], n), 1e-5 * size);
    ck_assert_double_gt(norm_of_difference(gradient[3], gradient[0], n), 1e-4 * size);
    for (unsigned f = 0; f < 4; ++f)
        free(gradient[f]);
    free(nothing);
}
END_TEST

/* ------------------------------------------------------------------------- whole trainings */

static struct tc_model *model_of(const struct trainer_problem *p)
{
    return problem_train(p, NULL, NULL, NULL);
}

/* For segments of one chunk all truncations without random cuts are the same. */
START_TEST(single_chunk_is_full_backpropagation_bit_for_bit)
{
    struct trainer_problem p;
    struct tc_trainer *trainer;
    struct tc_model *fixed, *full, *recomputed;
    size_t longest;

    problem_init(&p, cells[_i], 5);
    set_up_short_clips(&p, &forms[5]);
    p.options.learning_rate = 0.01f;
    trainer = problem_trainer(&p);
    longest = trainer->sampler->longest;
    tc_trainer_free(trainer);
    p.options.truncate = (unsigned)longest;
    full = model_of(&p);
    p.options.truncation = TC_TRUNCATION_FIXED;
    fixed = model_of(&p);
    p.options.lookback = 2 * p.options.truncate;
    recomputed = model_of(&p);
    ck_assert(support_same_parameters(full, fixed));
    ck_assert(support_same_parameters(full, recomputed));
    tc_model_free(recomputed);
    tc_model_free(fixed);
    tc_model_free(full);
    problem_free(&p);
}
END_TEST

/* Sequences in one, two and four shards; every truncation gives a different model. */
START_TEST(the_model_does_not_depend_on_threads)
{
    static const unsigned batches[] = {5, 17, 33};
    struct trainer_problem p;
    struct tc_model *one, *fixed;

    problem_init(&p, cells[_i % CELLS], 7);
    p.options.batch = batches[_i % 3];
    p.options.epochs = 1;
    for (unsigned c = 0; c < CLIPS; ++c)
        p.clip[c].n_frames = 1500;
    set_form(&p, &forms[0]);
    fixed = model_of(&p);
    set_form(&p, &forms[_i]);
    one = model_of(&p);
    ck_assert_int_eq(support_same_parameters(one, fixed), _i == 0);
    problem_require_any_threads(&p, one, forms[_i].name);
    tc_model_free(one);
    tc_model_free(fixed);
    problem_free(&p);
}
END_TEST

/* Truncations with few updates learn less in the same number of epochs. */
START_TEST(device_is_learned_with_every_truncation)
{
    struct trainer_problem p;
    struct tc_model *model;

    problem_init(&p, TC_CELL_GRU, 8);
    set_form(&p, &forms[_i]);
    p.options.learning_rate = 0.02f;
    p.options.epochs = 40;
    model = model_of(&p);
    support_require(problem_score(&p, model) < 0.2, "%s: %g", forms[_i].name,
                    problem_score(&p, model));
    tc_model_free(model);
    problem_free(&p);
}
END_TEST

/* Memory does not grow with the number of frames of the backward pass, except by a state per
 * chunk. */
START_TEST(memory_matches_the_documented_formula)
{
    enum { UNITS = 16, LONG = 2048 };
    size_t memory[FORMS];
    struct trainer_problem p;
    unsigned streams;

    problem_init(&p, TC_CELL_LSTM, UNITS);
    p.options.batch = SEQUENCES;
    for (unsigned f = 0; f < 4; ++f) {
        static const struct truncation_case in_memory[] = {{"", 64, TC_TRUNCATION_FIXED, 0, 0},
                                                           {"", 64, TC_TRUNCATION_FIXED, 640, 0},
                                                           {"", 64, TC_TRUNCATION_FULL, 0, 0},
                                                           {"", 64, TC_TRUNCATION_RANDOM, 0, 0}};
        struct tc_trainer *trainer;

        set_form(&p, &in_memory[f]);
        trainer = problem_trainer(&p);
        memory[f] = tc_trainer_memory(trainer, &streams);
        tc_trainer_free(trainer);
    }
    ck_assert_uint_gt(memory[1], 7 * memory[0]); /* there is a constant part */
    ck_assert_uint_lt(memory[1], 10 * memory[0]);
    ck_assert_uint_gt(memory[2], memory[0]);
    /* h and c at each 64 of at most 5950 frames. */
    ck_assert_uint_le(memory[2] - memory[0], streams * 94 * 2 * UNITS * sizeof(float) + 4096);
    ck_assert_uint_eq(memory[3], memory[2]);
    problem_free(&p);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("trainer_truncation");

    tcase_add_loop_test(tests, every_update_has_the_gradient_of_its_truncation, 0,
                        2 * FORMS * CELLS);
    tcase_add_test(tests, every_shard_uses_its_sequences_dropout_masks);
    tcase_add_test(tests, batch_statistics_cover_every_shard);
    tcase_add_loop_test(tests, unlimited_lookback_is_full_backpropagation, 0, CELLS);
    tcase_add_loop_test(tests, backward_pass_reaches_the_start_of_a_sequence, 0, CELLS);
    tcase_add_loop_test(tests, single_chunk_is_full_backpropagation_bit_for_bit, 0, CELLS);
    tcase_add_loop_test(tests, the_model_does_not_depend_on_threads, 0, FORMS);
    tcase_add_loop_test(tests, device_is_learned_with_every_truncation, 0, FORMS);
    tcase_add_test(tests, memory_matches_the_documented_formula);
    return support_run(tests, "trainer_truncation");
}
