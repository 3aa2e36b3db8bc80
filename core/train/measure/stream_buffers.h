/** @file
 *  Buffers to run a stream in blocks whose knobs stand still, sized by the model. */
#ifndef TC_STREAM_BUFFERS_H
#define TC_STREAM_BUFFERS_H

#include "tonecell.h"

struct tc_stream_buffers {
    size_t frames;        /* of a block, at most */
    const float **in;     /* [channels * tc_input_buffers()] set by the caller for each block */
    float **out;          /* [channels * outputs] buffers of `frames` */
    const float **knob;   /* [knobs] buffers of `frames`, all at the same value */
    const float *silence; /* [frames] zeros, for channels without input */
    float *samples;       /* memory of out, knob and silence */
};

/** For a stream of `channels` with constant knob values [knobs]. Errors: TC_NO_MEMORY; call
 *  tc_stream_buffers_done() in either case. */
enum tc_status tc_stream_buffers_init(struct tc_stream_buffers *buffers,
                                      const struct tc_architecture *arch, size_t channels,
                                      const float *knob);
void tc_stream_buffers_done(struct tc_stream_buffers *buffers);

/** Process n frames (up to buffers->frames) from `in` to `out`. */
void tc_stream_buffers_process(const struct tc_stream_buffers *buffers, struct tc_stream *stream,
                               size_t n);

#endif
