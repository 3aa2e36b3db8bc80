#include "model/model.h"
#include "support.h"
#include "train/held.h"
#include "train/initial.h"
#include "train/network.h"
#include "train/optimizer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Copy memory: ten symbols are heard, then nothing for `delay` frames, then a mark for eleven; the
 * ten symbols are to be said from the second mark on, and blanks before. Who has no memory can do
 * no better than 10 ln 8 nats in delay + 20 frames. From: Hochreiter & Schmidhuber 1997, in the
 * form of Arjovsky, Shah & Bengio 2016 and Bai, Kolter & Koltun 2018. It takes long, and is not
 * part of `make check`. */

enum {
    SYMBOLS = 8,
    LENGTH = 10,
    BLANK = 0,
    MARK = SYMBOLS + 1,
    HEARD = SYMBOLS + 2,  /* symbols, blank and mark */
    SPOKEN = SYMBOLS + 1, /* symbols and blank */
    LANES = 20,
    REPORT = 100 /* updates */
};

/* The network and all that trains it. */
struct learner {
    struct tc_architecture arch;
    struct tc_train_options options;
    unsigned delay, frames;
    size_t n;
    struct tc_random random;
    struct tc_held *held;
    struct tc_optimizer_state optimizer;
    struct tc_weights *weights;
    struct tc_shard *shard;
    float *behind, *parameters, *gradient;
    unsigned said[LANES][LENGTH];
};

static struct learner learner_new(enum tc_recurrent recurrent, struct tc_layer layer,
                                  unsigned delay)
{
    struct learner l = {.delay = delay, .frames = delay + 2 * LENGTH, .random = {1}};

    l.arch = (struct tc_architecture){
        .audio_inputs = HEARD, .outputs = SPOKEN, .layers = 1, .layer = {layer}};
    tc_train_options_init(&l.options);
    l.options.recurrent = recurrent;
    l.options.optimizer = TC_OPTIMIZER_RMSPROP;
    l.options.learning_rate = 1e-3f;
    tc_architecture_tensors(&l.arch, NULL, &l.n);
    l.behind = support_zeros(l.n, sizeof *l.behind);
    l.parameters = support_zeros(l.n, sizeof *l.parameters);
    l.gradient = support_zeros(l.n, sizeof *l.gradient);
    l.optimizer = (struct tc_optimizer_state){.kind = l.options.optimizer,
                                              .m = support_zeros(l.n, sizeof *l.gradient),
                                              .v = support_zeros(l.n, sizeof *l.gradient)};
    tc_optimizer_reset(&l.optimizer, l.n);
    ck_assert_int_eq(tc_held_new(&l.held, &l.arch, &l.options, NULL), TC_OK);
    ck_assert_int_eq(tc_initial_parameters(&l.arch, &l.options, &l.random, l.behind, NULL), TC_OK);
    tc_held_start(l.held, &l.random, l.behind);
    ck_assert_int_eq(tc_weights_new(&l.weights, &l.arch, NULL, NULL), TC_OK);
    ck_assert_int_eq(tc_shard_new(&l.shard, l.weights, LANES, l.frames, NULL), TC_OK);
    return l;
}

static void learner_free(struct learner *l)
{
    tc_shard_free(l->shard);
    tc_weights_free(l->weights);
    tc_held_free(l->held);
    free(l->optimizer.v);
    free(l->optimizer.m);
    free(l->gradient);
    free(l->parameters);
    free(l->behind);
}

static void hear(struct learner *l, unsigned lane)
{
    for (unsigned row = 0; row < HEARD; ++row)
        memset(tc_shard_input(l->shard, lane, row), 0, l->frames * sizeof(float));
    for (unsigned t = 0; t < l->frames; ++t) {
        unsigned symbol = t < l->delay + LENGTH - 1 ? BLANK : MARK;

        if (t < LENGTH)
            symbol = l->said[lane][t] = 1 + (unsigned)tc_random_below(&l->random, SYMBOLS);
        tc_shard_input(l->shard, lane, symbol)[t] = 1.0f;
    }
}

