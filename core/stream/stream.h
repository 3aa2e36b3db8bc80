/** @file
 *  A stream, for the rest of the core. */
#ifndef TC_STREAM_H
#define TC_STREAM_H

#include "stream/recurrence_delay.h"

/** As tc_stream_new_with() for any number of channels above 0, with the states fed back after
 *  `delay` instead of one frame, unless it is NULL. */
enum tc_status tc_stream_new_delayed(struct tc_stream **stream, const struct tc_model *model,
                                     unsigned channels, const char *kernels,
                                     enum tc_precision precision,
                                     const struct tc_recurrence_delay *delay,
                                     struct tc_error *error);

/** Replace h0 and c0 by the state of channel 0 in a vector of the model's parameters. */
void tc_stream_store_state(const struct tc_stream *stream, float *parameters);

#endif
