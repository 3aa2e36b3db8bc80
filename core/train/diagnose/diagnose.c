#include "decibel.h"
#include "model/model.h"
#include "model/network_input.h"
#include "stream/stream.h"
#include "train/trainer_arguments.h"
#include "train/diagnose/flow.h"
#include "train/diagnose/spectrum.h"

#include <cblas.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 1024 };

/* Operations that may be spent on frames, and on norms of products: some seconds each. */
static const double FRAME_WORK = 3e10, NORM_WORK = 1e11;

/* Growth along what was measured that is called an explosion: of disturbances, of the gradient. */
static const double BLOWN_UP = 10.0, BLOWN_UP_BACKWARDS = 1e3;

static const double REACH_S = 0.01, USUAL_RATE_HZ = 48000.0;

/* A diagnosis with all its arrays. */
struct whole {
    struct tc_diagnosis shown; /* first: it is what users free */
    size_t lag[TC_LAGS];
    struct tc_spread jacobian[TC_LAGS], gradient[TC_LAGS];
    double bound[TC_LAGS];
    double curves[TC_MAX_LAYERS][2][TC_LAGS]; /* of dh, dc */
    double singular[];
};

struct work {
    const struct tc_model *model;
    const float *const *input;
    const struct tc_diagnose_options *options;
    size_t n_frames, stream_at;
    struct tc_jacobian_network *exact;
    struct tc_stream *stream;
    float *parameters; /* the model's, with the stream's state as start state */
    struct tc_stretch stretch;
    struct tc_survey survey;
    double *memory;
    double (*curve)[2 + 2 * TC_MAX_LAYERS][TC_LAGS]; /* [positions] */
    struct tc_flow flow[TC_MAX_POSITIONS];
    struct tc_diagnosis *d;
};

void tc_diagnose_options_init(struct tc_diagnose_options *options, const struct tc_model *model)
{
    const double rate_hz =
        model->meta.sample_rate_hz > 0.0 ? model->meta.sample_rate_hz : USUAL_RATE_HZ;

    *options = (struct tc_diagnose_options){
        .positions = 8, .max_lag = 8192, .reach = (size_t)fmax(1.0, REACH_S * rate_hz)};
    for (unsigned k = 0; k < model->arch.knobs; ++k)
        options->knob[k] = model->meta.knob[k].initial;
}

/* ------------------------------------------------------------------------- what is asked */

static enum tc_status check(const struct work *w, size_t states, struct tc_error *error)
{
    const struct tc_diagnose_options *const o = w->options;
    const enum tc_status status = tc_activations_check(&w->model->arch, "diagnosed", error);

    if (status)
        return status;
    if (o->positions < 1 || o->positions > TC_MAX_POSITIONS)
        return tc_fail(error, TC_BAD_ARGUMENT, "%u positions, expected 1 to %u", o->positions,
                       (unsigned)TC_MAX_POSITIONS);
    if (o->max_lag < 1 || o->reach < 1)
        return tc_fail(error, TC_BAD_ARGUMENT, "%zu frames to look back, expected 1 or more",
                       o->max_lag < 1 ? o->max_lag : o->reach);
    if (w->n_frames < 2)
        return tc_fail(error, TC_BAD_ARGUMENT, "the signal has %zu frame%s, expected 2 or more",
                       w->n_frames, w->n_frames == 1 ? "" : "s");
    if (states > TC_MAX_DIAGNOSED)
        return tc_fail(error, TC_TOO_LARGE,
                       "the state of the network has %zu values, expected at most %u", states,
                       (unsigned)TC_MAX_DIAGNOSED);
    for (unsigned a = 0; a < w->model->arch.audio_inputs; ++a)
        for (size_t t = 0; t < w->n_frames; ++t)
            if (!isfinite(w->input[a][t]))
                return tc_fail(error, TC_BAD_VALUE,
                               "input %u: frame %zu is %g, expected a finite number", a + 1, t,
                               (double)w->input[a][t]);
    return TC_OK;
}

static size_t state_values(const struct tc_architecture *arch)
{
    size_t n = 0;

    for (unsigned l = 0; l < arch->layers; ++l)
        n += tc_jacobian_cell_of(&arch->layer[l])->states * arch->layer[l].hidden;
    return n;
}

