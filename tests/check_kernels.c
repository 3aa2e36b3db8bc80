#include "support.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/kernels.h"
#include "kernels/precision.h"
#include "reference.h"

/* Every cell and activation. */
static const struct tc_layer kinds[] = {
    {TC_CELL_RNN, TC_TANH, 0},     {TC_CELL_RNN, TC_LOGISTIC, 0}, {TC_CELL_RNN, TC_RELU, 0},
    {TC_CELL_RNN, TC_IDENTITY, 0}, {TC_CELL_LSTM, TC_TANH, 0},    {TC_CELL_GRU, TC_TANH, 0},
};

/* Each hidden size takes some of these, in turns, so that each vector's width meets all of them. */
static const size_t inputs_tried[] = {1, 2, 3, 16};
static const size_t lanes_tried[] = {1, 2, 3, 4, 7, 16};

enum {
    KINDS = sizeof kinds / sizeof kinds[0],
    INPUTS = sizeof inputs_tried / sizeof inputs_tried[0],
    LANES = sizeof lanes_tried / sizeof lanes_tried[0],
    MOST_HIDDEN = 130 /* more than eight of the widest vectors */
};

static size_t inputs_for(size_t hidden, int turn)
{
    return inputs_tried[(hidden + hidden / 16 + (size_t)turn) % INPUTS];
}

static size_t lanes_for(size_t hidden, int turn)
{
    return lanes_tried[(hidden + hidden / 16 + (size_t)turn) % LANES];
}

/* Is it one of the tables to test? */
static bool to_test(const struct tc_kernels *k)
{
    unsigned i = 0;

    while (support_kernels(i) && strcmp(support_kernels(i), k->name) != 0)
        ++i;
    return support_kernels(i) != NULL;
}

/* The best table from `k` on that is to be tested; NULL after the last. */
static const struct tc_kernels *const *tested(const struct tc_kernels *const *k)
{
    while (*k && !to_test(*k))
        ++k;
    return *k ? k : NULL;
}

/* ------------------------------------------------------------------ guarded memory */

#define CANARY 12345.0f

enum { GUARD = 16 }; /* floats on either side, so many that the array stays aligned */

struct guarded {
    float *memory, *v;
    size_t n;
};

static struct guarded guarded_new(size_t n)
{
    const size_t floats = (n + 15) / 16 * 16 + 2 * GUARD;
    struct guarded g = {.n = n};

    g.memory = aligned_alloc(64, floats * sizeof *g.memory);
    ck_assert_ptr_nonnull(g.memory);
    for (size_t i = 0; i < floats; ++i)
        g.memory[i] = CANARY;
    g.v = g.memory + GUARD;
    memset(g.v, 0, n * sizeof *g.v);
    return g;
}

static void guarded_free(struct guarded *g, const char *what)
{
    for (size_t i = 0; i < GUARD; ++i)
        support_require(g->memory[i] == CANARY && g->v[g->n + i] == CANARY,
                        "%s: written beyond %zu floats", what, g->n);
    free(g->memory);
}

/* ------------------------------------------------------------------ layers and runs */

/* PyTorch's tensors with random weights; w_ih is where they all begin. `scale` is how far a sum
 * reaches, more or less: 1 leaves gates linear, 20 saturates most of them. */
static struct tc_layer_weights weights_new(const struct tc_layer *kind, size_t inputs,
                                           size_t hidden, float scale)
{
    const size_t rows = tc_cell_gates(kind->cell) * hidden, n = rows * (inputs + hidden + 2);
    const float range = scale / sqrtf((float)(inputs + hidden));
    struct support_random random = {hidden * 100 + inputs};
    float *const w = support_zeros(n, sizeof *w);

    support_fill(&random, w, n, -range, range);
    return (struct tc_layer_weights){.cell = kind->cell,
                                     .activation = kind->activation,
                                     .inputs = inputs,
                                     .hidden = hidden,
                                     .w_ih = w,
                                     .w_hh = w + rows * inputs,
                                     .b_ih = w + rows * (inputs + hidden),
                                     .b_hh = w + rows * (inputs + hidden + 1)};
}

