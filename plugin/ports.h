/** @file
 *  The ports of a plugin, in the order in which every host counts them right: control inputs,
 *  audio inputs, audio outputs, control outputs.
 *
 *      the model's knobs  the knob's             default: the nearest to the knob's that LADSPA has
 *      Input gain (dB)    -60 to 24              0
 *      Output gain (dB)   -60 to 24              0
 *      Dry                0 to 1                 0 (model only)
 *      Bypass             0, 1                   0 (off)
 *      Normalise          0, 1                   0 (off); 1: to -18 dB
 *      DC blocker         0, 1                   0 (off); 1: a high-pass of 5 Hz
 *      Rate               0, 1, 2                0 (automatic: 1); 1: resample; 2: delay states
 *      Oversampling       0, 1, 2                0 (none); 1: 2 times; 2: 4 times
 *      Input              audio; of the stereo plugin: Input L, Input R
 *      (control signal)   audio; of a model that has one as an audio input, under its name
 *      Output             audio; of the stereo plugin: Output L, Output R
 *      latency            frames, 0 to 192000    control output
 *
 *  Knob k is port k. All control ports have both bounds and a default. Those after the knobs
 *  default to 0, which is neutral, because some hosts send 0 for everything that the user did not
 *  set. */
#ifndef PLUGIN_PORTS_H
#define PLUGIN_PORTS_H

#include <ladspa.h>

#include "tonecell.h"

/** The controls that every model has, in their order after the knobs. */
enum fixed_control {
    CONTROL_IN_GAIN,
    CONTROL_OUT_GAIN,
    CONTROL_DRY,
    CONTROL_BYPASS,
    CONTROL_NORMALISE,
    CONTROL_DC_BLOCKER,
    CONTROL_RATE,
    CONTROL_OVERSAMPLING,
    FIXED_CONTROLS
};

enum {
    MAX_PLUGIN_CHANNELS = 2,
    MAX_PORTS = TC_MAX_KNOBS + FIXED_CONTROLS + 2 * MAX_PLUGIN_CHANNELS + 1
};

/** What the ports of a plugin depend on; zeroed but for the channels: one without a model. */
struct port_needs {
    unsigned channels; /* 1 or 2; 1 with a control signal */
    unsigned knobs;
    const struct tc_knob *knob; /* [knobs] */
    const char *control;        /* the name of an audio input for a control signal; NULL: none */
};

struct ports {
    unsigned knobs, inputs, channels; /* audio inputs and outputs */
    LADSPA_PortDescriptor descriptor[MAX_PORTS];
    LADSPA_PortRangeHint hint[MAX_PORTS];
    const char *name[MAX_PORTS];
    char knob_name[TC_MAX_KNOBS][64], control_name[64];
};

/** Describe the ports of a plugin. The names point into *ports, which must stay where it is. */
void ports_init(struct ports *ports, const struct port_needs *needs);

/** Numbers of ports: a fixed control, the first audio input, the first audio output, the latency.
 *  */
unsigned ports_control(const struct ports *ports, enum fixed_control control);
unsigned ports_audio_in(const struct ports *ports);
unsigned ports_audio_out(const struct ports *ports);
unsigned ports_latency(const struct ports *ports);
unsigned ports_count(const struct ports *ports);

#endif
