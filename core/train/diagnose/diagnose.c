/* tc_diagnose(): check and plan (plan.c), measure at each position (position.c: the forward pass
 * trajectory.c, the backward pass flow.c), summarise (summary.c). */
#include "model/model.h"
#include "train/diagnose/work.h"

#include <cblas.h>
#include <stdlib.h>

/* The number of values in the state. */
static size_t state_values(const struct tc_architecture *arch)
{
    size_t n = 0;

    for (unsigned l = 0; l < arch->layers; ++l)
        n += (tc_cell_has_c(arch->layer[l].cell) ? 2 : 1) * arch->layer[l].hidden;
    return n;
}

static void set_curves(struct tc_diagnosis_work *work)
{
    for (unsigned p = 0; p < work->diagnosis->positions; ++p) {
        struct tc_flow *const flow = &work->flow[p];

        flow->jacobian = work->curve[p][TC_CURVE_JACOBIAN];
        flow->gradient = work->curve[p][TC_CURVE_GRADIENT];
        for (unsigned l = 0; l < work->diagnosis->layers; ++l) {
            flow->dh[l] = work->curve[p][TC_CURVE_LAYERS + 2 * l];
            flow->dc[l] = work->curve[p][TC_CURVE_LAYERS + 2 * l + 1];
        }
    }
}

static enum tc_status allocate(struct tc_diagnosis_work *work, struct tc_error *error)
{
    const size_t frames = work->diagnosis->frames;
    size_t values, n, inputs;

    tc_architecture_tensors(&work->model->arch, NULL, &values);
    work->network = tc_jacobian_network_new(work->model);
    work->parameters = malloc(values * sizeof *work->parameters);
    work->curve = calloc(work->diagnosis->positions, sizeof *work->curve);
    if (!work->network || !work->parameters || !work->curve)
        return TC_NO_MEMORY;
    n = work->network->states;
    inputs = work->network->inputs;
    work->memory = malloc((frames * (inputs + n) + n * n + 2 * n) * sizeof *work->memory);
    if (!work->memory || tc_lyapunov_init(&work->statistics.lyapunov, n))
        return TC_NO_MEMORY;
    work->trajectory = (struct tc_trajectory){frames, work->memory, work->memory + frames * inputs};
    work->statistics.jacobian = work->trajectory.state + frames * n;
    work->statistics.sums = work->statistics.jacobian + n * n;
    set_curves(work);
    return tc_stream_new(&work->stream, work->model, 1, error);
}

static void release(struct tc_diagnosis_work *work)
{
    tc_stream_free(work->stream);
    tc_lyapunov_done(&work->statistics.lyapunov);
    free(work->memory);
    free(work->curve);
    free(work->parameters);
    tc_jacobian_network_free(work->network);
}

static enum tc_status diagnose(struct tc_diagnosis_work *work, struct tc_error *error)
{
    enum tc_status status = allocate(work, error);

    for (unsigned p = 0; !status && p < work->diagnosis->positions; ++p)
        status = tc_diagnosis_measure(work, p, error);
    if (!status)
        status = tc_diagnosis_summarise(work);
    release(work);
    return status;
}

enum tc_status tc_diagnose(struct tc_diagnosis **diagnosis, const struct tc_model *model,
                           const float *const *input, size_t n_frames,
                           const struct tc_diagnose_options *options, struct tc_error *error)
{
    const size_t states = state_values(&model->arch);
    struct tc_diagnosis_work work = {
        .model = model, .input = input, .options = options, .n_frames = n_frames};
    enum tc_status status = tc_diagnosis_check(&work, states, error);

    if (status)
        return status;
    openblas_set_num_threads(1);
    work.storage = tc_diagnosis_storage_new(&model->arch);
    if (work.storage) {
        work.diagnosis = &work.storage->diagnosis;
        tc_diagnosis_plan(&work, states);
        status = diagnose(&work, error);
    }
    if (!work.storage || status) {
        free(work.storage);
        return status == TC_BAD_VALUE
                   ? status
                   : tc_fail(error, TC_NO_MEMORY, "out of memory for the diagnosis");
    }
    *diagnosis = work.diagnosis;
    return TC_OK;
}
