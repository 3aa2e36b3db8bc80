/** @file
 *  A teacher's output as the target of clips (Hinton, Vinyals & Dean 2015, for samples instead of
 *  classes). */
#ifndef TONECELL_EFFECT_TEACHING_H
#define TONECELL_EFFECT_TEACHING_H

#include "tasks/effect.h"

/** Replace the targets of all clips that train, and of those that validate where there is no
 *  recorded one. With teacher->anti_alias the teacher plays at four times its rate, sines are
 *  added, and all that validates has its output as target; effect->recordings keeps what has a
 *  recorded target as CLIPS_SCORED.
 *
 *  The teacher plays at the rate of the recordings, its own rate being converted, with the latency
 *  of its player removed, and from up to a second before the clip on, so that its state settles. A
 *  knob of the recordings, or a control signal, is the teacher's of the same name; its other knobs
 *  keep their initial values.
 *
 *  Errors, with the path of the teacher: TC_BAD_SHAPE (its inputs, outputs, knobs or control signal
 *  do not fit the recordings), TC_BAD_VALUE (a knob's value beyond its range, an output that is
 *  constant), TC_NO_MEMORY, and those of tc_player_new(). */
enum tc_status effect_teach(struct effect_data *effect, const struct teacher *teacher,
                            struct tc_error *error);

/** Free the outputs, after the clips. */
void effect_teaching_free(struct effect_data *effect);

#endif
