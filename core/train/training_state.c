#include "train/training_state.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ copies */

/* The next array in a block of memory, on a cache line; NULL base: only counted. */
static void *take(char *base, size_t *used, size_t count, size_t size)
{
    char *const array = base ? base + *used : NULL;

    *used += (count * size + 63) / 64 * 64;
    return array;
}

static size_t lay_out(struct tc_training_state *s, char *base)
{
    size_t used = 0;

    s->parameters = take(base, &used, s->n.saved, sizeof *s->parameters);
    s->best = take(base, &used, s->n.saved, sizeof *s->best);
    s->average = take(base, &used, s->n.averaged, sizeof *s->average);
    s->optimizer.m = take(base, &used, s->n.updated, sizeof *s->optimizer.m);
    s->optimizer.v = take(base, &used, s->n.updated, sizeof *s->optimizer.v);
    s->hidden = take(base, &used, s->n.hidden, sizeof *s->hidden);
    s->statistics = take(base, &used, s->n.statistics, sizeof *s->statistics);
    s->initialised = take(base, &used, s->n.layers, sizeof *s->initialised);
    s->segment = take(base, &used, s->n.segments, sizeof *s->segment);
    s->batch = take(base, &used, s->n.batches, sizeof *s->batch);
    return used;
}

enum tc_status tc_training_state_new(struct tc_training_state **state,
                                     const struct tc_training_sizes *n, struct tc_error *error)
{
    struct tc_training_state *const created = calloc(1, sizeof *created);

    if (created) {
        created->n = *n;
        created->memory = calloc(1, lay_out(created, NULL));
    }
    if (!created || !created->memory) {
        tc_training_state_free(created);
        return tc_fail(error, TC_NO_MEMORY, "out of memory for the state of a training");
    }
    lay_out(created, created->memory);
    created->unconstrained = created->parameters + (n->saved - n->updated);
    *state = created;
    return TC_OK;
}

void tc_training_state_free(struct tc_training_state *state)
{
    if (!state)
        return;
    free(state->history);
    free(state->memory);
    free(state);
}

void tc_training_state_fields(struct tc_training_state *s,
                              struct tc_training_field field[TC_TRAINING_FIELDS])
{
    const struct tc_training_field all[TC_TRAINING_FIELDS] = {
        {s->parameters, s->n.saved * sizeof *s->parameters},
        {s->best, s->n.saved * sizeof *s->best},
        {s->average, s->n.averaged * sizeof *s->average},
        {&s->average_weight, sizeof s->average_weight},
        {s->optimizer.m, s->n.updated * sizeof *s->optimizer.m},
        {s->optimizer.v, s->n.updated * sizeof *s->optimizer.v},
        {&s->optimizer.m_weight, sizeof s->optimizer.m_weight},
        {&s->optimizer.v_weight, sizeof s->optimizer.v_weight},
        {&s->random, sizeof s->random},
        {s->statistics, s->n.statistics * sizeof *s->statistics},
        {s->initialised, s->n.layers * sizeof *s->initialised},
        {s->segment, s->n.segments * sizeof *s->segment},
        {s->batch, s->n.batches * sizeof *s->batch},
        {&s->position, sizeof s->position},
        {&s->schedule, sizeof s->schedule},
        {&s->totals, sizeof s->totals},
    };

    memcpy(field, all, sizeof all);
}

/* ------------------------------------------------------------------ history */

/* Memory for at least n entries. */
static enum tc_status reserve_history(struct tc_training_state *state, size_t n,
                                      struct tc_error *error)
{
    const size_t max = n > 2 * state->max_history ? n : 2 * state->max_history;
    struct tc_history_entry *history;

    if (n <= state->max_history)
        return TC_OK;
    history = realloc(state->history, max * sizeof *history);
    if (!history)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for a history of %zu validations", n);
    state->history = history;
    state->max_history = max;
    return TC_OK;
}

enum tc_status tc_training_state_record(struct tc_training_state *state,
                                        const struct tc_history_entry *entry,
                                        struct tc_error *error)
{
    const enum tc_status status = reserve_history(state, state->n_history + 1, error);

    if (!status)
        state->history[state->n_history++] = *entry;
    return status;
}

enum tc_status tc_training_state_copy(struct tc_training_state *to,
                                      const struct tc_training_state *from, struct tc_error *error)
{
    struct tc_training_field source[TC_TRAINING_FIELDS], field[TC_TRAINING_FIELDS];
    struct tc_training_state view = *from; /* the same memory */
    const enum tc_status status = reserve_history(to, from->n_history, error);

    if (status)
        return status;
    tc_training_state_fields(&view, source);
    tc_training_state_fields(to, field);
    for (size_t i = 0; i < TC_TRAINING_FIELDS; ++i)
        if (field[i].size)
            memcpy(field[i].data, source[i].data, field[i].size);
    if (from->n_history)
        memcpy(to->history, from->history, from->n_history * sizeof *to->history);
    to->n_history = from->n_history;
    return TC_OK;
}
