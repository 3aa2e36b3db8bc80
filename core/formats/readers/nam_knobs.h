/** @file
 *  The knobs of Neural Amp Modeler's parametric networks. */
#ifndef TC_NAM_KNOBS_H
#define TC_NAM_KNOBS_H

#include "formats/readers/stages.h"

#include <jansson.h>

/** Inputs of a network other than audio. */
struct tc_nam_knobs {
    unsigned knobs;                   /* of the user */
    unsigned inputs;                  /* of the network: one per position of a switch */
    unsigned positions[TC_MAX_KNOBS]; /* of a switch; 1 of other knobs */
};

/** CatLSTM, until 2023: "parametric" {name: {type, default_value, minval, maxval}}, sorted by name,
 *  without scaling. Errors: TC_BAD_FORMAT, TC_UNSUPPORTED, TC_TOO_LARGE. */
enum tc_status tc_nam_knobs_parametric(const json_t *parametric, struct tc_nam_knobs *knobs,
                                       struct tc_metadata *meta, struct tc_error *error);

/** ConcatLSTM: "params" [{name, type, min, max, default}] in their order; from normalized_min to
 *  normalized_max (-1 to 1), or a switch with one input per position, 1 for the selected
 *  one and 0 for the others. Errors: as above. */
enum tc_status tc_nam_knobs_params(const json_t *params, struct tc_nam_knobs *knobs,
                                   struct tc_metadata *meta, struct tc_error *error);

/** Append the layers that compute the inputs of a network with switches from the audio and a knob v
 *  per switch. The input of position p of P is max(1 - |v - p|, 0), so that a moving knob
 * crossfades between positions; in terms of r_j = max(v - j, 0):
 *
 *      1 - r_0 + r_1        for p = 0         r_(P-1) and later are 0
 *      r_(p-1) - 2 r_p + r_(p+1)              else
 *
 *  With two positions, 1 - v and v, that is linear; more need a layer before it that computes the
 * r_j, through which the audio x passes as max(x, 0) - max(-x, 0). Errors: as tc_stages_add(). */
enum tc_status tc_nam_knobs_stages(const struct tc_nam_knobs *knobs, const struct tc_metadata *meta,
                                   struct tc_stages *stages, struct tc_error *error);

#endif
