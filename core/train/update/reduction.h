/** @file
 *  Sums over the shards of a batch, and decisions that hold for all of them, wherever they live.
 *
 *  Gradients, losses and moments are added shard by shard in the fixed order of all shards, so that
 *  the model depends neither on the number of threads nor on where a shard is worked on. A trainer
 *  calls these functions in the same order everywhere, with its own shards' terms; all get the
 *  same result. */
#ifndef TC_REDUCTION_H
#define TC_REDUCTION_H

#include <stdbool.h>
#include <stddef.h>

struct tc_reduction {
    /** sum[i] = term[0][i] + term[1][i] + ..., i < n, from left to right over all shards; term[0]
     *  may be sum itself. */
    void (*sum_floats)(const struct tc_reduction *reduction, float *sum, const float *const *term,
                       size_t n_terms, size_t n);
    void (*sum_doubles)(const struct tc_reduction *reduction, double *sum,
                        const double *const *term, size_t n_terms, size_t n);

    /** Whether any process decides so: to reject a step, to stop, that the time is up. Sums are the
     *  same everywhere, and what follows from them needs no call. */
    bool (*any)(const struct tc_reduction *reduction, bool here);
};

/** All shards are in this process. */
extern const struct tc_reduction tc_reduction_local;

#endif
