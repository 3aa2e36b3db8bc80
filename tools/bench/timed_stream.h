/** @file
 *  Timing of a stream that plays noise. */
#ifndef TONECELL_TIMED_STREAM_H
#define TONECELL_TIMED_STREAM_H

#include "tonecell.h"

struct timed_stream;

/** A stream of tc_stream_new_with() with its signals. Errors: as there. */
enum tc_status timed_stream_new(struct timed_stream **timed, const struct tc_model *model,
                                unsigned channels, const char *kernels, enum tc_precision precision,
                                struct tc_error *error);

void timed_stream_free(struct timed_stream *timed);

/** Seconds that a frame of all channels takes: the best of several short runs. */
double timed_stream_frame_s(struct timed_stream *timed);

enum { TIMED_BLOCKS = 1000, TIMED_BLOCK_FRAMES = 512 };

struct block_times {
    double median_s, p999_s; /* p999: 99.9 % of the blocks take at most this */
};

/** Time single blocks of n_frames (at most TIMED_BLOCK_FRAMES): TIMED_BLOCKS of them, or as many as
 *  can be played in a second. */
struct block_times timed_stream_blocks(struct timed_stream *timed, size_t n_frames);

#endif
