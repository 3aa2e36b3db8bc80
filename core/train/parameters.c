#include "train/parameters.h"

#include "train/average.h"

#include <string.h>

void tc_parameters_constrain(const struct tc_trainer *trainer, const float *unconstrained,
                             float *parameters)
{
    if (unconstrained != parameters)
        memcpy(parameters, unconstrained, trainer->values * sizeof *parameters);
    tc_constraint_apply(trainer->constraint, unconstrained, parameters);
    tc_batch_norm_apply(trainer->norm, unconstrained, parameters);
}

void tc_parameters_apply_constraints(struct tc_trainer *trainer)
{
    tc_parameters_constrain(trainer, trainer->state.unconstrained, trainer->state.parameters);
}

void tc_parameters_pack(struct tc_trainer *trainer)
{
    const float *const parameters = trainer->state.parameters;

    tc_weights_pack(trainer->weights, parameters);
    if (trainer->encoder)
        tc_weights_pack(trainer->encoder->weights, parameters + tc_trainer_encoder_at(trainer));
}

void tc_parameters_restore_best(struct tc_trainer *trainer)
{
    struct tc_training_state *const state = &trainer->state;

    memcpy(state->parameters, state->best, state->n.saved * sizeof *state->best);
    tc_batch_norm_rebase(trainer->norm, state->parameters, state->unconstrained);
    tc_parameters_apply_constraints(trainer);
    tc_optimizer_reset(&state->optimizer, state->n.updated);
    tc_average_reset(trainer);
}
