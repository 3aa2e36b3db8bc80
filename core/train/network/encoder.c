#include "train/network/encoder.h"

#include "memory.h"

#include <stdlib.h>
#include <string.h>

static enum tc_status new_shards(struct tc_encoder *encoder, const size_t *first_sequence,
                                 struct tc_error *error)
{
    enum tc_status status = tc_weights_new(&encoder->weights, &encoder->arch, NULL, error);

    encoder->shard = calloc(encoder->n_shards, sizeof *encoder->shard);
    encoder->state = calloc(encoder->n_shards, sizeof *encoder->state);
    if (!status && (!encoder->shard || !encoder->state))
        status = tc_fail(error, TC_NO_MEMORY, "out of memory for %zu shards", encoder->n_shards);
    for (size_t s = 0; !status && s < encoder->n_shards; ++s)
        status = tc_shard_new(&encoder->shard[s], encoder->weights,
                              (unsigned)(first_sequence[s + 1] - first_sequence[s]),
                              (unsigned)encoder->n_frames, error);
    return status;
}

static void lay_out(struct tc_encoder *encoder, struct tc_carver *carver)
{
    for (size_t s = 0; s < encoder->n_shards; ++s)
        encoder->state[s] = tc_carve(carver, tc_shard_state_floats(encoder->shard[s]));
}

static enum tc_status new_states(struct tc_encoder *encoder, struct tc_error *error)
{
    struct tc_carver carver = {0};

    lay_out(encoder, &carver);
    encoder->memory = tc_floats_new(carver.used);
    if (!encoder->memory)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for the states of an encoder");
    carver = (struct tc_carver){.base = encoder->memory};
    lay_out(encoder, &carver);
    return TC_OK;
}

enum tc_status tc_encoder_new(struct tc_encoder **encoder, const struct tc_architecture *arch,
                              size_t n_frames, size_t n_shards, const size_t *first_sequence,
                              struct tc_error *error)
{
    struct tc_encoder *const new_encoder = calloc(1, sizeof *new_encoder);
    enum tc_status status;

    if (!new_encoder)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for an encoder");
    new_encoder->arch = *arch;
    new_encoder->n_frames = n_frames;
    new_encoder->n_shards = n_shards;
    tc_architecture_tensors(arch, NULL, &new_encoder->values);
    status = new_shards(new_encoder, first_sequence, error);
    if (!status)
        status = new_states(new_encoder, error);
    if (status) {
        tc_encoder_free(new_encoder);
        return status;
    }
    *encoder = new_encoder;
    return TC_OK;
}

void tc_encoder_free(struct tc_encoder *encoder)
{
    if (!encoder)
        return;
    for (size_t s = 0; encoder->shard && s < encoder->n_shards; ++s)
        tc_shard_free(encoder->shard[s]);
    free(encoder->shard);
    free(encoder->state);
    free(encoder->memory);
    tc_weights_free(encoder->weights);
    free(encoder);
}

size_t tc_encoder_size(const struct tc_encoder *encoder)
{
    size_t sum = 0;

    for (size_t s = 0; encoder && s < encoder->n_shards; ++s)
        sum += tc_shard_size(encoder->shard[s]);
    return sum;
}

void tc_encoder_set_input(const struct tc_encoder *encoder, size_t s, unsigned sequence,
                          const struct tc_clip *clip)
{
    struct tc_shard *const shard = encoder->shard[s];
    const size_t bytes = encoder->n_frames * sizeof(float);

    for (unsigned i = 0; i < tc_input_buffers(&encoder->arch); ++i) {
        const bool audio = i < encoder->arch.audio_inputs;
        float *const x =
            audio ? tc_shard_input(shard, sequence, i) : tc_shard_symbols(shard, sequence);

        if (clip)
            memcpy(x, clip->context[i], bytes);
        else
            memset(x, 0, bytes); /* of a sequence without loss */
    }
}

void tc_encoder_forward(const struct tc_encoder *encoder, size_t s, struct tc_shard *decoder)
{
    struct tc_shard *const shard = encoder->shard[s];
    float *const state = encoder->state[s];

    memset(state, 0, tc_shard_state_floats(shard) * sizeof *state);
    tc_shard_load_state(shard, state);
    tc_shard_forward(shard, (unsigned)encoder->n_frames);
    tc_shard_save_state(shard, (unsigned)encoder->n_frames, state);
    tc_shard_load_state(decoder, state);
}

void tc_encoder_backward(const struct tc_encoder *encoder, size_t s, const struct tc_shard *decoder,
                         float *gradient)
{
    tc_shard_initial_state_gradient(decoder, encoder->state[s]);
    tc_shard_backward_from_state(encoder->shard[s], gradient, (unsigned)encoder->n_frames,
                                 encoder->state[s]);
}
