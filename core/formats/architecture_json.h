/** @file
 *  The architecture of a network as JSON, in the metadata of native model files:
 *
 *      {"audio_inputs": 1, "knobs": 1, "outputs": 1, "direct": 1.0, "readout": "softmax",
 *       "residual": true, "layer_norm": true, "symbols": 27, "embedding": 16,
 *       "layers": [{"cell": "lstm", "hidden": 32, "activation": "tanh"}]}
 *
 *  readout is left out if linear; residual and layer_norm if false; symbols and embedding if 0. */
#ifndef TC_ARCHITECTURE_JSON_H
#define TC_ARCHITECTURE_JSON_H

#include "tonecell.h"

#include <jansson.h>

/** Parse an architecture. An unknown key or name may change the output of the network, so it is
 *  TC_UNSUPPORTED. Other errors: TC_BAD_FORMAT, TC_BAD_VALUE, TC_TOO_LARGE, TC_NO_MEMORY. */
enum tc_status tc_architecture_from_json(const char *text, struct tc_architecture *arch,
                                         struct tc_error *error);

/** The JSON of an architecture; NULL without memory. */
json_t *tc_architecture_to_json(const struct tc_architecture *arch);

#endif
