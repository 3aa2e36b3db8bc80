/** @file
 *  Training in vectors: one source for every instruction set. layer_avx2.c and its like include
 *  the vector type `vf` with its operations v_...(), then this. */
#ifndef TC_LAYER_SOURCE_H
#define TC_LAYER_SOURCE_H

#include "train/kernels/layer_tables.h"
#include "model/cell.h"

#include <string.h>

/* In this order: each builds on those before. */
#include "cells/activation.h"
#include "kernels/inline.h"

#include "kernels/gates.h"

#include "train/kernels/layout.h"
#include "train/kernels/tiles.h"

#include "train/kernels/packing.h"

#include "train/kernels/forward.h"

#include "train/kernels/backward.h"

/* Of each cell: its equations, forward and backward. */
#include "train/kernels/gru_gates.h"
#include "train/kernels/gru_reset_before_gates.h"
#include "train/kernels/lstm_gates.h"
#include "train/kernels/rnn_gates.h"

#include "train/kernels/functions_by_cell.h"

#include "train/kernels/gradient.h"

#include "train/kernels/readout.h"

#define TC_LAYER_TABLE(its_name, its_needs)                                                   \
    {                                                                                         \
        .name = its_name, .needs = its_needs, .width = V_WIDTH, .forward_size = forward_size, \
        .gates_floats = gates_floats, .dz_floats = dz_floats, .state_size = state_size,       \
        .input_size = input_size, .pack_forward = pack_forward, .pack_state = pack_state,     \
        .pack_input = pack_input, .unpack_gradient = unpack_gradient, .forward = forward,     \
        .backward = backward, .gradient = weight_gradient, .input_gradient = input_gradient,  \
        .readout_size = readout_size, .pack_readout = pack_readout, .readout = readout,       \
        .readout_backward = readout_backward,                                                 \
    }

#endif
