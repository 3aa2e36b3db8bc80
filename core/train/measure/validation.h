/** @file
 *  Scores of a model on clips that it was not trained on. */
#ifndef TC_VALIDATION_H
#define TC_VALIDATION_H

#include "tonecell-train.h"

/** Score a model on clips: all frames that carry loss, in one sum.
 *
 *  Each clip is run by a tc_stream from the model's initial state or, unless `encoder` is NULL,
 *  from the state in which the encoder ends the clip's context. A linear readout is scored by its
 *  errors, probabilities by their cross-entropy.
 *
 *  Clips are divided among `threads`, and those with the same knobs are channels of one stream; the
 *  result depends on neither. Errors: TC_NO_MEMORY. */
enum tc_status tc_validate(const struct tc_model *model, const struct tc_model *encoder,
                           const struct tc_clip *clips, size_t n_clips, size_t warmup,
                           unsigned threads, struct tc_score *score, struct tc_error *error);

#endif
