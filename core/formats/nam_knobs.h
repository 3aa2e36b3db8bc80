/** @file
 *  The knobs of Neural Amp Modeler's parametric networks. */
#ifndef TC_NAM_KNOBS_H
#define TC_NAM_KNOBS_H

#include "formats/stages.h"

#include <jansson.h>

/** What a network is given beside the audio. */
struct tc_nam_knobs {
    unsigned knobs;  /* as users see them */
    unsigned inputs; /* as the network does: a switch is one input per position */
    bool has_switch; /* so that the two differ */
    bool is_switch[TC_MAX_KNOBS];
};

/** CatLSTM, until 2023: "parametric" {name: {type, default_value, minval, maxval}}, sorted by name,
 *  given as they are. Errors: TC_BAD_FORMAT, TC_UNSUPPORTED, TC_TOO_LARGE. */
enum tc_status tc_nam_knobs_parametric(const json_t *parametric, struct tc_nam_knobs *knobs,
                                       struct tc_metadata *meta, struct tc_error *error);

/** ConcatLSTM: "params" [{name, type, min, max, default}] in their order; from normalized_min to
 *  normalized_max (-1 to 1), or a switch with one input per position, of which two positions are
 *  one knob: the inputs are 1 - v and v. Errors: as above; a switch of more is TC_UNSUPPORTED. */
enum tc_status tc_nam_knobs_params(const json_t *params, struct tc_nam_knobs *knobs,
                                   struct tc_metadata *meta, struct tc_error *error);

/** Append the linear layer that gives a network with switches its inputs. */
enum tc_status tc_nam_knobs_stage(const struct tc_nam_knobs *knobs, struct tc_stages *stages,
                                  struct tc_error *error);

#endif
