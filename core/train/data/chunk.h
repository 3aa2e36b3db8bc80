/** @file
 *  A chunk: the frames of a batch whose losses make one update of the weights.
 *
 *  Truncated back-propagation through time takes a batch's segments chunk by chunk. The state of
 *  each sequence is carried from chunk to chunk, the gradient is cut between them (truncation.h).
 */
#ifndef TC_CHUNK_H
#define TC_CHUNK_H

#include "train/data/frame_runs.h"
#include "train/data/sampler.h"

/** Frames start to start + n_frames of all segments of a batch. */
struct tc_chunk {
    const struct tc_batch *batch;
    size_t start, n_frames;
    size_t recomputed; /* frames at the start without loss: an earlier chunk had theirs, but the
                          gradient goes back through them (`lookback`) */
    size_t advance;    /* frames by which the states of the sequences move on */
    double scale;      /* of the loss: 1 / (denominator of the loss * frames with loss of a
                          usual chunk * sequences) */
    const float *gradient_factor; /* (n_frames) as tc_shard_backward_continued() says, or NULL */
};

/** The frames of one sequence that carry loss in a chunk: first <= t < end, without ignored
 *  ones. */
struct tc_loss_range {
    unsigned first, end;
    const bool *ignored; /* [end], or NULL: none */
};

/** The segment of a sequence in a chunk; NULL where none is left of it. */
const struct tc_segment *tc_chunk_segment(const struct tc_sampler *sampler,
                                          const struct tc_chunk *chunk, size_t sequence);

/** Frames of a chunk that belong to a segment; the segment reaches into the chunk. */
unsigned tc_chunk_segment_frames(const struct tc_chunk *chunk, const struct tc_segment *segment);

/** How many frames a range has. */
unsigned tc_loss_range_frames(const struct tc_loss_range *range);

/** The frames of a segment (NULL: none) that carry loss in a chunk. */
struct tc_loss_range tc_chunk_loss_range(const struct tc_chunk *chunk,
                                         const struct tc_segment *segment,
                                         const struct tc_clip *clips);

/** Does any frame of a chunk carry loss? */
bool tc_chunk_has_loss(const struct tc_chunk *chunk, const struct tc_sampler *sampler,
                       const struct tc_clip *clips);

/** Frames of all segments in a chunk, without recomputed ones. */
size_t tc_chunk_frames(const struct tc_chunk *chunk, const struct tc_sampler *sampler);

/** A chunk in parts of at most max_frames: how many, and each. */
size_t tc_chunk_parts(const struct tc_chunk *chunk, size_t max_frames);
struct tc_chunk tc_chunk_part(const struct tc_chunk *chunk, size_t max_frames, size_t index);

#endif