static void weights_free(struct tc_layer_weights *weights)
{
    free((void *)weights->w_ih);
}

/* A layer packed for one table, and what it runs on. */
struct trial {
    const struct tc_kernels *k;
    const struct tc_layer_weights *weights;
    struct tc_packed_layer layer;
    size_t frames;
    struct guarded packed, x, h, c, scratch;
};

static size_t x_pitch(const struct trial *trial)
{
    return trial->weights->inputs + 3;
}

static float *x_at(const struct trial *trial, size_t t, size_t lane)
{
    return trial->x.v + (t * trial->layer.lanes + lane) * x_pitch(trial);
}

static float *h_at(const struct trial *trial, size_t t, size_t lane)
{
    return trial->h.v + (t * trial->layer.lanes + lane) * trial->layer.units;
}

static float *c_at(const struct trial *trial, size_t lane)
{
    return trial->c.v + lane * trial->layer.units;
}

/* All that must not be read is NaN: what is between the lanes of x, states to come, scratch. */
static void poison(struct guarded *g, size_t from)
{
    for (size_t i = from; i < g->n; ++i)
        g->v[i] = NAN;
}

static struct trial trial_new(const struct tc_kernels *k, const struct tc_layer_weights *weights,
                              size_t lanes, size_t frames)
{
    const size_t units = tc_kernels_units(k, weights->hidden);
    struct trial trial = {.k = k, .weights = weights, .frames = frames};

    trial.packed = guarded_new(k->packed_size(weights));
    trial.x = guarded_new(frames * lanes * x_pitch(&trial));
    trial.h = guarded_new((frames + 1) * lanes * units);
    trial.c = guarded_new(lanes * units);
    trial.scratch = guarded_new(k->scratch(weights));
    k->pack(trial.packed.v, weights);
    poison(&trial.x, 0);
    poison(&trial.h, lanes * units);
    poison(&trial.scratch, 0);
    trial.layer = (struct tc_packed_layer){.cell = weights->cell,
                                           .activation = weights->activation,
                                           .inputs = weights->inputs,
                                           .hidden = weights->hidden,
                                           .precision = weights->precision,
                                           .units = units,
                                           .lanes = lanes,
                                           .weights = trial.packed.v};
    return trial;
}

static void trial_free(struct trial *trial)
{
    guarded_free(&trial->packed, "packed weights");
    guarded_free(&trial->x, "x");
    guarded_free(&trial->h, "h");
    guarded_free(&trial->c, "c");
    guarded_free(&trial->scratch, "scratch");
}

/* Random input and start state. */
static struct trial trial_random(const struct tc_kernels *k, const struct tc_layer_weights *weights,
                                 size_t lanes, size_t frames)
{
    struct trial trial = trial_new(k, weights, lanes, frames);
    struct support_random random = {weights->hidden};

    for (size_t lane = 0; lane < lanes; ++lane) {
        for (size_t t = 0; t < frames; ++t)
            support_fill(&random, x_at(&trial, t, lane), weights->inputs, -1.0f, 1.0f);
        support_fill(&random, h_at(&trial, 0, lane), weights->hidden, -1.0f, 1.0f);
        support_fill(&random, c_at(&trial, lane), weights->hidden, -2.0f, 2.0f);
    }
    return trial;
}

static void trial_run(const struct trial *trial, size_t start, size_t n)
{
    const struct tc_layer_run run = {.layer = &trial->layer,
                                     .n_frames = n,
                                     .x = x_at(trial, start, 0),
                                     .x_pitch = x_pitch(trial),
                                     .h = h_at(trial, start, 0),
                                     .c = trial->c.v,
                                     .scratch = trial->scratch.v};

    switch (trial->layer.cell) {
    case TC_CELL_RNN:
        trial->k->rnn(&run);
        break;
    case TC_CELL_LSTM:
        trial->k->lstm(&run);
        break;
    case TC_CELL_GRU:
        trial->k->gru(&run);
        break;
    }
}

