/** @file
 *  How much of a model's output does not follow from its input: see tc_health_sensitivity(). */
#ifndef TC_SENSITIVITY_H
#define TC_SENSITIVITY_H

#include "tonecell-health.h"
#include "train/data/random.h"

enum { TC_SENSITIVITY_VARIANTS = 4 };

/** How a signal is played. */
struct tc_variant {
    float gain; /* of all inputs but control signals */
    bool reversed;
};

/** As it is, inverted, reversed, and both. */
extern const struct tc_variant tc_variants_of_recordings[TC_SENSITIVITY_VARIANTS];

/** A stretch of a signal with constant knobs. */
struct tc_excerpt {
    const float *const *input; /* [tc_input_buffers()] */
    const float *knob;         /* [knobs] */
    size_t start, n_frames;    /* in them */
    unsigned audio;            /* the first inputs, which get gain and noise */
};

/** Sums over excerpts; start from all zeros. */
struct tc_sensitivity {
    double output[TC_SENSITIVITY_VARIANTS]; /* energy */
    double change[TC_SENSITIVITY_VARIANTS]; /* of the difference that noise makes */
    struct tc_random random;                /* of the noise */
};

/** Play an excerpt from the model's initial state, in all variants, with noise and without, and add
 *  it. Errors: TC_NO_MEMORY. */
enum tc_status tc_sensitivity_add(struct tc_sensitivity *sensitivity, const struct tc_model *model,
                                  const struct tc_variant variant[TC_SENSITIVITY_VARIANTS],
                                  const struct tc_excerpt *excerpt);

/** The largest ratio of all variants in dB; NAN without frames. */
double tc_sensitivity_db(const struct tc_sensitivity *sensitivity);

/** Inputs of a model that are no control signal. */
unsigned tc_audio_without_control(const struct tc_model *model);

enum { TC_EXCERPTS = 8, TC_EXCERPT_FRAMES = 1 << 16 };

/** Where excerpt `index` of TC_EXCERPTS begins in a signal of n_frames: they are evenly spread, and
 *  overlap in a short one. *frames receives its length. */
size_t tc_excerpt_start(unsigned index, size_t n_frames, size_t *frames);

#endif