/* Cross-entropy of one frame; its gradient at the sums is what softmax gives, less the truth. */
static double say(struct learner *l, unsigned lane, unsigned t, double scale)
{
    const unsigned due = l->frames - LENGTH, truth = t < due ? BLANK : l->said[lane][t - due];
    double most = -HUGE_VAL, sum = 0.0, v[SPOKEN];

    for (unsigned o = 0; o < SPOKEN; ++o) {
        v[o] = (double)tc_shard_output(l->shard, lane, o)[t];
        most = fmax(most, v[o]);
    }
    for (unsigned o = 0; o < SPOKEN; ++o)
        sum += exp(v[o] - most);
    for (unsigned o = 0; o < SPOKEN; ++o)
        tc_shard_output_gradient(l->shard, lane, o)[t] =
            (float)(scale * (exp(v[o] - most) / sum - (o == truth ? 1.0 : 0.0)));
    return most + log(sum) - v[truth];
}

/* The mean cross-entropy of fresh sequences. */
static double listen(struct learner *l)
{
    const double scale = 1.0 / ((double)LANES * l->frames);
    double loss = 0.0;

    memcpy(l->parameters, l->behind, l->n * sizeof *l->behind);
    tc_held_make(l->held, l->behind, l->parameters);
    tc_weights_pack(l->weights, l->parameters);
    for (unsigned lane = 0; lane < LANES; ++lane)
        hear(l, lane);
    tc_shard_forward(l->shard, l->frames);
    for (unsigned lane = 0; lane < LANES; ++lane)
        for (unsigned t = 0; t < l->frames; ++t)
            loss += scale * say(l, lane, t, scale);
    return loss;
}

static void move(struct learner *l, size_t first, size_t n, double factor)
{
    tc_optimizer_move(&l->optimizer, l->behind, l->gradient, first, n, 1.0f,
                      factor * (double)l->options.learning_rate);
}

static double learn(struct learner *l)
{
    const double loss = listen(l);
    size_t first = 0;

    memset(l->gradient, 0, l->n * sizeof *l->gradient);
    tc_shard_backward(l->shard, l->gradient, l->frames);
    tc_held_gradient(l->held, l->parameters, l->gradient);
    tc_optimizer_begin(&l->optimizer);
    for (size_t i = 0; i < l->held->n_matrices; ++i) {
        const struct tc_held_matrix *const m = &l->held->matrix[i];

        move(l, first, m->at - first, 1.0);
        move(l, m->at, m->n * m->n, (double)l->options.recurrent_rate);
        first = m->at + m->n * m->n;
    }
    move(l, first, l->n - first, 1.0);
    return loss;
}

static unsigned number(const char *variable, unsigned usual)
{
    const char *const wish = getenv(variable);

    return wish ? (unsigned)strtoul(wish, NULL, 10) : usual;
}

/* What blanks, and then any of the symbols, cost. */
static double unremembering(const struct learner *l)
{
    return LENGTH * log(SYMBOLS) / l->frames;
}

/* Trains, and returns the loss on ten times as many sequences as one update sees. */
static double result_of(struct learner *l, unsigned updates)
{
    double loss = 0.0;

    for (unsigned u = 1; u <= updates; ++u) {
        loss += learn(l) / REPORT;
        if (u % REPORT)
            continue;
        printf("%u updates: %.6f nats, without memory %.6f\n", u, loss, unremembering(l));
        fflush(stdout);
        loss = 0.0;
    }
    loss = 0.0;
    for (unsigned i = 0; i < 10; ++i)
        loss += 0.1 * listen(l);
    printf("%.6f nats on fresh sequences\n", loss);
    return loss;
}

START_TEST(an_orthogonal_network_remembers_a_thousand_frames)
{
    const struct tc_layer layer = {TC_CELL_RNN, TC_MODRELU, 190};
    struct learner l = learner_new(TC_RECURRENT_ORTHOGONAL, layer, number("COPY_DELAY", 1000));

    ck_assert_double_le(result_of(&l, number("COPY_UPDATES", 600)), 1e-3);
    learner_free(&l);
}
END_TEST

/* As many weights, and the start and rate that it is usually given. */
START_TEST(an_lstm_does_not)
{
    const struct tc_layer layer = {TC_CELL_LSTM, TC_TANH, 90};
    struct learner l = learner_new(TC_RECURRENT_FREE, layer, number("COPY_DELAY", 1000));

    ck_assert_double_ge(result_of(&l, number("COPY_UPDATES", 600)), 0.5 * unremembering(&l));
    learner_free(&l);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("copy");

    tcase_add_test(tests, an_orthogonal_network_remembers_a_thousand_frames);
    tcase_add_test(tests, an_lstm_does_not);
    return support_run(tests, "copy");
}