/* Fails, naming the trial. */
#define trial_require(condition, trial, what, unit, lane)                             \
    support_require(condition,                                                        \
                    "%s: %s %s of %zu units, %zu inputs, %zu lanes: %s, unit %zu of " \
                    "lane %zu",                                                       \
                    (trial)->k->name, tc_activation_name((trial)->layer.activation),  \
                    tc_cell_name((trial)->layer.cell), (trial)->layer.hidden,         \
                    (trial)->layer.inputs, (trial)->layer.lanes, what, unit, lane)

/* ------------------------------------------------------------------ one step in double */

/* A value and how far from it a kernel may be. With S a sum, dS its bound in kernels.h, and
 * A = TC_ACTIVATION_ERROR, slopes are at most 1 (tanh) and 1/4 (logistic), so
 *
 *      d tanh S <= dS + A              d s(S) <= dS / 4 + A
 *      d (a b) <= da (|b| + db) + db |a|
 *
 * and each cell adds a few roundings of its terms, here ROUNDINGS, as STYLE.md's bound does. */
struct value {
    double v, error;
};

#define ROUNDINGS (4.0 * (double)FLT_EPSILON)

static struct value sum_of(struct value a, struct value b)
{
    return (struct value){a.v + b.v, a.error + b.error + ROUNDINGS * (fabs(a.v) + fabs(b.v))};
}

static struct value product_of(struct value a, struct value b)
{
    return (struct value){a.v * b.v, a.error * (fabs(b.v) + b.error) + b.error * fabs(a.v) +
                                         ROUNDINGS * fabs(a.v * b.v)};
}

static struct value activated(enum tc_activation activation, struct value sum)
{
    static const double slope[] = {
        [TC_TANH] = 1.0, [TC_LOGISTIC] = 0.25, [TC_RELU] = 1.0, [TC_IDENTITY] = 1.0};
    const bool exact = activation == TC_RELU || activation == TC_IDENTITY;

    /* Both ends are known beyond any slope: no value leaves the range by more than A. */
    return (struct value){
        reference_activate(activation, sum.v),
        exact ? sum.error : fmin(slope[activation] * sum.error, 2.0) + (double)TC_ACTIVATION_ERROR};
}

/* One step of one lane. `saturated`: every sum with the input in it is so large that its error
 * changes nothing once it is through a bounded activation. */
struct step {
    const struct tc_layer_weights *weights;
    const float *x, *h, *c;
    bool saturated;
};

/* b + w v of a row. */
static struct value dot(const struct step *step, const float *w, float b, const float *v, size_t n)
{
    const double terms = (double)(step->weights->inputs + step->weights->hidden + 2);
    double sum = (double)b, size = fabs(sum);

    for (size_t i = 0; i < n; ++i) {
        const double term = (double)w[i] * (double)v[i];

        sum += term;
        size += fabs(term);
    }
    return (struct value){sum, terms * (double)FLT_EPSILON * size};
}

static struct value from_input(const struct step *step, size_t gate, size_t unit)
{
    const struct tc_layer_weights *const w = step->weights;
    const size_t row = gate * w->hidden + unit;
    struct value sum = dot(step, w->w_ih + row * w->inputs, w->b_ih[row], step->x, w->inputs);

    if (step->saturated)
        sum.error = 0.0;
    return sum;
}

static struct value from_state(const struct step *step, size_t gate, size_t unit)
{
    const struct tc_layer_weights *const w = step->weights;
    const size_t row = gate * w->hidden + unit;

    return dot(step, w->w_hh + row * w->hidden, w->b_hh[row], step->h, w->hidden);
}

/* Both products of a gate; their bounds add up to that of the whole sum. */
static struct value gate_sum(const struct step *step, size_t gate, size_t unit)
{
    const struct value a = from_input(step, gate, unit), b = from_state(step, gate, unit);

    return (struct value){a.v + b.v, a.error + b.error};
}

static struct value gate_of(const struct step *step, size_t gate, size_t unit)
{
    return activated(TC_LOGISTIC, gate_sum(step, gate, unit));
}

static struct value known(float v)
{
    return (struct value){(double)v, 0.0};
}

/* The new h, and c of an LSTM. */
static struct value lstm_unit(const struct step *step, size_t unit, struct value *c)
{
    const struct value candidate = activated(TC_TANH, gate_sum(step, 2, unit));

