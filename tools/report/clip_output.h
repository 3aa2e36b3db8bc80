/** @file
 *  The output of a model for a clip, as plugin and process make it. */
#ifndef TONECELL_CLIP_OUTPUT_H
#define TONECELL_CLIP_OUTPUT_H

#include "tonecell-train.h"

struct clip_playing {
    const struct tc_model *model;
    double rate_hz; /* of the clip */
    enum tc_precision precision;
    struct tc_controls controls;
};

/** Play a clip from the model's initial state: output[t] belongs to input frame t, the latency of
 *  the player removed.
 *
 *  output  [clip->n_frames]
 *
 *  Errors: those of tc_player_new_with(). */
enum tc_status clip_output(const struct clip_playing *playing, const struct tc_clip *clip,
                           float *output, struct tc_error *error);

#endif
