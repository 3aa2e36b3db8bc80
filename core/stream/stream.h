/** @file
 *  A stream, for the rest of the core. */
#ifndef TC_STREAM_H
#define TC_STREAM_H

#include "tonecell.h"

/** Replace h0 and c0 by the state of channel 0 in a vector of the model's parameters. */
void tc_stream_store_state(const struct tc_stream *stream, float *parameters);

#endif
