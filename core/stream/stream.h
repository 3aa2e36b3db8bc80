/** @file
 *  What the rest of the core may know of a stream. */
#ifndef TC_STREAM_H
#define TC_STREAM_H

#include "tonecell.h"

/** Write the state of channel 0 over h0 and c0 in a vector of the model's parameters. */
void tc_stream_store_state(const struct tc_stream *stream, float *parameters);

#endif
