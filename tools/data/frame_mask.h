/** @file
 *  Frames of a recording, channel by channel: marked ones and others. */
#ifndef TONECELL_FRAME_MASK_H
#define TONECELL_FRAME_MASK_H

#include "tonecell-train.h"

/** Zeroed: no channels, and nothing is marked. */
struct frame_mask {
    unsigned channels;
    size_t n_frames;
    bool **channel; /* [channels] buffers of n_frames: true where marked */
};

/** Make a mask without marks, unless it has channels. Errors: TC_NO_MEMORY; *mask is unchanged
 *  then. */
enum tc_status frame_mask_require(struct frame_mask *mask, unsigned channels, size_t n_frames,
                                  struct tc_error *error);

void frame_mask_free(struct frame_mask *mask);

/** How many frames are marked from `start` to `stop` - 1 of all channels, and in how many runs. */
struct marked_frames {
    size_t frames, runs;
};
struct marked_frames frame_mask_count(const struct frame_mask *mask, size_t start, size_t stop);

/** Follow a recording that is converted to another sample rate (audio_convert_rate()), or read
 *  along a path (tc_align_resample()) for n_frames: whatever a marked sample is part of by more
 *  than 1 % is marked. A mask without channels stays as it is. Errors: TC_NO_MEMORY. */
enum tc_status frame_mask_convert_rate(struct frame_mask *mask, double from_hz, double to_hz,
                                       struct tc_error *error);
enum tc_status frame_mask_resample(struct frame_mask *mask, const struct tc_align_path *path,
                                   size_t n_frames, struct tc_error *error);

#endif
