/** @file
 *  Checks of a trainer's arguments. Errors as tc_trainer_new(). */
#ifndef TC_TRAINER_ARGUMENTS_H
#define TC_TRAINER_ARGUMENTS_H

#include "tonecell-train.h"

enum tc_status tc_train_options_check(const struct tc_train_options *options,
                                      struct tc_error *error);

/** That there can be a model of this shape and metadata: to be known now and not after an epoch. */
enum tc_status tc_train_model_check(const struct tc_architecture *arch,
                                    const struct tc_metadata *meta, struct tc_error *error);

/** That the network can be trained with these options, each of which is valid by itself. */
enum tc_status tc_train_network_check(const struct tc_architecture *arch,
                                      const struct tc_metadata *meta,
                                      const struct tc_train_options *options,
                                      struct tc_error *error);

/** That there can be an encoder of this shape, that it fits the decoder and the options, and that
 *  all clips have contexts of one length for it. */
enum tc_status tc_train_encoder_check(const struct tc_architecture *encoder,
                                      const struct tc_architecture *decoder,
                                      const struct tc_train_options *options,
                                      const struct tc_clip *train, size_t n_train,
                                      const struct tc_clip *val, size_t n_val,
                                      struct tc_error *error);

/** That samples and knobs are finite, loss begins where it can, and probabilities are such. `set`
 *  names the clips in messages. */
enum tc_status tc_train_clips_check(const struct tc_architecture *arch,
                                    const struct tc_metadata *meta, const struct tc_clip *clips,
                                    size_t n, const char *set, struct tc_error *error);

#endif