    *c = sum_of(product_of(gate_of(step, 1, unit), known(step->c[unit])),
                product_of(gate_of(step, 0, unit), candidate));
    return product_of(gate_of(step, 3, unit), activated(TC_TANH, *c));
}

static struct value gru_unit(const struct step *step, size_t unit)
{
    const struct value reset = gate_of(step, 0, unit), keep = gate_of(step, 1, unit);
    const struct value drop = {1.0 - keep.v, keep.error};
    const struct value sum =
        sum_of(from_input(step, 2, unit), product_of(reset, from_state(step, 2, unit)));

    return sum_of(product_of(drop, activated(TC_TANH, sum)),
                  product_of(keep, known(step->h[unit])));
}

static struct value expected_unit(const struct step *step, size_t unit, struct value *c)
{
    switch (step->weights->cell) {
    case TC_CELL_LSTM:
        return lstm_unit(step, unit, c);
    case TC_CELL_GRU:
        return gru_unit(step, unit);
    case TC_CELL_RNN:
        break;
    }
    return activated(step->weights->activation, gate_sum(step, 0, unit));
}

/* ------------------------------------------------------------------ against double */

static bool within(float v, struct value expected)
{
    return fabs((double)v - expected.v) <= expected.error; /* never true of NaN */
}

/* The padding has neither weights nor biases: it stays 0, but for logistic units, where it is
 * s(0). */
static void check_padding(const struct trial *trial, size_t t, size_t lane)
{
    const float still = trial->layer.activation == TC_LOGISTIC ? 0.5f : 0.0f;

    for (size_t u = trial->layer.hidden; u < trial->layer.units; ++u)
        trial_require(h_at(trial, t, lane)[u] == still && c_at(trial, lane)[u] == 0.0f, trial,
                      "padding moved", u, lane);
}

/* Run one frame and compare it. */
static void check_frame(const struct trial *trial, size_t t, bool saturated)
{
    const size_t lanes = trial->layer.lanes;
    float *const old_c = support_zeros(trial->c.n, sizeof *old_c);

    memcpy(old_c, trial->c.v, trial->c.n * sizeof *old_c);
    trial_run(trial, t, 1);
    for (size_t lane = 0; lane < lanes; ++lane) {
        const struct step step = {trial->weights, x_at(trial, t, lane), h_at(trial, t, lane),
                                  old_c + lane * trial->layer.units, saturated};

        for (size_t u = 0; u < trial->layer.hidden; ++u) {
            struct value c = known(step.c[u]);
            const struct value h = expected_unit(&step, u, &c);

            trial_require(within(h_at(trial, t + 1, lane)[u], h), trial, "h is wrong", u, lane);
            trial_require(within(c_at(trial, lane)[u], c), trial, "c is wrong", u, lane);
        }
        check_padding(trial, t + 1, lane);
    }
    free(old_c);
}

static void check_steps(const struct tc_kernels *k, const struct tc_layer *kind, size_t hidden,
                        size_t inputs, size_t lanes)
{
    for (int saturates = 0; saturates < 2; ++saturates) {
        struct tc_layer_weights weights =
            weights_new(kind, inputs, hidden, saturates ? 20.0f : 1.0f);
        struct trial trial = trial_random(k, &weights, lanes, 1);

        check_frame(&trial, 0, false);
        trial_free(&trial);
        weights_free(&weights);
    }
}

START_TEST(a_step_is_within_its_bound)
{
    for (const struct tc_kernels *const *k = tested(tc_kernels_all); k; k = tested(k + 1))
        for (size_t hidden = 1; hidden <= MOST_HIDDEN; ++hidden)
            check_steps(*k, &kinds[_i], hidden, inputs_for(hidden, _i), lanes_for(hidden, 0));
}
END_TEST

/* Around one and two vectors, and half of one: everything with everything. */
START_TEST(small_layers_take_any_inputs_and_lanes)
{
    for (const struct tc_kernels *const *k = tested(tc_kernels_all); k; k = tested(k + 1))
        for (size_t hidden = 1; hidden <= 20 && hidden <= 2 * (*k)->width + 4; ++hidden)
            for (size_t i = 0; i < INPUTS; ++i)
                for (size_t l = 0; l < LANES; ++l)
                    check_steps(*k, &kinds[_i], hidden, inputs_tried[i], lanes_tried[l]);
}
END_TEST

