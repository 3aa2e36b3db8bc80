#include "formats/readers/stages.h"

#include "model/cell.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------------- one stage */

static size_t rows_of(const struct tc_stage *stage)
{
    return (stage->dense ? 1 : (size_t)tc_cell_gates(stage->cell)) * stage->units;
}

static size_t value_count(const struct tc_stage *stage)
{
    const size_t rows = rows_of(stage), units = stage->units;
    const size_t states = tc_cell_has_c(stage->cell) ? 2 : 1;

    if (stage->dense)
        return rows * (stage->inputs + 1);
    return rows * (stage->inputs + units + 2) + states * units;
}

static struct tc_stage_weights weights_of(const struct tc_stage *stage)
{
    const size_t rows = rows_of(stage);
    struct tc_stage_weights w = {.w_ih = stage->values};

    if (stage->dense) {
        w.b_ih = w.w_ih + rows * stage->inputs;
        return w;
    }
    w.w_hh = w.w_ih + rows * stage->inputs;
    w.b_ih = w.w_hh + rows * stage->units;
    w.b_hh = w.b_ih + rows;
    w.h0 = w.b_hh + rows;
    w.c0 = tc_cell_has_c(stage->cell) ? w.h0 + stage->units : NULL;
    return w;
}

static enum tc_status allocate(struct tc_stage *stage, struct tc_error *error)
{
    const size_t n = value_count(stage);

    stage->values = calloc(n, sizeof *stage->values);
    if (!stage->values)
        return tc_fail(error, TC_NO_MEMORY, "no memory for %zu weights", n);
    return TC_OK;
}

/* ------------------------------------------------------------------------- collecting */

static enum tc_status check_next(const struct tc_stages *stages, const struct tc_stage *like,
                                 struct tc_error *error)
{
    if (stages->n == TC_MAX_STAGES)
        return tc_fail(error, TC_TOO_LARGE, "there are more than %d layers", TC_MAX_STAGES);
    if (like->units > TC_MAX_UNITS || like->inputs > TC_MAX_UNITS)
        return tc_fail(error, TC_TOO_LARGE, "layer %u has %u inputs and %u units, the limit is %d",
                       stages->n, like->inputs, like->units, TC_MAX_UNITS);
    if (like->units == 0 || like->inputs == 0)
        return tc_fail(error, TC_BAD_SHAPE,
                       "layer %u has %u inputs and %u units, expected at least one of each",
                       stages->n, like->inputs, like->units);
    if (stages->n > 0 && stages->stage[stages->n - 1].units != like->inputs)
        return tc_fail(error, TC_BAD_SHAPE, "layer %u reads %u values, but layer %u gives %u",
                       stages->n, like->inputs, stages->n - 1, stages->stage[stages->n - 1].units);
    return TC_OK;
}

enum tc_status tc_stages_add(struct tc_stages *stages, const struct tc_stage *like,
                             struct tc_error *error)
{
    struct tc_stage *const stage = &stages->stage[stages->n];
    enum tc_status status = check_next(stages, like, error);

    if (status)
        return status;
    *stage = *like;
    status = allocate(stage, error);
    stages->n += status == TC_OK;
    return status;
}

struct tc_stage_weights tc_stages_last(const struct tc_stages *stages)
{
    return weights_of(&stages->stage[stages->n - 1]);
}

/** Append an identity layer. */
static enum tc_status add_identity(struct tc_stages *stages, unsigned units, struct tc_error *error)
{
    const struct tc_stage like = {
        .dense = true, .activation = TC_IDENTITY, .inputs = units, .units = units};
    const enum tc_status status = tc_stages_add(stages, &like, error);

    for (size_t i = 0; status == TC_OK && i < units; ++i)
        tc_stages_last(stages).w_ih[i * units + i] = 1.0f;
    return status;
}

enum tc_status tc_stages_activate(struct tc_stages *stages, unsigned inputs,
                                  enum tc_activation activation, struct tc_error *error)
{
    const struct tc_stage *const last = stages->n ? &stages->stage[stages->n - 1] : NULL;
    enum tc_status status = TC_OK;

    if (activation == TC_IDENTITY)
        return TC_OK;
    if (!last || !last->dense || last->activation != TC_IDENTITY)
        status = add_identity(stages, last ? last->units : inputs, error);
    if (status == TC_OK)
        stages->stage[stages->n - 1].activation = activation;
    return status;
}

void tc_stages_free(struct tc_stages *stages)
{
    for (unsigned i = 0; i < stages->n; ++i)
        free(stages->stage[i].values);
    stages->n = 0;
}

/* ------------------------------------------------------------------------- converting */

static bool is_linear(const struct tc_stage *stage)
{
    return stage->dense && stage->activation == TC_IDENTITY;
}

/** Row by row: out = V W, bias += V b. Sums are in double, so that each is rounded once. */
static void multiply(const struct tc_stage *linear, const float *v, size_t rows, float *out,
                     float *bias)
{
    const struct tc_stage_weights w = weights_of(linear);
    const size_t inputs = linear->inputs, units = linear->units;

    for (size_t r = 0; r < rows; ++r, v += units) {
        double folded_bias = bias[r];

        for (size_t u = 0; u < units; ++u)
            folded_bias += (double)v[u] * w.b_ih[u];
        bias[r] = (float)folded_bias;
        for (size_t i = 0; i < inputs; ++i) {
            double sum = 0.0;

            for (size_t u = 0; u < units; ++u)
                sum += (double)v[u] * w.w_ih[u * inputs + i];
            *out++ = (float)sum;
        }
    }
}

