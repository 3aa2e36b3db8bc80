#include "config.h"
#include "report/conversion_error.h"

#include "measurement/noise.h"
#include "memory.h"

#include <math.h>
#include <stdlib.h>

enum { BLOCK = 256 };

static const double SILENCE_S = 1.0, NOISE_S = 1.0, USUAL_RATE_HZ = 48000.0;

/* The stream of one model, with a block of its knobs and outputs. */
struct side {
    struct tc_stream *stream;
    unsigned outputs;
    float knobs[TC_MAX_KNOBS][BLOCK];
    const float *knob_of[TC_MAX_KNOBS];
    float **out;
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
    side->out = tc_signals_new(side->outputs, BLOCK);
    if (!side->out)
        return tc_fail(error, TC_NO_MEMORY, "out of memory");
    return tc_stream_new(&side->stream, model, 1, error);
}

/* Play a block on both sides; returns the largest difference so far. */
static double play_block(struct side sides[2], const float *const *in, double largest)
{
    for (unsigned s = 0; s < 2; ++s)
        tc_stream_process(sides[s].stream, in, sides[s].knob_of, sides[s].out, BLOCK);
    for (unsigned o = 0; o < sides[0].outputs; ++o)
        for (unsigned i = 0; i < BLOCK; ++i)
            largest = fmax(largest, fabs((double)sides[0].out[o][i] - sides[1].out[o][i]));
    return largest;
}

static struct conversion_error compare(struct side sides[2], float **input, unsigned inputs,
                                       double rate_hz)
{
    struct conversion_error largest = {0.0, 0.0};
    const float *const *const in = (const float *const *)input;
    uint32_t random = 1;

    for (double frame = 0.0; frame < SILENCE_S * rate_hz; frame += BLOCK)
        largest.silence = play_block(sides, in, largest.silence);
    for (double frame = 0.0; frame < NOISE_S * rate_hz; frame += BLOCK) {
        for (unsigned a = 0; a < inputs; ++a)
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
    const unsigned wanted = tc_input_buffers(tc_model_architecture(model));
    const unsigned inputs = wanted > TC_MAX_AUDIO ? wanted : TC_MAX_AUDIO; /* the same noise */
    struct side *const sides = calloc(2, sizeof *sides);
    float **const input = tc_signals_new(inputs, BLOCK);
    enum tc_status status;

    if (!sides || !input) {
        free(sides);
        free(input);
        return tc_fail(error, TC_NO_MEMORY, "out of memory");
    }
    status = open_side(&sides[0], model, error);
    if (status == TC_OK)
        status = open_side(&sides[1], converted, error);
    if (status == TC_OK)
        *difference =
            compare(sides, input, inputs, rate_hz > 0.0 && rate_hz < 1e6 ? rate_hz : USUAL_RATE_HZ);
    tc_stream_free(sides[0].stream);
    tc_stream_free(sides[1].stream);
    free(sides[0].out);
    free(sides[1].out);
    free(sides);
    free(input);
    return status;
}
