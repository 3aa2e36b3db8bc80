/** @file
 *  Players of many networks, with signals to play. */
#ifndef PLAYER_FIXTURE_H
#define PLAYER_FIXTURE_H

#include "tests/support/support.h"

/** At this rate a ramp takes 960 frames. */
#define RATE_HZ 48000.0

enum { RAMP_FRAMES = 960, FRAMES = 3000 };

/** A model, a player of it, and signals for all of its channels. */
struct player_fixture {
    struct tc_model *model;
    struct tc_player *player;
    struct tc_controls controls;
    unsigned channels;
    struct support_signals in, out;
};

/** A player; the test fails if there is none. */
struct tc_player *player_new(const struct tc_model *model, unsigned channels);

/** Takes ownership of the model. */
struct player_fixture fixture_of(struct tc_model *model, unsigned channels);

/** A network of support_networks. */
struct player_fixture fixture_new(int network, unsigned channels);

/** A model whose output is its input times `direct`, to see the player alone. */
struct player_fixture fixture_with_gain(float direct);
void fixture_free(struct player_fixture *b);

/** Run n frames, from frame `start` on, through any player. */
void run_player(struct tc_player *player, const struct tc_controls *controls,
                const struct support_signals *in, const struct support_signals *out, size_t start,
                size_t n);

/** The same through the fixture's own player. */
void play(struct player_fixture *b, size_t start, size_t n);

/** As play(), but in blocks of random lengths, 0 too. */
void play_in_blocks(struct player_fixture *b, size_t start, size_t n, uint64_t seed);

/** All frames: every control changes at frame 700, again at 900 in mid-ramp, and back at 2000. In
 *  blocks unless `seed` is 0. */
void play_with_changes(struct player_fixture *b, uint64_t seed);

/** Require n frames of `out`, from `start` on, to be bit-identical to `expected`. */
void check_output(const struct player_fixture *b, const float *expected, size_t start, size_t n,
                  const char *what);

/** Require the outputs of one channel, from frame `start` on, to be bit-identical to `expected`
 *  (outputs, FRAMES). */
void check_channel(const struct player_fixture *b, unsigned channel, const float *expected,
                   size_t start, const char *what);

/** Require `b`, whose output buffers are replaced by its input buffers, to play the samples that an
 *  equal fixture plays into buffers of its own. */
void check_in_place(struct player_fixture *b, struct player_fixture *expected);

/** Require the player of `b`, once reset, to play the same samples as that of `fresh`. */
void check_reset(struct player_fixture *b, struct player_fixture *fresh);

#endif
