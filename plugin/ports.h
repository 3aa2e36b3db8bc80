/** @file
 *  The ports of a plugin, in the order in which every host counts them right: control inputs,
 *  audio inputs, audio outputs, control outputs.
 *
 *      port  name               range                  default
 *         0  Input gain (dB)    -60 to 24              0
 *         1  Output gain (dB)   -60 to 24              0
 *         2  Dry                0 to 1                 0 (model only)
 *         3  Bypass             0, 1                   0 (off)
 *         4  Normalise          0, 1                   0 (without effect so far)
 *         5  DC blocker         0, 1                   0 (without effect so far)
 *         6  Rate               0, 1, 2                0 (without effect so far)
 *         7  Oversampling       0, 1, 2                0 (without effect so far)
 *         8  the model's knobs  the knob's             the nearest to the knob's that LADSPA has
 *            Input              audio; of the stereo plugin: Input L, Input R
 *            Output             audio; of the stereo plugin: Output L, Output R
 *      last  latency            frames, 0 to 192000    control output
 *
 *  All control ports have both bounds and a default. Those before the knobs default to 0, which is
 *  neutral, because some hosts send 0 for everything that the user did not set. */
#ifndef PLUGIN_PORTS_H
#define PLUGIN_PORTS_H

#include <ladspa.h>

#include "tonecell.h"

enum {
    PORT_IN_GAIN,
    PORT_OUT_GAIN,
    PORT_DRY,
    PORT_BYPASS,
    PORT_NORMALISE, /* accepted without effect, as are the three below */
    PORT_DC_BLOCKER,
    PORT_RATE,
    PORT_OVERSAMPLING,
    PORT_FIRST_KNOB
};

enum {
    MAX_PLUGIN_CHANNELS = 2,
    MAX_PORTS = PORT_FIRST_KNOB + TC_MAX_KNOBS + 2 * MAX_PLUGIN_CHANNELS + 1
};

struct ports {
    unsigned knobs, channels;
    LADSPA_PortDescriptor descriptor[MAX_PORTS];
    LADSPA_PortRangeHint hint[MAX_PORTS];
    const char *name[MAX_PORTS];
    char knob_name[TC_MAX_KNOBS][64];
};

/** Describe the ports of a plugin of 1 or 2 channels. `knob` may be NULL when knobs is 0.
 *  The names point into *ports, which must stay where it is. */
void ports_init(struct ports *ports, const struct tc_knob *knob, unsigned knobs, unsigned channels);

/** Numbers of the first audio input, the first audio output, and the latency. */
unsigned ports_audio_in(const struct ports *ports);
unsigned ports_audio_out(const struct ports *ports);
unsigned ports_latency(const struct ports *ports);
unsigned ports_count(const struct ports *ports);

#endif
