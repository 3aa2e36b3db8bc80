/** @file
 *  Converters for tests of the player: simple enough for their output to be computed
 *  by hand. */
#ifndef TESTS_CONVERTERS_H
#define TESTS_CONVERTERS_H

#include "player/converter.h"

enum {
    GROUP_HOST_FRAMES = 3,
    GROUP_MODEL_FRAMES = 2,
    MAX_DELAY_FRAMES = 100,
    MAX_CONVERTER_ROWS = 12
};

/** The frames of an incomplete group, and those before. */
struct converter_row {
    float delay[MAX_DELAY_FRAMES];
    float group[GROUP_HOST_FRAMES];
};

struct test_converter {
    struct tc_converter base;
    unsigned inputs, outputs; /* of a channel */
    unsigned n_inputs, n_outputs;
    size_t taken;     /* frames of the host */
    size_t delivered; /* output frames of the model */
    struct converter_row in[MAX_CONVERTER_ROWS], out[MAX_CONVERTER_ROWS];
};

/** The model runs at twice the rate of the host: each frame is repeated, and the first of
 *  two output frames is kept. */
void double_rate_init(struct test_converter *converter, const struct tc_model *model,
                      unsigned channels, double rate_hz);

/** The model runs at two thirds of the rate of the host: after `delay` frames of silence, of each
 *  three frames (a, b, c) the model's input is (a, c); its output (p, q) becomes (p, q, q). */
void two_thirds_init(struct test_converter *converter, const struct tc_model *model,
                     unsigned channels, double rate_hz, unsigned delay);

#endif
