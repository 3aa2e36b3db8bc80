/** @file
 *  A model's output on the clips of a training. */
#ifndef TONECELL_EFFECT_PLAYING_H
#define TONECELL_EFFECT_PLAYING_H

#include "tasks/effect.h"

/** Play a model on the clips of a set (CLIPS_VAL or CLIPS_SCORED), without the first `warmup`
 *  frames of each. `signals` is zeroed; scored_signals_free() in any case. Errors: TC_NO_MEMORY,
 *  and those of tc_player_new(). */
enum tc_status effect_play(const struct effect_data *effect, unsigned set,
                           const struct tc_model *model, size_t warmup,
                           struct scored_signals *signals, struct tc_error *error);

#endif
