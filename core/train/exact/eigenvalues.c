/* Eigenvalues of the Jacobian of a model's states at rest.
 *
 *      s* = f(s*, u),   J = df / ds at s*     u: audio inputs constant, knobs constant
 *
 * s* is where the states go with these inputs. J is block lower triangular: its eigenvalues are
 * those of each layer's block. */
#include "tonecell-train.h"

#include "decibel.h"
#include "model/model.h"
#include "model/network_input.h"
#include "train/exact/network_jacobian.h"

#include <lapacke.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_STATES = 512, MAX_SETTLING_FRAMES = 20000, LEVELS = 5 };

static const double MAX_SETTLING_WEIGHTS = 5e8; /* read in all frames, some tenths of a second */

static const double levels[LEVELS] = {0.0, 0.1, -0.1, 0.5, -0.5};

enum knob_position { AT_DEFAULT, AT_MINIMUM, AT_MAXIMUM, KNOB_POSITIONS };

/* What the states and all that is computed at one point take. */
struct point {
    const struct tc_model *model;
    struct tc_jacobian_network *network;
    double *state, *last, *jacobian, *real, *imaginary, *input, *memory;
};

static bool point_init(struct point *p, const struct tc_model *model)
{
    p->model = model;
    p->network = tc_jacobian_network_new(model);
    if (!p->network)
        return false;
    const size_t n = p->network->states;

    p->memory = calloc(n * n + 4 * n + p->network->inputs, sizeof *p->memory);
    p->jacobian = p->memory;
    p->state = p->jacobian + n * n;
    p->last = p->state + n;
    p->real = p->last + n;
    p->imaginary = p->real + n;
    p->input = p->imaginary + n;
    return p->memory;
}

static void point_free(struct point *p)
{
    tc_jacobian_network_free(p->network);
    free(p->memory);
}

/* Advance until the states stay, or long enough. */
static void settle(struct point *p)
{
    const size_t n = p->network->states;
    const double frames =
        fmin(MAX_SETTLING_FRAMES, MAX_SETTLING_WEIGHTS / (double)tc_model_weights(p->model));
    double moved = 1.0;

    tc_jacobian_initial_state(p->model, p->model->parameters, p->state);
    for (unsigned t = 0; t < frames && moved > 1e-9; ++t) {
        memcpy(p->last, p->state, n * sizeof *p->last);
        tc_jacobian_advance(p->network, p->input, p->state, NULL);
        moved = 0.0;
        for (size_t i = 0; i < n; ++i)
            moved = fmax(moved, fabs(p->state[i] - p->last[i]));
    }
}

/* Of each layer's block of the Jacobian; one of each pair of conjugates. */
static bool add_eigenvalues(struct point *p, struct tc_eigenvalue *values, size_t *n_values)
{
    const size_t n = p->network->states;

    tc_jacobian_advance(p->network, p->input, p->state, p->jacobian);
    for (unsigned l = 0; l < p->network->layers; ++l) {
        const size_t first = p->network->offset[l];
        const lapack_int order =
            (lapack_int)(p->network->layer[l].states * p->network->layer[l].hidden);

        if (LAPACKE_dgeev(LAPACK_COL_MAJOR, 'N', 'N', order, p->jacobian + first * (n + 1),
                          (lapack_int)n, p->real, p->imaginary, NULL, 1, NULL, 1))
            return false;
        for (lapack_int i = 0; i < order; ++i)
            if (p->imaginary[i] >= 0.0)
                values[(*n_values)++] = (struct tc_eigenvalue){p->real[i], p->imaginary[i]};
    }
    return true;
}

/* The inputs of a point: every audio input at one level, every knob at one part of its range. */
static void set_inputs(struct point *p, double level, enum knob_position position)
{
    const struct tc_architecture *const arch = &p->model->arch;
    const float in_gain = tc_gain_from_db(p->model->meta.in_gain_db);

    for (unsigned i = 0; i < arch->audio_inputs; ++i)
        p->input[i] = (double)in_gain * level;
    for (unsigned k = 0; k < arch->knobs; ++k) {
        const struct tc_knob *const knob = &p->model->meta.knob[k];
        const float value[] = {knob->initial, knob->min, knob->max};

        p->input[arch->audio_inputs + k] = (double)tc_knob_input(knob, value[position]);
    }
}

/* The eigenvalues at all points; false if LAPACK finds none, as in a state that is not finite. */
static bool find_all(struct point *p, struct tc_eigenvalue *values, size_t *n_values)
{
    const unsigned positions = p->model->arch.knobs ? KNOB_POSITIONS : 1;

    for (unsigned i = 0; i < positions * LEVELS; ++i) {
        set_inputs(p, levels[i % LEVELS], (enum knob_position)(i / LEVELS));
        settle(p);
        if (!add_eigenvalues(p, values, n_values))
            return false;
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
    struct tc_eigenvalue *values = NULL;
    size_t n_values = 0;
    struct point p = {0};

    if (model->eigenvalues || !is_supported(&model->arch))
        return TC_OK;
    openblas_set_num_threads(1);
    if (point_init(&p, model))
        values = calloc(KNOB_POSITIONS * LEVELS * p.network->states, sizeof *values);
    if (!values) {
        point_free(&p);
        return tc_fail(error, TC_NO_MEMORY, "out of memory for the eigenvalues");
    }
    if (find_all(&p, values, &n_values)) {
        model->eigenvalues = values;
        model->n_eigenvalues = n_values;
    } else {
        free(values);
    }
    point_free(&p);
    return TC_OK;
}