/* The state goes on from frame to frame. */
START_TEST(later_frames_are_within_their_bound)
{
    for (const struct tc_kernels *const *k = tested(tc_kernels_all); k; k = tested(k + 1))
        for (size_t hidden = 1; hidden <= MOST_HIDDEN; hidden += 5) {
            struct tc_layer_weights weights = weights_new(&kinds[_i], 2, hidden, 1.0f);
            struct trial trial = trial_random(*k, &weights, lanes_for(hidden, 1), 4);

            for (size_t t = 0; t < trial.frames; ++t)
                check_frame(&trial, t, false);
            trial_free(&trial);
            weights_free(&weights);
        }
}
END_TEST

/* Weights of one input away from 0, so that 1e30 saturates every sum but a GRU's q. */
static struct tc_layer_weights steep_weights(const struct tc_layer *kind, size_t hidden)
{
    const struct tc_layer_weights weights = weights_new(kind, 1, hidden, 1.0f);
    float *const w = (float *)weights.w_ih;

    for (size_t i = 0; i < tc_cell_gates(kind->cell) * hidden; ++i)
        w[i] += w[i] < 0.0f ? -0.01f : 0.01f;
    return weights;
}

START_TEST(huge_inputs_saturate)
{
    const bool bounded = kinds[_i].activation != TC_RELU && kinds[_i].activation != TC_IDENTITY;

    for (const struct tc_kernels *const *k = tested(tc_kernels_all); k; k = tested(k + 1))
        for (size_t hidden = 1; hidden <= 40; ++hidden) {
            struct tc_layer_weights weights = steep_weights(&kinds[_i], hidden);
            struct trial trial = trial_random(*k, &weights, 3, 1);

            x_at(&trial, 0, 0)[0] = 1e30f;
            x_at(&trial, 0, 1)[0] = -1e30f;
            x_at(&trial, 0, 2)[0] = 1e36f;
            check_frame(&trial, 0, bounded);
            trial_free(&trial);
            weights_free(&weights);
        }
}
END_TEST

/* ------------------------------------------------------------------ NaN */

enum poisoned { IN_X, IN_H, IN_C, POISONED };

static void put_nan(struct trial *trial, enum poisoned where, size_t lane)
{
    switch (where) {
    case IN_X:
        x_at(trial, 0, lane)[trial->layer.inputs - 1] = NAN;
        break;
    case IN_H:
        h_at(trial, 0, lane)[trial->layer.hidden - 1] = NAN;
        break;
    default:
        for (size_t u = 0; u < trial->layer.hidden; ++u)
            c_at(trial, lane)[u] = NAN;
        break;
    }
}

/* All of lane 1 is NaN, and no bit of the others differs. */
static void check_nan(const struct tc_kernels *k, const struct tc_layer_weights *weights,
                      enum poisoned where)
{
    struct trial clean = trial_random(k, weights, 3, 1), trial = trial_random(k, weights, 3, 1);
    const size_t hidden = weights->hidden;

    put_nan(&trial, where, 1);
    trial_run(&clean, 0, 1);
    trial_run(&trial, 0, 1);
    for (size_t u = 0; u < hidden; ++u) {
        trial_require(isnan(h_at(&trial, 1, 1)[u]), &trial, "h hides NaN", u, (size_t)1);
        trial_require(weights->cell != TC_CELL_LSTM || isnan(c_at(&trial, 1)[u]), &trial,
                      "c hides NaN", u, (size_t)1);
    }
    for (size_t lane = 0; lane < 3; lane += 2)
        trial_require(support_same(h_at(&trial, 1, lane), h_at(&clean, 1, lane), hidden) &&
                          support_same(c_at(&trial, lane), c_at(&clean, lane), hidden),
                      &trial, "another lane's NaN shows", (size_t)0, lane);
    trial_free(&clean);
    trial_free(&trial);
}

