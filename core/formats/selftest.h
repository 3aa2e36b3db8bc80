/** @file
 *  A test signal and a model's output for it, stored in the model's file: loading the file checks
 *  that this program on this machine computes the output that was computed when it was written.
 *
 *      input   (T, I)  each frame: the audio inputs, then the knobs in the user's unit
 *      output  (T, O)
 *
 *  The model starts from its initial state, and the gains of its metadata are applied. */
#ifndef TC_SELFTEST_H
#define TC_SELFTEST_H

#include "tonecell.h"

enum { TC_SELFTEST_FRAMES = 2048, TC_SELFTEST_MAX_FRAMES = 65536 };

/** Largest accepted difference, relative to max(1, peak of the output). */
#define TC_SELFTEST_TOLERANCE 1e-4

/** Where the model's output differs most from the stored one. */
struct tc_selftest_worst {
    double difference; /* relative to max(1, peak); NaN or infinite counts as infinite */
    size_t frame;
    unsigned output;
    float found, stored;
};

/** The number of values in a frame of the input. */
size_t tc_selftest_inputs(const struct tc_model *model);

/** The test signal for a model: a falling sweep with pauses over noise, each knob through its
 *  whole range. Errors: none. */
void tc_selftest_signal(const struct tc_model *model, size_t n_frames, float *input);

/** Compute the model's output. Errors: TC_NO_MEMORY. */
enum tc_status tc_selftest_run(const struct tc_model *model, size_t n_frames, const float *input,
                               float *output, struct tc_error *error);

/** Compare the model's output with the stored one. Errors: TC_NO_MEMORY. */
enum tc_status tc_selftest_compare(const struct tc_model *model, size_t n_frames,
                                   const float *input, const float *stored,
                                   struct tc_selftest_worst *worst, struct tc_error *error);

/** Fail with TC_BAD_VALUE if the difference exceeds the tolerance. */
enum tc_status tc_selftest_judge(const struct tc_selftest_worst *worst, struct tc_error *error);

#endif
