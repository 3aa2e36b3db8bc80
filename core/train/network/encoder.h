/** @file
 *  The encoder of a trainer: a second network, which hears a clip's context and whose last state is
 *  where the trainer's own network, the decoder, starts.
 *
 *      s_enc = encoder(context, 0),   y = decoder(input, s_enc)
 *
 *  Both keep states of the same shape. The gradient of a loss of the decoder goes on, through its
 *  start, into the encoder's last state and back through all of the context.
 *
 *  From: Cho et al. 2014; Sutskever, Vinyals & Le 2014. */
#ifndef TC_ENCODER_H
#define TC_ENCODER_H

#include "train/network/network.h"
#include "train/data/sampler.h"

struct tc_encoder {
    struct tc_architecture arch;
    size_t values, n_frames; /* of its parameters, of a context */
    struct tc_weights *weights;
    size_t n_shards;
    struct tc_shard **shard; /* [n_shards], side by side with those of the decoder */
    float **state;           /* [n_shards] one state of a shard each */
    float *memory;
};

/** An encoder for contexts of n_frames, whose shards have so many sequences: those from
 * first_sequence[s] to first_sequence[s + 1]. Errors: TC_NO_MEMORY. */
enum tc_status tc_encoder_new(struct tc_encoder **encoder, const struct tc_architecture *arch,
                              size_t n_frames, size_t n_shards, const size_t *first_sequence,
                              struct tc_error *error);
void tc_encoder_free(struct tc_encoder *encoder);

/** Bytes of memory that its shards take. */
size_t tc_encoder_size(const struct tc_encoder *encoder);

/** What a sequence of shard s is to hear: a clip's context, or silence if it is NULL. */
void tc_encoder_set_input(const struct tc_encoder *encoder, size_t s, unsigned sequence,
                          const struct tc_clip *clip);

/** Let shard s hear that from state zero, with the weights as last packed; its last state becomes
 *  the present one of the decoder's shard. */
void tc_encoder_forward(const struct tc_encoder *encoder, size_t s, struct tc_shard *decoder);

/** Go on from the start of the decoder's shard, to which it was just gone back, through what shard
 *  s heard last: gradient += dL/dparameters of the encoder. */
void tc_encoder_backward(const struct tc_encoder *encoder, size_t s, const struct tc_shard *decoder,
                         float *gradient);

#endif
