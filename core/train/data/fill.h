/** @file
 *  A chunk's inputs and targets, from the clips. */
#ifndef TC_FILL_H
#define TC_FILL_H

#include "train/data/chunk.h"

/** Write one row (an audio input, or after these a knob) of the network's input for one sequence,
 *  the chunk's n_frames of it: silence before the start of the clip, with its first control value,
 *  and zeros after the end of the segment.
 *
 *  x        (chunk->n_frames)
 *  segment  of the sequence; NULL: all zeros
 *  in_gain  the input gain as a factor */
void tc_fill_input_row(float *x, unsigned row, const struct tc_architecture *arch,
                       const struct tc_metadata *meta, float in_gain,
                       const struct tc_segment *segment, const struct tc_clip *clips,
                       const struct tc_chunk *chunk);

/** Write the symbols of one sequence, of a network that has an input of them: no symbol before the
 *  clip or after the end of the segment. Parameters as above. */
void tc_fill_symbols(float *symbols, const struct tc_architecture *arch,
                     const struct tc_segment *segment, const struct tc_clip *clips,
                     const struct tc_chunk *chunk);

/** Let target[outputs] point at the chunk's first frame in a segment's clip. */
void tc_fill_targets(const float **target, unsigned outputs, const struct tc_segment *segment,
                     const struct tc_clip *clips, const struct tc_chunk *chunk);

#endif
