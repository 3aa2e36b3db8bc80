/** @file
 *  Neural Amp Modeler's SlimmableContainer: networks of several sizes, from which a player chooses.
 *
 *      config {submodels [{max_value, model}]}, sorted by max_value; each model is a whole document
 *
 *  From: NeuralAmpModelerCore. */
#ifndef TC_NAM_CONTAINER_H
#define TC_NAM_CONTAINER_H

#include "tonecell.h"

#include <jansson.h>

/** Is the document a network of LSTM layers: LSTM, CatLSTM or ConcatLSTM? */
bool tc_nam_is_lstm(const json_t *json);

/** Find the largest LSTM of a container. A warning in `facts` tells if it is not the last submodel.
 *  Errors: TC_BAD_FORMAT, TC_BAD_VALUE, TC_UNSUPPORTED (no LSTM). */
enum tc_status tc_nam_submodel(const json_t *container, struct tc_file_facts *facts,
                               const json_t **submodel, struct tc_error *error);

#endif
