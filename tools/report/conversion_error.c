#include "config.h"
#include "report/conversion_error.h"

#include "bench/noise.h"

#include <math.h>
#include <stdlib.h>

enum { BLOCK = 256 };

static const double SILENCE_S = 1.0, NOISE_S = 1.0, USUAL_RATE_HZ = 48000.0;

/* The stream of one model, with a block of its knobs and outputs. */
struct side {
    struct tc_stream *stream;
    unsigned outputs;
    float knobs[TC_MAX_KNOBS][BLOCK], samples[TC_MAX_AUDIO][BLOCK];
    const float *knob_of[TC_MAX_KNOBS];
    float *out_of[TC_MAX_AUDIO];
};

static enum tc_status open_side(struct side *side, const struct tc_model *model,
                                struct tc_error *error)
{
    side->outputs = tc_model_architecture(model)->outputs;
    for (unsigned k = 0; k < TC_MAX_KNOBS; ++k) {
        const struct tc_knob *const knob = &tc_model_metadata(model)->knob[k];
        const float part = 1.0f / (float)(k + 2);

        side->knob_of[k] = side->knobs[k];
        for (unsigned i = 0; i < BLOCK; ++i)
            side->knobs[k][i] = knob->min + part * (knob->max - knob->min);
    }
    for (unsigned o = 0; o < TC_MAX_AUDIO; ++o)
        side->out_of[o] = side->samples[o];
    return tc_stream_new(&side->stream, model, 1, error);
}

/* Play a block on both sides; returns the largest difference so far. */
static double play_block(struct side sides[2], const float *const *in, double largest)
{
    for (unsigned s = 0; s < 2; ++s)
        tc_stream_process(sides[s].stream, in, sides[s].knob_of, sides[s].out_of, BLOCK);
    for (unsigned o = 0; o < sides[0].outputs; ++o)
        for (unsigned i = 0; i < BLOCK; ++i)
            largest = fmax(largest, fabs((double)sides[0].samples[o][i] - sides[1].samples[o][i]));
    return largest;
}

static struct conversion_error compare(struct side sides[2], double rate_hz)
{
    struct conversion_error largest = {0.0, 0.0};
    float input[TC_MAX_AUDIO][BLOCK] = {{0}};
    const float *in[TC_MAX_AUDIO];
    uint32_t random = 1;

    for (unsigned a = 0; a < TC_MAX_AUDIO; ++a)
        in[a] = input[a];
    for (double frame = 0.0; frame < SILENCE_S * rate_hz; frame += BLOCK)
        largest.silence = play_block(sides, in, largest.silence);
    for (double frame = 0.0; frame < NOISE_S * rate_hz; frame += BLOCK) {
        for (unsigned a = 0; a < TC_MAX_AUDIO; ++a)
            noise_fill(input[a], BLOCK, &random);
        largest.noise = play_block(sides, in, largest.noise);
    }
    return largest;
}

enum tc_status conversion_error_measure(const struct tc_model *model,
                                        const struct tc_model *converted,
                                        struct conversion_error *difference, struct tc_error *error)
{
    const double rate_hz = tc_model_metadata(model)->sample_rate_hz;
    struct side *const sides = calloc(2, sizeof *sides);
    enum tc_status status;

    if (!sides)
        return tc_fail(error, TC_NO_MEMORY, "out of memory");
    status = open_side(&sides[0], model, error);
    if (status == TC_OK)
        status = open_side(&sides[1], converted, error);
    if (status == TC_OK)
        *difference = compare(sides, rate_hz > 0.0 && rate_hz < 1e6 ? rate_hz : USUAL_RATE_HZ);
    tc_stream_free(sides[0].stream);
    tc_stream_free(sides[1].stream);
    free(sides);
    return status;
}
