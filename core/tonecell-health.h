/** @file
 *  Faults of a model that its score on recordings does not show: states that are never forgotten,
 *  oscillation on silence, and chaos, in which outputs do not follow from the input.
 *
 *  Nothing here is real-time safe. Errors as in tonecell.h. Part of libtonecell-train. */
#ifndef TONECELL_HEALTH_H
#define TONECELL_HEALTH_H

#include "tonecell.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The libraries are compiled with hidden visibility: they export what their headers declare. */
#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif

/** Faults, for the bits of tc_health_faults(). */
enum tc_health_fault {
    TC_HEALTH_REMEMBERS = 1, /* a loud burst still shows after two seconds of silence */
    TC_HEALTH_HUMS = 2,      /* the output oscillates on silence */
    TC_HEALTH_OFFSET = 4,    /* the output on silence has a large constant part (DC) */
    TC_HEALTH_RUNS_AWAY = 8  /* it is chaotic: a noise that nobody hears changes the output */
};

/** The standard deviation of the noise that a sensitivity is measured with, -120 dB of full scale:
 *  about that of the best converters, so that no recording states its input more exactly. */
#define TC_HEALTH_NOISE 1e-6

/** The sensitivity in dB from which on a model runs away: a hundredth of the output's energy, which
 *  is well heard, does not follow from the input. Trained models of pedals, amplifiers, compressors
 *  and tape that play well are below -29 dB on the signal of tc_health_measure(), most of them
 *  below -60 dB; one whose network is chaotic on some passages was at -1 dB. */
#define TC_RUNS_AWAY_DB (-20.0)

/** The RMS on silence from which on a model hums: -80 dB of full scale, the noise of a quiet
 *  amplifier. */
#define TC_HUM_RMS 1e-4

/** The constant part on silence from which on it counts as a fault: -20 dB of full scale. It takes
 *  a tenth of the range that later stages have, and is a click whenever the model is switched. */
#define TC_LARGE_OFFSET 0.1

/** What tc_health_measure() finds. Peaks and levels are relative to full scale, 1. */
struct tc_health {
    double silence_s; /* seconds of silence that were played after the burst */
    /* Seconds of silence until all outputs stay within 1e-3 (-60 dB) of their last value; NAN if
     * that takes nine tenths of silence_s or more. */
    double settles_start_s; /* from the initial state */
    double settles_burst_s; /* after a burst: a tenth of a second of noise within +-1 */
    /* Seconds of silence until outputs y_b after that burst and y_s from the initial state agree:
     *
     *     |y_b(t) - y_s(t)| <= max(1e-3 D, 1e-4) for good,   D = max |y_b - y_s| of each output
     *
     * a decay by 60 dB, as for reverberation times (ISO 3382), or to TC_HUM_RMS. NAN: not within
     * silence_s. */
    double forgets_s;
    /* Of each output in the last tenth of a second of the silence after the burst. */
    double rest_dc[TC_MAX_AUDIO];  /* mean */
    double rest_rms[TC_MAX_AUDIO]; /* RMS of what a straight line does not explain */
    double hum_hz; /* frequency of the output that is loudest at rest, with an RMS above TC_HUM_RMS;
                      NAN: none is, or it is not periodic */
    double burst_peak;     /* of the output while the burst is played */
    double impulse_peak;   /* largest difference from the output on silence after a frame at 1 */
    double constant_peak;  /* largest output while the input is constant, at 1 and at -1 */
    double sine_peak;      /* largest output on a sine of 100 Hz at full scale */
    double sensitivity_db; /* tc_health_sensitivity() of made-up notes of plucked strings, 41 Hz to
                              1.3 kHz, with peaks at -6 and -12 dB; NAN: not measured, since the
                              network is too large for the frames that this would take */
};

/** Measure a model, by the kernels that play it, on signals that are the same everywhere.
 *
 *  knob  [knobs] in the user's unit; NULL: the initial values
 *
 *  A control signal stays 0. The work is bounded: fewer frames are played of a large network, by
 *  its size alone. A second on one core at most for networks of up to 100 units.
 *  Errors: TC_UNSUPPORTED (an input of symbols, more than TC_MAX_AUDIO audio inputs or outputs),
 *  TC_NO_MEMORY. */
enum tc_status tc_health_measure(const struct tc_model *model, const float *knob,
                                 struct tc_health *health, struct tc_error *error);

/** The faults of a model with this architecture, as a sum of enum tc_health_fault; 0: none. Only
 *  models with a linear readout have any. */
unsigned tc_health_faults(const struct tc_architecture *arch, const struct tc_health *health);

/** How much of the output on a signal does not follow from it: with noise n of the standard
 *  deviation TC_HEALTH_NOISE added to the input x,
 *
 *      10 log10( sum (y(x + n) - y(x))^2 / sum max(y(x)^2, 1e-4) )
 *
 *  A model that follows its input gives the noise with its gain: -120 dB and a gain of 60 dB, that
 *  of the most distorted amplifier, are far below TC_RUNS_AWAY_DB beside outputs at -20 dB. In a
 *  chaotic one the difference grows exponentially, from frame to frame, to the size of the output.
 *  The result is the largest of four: x as it is, inverted, reversed in time, and both; so
 *  recordings that a network was trained on show what it does on others of the same kind.
 *
 *  input     [tc_input_buffers()] buffers of n_frames
 *  knob      as above
 *  *db       NAN without frames
 *
 *  Up to 524,288 frames are used, in eight excerpts. Errors as above. */
enum tc_status tc_health_sensitivity(const struct tc_model *model, const float *knob,
                                     const float *const *input, size_t n_frames, double *db,
                                     struct tc_error *error);

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#ifdef __cplusplus
}
#endif

#endif
