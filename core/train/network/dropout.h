/** @file
 *  What a layer does not hear of the one below while training. */
#ifndef TC_DROPOUT_H
#define TC_DROPOUT_H

#include <stddef.h>
#include <stdint.h>

/** Each value is dropped with chance `share`, and multiplied by 1 / (1 - share) otherwise: the mean
 *  stays, and a network that plays with all of them needs no other weights. What is dropped follows
 *  from its place alone, so that a frame loses the same ones however often it is run, and whoever
 *  runs it. From: Srivastava et al. 2014; not in time: Zaremba, Sutskever & Vinyals 2014. */
struct tc_dropout {
    float share;     /* 0 = none; at most 0.9; a multiple of 2^-16 is used */
    uint64_t seed;   /* of all streams that walk side by side */
    size_t sequence; /* where the first sequence at hand stands among them */
    size_t frame;    /* where the first frame at hand stands in their walk */
};

/** Drop some of the n values that a layer hears at frame t of a sequence, or of their gradient. */
void tc_dropout_apply(const struct tc_dropout *dropout, float *values, size_t n, unsigned layer,
                      size_t sequence, size_t t);

#endif
