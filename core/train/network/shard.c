#include "train/network/shard_memory.h"

#include <stdlib.h>

enum tc_status tc_shard_new(struct tc_shard **shard, const struct tc_weights *weights,
                            unsigned sequences, unsigned max_frames, struct tc_error *error)
{
    struct tc_shard *const new_shard = calloc(1, sizeof *new_shard);

    if (!new_shard)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for a shard");
    new_shard->weights = weights;
    new_shard->sequences = sequences;
    new_shard->max_frames = max_frames;
    if (!tc_shard_allocate(new_shard)) {
        tc_shard_free(new_shard);
        return tc_fail(error, TC_NO_MEMORY, "out of memory for %u sequences of %u frames",
                       sequences, max_frames);
    }
    *shard = new_shard;
    return TC_OK;
}

void tc_shard_free(struct tc_shard *shard)
{
    if (!shard)
        return;
    free(shard->memory);
    free(shard->dy_row);
    free(shard->target);
    free(shard);
}

size_t tc_shard_size(const struct tc_shard *shard)
{
    return shard->memory_floats * sizeof *shard->memory;
}

float *tc_shard_input(struct tc_shard *shard, unsigned sequence, unsigned row)
{
    return shard->x + (sequence * tc_shard_input_rows(shard) + row) * shard->pitch;
}

float *tc_shard_symbols(struct tc_shard *shard, unsigned sequence)
{
    return shard->symbols + sequence * shard->pitch;
}

const float *tc_shard_output(const struct tc_shard *shard, unsigned sequence, unsigned output)
{
    return shard->y + (sequence * tc_shard_arch(shard)->outputs + output) * shard->pitch;
}

float *tc_shard_output_gradient(struct tc_shard *shard, unsigned sequence, unsigned output)
{
    return shard->dy + (sequence * tc_shard_arch(shard)->outputs + output) * shard->pitch;
}

float *const *tc_shard_output_gradients(struct tc_shard *shard, unsigned sequence)
{
    return shard->dy_row + (size_t)sequence * tc_shard_arch(shard)->outputs;
}

const float **tc_shard_targets(struct tc_shard *shard)
{
    return shard->target;
}

void tc_shard_set_dropout(struct tc_shard *shard, struct tc_dropout dropout)
{
    shard->dropout = dropout;
}