START_TEST(nan_is_never_hidden)
{
    const enum poisoned end = kinds[_i].cell == TC_CELL_LSTM ? POISONED : IN_C;

    for (const struct tc_kernels *const *k = tested(tc_kernels_all); k; k = tested(k + 1))
        for (size_t hidden = 1; hidden <= 40; ++hidden)
            for (enum poisoned where = IN_X; where < end; ++where) {
                struct tc_layer_weights weights = weights_new(&kinds[_i], 2, hidden, 1.0f);

                check_nan(*k, &weights, where);
                weights_free(&weights);
            }
}
END_TEST

/* ------------------------------------------------------------------ lanes and cuts */

/* One lane of a trial alone, in runs of 1, 2, 3 frames and what is left. */
static struct trial lane_alone(const struct trial *trial, size_t lane)
{
    struct trial alone = trial_new(trial->k, trial->weights, 1, trial->frames);

    for (size_t t = 0; t < trial->frames; ++t)
        memcpy(x_at(&alone, t, 0), x_at(trial, t, lane), trial->layer.inputs * sizeof(float));
    memcpy(alone.h.v, h_at(trial, 0, lane), trial->layer.units * sizeof(float));
    memcpy(alone.c.v, c_at(trial, lane), trial->layer.units * sizeof(float));
    for (size_t start = 0, n = 1; start < trial->frames; start += n++)
        trial_run(&alone, start, n < trial->frames - start ? n : trial->frames - start);
    return alone;
}

static void check_lanes(const struct tc_kernels *k, const struct tc_layer_weights *weights,
                        size_t lanes)
{
    struct trial trial = trial_random(k, weights, lanes, 8), all[16];
    const size_t units = trial.layer.units;

    for (size_t lane = 0; lane < lanes; ++lane)
        all[lane] = lane_alone(&trial, lane);
    trial_run(&trial, 0, trial.frames);
    for (size_t lane = 0; lane < lanes; ++lane) {
        for (size_t t = 0; t <= trial.frames; ++t)
            trial_require(support_same(h_at(&trial, t, lane), h_at(&all[lane], t, 0), units),
                          &trial, "h depends on lanes or cut", (size_t)0, lane);
        trial_require(support_same(c_at(&trial, lane), all[lane].c.v, units), &trial,
                      "c depends on lanes or cut", (size_t)0, lane);
        trial_free(&all[lane]);
    }
    trial_free(&trial);
}

START_TEST(a_lane_depends_on_no_other_and_on_no_cut)
{
    for (const struct tc_kernels *const *k = tested(tc_kernels_all); k; k = tested(k + 1))
        for (size_t hidden = 1; hidden <= MOST_HIDDEN; hidden += hidden < 40 ? 1 : 7) {
            struct tc_layer_weights weights =
                weights_new(&kinds[_i], inputs_for(hidden, _i), hidden, 2.0f);

            for (size_t l = 1; l < LANES; l += hidden < 40 ? 1 : 2)
                check_lanes(*k, &weights, lanes_tried[l]);
            weights_free(&weights);
        }
}
END_TEST

START_TEST(no_frames_change_nothing)
{
    for (const struct tc_kernels *const *k = tested(tc_kernels_all); k; k = tested(k + 1)) {
        struct tc_layer_weights weights = weights_new(&kinds[_i], 1, 9, 1.0f);
        struct trial trial = trial_random(*k, &weights, 2, 1),
                     same = trial_random(*k, &weights, 2, 1);

        trial_run(&trial, 0, 0);
        ck_assert(support_same(trial.h.v, same.h.v, 2 * trial.layer.units));
        ck_assert(support_same(trial.c.v, same.c.v, trial.c.n));
        trial_free(&trial);
        trial_free(&same);
        weights_free(&weights);
    }
}
END_TEST

/* ------------------------------------------------------------------ half precision */

enum { LARGE = 60, FEW_INPUTS = 16, MANY_INPUTS = 67 };

/* Replace a matrix by what half precision makes of it. */
static void halve(float *w, size_t rows, size_t cols)
{
    for (size_t r = 0; r < rows; ++r)
        for (size_t c = 0; c + 2 <= cols; c += 2) {
            float *const pair = w + r * cols + c;
            const float word = tc_pair(pair[0], pair[1]);

            pair[0] = tc_pair_even(word);
            pair[1] = word;
        }
}

