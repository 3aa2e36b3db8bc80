#include "train/network/shard_embedding.h"

#include "model/embedding.h"

/* The first row of e in the network's input. */
static size_t first_row(const struct tc_architecture *arch)
{
    return arch->audio_inputs + arch->knobs;
}

/* e = E[s] */
void tc_shard_embedding_forward(const struct tc_shard *shard, struct tc_block block)
{
    const struct tc_architecture *const arch = tc_shard_arch(shard);

    for (size_t b = 0; b < shard->sequences; ++b) {
        const size_t row = b * tc_shard_input_rows(shard) + first_row(arch);

        for (size_t t = block.start; t < block.start + block.count; ++t) {
            const ptrdiff_t at = tc_embedding_offset(arch, shard->symbols[b * shard->pitch + t]);
            const float *const e = at < 0 ? NULL : shard->weights->parameters + at;

            for (size_t i = 0; i < arch->embedding; ++i)
                shard->x[(row + i) * shard->pitch + t] = e ? e[i] : 0.0f;
        }
    }
}

/* dL/dE[s] += dL/de */
void tc_shard_embedding_backward(const struct tc_shard *shard, struct tc_block block,
                                 const float *dx, float *gradient)
{
    const struct tc_architecture *const arch = tc_shard_arch(shard);
    const size_t inputs = tc_shard_padded(shard, tc_shard_input_rows(shard));

    for (size_t t = block.start; t < block.start + block.count; ++t)
        for (size_t b = 0; b < shard->sequences; ++b, dx += inputs) {
            const ptrdiff_t at = tc_embedding_offset(arch, shard->symbols[b * shard->pitch + t]);

            for (size_t i = 0; at >= 0 && i < arch->embedding; ++i)
                gradient[at + (ptrdiff_t)i] += dx[first_row(arch) + i];
        }
}
