/** @file
 *  Segments of the clips, in shuffled batches.
 *
 *  Every epoch the clips are cut into segments of about equal length, at positions that differ from
 *  epoch to epoch. A segment begins with `warmup` frames without loss, so that what is cut off from
 *  the state before it has settled; those of a clip's first segment may begin before the clip, in
 *  silence. Clips that are whole give one segment, from their first frame on. A batch is a group of
 *  segments, one per sequence, trained on together; segments of one batch are of similar length. */
#ifndef TC_SAMPLER_H
#define TC_SAMPLER_H

#include "tonecell-train.h"
#include "train/data/random.h"

struct tc_segment {
    size_t clip;
    ptrdiff_t start; /* the clip's frame at which the warm-up begins; negative: before the clip */
    size_t n_frames; /* including the warm-up */
};

struct tc_batch {
    size_t first, count; /* segments */
    size_t n_frames;     /* of the longest */
};

struct tc_sampler {
    size_t clip_warmup; /* frames at the start of a clip without loss */
    size_t warmup;      /* frames at the start of a segment without loss */
    size_t n_sequences; /* segments in the largest batch */
    size_t n_clips, n_segments, n_batches;
    size_t *clip_frames, *clip_segments; /* [n_clips] */
    bool *clip_whole;                    /* [n_clips] */
    struct tc_segment *segment;          /* [n_segments] */
    struct tc_batch *batch;              /* [n_batches] */
    size_t loss_frames;                  /* of an epoch, roughly: those after the warm-up */
    size_t longest_loss;                 /* most frames of a clip that carry loss */
    size_t longest;                      /* frames after the warm-up in any segment, at most */
};

/** The first frame of a clip that carries loss. */
static inline size_t tc_clip_loss_from(const struct tc_clip *clip, size_t warmup)
{
    return clip->loss_from > warmup ? clip->loss_from : warmup;
}

/** Decide how many segments each clip gives. Clips not longer than the warm-up give none; at least
 *  one clip must be longer. Errors: TC_NO_MEMORY, TC_BAD_ARGUMENT (all clips too short, or a
 *  whole clip with a warm-up of segments). */
enum tc_status tc_sampler_new(struct tc_sampler **sampler, const struct tc_clip *clips,
                              size_t n_clips, const struct tc_train_options *options,
                              struct tc_error *error);
void tc_sampler_free(struct tc_sampler *sampler);

/** Cut and shuffle for a new epoch: fills segment and batch. */
void tc_sampler_next_epoch(struct tc_sampler *sampler, struct tc_random *random);

#endif