/* Weights that half precision stores as they are, wherever a table takes it. */
static struct tc_layer_weights halved_new(const struct tc_layer *kind, size_t inputs, size_t hidden,
                                          float scale)
{
    struct tc_layer_weights weights = weights_new(kind, inputs, hidden, scale);
    const size_t rows = tc_cell_gates(kind->cell) * hidden;

    halve((float *)weights.w_ih, rows, inputs);
    halve((float *)weights.w_hh, rows, hidden);
    weights.precision = TC_PRECISION_HALF;
    return weights;
}

START_TEST(half_precision_is_within_the_bound_of_its_weights)
{
    static const size_t inputs[] = {1, FEW_INPUTS, FEW_INPUTS + 1, MANY_INPUTS};

    for (const struct tc_kernels *const *k = tested(tc_kernels_all); k; k = tested(k + 1))
        for (size_t hidden = LARGE; hidden <= MOST_HIDDEN; ++hidden) {
            struct tc_layer_weights weights =
                halved_new(&kinds[_i], inputs[hidden % INPUTS], hidden, hidden % 3 ? 1.0f : 20.0f);
            struct trial trial = trial_random(*k, &weights, lanes_for(hidden, 0), 2);

            check_frame(&trial, 0, false);
            check_frame(&trial, 1, false);
            trial_free(&trial);
            weights_free(&weights);
        }
}
END_TEST

START_TEST(half_precision_depends_on_no_lane_and_on_no_cut)
{
    for (const struct tc_kernels *const *k = tested(tc_kernels_all); k; k = tested(k + 1))
        for (size_t hidden = LARGE; hidden <= MOST_HIDDEN; hidden += 7) {
            struct tc_layer_weights weights =
                weights_new(&kinds[_i], hidden % 2 ? FEW_INPUTS : MANY_INPUTS, hidden, 2.0f);

            weights.precision = TC_PRECISION_HALF;
            for (size_t l = 1; l < LANES; ++l)
                check_lanes(*k, &weights, lanes_tried[l]);
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

/* Where the weights are many, and nowhere else. Plain C has no half precision. */
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
    const float word = tc_pair(even, odd), got[] = {tc_pair_even(word), word};
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

/* ------------------------------------------------------------------ readout, choice */

enum { READOUT_FRAMES = 3 };

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
    const size_t pitch = 2 * n; /* of two lanes */
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
        for (size_t n = (*k)->width; n <= MOST_HIDDEN; n += (*k)->width)
            check_readout(*k, n);
}
END_TEST

START_TEST(units_are_padded_to_the_width)
{
    for (const struct tc_kernels *const *k = tested(tc_kernels_all); k; k = tested(k + 1))
        for (size_t hidden = 1; hidden <= MOST_HIDDEN; ++hidden) {
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

    tcase_add_loop_test(tests, a_step_is_within_its_bound, 0, KINDS);
    tcase_add_loop_test(tests, small_layers_take_any_inputs_and_lanes, 0, KINDS);
    tcase_add_loop_test(tests, later_frames_are_within_their_bound, 0, KINDS);
    tcase_add_loop_test(tests, huge_inputs_saturate, 0, KINDS);
    tcase_add_loop_test(tests, nan_is_never_hidden, 0, KINDS);
    tcase_add_loop_test(tests, a_lane_depends_on_no_other_and_on_no_cut, 0, KINDS);
    tcase_add_loop_test(tests, no_frames_change_nothing, 0, KINDS);
    tcase_add_loop_test(tests, half_precision_is_within_the_bound_of_its_weights, 0, KINDS);
    tcase_add_loop_test(tests, half_precision_depends_on_no_lane_and_on_no_cut, 0, KINDS);
    tcase_add_loop_test(tests, half_precision_takes_half_the_memory_of_large_layers, 0, KINDS);
    tcase_add_test(tests, weights_of_a_pair_are_within_their_bound);
    tcase_add_test(tests, readout_is_within_its_bound);
    tcase_add_test(tests, units_are_padded_to_the_width);
    tcase_add_test(tests, tables_are_found_by_name_and_features);
    return support_run(tests, "kernels");
}
