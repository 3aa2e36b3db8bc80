/** @file
 *  The layers of another program's network (stages), to be converted to a model.
 *
 *  Such networks may have dense layers anywhere; a model has recurrent layers and one linear
 * readout. The conversion is exact. A dense layer that is
 *
 *      linear, before another layer   is folded into it: V (W x + b) + d = (V W) x + (V b + d)
 *      with an activation             becomes a plain RNN whose recurrent matrix is 0
 *      linear, at the end             becomes the readout; without it, that is the identity */
#ifndef TC_STAGES_H
#define TC_STAGES_H

#include "tonecell.h"

enum { TC_MAX_STAGES = 64 };

/** One layer. Values are in the order of tc_architecture_tensors(): weight_ih, weight_hh, bias_ih,
 *  bias_hh, h0 (and c0) if recurrent; the matrix [units][inputs] and bias if dense. */
struct tc_stage {
    bool dense;
    enum tc_cell cell;             /* TC_CELL_RNN if dense */
    enum tc_activation activation; /* if dense or an rnn; TC_TANH otherwise */
    unsigned inputs, units;
    float *values;
};

struct tc_stages {
    unsigned n;
    struct tc_stage stage[TC_MAX_STAGES];
};

/** Pointers to a stage's weights; NULL for those that it does not have. */
struct tc_stage_weights {
    float *w_ih, *w_hh, *b_ih, *b_hh, *h0, *c0;
};

/** Properties of the model other than its layers. */
struct tc_stages_use {
    unsigned audio_inputs, knobs; /* their sum: inputs of the first layer */
    float direct;
};

/** Append a layer whose weights are 0, to be filled in. Kind, cell, activation, inputs and
 *  units are those of `like`. Errors: TC_TOO_LARGE, TC_BAD_SHAPE (no inputs or units, or not
 *  as many inputs as the previous layer has units), TC_NO_MEMORY. */
enum tc_status tc_stages_add(struct tc_stages *stages, const struct tc_stage *like,
                             struct tc_error *error);

/** The weights of the stage that was added last. */
struct tc_stage_weights tc_stages_last(const struct tc_stages *stages);

/** Apply an activation to the output of the last stage, or to the `inputs` inputs if there is none
 *  yet. Errors: as tc_stages_add(). */
enum tc_status tc_stages_activate(struct tc_stages *stages, unsigned inputs,
                                  enum tc_activation activation, struct tc_error *error);

/** Create the model of all stages, which are modified. Errors: as tc_model_new(),
 *  TC_UNSUPPORTED (a linear layer only). */
enum tc_status tc_stages_model(struct tc_stages *stages, const struct tc_stages_use *use,
                               const struct tc_metadata *meta, struct tc_model **model,
                               struct tc_error *error);

void tc_stages_free(struct tc_stages *stages);

#endif
