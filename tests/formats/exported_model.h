/** @file
 *  Models to be written for other programs. */
#ifndef EXPORTED_MODEL_H
#define EXPORTED_MODEL_H

#include "tests/support/support.h"

/** Where they are written. */
extern const char export_path[];

/** What a model consists of; zeros stand for what most models have. */
struct model_spec {
    enum tc_cell cell;
    unsigned hidden, layers, knobs, outputs, audio_inputs;
    float direct, in_gain_db, out_gain_db;
    float at_min, at_max; /* of all knobs; 0 and 0: 0 to 1 */
    enum tc_activation activation;
    unsigned hidden_1; /* units of layer 1; 0: as the others */
    enum tc_readout readout;
    bool residual, layer_norm, rate_assumed;
};

/** A model with random weights, and an initial state of zero, as all other formats have it. */
struct tc_model *make_model(const struct model_spec *spec);

/** A plain RNN of three units whose recurrent matrix is zero, a feedforward layer, and then a GRU.
 *  The parameters are for free(). */
struct tc_model *make_feedforward(enum tc_activation activation, float **parameters, size_t *n);

/** Write a model to export_path, and load that file. `facts` may be NULL. */
struct tc_model *export_and_load(const struct tc_model *model, enum tc_export format,
                                 struct tc_file_facts *facts);

#endif