/* Products of matrices and, for each lag of the curve, singular values. */
static double norm_work(size_t lags, unsigned positions, double n)
{
    size_t lag[TC_LAGS];

    return positions * n * n * n * (2.0 * (double)lags + 20.0 * (double)tc_lags(lags, lag));
}

/* How far to look back, and at how many positions. */
static void plan(struct work *w, size_t states)
{
    const struct tc_diagnose_options *const o = w->options;
    const double n = (double)states;
    const double afford = fmax(FRAME_WORK / (30.0 * n * n * o->positions), 2.0);
    struct tc_diagnosis *const d = w->d;

    d->frames = o->max_lag < w->n_frames ? o->max_lag + 1 : w->n_frames;
    if ((double)d->frames > afford)
        d->frames = (size_t)afford;
    d->positions = w->n_frames - d->frames + 1 < o->positions
                       ? (unsigned)(w->n_frames - d->frames) + 1
                       : o->positions;
    d->norm_lag = d->frames - 1;
    while (d->norm_lag > 0 && norm_work(d->norm_lag, d->positions, n) > NORM_WORK)
        d->norm_lag -= d->norm_lag / 8 + 1;
    d->lags = tc_lags(d->frames - 1, d->lag);
}

/* The first frame that is heard at a position. The last position ends with the signal. */
static size_t position_start(const struct work *w, unsigned position)
{
    const size_t room = w->n_frames - w->d->frames;

    return w->d->positions > 1 ? (size_t)((double)room * position / (w->d->positions - 1)) : room;
}

/* ------------------------------------------------------------------------- memory */

static struct whole *whole_new(const struct tc_architecture *arch)
{
    size_t singular = 0;
    struct whole *whole;
    double *next;

    for (unsigned l = 0; l < arch->layers; ++l)
        singular += tc_jacobian_cell_of(&arch->layer[l])->gates * arch->layer[l].hidden;
    whole = calloc(1, sizeof *whole + singular * sizeof *whole->singular);
    if (!whole)
        return NULL;
    next = whole->singular;
    whole->shown = (struct tc_diagnosis){.layers = arch->layers,
                                         .lag = whole->lag,
                                         .jacobian = whole->jacobian,
                                         .gradient = whole->gradient,
                                         .bound = whole->bound};
    for (unsigned l = 0; l < arch->layers; ++l) {
        const struct tc_jacobian_cell *const cell = tc_jacobian_cell_of(&arch->layer[l]);
        struct tc_layer_diagnosis *const layer = &whole->shown.layer[l];

        layer->hidden = arch->layer[l].hidden;
        layer->gates = cell->gates;
        layer->dh = whole->curves[l][0];
        layer->dc = cell->states > 1 ? whole->curves[l][1] : NULL;
        for (unsigned g = 0; g < cell->gates; ++g, next += layer->hidden)
            layer->gate[g].singular = next;
    }
    return whole;
}

static void lay_out_curves(struct work *w)
{
    for (unsigned p = 0; p < w->d->positions; ++p) {
        w->flow[p].jacobian = w->curve[p][0];
        w->flow[p].gradient = w->curve[p][1];
        for (unsigned l = 0; l < w->d->layers; ++l) {
            w->flow[p].dh[l] = w->curve[p][2 + 2 * l];
            w->flow[p].dc[l] = w->curve[p][3 + 2 * l];
        }
    }
}

static enum tc_status prepare(struct work *w, struct tc_error *error)
{
    const size_t frames = w->d->frames;
    size_t values, n;

    tc_architecture_tensors(&w->model->arch, NULL, &values);
    w->exact = tc_jacobian_network_new(w->model);
    w->parameters = malloc(values * sizeof *w->parameters);
    w->curve = calloc(w->d->positions, sizeof *w->curve);
    if (!w->exact || !w->parameters || !w->curve)
        return TC_NO_MEMORY;
    n = w->exact->states;
    w->memory = malloc((frames * (w->exact->inputs + n) + n * n + 2 * n) * sizeof *w->memory);
    if (!w->memory || tc_lyapunov_init(&w->survey.lyapunov, n))
        return TC_NO_MEMORY;
    w->stretch = (struct tc_stretch){frames, w->memory, w->memory + frames * w->exact->inputs};
    w->survey.jacobian = w->stretch.state + frames * n;
    w->survey.sums = w->survey.jacobian + n * n;
    lay_out_curves(w);
    return tc_stream_new(&w->stream, w->model, 1, error);
}

