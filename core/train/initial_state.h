/** @file
 *  The state that a model starts from. */
#ifndef TC_INITIAL_STATE_H
#define TC_INITIAL_STATE_H

#include "tonecell.h"

/** Run a stream through a second of silence (at 48 kHz if the rate is unknown; rounded up to
 *  whole guard intervals), the knobs at their initial values, and write its state over h0 and c0 in
 *  a vector of the model's parameters. They stay as they are if the state did not stay finite.
 *  Errors: TC_NO_MEMORY. */
enum tc_status tc_initial_state_from_silence(const struct tc_model *model, float *parameters);

#endif
