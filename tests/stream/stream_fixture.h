/** @file
 *  Streams of many networks with each of the kernels to test, and their signals. */
#ifndef STREAM_FIXTURE_H
#define STREAM_FIXTURE_H

#include "tests/support/support.h"

/** Frames of each signal, and networks to try: those of the list and wider ones. */
enum { FRAMES = 400, NETWORKS = SUPPORT_NETWORKS + 5 };

/** The wider ones are last. */
const struct support_network *network_at(int index);

/** Runs of a loop test of `cases` with each of the kernels to test. */
int with_all_kernels(int cases);

/** The kernels of run `index` of such a test. */
const char *kernels_of(int index, int cases);

/** A network, a stream through it, and signals for all of its channels. */
struct stream_fixture {
    struct tc_model *model;
    const char *kernels;
    struct tc_stream *stream;
    unsigned channels;
    struct support_signals in, knobs, out;
};

/** A stream with the named kernels; the test fails if there is none. */
struct tc_stream *stream_with(const struct tc_model *model, unsigned channels, const char *kernels);

/** Takes ownership of the model. */
struct stream_fixture fixture_of(struct tc_model *model, unsigned channels, const char *kernels);

/** Case `index` of with_all_kernels(NETWORKS). */
struct stream_fixture fixture_new(int index, unsigned channels);
void fixture_free(struct stream_fixture *b);

/** n frames, from frame `start` on. */
void fixture_play(struct stream_fixture *b, size_t start, size_t n);

/** The output (rows, FRAMES) of a new stream for the signals in one call. */
struct support_signals expected_output(const struct stream_fixture *b);

/** The same for the first n frames only; the others are 0. */
struct support_signals expected_start(const struct stream_fixture *b, size_t n);

/** Require `out` to be bit-identical to `expected`. `what` is for the message. */
void compare_output(const struct stream_fixture *b, struct support_signals expected,
                    const char *what);

/** The same; frees `expected`. */
void check_output(const struct stream_fixture *b, struct support_signals expected,
                  const char *what);

#endif
