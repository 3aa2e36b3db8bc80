/** @file
 *  The inputs of a network, from audio samples and knobs: the same for streams and for training.
 *
 *      u = (in_gain * x, c, knobs),    rows: the audio inputs, of which the second may be a control
 *                                      signal c, then the knobs
 *
 *  The vector of a symbol, which follows, is in embedding.h. */
#ifndef TC_NETWORK_INPUT_H
#define TC_NETWORK_INPUT_H

#include "finite.h"
#include "model/model.h"
#include "tonecell.h"

/** An audio sample, times the input gain; 0 for NaN and infinities. */
static inline float tc_audio_input(float sample, float in_gain)
{
    return in_gain * tc_finite_or_zero(sample);
}

/** A knob's value in the user's unit: clamped to its range (NaN becomes its minimum), then mapped
 *  to at_min .. at_max. */
float tc_knob_input(const struct tc_knob *knob, float value) TC_REALTIME;

/** The gain of an audio input: `in_gain`, or 1 of a control signal. */
static inline float tc_audio_input_gain(const struct tc_architecture *arch,
                                        const struct tc_metadata *meta, size_t input, float in_gain)
{
    return tc_input_is_control(arch, meta, input) ? 1.0f : in_gain;
}

#endif
