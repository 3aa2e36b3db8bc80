/* What tc_diagnose() accepts, and how far back and at how many positions it measures. */
#include "train/diagnose/work.h"

#include "model/model.h"
#include "model/usual_rate.h"
#include "train/network/activations.h"

/* Operations that may be spent on frames, and on norms of products: some seconds each. */
static const double FRAME_WORK = 3e10, NORM_WORK = 1e11;

static const double MIN_MEMORY_S = 0.01;

void tc_diagnose_options_init(struct tc_diagnose_options *options, const struct tc_model *model)
{
    const double rate_hz = tc_usual_rate_hz(&model->meta);

    *options = (struct tc_diagnose_options){
        .positions = 8, .max_lag = 8192, .min_memory = (size_t)fmax(1.0, MIN_MEMORY_S * rate_hz)};
    for (unsigned k = 0; k < model->arch.knobs; ++k)
        options->knob[k] = model->meta.knob[k].initial;
}

static enum tc_status check_options(const struct tc_diagnose_options *options,
                                    struct tc_error *error)
{
    if (options->positions < 1 || options->positions > TC_MAX_POSITIONS)
        return tc_fail(error, TC_BAD_ARGUMENT, "%u positions, expected 1 to %u", options->positions,
                       (unsigned)TC_MAX_POSITIONS);
    if (options->max_lag < 1)
        return tc_fail(error, TC_BAD_ARGUMENT, "a largest lag of 0 frames, expected 1 or more");
    if (options->min_memory < 1)
        return tc_fail(error, TC_BAD_ARGUMENT, "a memory of 0 frames, expected 1 or more");
    return TC_OK;
}

enum tc_status tc_diagnosis_check(const struct tc_diagnosis_work *work, size_t states,
                                  struct tc_error *error)
{
    const struct tc_architecture *const arch = &work->model->arch;
    enum tc_status status = tc_activations_check(arch, "diagnosed", error);

    if (!status)
        status = check_options(work->options, error);
    if (status)
        return status;
    if (work->n_frames < 2)
        return tc_fail(error, TC_BAD_ARGUMENT, "the signal has %zu frame%s, expected 2 or more",
                       work->n_frames, work->n_frames == 1 ? "" : "s");
    if (states > TC_MAX_DIAGNOSED)
        return tc_fail(error, TC_TOO_LARGE,
                       "the state of the network has %zu values, expected at most %u", states,
                       (unsigned)TC_MAX_DIAGNOSED);
    for (unsigned i = 0; i < tc_input_buffers(arch); ++i)
        for (size_t t = 0; t < work->n_frames; ++t)
            if (!isfinite(work->input[i][t]))
                return tc_fail(error, TC_BAD_VALUE,
                               "input %u: frame %zu is %g, expected a finite number", i + 1, t,
                               (double)work->input[i][t]);
    return TC_OK;
}

/* Operations for products of Jacobians (n, n) and, at each lag of the curve, singular values. */
static double norm_work(size_t lags, unsigned positions, double n)
{
    size_t lag[TC_LAGS];

    return positions * n * n * n * (2.0 * (double)lags + 20.0 * (double)tc_lags(lags, lag));
}

void tc_diagnosis_plan(const struct tc_diagnosis_work *work, size_t states)
{
    const struct tc_diagnose_options *const options = work->options;
    const double n = (double)states;
    const double affordable = fmax(FRAME_WORK / (30.0 * n * n * options->positions), 2.0);
    struct tc_diagnosis *const d = work->diagnosis;
    size_t starts;

    d->frames = options->max_lag < work->n_frames ? options->max_lag + 1 : work->n_frames;
    if ((double)d->frames > affordable)
        d->frames = (size_t)affordable;
    starts = work->n_frames - d->frames + 1;
    d->positions = starts < options->positions ? (unsigned)starts : options->positions;
    d->norm_lag = d->frames - 1;
    while (d->norm_lag > 0 && norm_work(d->norm_lag, d->positions, n) > NORM_WORK)
        d->norm_lag -= d->norm_lag / 8 + 1;
    d->lags = tc_lags(d->frames - 1, d->lag);
}
