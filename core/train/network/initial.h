/** @file
 *  Initial weights. */
#ifndef TC_INITIAL_H
#define TC_INITIAL_H

#include "tonecell-train.h"
#include "train/data/random.h"

/** Fill a vector of parameters: W uniform within +-sqrt(6 / (in + out)) (Glorot & Bengio 2010),
 *  each gate's block of U as the options say, usually a random orthogonal matrix (Saxe, McClelland
 *  & Ganguli 2014), the forget gate's bias theirs, usually 1 (Gers, Schmidhuber & Cummins 2000),
 *  the readout a tenth of Glorot's range, so that the direct path dominates at first, the bias of
 *  modReLU within +-0.01, an embedding normal with variance 1 as torch.nn.Embedding's; everything
 *  else 0. Errors: TC_NO_MEMORY. */
enum tc_status tc_initial_parameters(const struct tc_architecture *arch,
                                     const struct tc_train_options *options,
                                     struct tc_random *random, float *parameters,
                                     struct tc_error *error);

/** Set the initial gate biases of LSTM and GRU layers for memory lengths up to `memory` (from 2)
 *  frames, drawn for each unit; they replace the forget gates' bias:
 *
 *      u uniform in 1 to memory - 1
 *      lstm   b_f = log u, b_i = -b_f       the forget gate s(b_f) = u / (1 + u)
 *      gru    b_z = log u
 *
 *  in the biases of the input. From: Tallec & Ollivier 2018 (chrono initialisation). */
void tc_initial_memory(const struct tc_architecture *arch, unsigned memory,
                       struct tc_random *random, float *parameters);

#endif
