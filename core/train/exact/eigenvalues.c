/* Eigenvalues of the Jacobian of a model's states at rest.
 *
 *      J = df / ds at s* = f(s*, u)
 *
 * J is block lower triangular: its eigenvalues are those of each layer's block. */
#include "tonecell-train.h"

#include "model/model.h"
#include "train/exact/delay_sensitivity.h"
#include "train/exact/fixed_point.h"

#include <lapacke.h>
#include <stdlib.h>

enum { MAX_STATES = 512 };

/* What is computed at the points. */
struct search {
    struct tc_fixed_point point;
    struct tc_delay_sensitivity sensitivity;
    double *jacobian, *real, *imaginary; /* (n, n), (n), (n) */
    struct tc_eigenvalue *values;        /* owned until the model has them */
    size_t n_values;
};

static bool search_init(struct search *s, const struct tc_model *model)
{
    *s = (struct search){.jacobian = NULL};
    if (!tc_fixed_point_init(&s->point, model) ||
        !tc_delay_sensitivity_init(&s->sensitivity, &s->point))
        return false;
    const size_t n = s->point.network->states;

    s->values = calloc(TC_KNOB_POSITIONS * TC_FIXED_POINT_LEVELS * n, sizeof *s->values);
    s->jacobian = calloc(n * n + 2 * n, sizeof *s->jacobian);
    s->real = s->jacobian + n * n;
    s->imaginary = s->real + n;
    return s->values && s->jacobian;
}

static void search_free(struct search *s)
{
    tc_delay_sensitivity_free(&s->sensitivity);
    tc_fixed_point_free(&s->point);
    free(s->jacobian);
    free(s->values);
}

/* Of each layer's block of the Jacobian; one of each pair of conjugates. */
static bool add_eigenvalues(struct search *s)
{
    struct tc_jacobian_network *const network = s->point.network;
    const size_t n = network->states;

    tc_jacobian_advance(network, s->point.input, s->point.state, s->jacobian);
    for (unsigned l = 0; l < network->layers; ++l) {
        const size_t first = network->offset[l];
        const lapack_int order = (lapack_int)(network->layer[l].states * network->layer[l].hidden);

        if (LAPACKE_dgeev(LAPACK_COL_MAJOR, 'N', 'N', order, s->jacobian + first * (n + 1),
                          (lapack_int)n, s->real, s->imaginary, NULL, 1, NULL, 1))
            return false;
        for (lapack_int i = 0; i < order; ++i)
            if (s->imaginary[i] >= 0.0)
                s->values[s->n_values++] = (struct tc_eigenvalue){s->real[i], s->imaginary[i]};
    }
    return true;
}

/* At all points; false if LAPACK finds no eigenvalues, as in a state that is not finite. */
static bool find_all(struct search *s)
{
    for (unsigned position = 0; position < tc_knob_positions(s->point.model); ++position) {
        for (unsigned level = 0; level < TC_FIXED_POINT_LEVELS; ++level) {
            tc_fixed_point_find(&s->point, level, (enum tc_knob_position)position);
            tc_delay_sensitivity_add(&s->sensitivity, &s->point);
            if (!add_eigenvalues(s))
                return false;
        }
        tc_delay_sensitivity_end_position(&s->sensitivity);
    }
    return true;
}

/* Has every cell a Jacobian here, and are there few enough states? */
static bool is_supported(const struct tc_architecture *arch)
{
    size_t states = 0;
    bool supported = !arch->symbols;

    for (unsigned l = 0; l < arch->layers; ++l) {
        const enum tc_activation activation = arch->layer[l].activation;

        states += (size_t)(tc_cell_has_c(arch->layer[l].cell) ? 2 : 1) * arch->layer[l].hidden;
        supported &= activation != TC_ELU && activation != TC_SOFTMAX;
    }
    return supported && states <= MAX_STATES;
}

enum tc_status tc_find_eigenvalues(struct tc_model *model, struct tc_error *error)
{
    struct search search;
    enum tc_status status = TC_OK;

    if (model->eigenvalues || !is_supported(&model->arch))
        return TC_OK;
    openblas_set_num_threads(1);
    if (!search_init(&search, model)) {
        status = tc_fail(error, TC_NO_MEMORY, "out of memory for the eigenvalues");
    } else if (find_all(&search)) {
        model->eigenvalues = search.values;
        model->n_eigenvalues = search.n_values;
        search.values = NULL;
        tc_delay_sensitivity_copy(&search.sensitivity, model);
    }
    search_free(&search);
    return status;
}
