/** @file
 *  Dropout of layer inputs in training. */
#ifndef TC_DROPOUT_H
#define TC_DROPOUT_H

#include <stddef.h>
#include <stdint.h>

/** Each value of a layer's input is set to 0 with a probability p, and multiplied by 1 / (1 - p)
 *  otherwise, so that its mean stays and the trained network needs no other weights. The mask is a
 *  function of seed, layer, sequence and frame alone: a frame that is run again, in whichever
 *  shard, has the same one.
 *
 *  From: Srivastava et al. 2014; between layers only, not along time: Zaremba, Sutskever & Vinyals
 *  2014. */
struct tc_dropout {
    float probability; /* of dropping a value; 0 = none, at most 0.9; a multiple of 2^-16 is used */
    uint64_t seed;     /* of all sequences of the batch */
    size_t sequence;   /* of the batch: the first one of the shard */
    size_t frame;      /* of the segment: the first one of the chunk */
};

/** Apply dropout to the n input values of a layer at frame t of a sequence, or to their gradient.
 */
void tc_dropout_apply(const struct tc_dropout *dropout, float *values, size_t n, unsigned layer,
                      size_t sequence, size_t t);

#endif
