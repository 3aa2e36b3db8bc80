#include "train/state_transfer.h"

#include "train/parameters.h"
#include "train/sequences.h"

#include <string.h>

enum tc_status tc_trainer_save_state(const struct tc_trainer *trainer,
                                     struct tc_training_state **state, struct tc_error *error)
{
    struct tc_training_state *created = NULL;
    enum tc_status status = tc_training_state_new(&created, &trainer->state.n, error);
    float *hidden;

    if (!status)
        status = tc_training_state_copy(created, &trainer->state, error);
    if (status) {
        tc_training_state_free(created);
        return status;
    }
    hidden = created->hidden;
    for (size_t s = 0; s < trainer->n_shards; ++s) {
        tc_sequences_save_state(trainer, s, hidden);
        hidden += tc_sequences_state_floats(trainer, s);
    }
    *state = created;
    return TC_OK;
}

enum tc_status tc_trainer_load_state(struct tc_trainer *trainer,
                                     const struct tc_training_state *state, struct tc_error *error)
{
    const float *hidden = state->hidden;
    enum tc_status status;

    if (memcmp(&state->n, &trainer->state.n, sizeof state->n) != 0)
        return tc_fail(error, TC_BAD_ARGUMENT, "the state is of another training");
    status = tc_training_state_copy(&trainer->state, state, error);
    if (status)
        return status;
    for (size_t s = 0; s < trainer->n_shards; ++s) {
        tc_sequences_load_state(trainer, s, hidden);
        hidden += tc_sequences_state_floats(trainer, s);
    }
    tc_parameters_apply_constraints(trainer);
    return TC_OK;
}
