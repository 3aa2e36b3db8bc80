/** @file
 *  Streams of many networks on each of the kernels to test, with something to play. */
#ifndef STREAM_FIXTURE_H
#define STREAM_FIXTURE_H

#include "tests/support/support.h"

/** Frames of each signal, and networks to try: those of the list and wider ones. */
enum { FRAMES = 400, NETWORKS = SUPPORT_NETWORKS + 5 };

/** The wider ones come last. */
const struct support_network *network_at(int index);

/** How often a loop test runs that takes `cases` with each of the kernels to test. */
int with_all_kernels(int cases);

/** Those that run number `index` of such a test takes. */
const char *kernels_of(int index, int cases);

/** A network, a stream through it, and signals for all of its channels. */
struct stream_fixture {
    struct tc_model *model;
    const char *kernels;
    struct tc_stream *stream;
    unsigned channels;
    struct support_signals in, knobs, out;
};

/** A stream on the kernels of that name that cannot fail. */
struct tc_stream *stream_with(const struct tc_model *model, unsigned channels, const char *kernels);

/** Takes the model over. */
struct stream_fixture fixture_of(struct tc_model *model, unsigned channels, const char *kernels);

/** Case `index` of with_all_kernels(NETWORKS). */
struct stream_fixture fixture_new(int index, unsigned channels);
void fixture_free(struct stream_fixture *b);

/** n frames, from frame `start` on. */
void fixture_play(struct stream_fixture *b, size_t start, size_t n);

/** What a new stream makes of the signals in one call, in (rows, FRAMES). */
struct support_signals expected_output(const struct stream_fixture *b);

/** The same of the first n frames only; the others are 0. */
struct support_signals expected_start(const struct stream_fixture *b, size_t n);

/** Is `out` the same to the bit? `what` tells the cases apart. */
void compare_output(const struct stream_fixture *b, struct support_signals expected,
                    const char *what);

/** The same; frees what was expected. */
void check_output(const struct stream_fixture *b, struct support_signals expected,
                  const char *what);

#endif
