/** @file
 *  The network in RTNeural's JSON, which Keras models are exported to:
 *
 *      in_shape [.., I]   layers [{type, activation, shape [.., H], weights [K, U, b]}]
 *      K [I][G*H], U [H][G*H]: a row per input, columns blocked by gate: lstm i,f,c,o, gru z,r,h
 *      in_skip (AIDA-X): the direct path
 *
 *  From: RTNeural, model_loader.h; AIDA-X. */
#ifndef TC_KERAS_NETWORK_H
#define TC_KERAS_NETWORK_H

#include "tonecell.h"

#include <jansson.h>

/** Known errors of converters of GRUs, as bits; they can be reverted to find out which was made. */
enum { TC_GATES_EXCHANGED = 1, TC_BIASES_EXCHANGED = 2, TC_EXCHANGES = 4 };

/** The model of a file, with the errors `exchanged` reverted. Inputs other than audio are knobs,
 * which meta describes. Errors: TC_BAD_FORMAT, TC_BAD_SHAPE, TC_UNSUPPORTED, TC_TOO_LARGE, and as
 *  tc_model_new(). */
enum tc_status tc_keras_network(const json_t *json, unsigned exchanged,
                                const struct tc_metadata *meta, struct tc_model **model,
                                struct tc_error *error);

#endif
