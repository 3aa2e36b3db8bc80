/** @file
 *  The contents of a model, and the offsets of tensors in its parameters. */
#ifndef TC_MODEL_H
#define TC_MODEL_H

#include "model/cell.h"

/** Bands of equal width up to half of a model's rate, for tc_model.delay_sensitivity. */
enum { TC_DELAY_BANDS = 64 };

struct tc_eigenvalue {
    double real, imaginary;
};

struct tc_model {
    struct tc_architecture arch;
    bool control_is_knob; /* audio input 1 is in the unit of the knob `control`:
                             tc_model_with_control_input() */
    struct tc_knob control;
    struct tc_metadata meta; /* meta.training is owned by the model, or NULL */
    float *parameters;
    /* Of the Jacobian of the states by those of the frame before, ds[t] / ds[t - 1], at rest: what
     * the stability of a delayed recurrence depends on; NULL if they are not known. */
    size_t n_eigenvalues;
    struct tc_eigenvalue *eigenvalues; /* owned */
    /* The squared error of a delayed recurrence, relative to the output, for each unit of squared
     * error of the delay's response in a band: train/exact/delay_sensitivity.h. */
    bool knows_delay_sensitivity;
    float delay_sensitivity[TC_DELAY_BANDS];
};

/** Is an audio input the control signal, on which no gain acts? */
static inline bool tc_input_is_control(const struct tc_architecture *arch,
                                       const struct tc_metadata *meta, size_t input)
{
    return meta->control[0] && arch->audio_inputs == 2 && input == 1;
}

/** Check a knob against what struct tc_knob says; `index` is for messages. Errors: TC_BAD_VALUE. */
enum tc_status tc_knob_check(const struct tc_knob *knob, unsigned index, struct tc_error *error);

/** Offsets of one layer's tensors in a flat vector. */
struct tc_layer_offsets {
    size_t w_ih, w_hh, b_ih, b_hh, peephole, norm_gain, norm_bias, h0, c0; /* 0 if the layer has
                                                                              none */
};

/** Offsets of the readout. */
struct tc_readout_offsets {
    size_t w, b;
};

/** The most outputs of a readout: features or classes. */
static inline unsigned tc_max_outputs(enum tc_readout readout)
{
    return readout == TC_READOUT_LINEAR ? TC_MAX_FEATURES : TC_MAX_CLASSES;
}

/** Fill offsets[arch->layers] and *readout; returns the length of the vector. */
size_t tc_parameter_offsets(const struct tc_architecture *arch, struct tc_layer_offsets *offsets,
                            struct tc_readout_offsets *readout);

/** Has a layer a residual connection: is its input added to its output? */
static inline bool tc_layer_is_residual(const struct tc_architecture *arch, unsigned index)
{
    return arch->residual && index > 0 &&
           arch->layer[index].hidden == arch->layer[index - 1].hidden;
}

#endif
