/** @file
 *  How well a model does on clips it was not trained on. */
#ifndef TC_VALIDATE_H
#define TC_VALIDATE_H

#include "tonecell-train.h"

/** Play each clip from the model's start state, or, unless `encoder` is NULL, from the state that
 *  the clip's context leaves in a stream of that, through a tc_stream, and score all frames that
 *  carry loss, probabilities by their cross-entropy. Clips are shared out to `threads`, those with
 *  the same knobs to lanes of one stream; the result depends on neither. Errors: TC_NO_MEMORY. */
enum tc_status tc_validate(const struct tc_model *model, const struct tc_model *encoder,
                           const struct tc_clip *clips, size_t n_clips, size_t warmup,
                           unsigned threads, struct tc_score *score, struct tc_error *error);

#endif
