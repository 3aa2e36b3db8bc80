/** @file
 *  The knobs of Neural Amp Modeler's parametric networks. */
#ifndef TC_NAM_KNOBS_H
#define TC_NAM_KNOBS_H

#include "formats/readers/stages.h"

#include <jansson.h>

/** What a network is given beside the audio. */
struct tc_nam_knobs {
    unsigned knobs;                   /* as users see them */
    unsigned inputs;                  /* as the network does: a switch is one input per position */
    unsigned positions[TC_MAX_KNOBS]; /* of a switch; 1 of other knobs */
};

/** CatLSTM, until 2023: "parametric" {name: {type, default_value, minval, maxval}}, sorted by name,
 *  given as they are. Errors: TC_BAD_FORMAT, TC_UNSUPPORTED, TC_TOO_LARGE. */
enum tc_status tc_nam_knobs_parametric(const json_t *parametric, struct tc_nam_knobs *knobs,
                                       struct tc_metadata *meta, struct tc_error *error);

/** ConcatLSTM: "params" [{name, type, min, max, default}] in their order; from normalized_min to
 *  normalized_max (-1 to 1), or a switch with one input per position, that of its own 1 and the
 *  others 0. Errors: as above. */
enum tc_status tc_nam_knobs_params(const json_t *params, struct tc_nam_knobs *knobs,
                                   struct tc_metadata *meta, struct tc_error *error);

/** Append the layers that give a network with switches its inputs, of the audio and a knob v for
 *  each switch. Position p of P is max(1 - |v - p|, 0), so that a moving knob fades from one to the
 *  next, or, in terms of r_j = max(v - j, 0):
 *
 *      1 - r_0 + r_1        for p = 0         r_(P-1) and beyond are 0
 *      r_(p-1) - 2 r_p + r_(p+1)              else
 *
 *  With two positions, 1 - v and v, that is linear; more take a layer of r_j before it, through
 *  which the audio x goes as max(x, 0) - max(-x, 0). Errors: as tc_stages_add(). */
enum tc_status tc_nam_knobs_stages(const struct tc_nam_knobs *knobs, const struct tc_metadata *meta,
                                   struct tc_stages *stages, struct tc_error *error);

#endif
