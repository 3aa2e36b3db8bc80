#include "train/step.h"

#include "train/sequences.h"
#include "train/parameters.h"
#include "train/update.h"

#include <string.h>

static void clear_moments(struct tc_trainer *trainer)
{
    const size_t doubles = trainer->n_shards * tc_batch_norm_moments_doubles(trainer->norm);

    if (trainer->moments)
        memset(trainer->moments, 0, doubles * sizeof *trainer->moments);
}

enum tc_status tc_step(struct tc_trainer *trainer, const struct tc_chunk *chunk,
                       struct tc_error *error)
{
    tc_parameters_pack(trainer);
    clear_moments(trainer);
    /* Recomputed from the start, sequences begin where the last update moved it. */
    if (trainer->options.start == TC_START_LEARNED && chunk->start == 0)
        tc_sequences_reset(trainer);
#pragma omp parallel for num_threads(trainer->options.threads) schedule(dynamic, 1)
    for (size_t s = 0; s < trainer->n_shards; ++s) {
        tc_sequences_encode(trainer, s, chunk);
        tc_sequences_forward_backward(trainer, s, chunk);
    }
    return tc_update(trainer, error);
}

void tc_step_forward_only(struct tc_trainer *trainer, const struct tc_chunk *chunk)
{
    tc_parameters_pack(trainer);
#pragma omp parallel for num_threads(trainer->options.threads) schedule(dynamic, 1)
    for (size_t s = 0; s < trainer->n_shards; ++s) {
        tc_sequences_encode(trainer, s, chunk);
        tc_sequences_forward_only(trainer, s, chunk);
    }
}

void tc_step_warm_up(struct tc_trainer *trainer, const struct tc_batch *batch)
{
    const size_t warmup = trainer->sampler->warmup;
    const struct tc_chunk chunk = {.batch = batch, .n_frames = warmup, .advance = warmup};

    tc_sequences_reset(trainer);
    tc_step_forward_only(trainer, &chunk);
}
