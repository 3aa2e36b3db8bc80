/** @file
 *  What is measured of a model: properties that its file does not state. */
#ifndef TONECELL_MODEL_MEASUREMENTS_H
#define TONECELL_MODEL_MEASUREMENTS_H

#include "measurement/aliasing.h"
#include "tonecell-health.h"

/** The initial state is settled if the output on silence then changes by less than this: -80 dB. */
#define SETTLED 1e-4

enum { SESSION_RATES = 3 };

/** The cost in a session of a usual rate, conversion from and to the model's included. */
struct session_cost {
    double rate_hz, core_percent;
};

struct model_measurements {
    size_t weights[TC_MAX_LAYERS + 1]; /* trainable: of each layer, then of the readout */
    bool initial_state_stored;         /* the initial state is not zero */
    double silence[TC_MAX_AUDIO];      /* mean output in the second half of a second of silence */
    double noise[TC_MAX_AUDIO];        /* RMS deviation from that mean */
    double drift;                      /* range of the output in the whole second */
    double ns_per_sample, core_percent, rate_hz; /* rate_hz: 48000 if the file has none */
    struct session_cost session[SESSION_RATES];  /* 44.1, 48, 96 kHz */
    struct tc_health health;
    double aliasing[ALIASING_SINES]; /* aliasing_measure_sines(); NAN of a large network */
    double half_precision_esr;       /* against full precision; 0 if no layer takes half */
};

/** Count a model's weights and play it on one channel, its knobs at their initial values. Takes
 *  some seconds. Errors: TC_NO_MEMORY and those of tc_player_new(). */
enum tc_status model_measurements_take(const struct tc_model *model, struct model_measurements *m,
                                       struct tc_error *error);

#endif
