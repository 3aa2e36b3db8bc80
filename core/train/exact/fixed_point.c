#include "train/exact/fixed_point.h"

#include "decibel.h"
#include "model/model.h"
#include "model/network_input.h"

#include <stdlib.h>
#include <string.h>

static const unsigned MAX_FRAMES = 20000;
static const double MAX_WEIGHTS = 5e8; /* read in all frames */

static const double levels[TC_FIXED_POINT_LEVELS] = {0.0, 0.1, -0.1, 0.5, -0.5};

unsigned tc_knob_positions(const struct tc_model *model)
{
    return model->arch.knobs ? TC_KNOB_POSITIONS : 1;
}

bool tc_fixed_point_init(struct tc_fixed_point *point, const struct tc_model *model)
{
    *point = (struct tc_fixed_point){.model = model, .network = tc_jacobian_network_new(model)};
    if (!point->network)
        return false;
    const size_t n = point->network->states;

    point->memory = calloc(2 * n + point->network->inputs, sizeof *point->memory);
    point->state = point->memory;
    point->last = point->state + n;
    point->input = point->last + n;
    return point->memory;
}

void tc_fixed_point_free(struct tc_fixed_point *point)
{
    tc_jacobian_network_free(point->network);
    free(point->memory);
}

unsigned tc_fixed_point_max_frames(const struct tc_fixed_point *point)
{
    return (unsigned)fmin(MAX_FRAMES, MAX_WEIGHTS / (double)tc_model_weights(point->model));
}

static void settle(struct tc_fixed_point *point)
{
    const size_t n = point->network->states;
    const unsigned frames = tc_fixed_point_max_frames(point);
    double moved = 1.0;

    tc_jacobian_initial_state(point->model, point->model->parameters, point->state);
    for (unsigned t = 0; t < frames && moved > 1e-9; ++t) {
        memcpy(point->last, point->state, n * sizeof *point->last);
        tc_jacobian_advance(point->network, point->input, point->state, NULL);
        moved = 0.0;
        for (size_t i = 0; i < n; ++i)
            moved = fmax(moved, fabs(point->state[i] - point->last[i]));
    }
}

void tc_fixed_point_find(struct tc_fixed_point *point, unsigned level,
                         enum tc_knob_position position)
{
    const struct tc_architecture *const arch = &point->model->arch;
    const float in_gain = tc_gain_from_db(point->model->meta.in_gain_db);

    for (unsigned i = 0; i < arch->audio_inputs; ++i)
        point->input[i] = (double)in_gain * levels[level];
    for (unsigned k = 0; k < arch->knobs; ++k) {
        const struct tc_knob *const knob = &point->model->meta.knob[k];
        const float value[] = {knob->initial, knob->min, knob->max};

        point->input[arch->audio_inputs + k] = (double)tc_knob_input(knob, value[position]);
    }
    settle(point);
}