static void tidy(struct work *w)
{
    tc_stream_free(w->stream);
    tc_lyapunov_done(&w->survey.lyapunov);
    free(w->memory);
    free(w->curve);
    free(w->parameters);
    tc_jacobian_network_free(w->exact);
}

/* ------------------------------------------------------------------------- the signal */

/* Let the stream hear all that comes before a frame. */
static void stream_to(struct work *w, size_t frame)
{
    float knobs[TC_MAX_KNOBS][BLOCK], discarded[TC_MAX_AUDIO][BLOCK], *out[TC_MAX_AUDIO];
    const float *in[TC_MAX_AUDIO], *knob[TC_MAX_KNOBS];

    for (unsigned k = 0; k < TC_MAX_KNOBS; ++k) {
        knob[k] = knobs[k];
        for (unsigned i = 0; i < BLOCK; ++i)
            knobs[k][i] = w->options->knob[k];
    }
    while (w->stream_at < frame) {
        const size_t left = frame - w->stream_at, n = left < BLOCK ? left : BLOCK;

        for (unsigned a = 0; a < TC_MAX_AUDIO; ++a) {
            out[a] = discarded[a];
            in[a] = a < w->model->arch.audio_inputs ? w->input[a] + w->stream_at : NULL;
        }
        tc_stream_process(w->stream, in, knob, out, n);
        w->stream_at += n;
    }
}

/* What the network hears: audio with its gain, then what the knobs are mapped to. */
static void fill_input(const struct work *w, size_t start)
{
    const struct tc_architecture *const arch = &w->model->arch;
    const float gain = tc_gain_from_db(w->model->meta.in_gain_db);
    double *frame = w->stretch.input;

    for (size_t t = start; t < start + w->stretch.frames; ++t) {
        for (unsigned a = 0; a < arch->audio_inputs; ++a)
            *frame++ = (double)(gain * w->input[a][t]);
        for (unsigned k = 0; k < arch->knobs; ++k)
            *frame++ = (double)tc_knob_input(&w->model->meta.knob[k], w->options->knob[k]);
    }
}

static void tell(const struct work *w, double positions_done)
{
    if (w->options->progress)
        w->options->progress(positions_done / w->d->positions, w->options->user);
}

static enum tc_status visit_position(struct work *w, unsigned position, struct tc_error *error)
{
    const size_t start = position_start(w, position);
    enum tc_status status = TC_BAD_VALUE;
    size_t bad = 0;

    stream_to(w, start);
    fill_input(w, start);
    tc_stream_store_state(w->stream, w->parameters);
    tc_jacobian_start_state(w->model, w->parameters, w->stretch.state);
    if (tc_stream_recoveries(w->stream) == 0)
        status = tc_survey_stretch(&w->survey, w->exact, &w->stretch, &bad);
    if (status == TC_BAD_VALUE)
        return tc_fail(error, TC_BAD_VALUE,
                       "the state of the network grows beyond all numbers, at or before frame %zu "
                       "of the signal: its recurrent weights are too large",
                       start + bad);
    tell(w, position + 0.3);
    if (!status)
        status = tc_flow_measure(&w->flow[position], w->exact, &w->stretch, w->d->lag, w->d->lags,
                                 w->d->norm_lag);
    tell(w, position + 1.0);
    return status;
}

/* ------------------------------------------------------------------------- what comes of it */

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Of n values, which get sorted. Of an even number the lower of the middle ones. */
static struct tc_spread spread(double *values, unsigned n)
{
    for (unsigned i = 0; i < n; ++i)
        if (isnan(values[i]))
            return (struct tc_spread){values[i], values[i], values[i]};
    qsort(values, n, sizeof *values, ascending);
    return (struct tc_spread){values[0], values[(n - 1) / 2], values[n - 1]};
}

/* Of curve number c at a lag. */
static struct tc_spread curve_spread(const struct work *w, unsigned c, size_t lag)
{
    double values[TC_MAX_POSITIONS];

    for (unsigned p = 0; p < w->d->positions; ++p)
        values[p] = w->curve[p][c][lag];
    return spread(values, w->d->positions);
}

