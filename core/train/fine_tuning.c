#include "decibel.h"
#include "formats/architecture_json.h"
#include "formats/json.h"
#include "model/model.h"
#include "train/trainer.h"

#include <string.h>

static enum tc_status check_same_network(const struct tc_trainer *trainer,
                                         const struct tc_model *model, struct tc_error *error)
{
    const struct tc_metadata *const meta = tc_model_metadata(model);
    json_t *const ours = tc_architecture_to_json(&trainer->arch);
    json_t *const theirs = tc_architecture_to_json(tc_model_architecture(model));
    const bool same = ours && theirs && json_equal(ours, theirs);
    const bool any = ours && theirs;

    json_decref(ours);
    json_decref(theirs);
    if (!any)
        return tc_fail(error, TC_NO_MEMORY, "out of memory to compare networks");
    if (!same)
        return tc_fail(error, TC_BAD_ARGUMENT, "the model's network is another than the trainer's");
    if (meta->in_gain_db != trainer->meta.in_gain_db ||
        meta->out_gain_db != trainer->meta.out_gain_db)
        return tc_fail(error, TC_BAD_ARGUMENT,
                       "the model's gains are %g and %g dB, expected the trainer's %g and %g dB",
                       (double)meta->in_gain_db, (double)meta->out_gain_db,
                       (double)trainer->meta.in_gain_db, (double)trainer->meta.out_gain_db);
    return TC_OK;
}

static enum tc_status check_start(const struct tc_trainer *trainer, struct tc_error *error)
{
    if (trainer->state.position.epoch > 0 || trainer->state.n_history > 0)
        return tc_fail(error, TC_BAD_ARGUMENT, "the training has begun");
    if (trainer->encoder)
        return tc_fail(error, TC_BAD_ARGUMENT,
                       "a trainer with an encoder takes no model to start "
                       "from");
    if (trainer->options.recurrent != TC_RECURRENT_FREE || trainer->options.batch_norm)
        return tc_fail(error, TC_UNSUPPORTED,
                       "a model has neither the parameters of constrained matrices nor those of "
                       "batch normalisation: they cannot start from it");
    return TC_OK;
}

/* Unless they are learned they are 0 while training. */
static void clear_initial_states(const struct tc_architecture *arch, float *parameters)
{
    struct tc_layer_offsets at[TC_MAX_LAYERS];
    struct tc_readout_offsets readout;

    tc_parameter_offsets(arch, at, &readout);
    for (unsigned l = 0; l < arch->layers; ++l) {
        const size_t n = arch->layer[l].hidden;

        memset(parameters + at[l].h0, 0, n * sizeof *parameters);
        if (at[l].c0)
            memset(parameters + at[l].c0, 0, n * sizeof *parameters);
    }
}

enum tc_status tc_trainer_start_from(struct tc_trainer *trainer, const struct tc_model *model,
                                     struct tc_error *error)
{
    struct tc_training_state *const state = &trainer->state;
    const size_t bytes = trainer->values * sizeof *state->parameters;
    enum tc_status status = check_start(trainer, error);

    if (!status)
        status = check_same_network(trainer, model, error);
    if (status)
        return status;
    memcpy(state->parameters, tc_model_parameters(model), bytes);
    if (trainer->options.start != TC_START_LEARNED)
        clear_initial_states(&trainer->arch, state->parameters);
    memcpy(state->best, state->parameters, bytes);
    trainer->starts_from_model = true;
    return TC_OK;
}
