/** @file
 *  Forward and backward through a network for several sequences at once: all of a shard.
 *
 *  A chunk is the frames between two updates of the weights: what the gradient is followed through
 *  in truncated backpropagation through time. A shard works on it in blocks of TC_BLOCK_FRAMES, all
 *  layers in turn, so that what one step writes the next still finds in the cache.
 *
 *      shard.h               the shard: its life, its input, output and dL/doutput
 *      shard_state.h         the state of its sequences: reset, advance, save, load
 *      shard_forward.h       forward
 *      shard_backward.h      backward, and where the gradient is cut
 *      shard_initial_state.h the gradient of the initial state
 *
 *  inside, from the bottom: shard_memory.h (what lies where), shard_layer.h (one layer's view of a
 *  block), shard_gradient.h (gradients in the order of the parameters). */
#ifndef TC_NETWORK_H
#define TC_NETWORK_H

#include "train/network/shard.h"
#include "train/network/shard_backward.h"
#include "train/network/shard_forward.h"
#include "train/network/shard_initial_state.h"
#include "train/network/shard_state.h"
#include "train/network/weights.h"

#endif