static void sum_up_curves(struct work *w, struct whole *whole)
{
    double memory[TC_MAX_POSITIONS];

    for (size_t i = 0; i < w->d->lags; ++i) {
        whole->jacobian[i] = curve_spread(w, 0, i);
        whole->gradient[i] = curve_spread(w, 1, i);
        for (unsigned l = 0; l < w->d->layers; ++l)
            for (unsigned c = 0; c < 2; ++c)
                whole->curves[l][c][i] = curve_spread(w, 2 + 2 * l + c, i).median;
        whole->bound[i] = pow(w->d->step_bound, (double)w->d->lag[i]);
    }
    for (unsigned p = 0; p < w->d->positions; ++p)
        memory[p] = w->flow[p].memory;
    w->d->memory = spread(memory, w->d->positions);
}

/* The largest slope of a plain RNN's activation. */
static double largest_slope(enum tc_activation activation)
{
    return activation == TC_LOGISTIC ? 0.25 : 1.0;
}

static enum tc_status sum_up_gates(struct work *w, struct whole *whole)
{
    double *singular = whole->singular;
    enum tc_status status = TC_OK;

    for (unsigned l = 0; l < w->d->layers; ++l) {
        const struct tc_jacobian_layer *const exact = &w->exact->layer[l];
        struct tc_layer_diagnosis *const layer = &w->d->layer[l];
        const size_t H = exact->hidden;
        const double seen = (double)w->survey.frames * (double)H;

        layer->gamma =
            exact->cell == &tc_jacobian_rnn ? largest_slope(exact->activation) : (double)NAN;
        for (unsigned g = 0; !status && g < layer->gates; ++g, singular += H) {
            layer->gate[g].name = exact->cell->gate[g];
            layer->gate[g].low = w->survey.low[l][g] / seen;
            layer->gate[g].high = w->survey.high[l][g] / seen;
            status = tc_singular_values(exact->w_hh + g * H * H, H, singular);
            if (!status)
                status = tc_spectral_radius(exact->w_hh + g * H * H, H, &layer->gate[g].radius);
        }
    }
    return status;
}

static enum tc_gradient_flow judge(const struct tc_diagnosis *d, size_t reach)
{
    double most = 0.0;

    for (size_t i = 0; i < d->lags; ++i)
        most = fmax(most, d->gradient[i].median);
    if (d->exponent[0] * (double)d->frames > log(BLOWN_UP) ||
        most > BLOWN_UP_BACKWARDS * d->gradient[0].median)
        return TC_FLOW_EXPLODING;
    return d->memory.median < (double)reach ? TC_FLOW_VANISHING : TC_FLOW_HEALTHY;
}

static enum tc_status sum_up(struct work *w, struct whole *whole)
{
    struct tc_diagnosis *const d = w->d;
    const enum tc_status status = sum_up_gates(w, whole);

    if (status)
        return status;
    d->exponents = w->survey.lyapunov.m;
    tc_lyapunov_exponents(&w->survey.lyapunov, d->exponent);
    d->step_bound = w->survey.step_bound;
    if (d->layers == 1 && !isnan(d->layer[0].gamma))
        d->step_bound = d->layer[0].gamma * d->layer[0].gate[0].singular[0];
    sum_up_curves(w, whole);
    d->flow = judge(d, w->options->reach);
    return TC_OK;
}

static enum tc_status diagnose(struct work *w, struct whole *whole, struct tc_error *error)
{
    enum tc_status status = prepare(w, error);

    for (unsigned p = 0; !status && p < w->d->positions; ++p)
        status = visit_position(w, p, error);
    return status ? status : sum_up(w, whole);
}

enum tc_status tc_diagnose(struct tc_diagnosis **diagnosis, const struct tc_model *model,
                           const float *const *input, size_t n_frames,
                           const struct tc_diagnose_options *options, struct tc_error *error)
{
    const size_t states = state_values(&model->arch);
    struct work w = {.model = model, .input = input, .options = options, .n_frames = n_frames};
    enum tc_status status = check(&w, states, error);
    struct whole *whole;

    if (status)
        return status;
    openblas_set_num_threads(1);
    whole = whole_new(&model->arch);
    if (whole) {
        w.d = &whole->shown;
        plan(&w, states);
        status = diagnose(&w, whole, error);
        tidy(&w);
    }
    if (!whole || status) {
        free(whole);
        return status == TC_BAD_VALUE
                   ? status
                   : tc_fail(error, TC_NO_MEMORY, "out of memory for the diagnosis");
    }
    *diagnosis = w.d;
    return TC_OK;
}

void tc_diagnosis_free(struct tc_diagnosis *diagnosis)
{
    free(diagnosis);
}