/** Fold a linear stage into the next one, which takes over its inputs. */
static enum tc_status fold(const struct tc_stage *linear, struct tc_stage *next,
                           struct tc_error *error)
{
    const struct tc_stage_weights from = weights_of(next);
    const size_t rows = rows_of(next), others = value_count(next) - rows * next->inputs;
    struct tc_stage folded = *next;
    struct tc_stage_weights to;
    enum tc_status status;

    folded.inputs = linear->inputs;
    status = allocate(&folded, error);
    if (status)
        return status;
    to = weights_of(&folded);
    memcpy(folded.values + rows * folded.inputs, next->values + rows * next->inputs,
           others * sizeof *folded.values);
    multiply(linear, from.w_ih, rows, to.w_ih, to.b_ih);
    free(next->values);
    *next = folded;
    return TC_OK;
}

/** Fold every linear stage but the last. */
static enum tc_status fold_all(struct tc_stages *stages, struct tc_error *error)
{
    enum tc_status status = TC_OK;

    for (unsigned i = 0; status == TC_OK && i + 1 < stages->n;) {
        struct tc_stage *const stage = &stages->stage[i];

        if (!is_linear(stage)) {
            ++i;
            continue;
        }
        status = fold(stage, stage + 1, error);
        if (status == TC_OK) {
            free(stage->values);
            memmove(stage, stage + 1, (--stages->n - i) * sizeof *stage);
        }
    }
    return status;
}

/** Convert a dense stage with an activation to a plain RNN whose recurrent matrix is 0. */
static enum tc_status to_recurrent(struct tc_stage *stage, struct tc_error *error)
{
    const struct tc_stage_weights from = weights_of(stage);
    struct tc_stage recurrent = *stage;
    enum tc_status status;

    recurrent.dense = false;
    recurrent.cell = TC_CELL_RNN;
    status = allocate(&recurrent, error);
    if (status)
        return status;
    memcpy(weights_of(&recurrent).w_ih, from.w_ih,
           (size_t)stage->units * stage->inputs * sizeof *from.w_ih);
    memcpy(weights_of(&recurrent).b_ih, from.b_ih, stage->units * sizeof *from.b_ih);
    free(stage->values);
    *stage = recurrent;
    return TC_OK;
}

/** Convert all stages but the last to recurrent ones, and the last to a linear one. */
static enum tc_status convert(struct tc_stages *stages, struct tc_error *error)
{
    const struct tc_stage *const last = stages->n ? &stages->stage[stages->n - 1] : NULL;
    enum tc_status status = TC_OK;

    if (last && !is_linear(last))
        status = add_identity(stages, last->units, error);
    if (status == TC_OK)
        status = fold_all(stages, error);
    for (unsigned i = 0; status == TC_OK && i + 1 < stages->n; ++i)
        if (stages->stage[i].dense)
            status = to_recurrent(&stages->stage[i], error);
    if (status == TC_OK && stages->n < 2)
        status = tc_fail(error, TC_UNSUPPORTED,
                         "the network has no layer but a linear one, expected a recurrent one");
    return status;
}

/* ------------------------------------------------------------------------- the model */

static enum tc_status describe(const struct tc_stages *stages, const struct tc_stages_use *use,
                               struct tc_architecture *arch, struct tc_error *error)
{
    const struct tc_stage *const readout = &stages->stage[stages->n - 1];

    *arch = (struct tc_architecture){.audio_inputs = use->audio_inputs,
                                     .knobs = use->knobs,
                                     .outputs = readout->units,
                                     .layers = stages->n - 1,
                                     .direct = use->direct};
    if (arch->layers > TC_MAX_LAYERS)
        return tc_fail(error, TC_TOO_LARGE, "%u layers, the limit is %d", arch->layers,
                       TC_MAX_LAYERS);
    for (unsigned l = 0; l < arch->layers; ++l)
        arch->layer[l] = (struct tc_layer){stages->stage[l].cell, stages->stage[l].activation,
                                           stages->stage[l].units};
    if (stages->stage[0].inputs != use->audio_inputs + use->knobs)
        return tc_fail(error, TC_BAD_SHAPE, "the first layer has %u inputs, expected %u",
                       stages->stage[0].inputs, use->audio_inputs + use->knobs);
    return tc_architecture_check(arch, error);
}

enum tc_status tc_stages_model(struct tc_stages *stages, const struct tc_stages_use *use,
                               const struct tc_metadata *meta, struct tc_model **model,
                               struct tc_error *error)
{
    struct tc_architecture arch;
    float *parameters, *next;
    size_t values;
    enum tc_status status = convert(stages, error);

    if (status == TC_OK)
        status = describe(stages, use, &arch, error);
    if (status)
        return status;
    tc_architecture_tensors(&arch, NULL, &values);
    parameters = next = malloc(values * sizeof *parameters);
    if (!parameters)
        return tc_fail(error, TC_NO_MEMORY, "no memory for %zu parameters", values);
    for (unsigned i = 0; i < stages->n; ++i) {
        const size_t n = value_count(&stages->stage[i]);

        memcpy(next, stages->stage[i].values, n * sizeof *next);
        next += n;
    }
    status = tc_model_new(model, &arch, meta, parameters, error);
    free(parameters);
    return status;
}
