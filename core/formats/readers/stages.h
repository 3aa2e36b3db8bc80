/** @file
 *  A network as other programs write it down, layer by layer, on its way to a model.
 *
 *  Theirs may have dense layers in any place, a model has recurrent layers and one linear readout.
 *  The two meet exactly:
 *
 *      linear, before another layer   goes into its weights: V (W x + b) + d = (V W) x + (V b + d)
 *      with an activation             is a plain RNN whose recurrent matrix is 0
 *      linear, at the end             is the readout; where there is none, the identity is */
#ifndef TC_STAGES_H
#define TC_STAGES_H

#include "tonecell.h"

enum { TC_MAX_STAGES = 64 };

/** One layer. Weights stand as in tc_architecture_tensors(): of a recurrent one weight_ih,
 *  weight_hh, bias_ih, bias_hh, h0 (and c0), of a dense one its matrix [units][inputs] and bias. */
struct tc_stage {
    bool dense;
    enum tc_cell cell;             /* TC_CELL_RNN of a dense one */
    enum tc_activation activation; /* of a dense one and of an rnn; TC_TANH otherwise */
    unsigned inputs, units;
    float *values;
};

struct tc_stages {
    unsigned n;
    struct tc_stage stage[TC_MAX_STAGES];
};

/** Where a stage's weights are; NULL for what it does not have. */
struct tc_stage_weights {
    float *w_ih, *w_hh, *b_ih, *b_hh, *h0, *c0;
};

/** What a model has beside its layers. */
struct tc_stages_use {
    unsigned audio_inputs, knobs; /* both together: inputs of the first layer */
    float direct;
};

/** Append a layer whose weights are 0; it has to be filled in. Kind, cell, activation, inputs and
 *  units are those of `like`. Errors: TC_TOO_LARGE, TC_BAD_SHAPE (nothing to compute, or not as
 *  many inputs as the layer before has units), TC_NO_MEMORY. */
enum tc_status tc_stages_add(struct tc_stages *stages, const struct tc_stage *like,
                             struct tc_error *error);

/** The weights of the stage that was added last. */
struct tc_stage_weights tc_stages_last(const struct tc_stages *stages);

/** Apply an activation to what the last stage gives, or to the inputs (`inputs` many) if there is
 *  none yet. Errors: as tc_stages_add(). */
enum tc_status tc_stages_activate(struct tc_stages *stages, unsigned inputs,
                                  enum tc_activation activation, struct tc_error *error);

/** The model of all stages, which are changed on the way. Errors: as tc_model_new(),
 *  TC_UNSUPPORTED (no layer but a linear one). */
enum tc_status tc_stages_model(struct tc_stages *stages, const struct tc_stages_use *use,
                               const struct tc_metadata *meta, struct tc_model **model,
                               struct tc_error *error);

void tc_stages_free(struct tc_stages *stages);

#endif
