/** @file
 *  The encoder of a trainer: a second network, whose input is a clip's context and whose last state
 *  is the initial state of the trainer's own network, the decoder.
 *
 *      s_enc = encoder(context, 0),   y = decoder(input, s_enc)
 *
 *  Both keep states of the same shape. The gradient of the decoder's loss with respect to its
 *  initial state enters the encoder's last state, and the backward pass goes through all of the
 *  context.
 *
 *  From: Cho et al. 2014; Sutskever, Vinyals & Le 2014. */
#ifndef TC_ENCODER_H
#define TC_ENCODER_H

#include "train/network/network.h"
#include "train/data/sampler.h"

struct tc_encoder {
    struct tc_architecture arch;
    size_t values, n_frames; /* parameters; frames of a context */
    struct tc_weights *weights;
    size_t n_shards;
    struct tc_shard **shard; /* [n_shards], of the same sequences as the decoder's */
    float **state;           /* [n_shards] one state of a shard each */
    float *memory;
};

/** An encoder for contexts of n_frames. Shard s has the sequences of the batch from
 *  first_sequence[s] to first_sequence[s + 1], excluded. Errors: TC_NO_MEMORY. */
enum tc_status tc_encoder_new(struct tc_encoder **encoder, const struct tc_architecture *arch,
                              size_t n_frames, size_t n_shards, const size_t *first_sequence,
                              struct tc_error *error);
void tc_encoder_free(struct tc_encoder *encoder);

/** Bytes of memory that its shards take. */
size_t tc_encoder_size(const struct tc_encoder *encoder);

/** The input of a sequence of shard s: a clip's context, or zeros if it is NULL. */
void tc_encoder_set_input(const struct tc_encoder *encoder, size_t s, unsigned sequence,
                          const struct tc_clip *clip);

/** Run shard s over its contexts from state zero, with the weights as last packed; its last state
 *  becomes the present one of the decoder's shard. */
void tc_encoder_forward(const struct tc_encoder *encoder, size_t s, struct tc_shard *decoder);

/** Backward through the same contexts from dL/dstate of the decoder's shard, whose backward pass
 *  has just reached its start: gradient += dL/dparameters of the encoder. */
void tc_encoder_backward(const struct tc_encoder *encoder, size_t s, const struct tc_shard *decoder,
                         float *gradient);

#endif
