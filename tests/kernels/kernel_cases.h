/** @file
 *  What kernels are tested with: each of their tables, every cell, many sizes. */
#ifndef KERNEL_CASES_H
#define KERNEL_CASES_H

#include "kernels/kernels.h"

enum {
    KINDS = 11,
    INPUTS = 4,
    CHANNEL_COUNTS = 6,
    MOST_HIDDEN = 130 /* over eight of the widest vectors */
};

/** Every cell and activation. */
extern const struct tc_layer kinds[KINDS];

extern const size_t inputs_tried[INPUTS];
extern const size_t channels_tried[CHANNEL_COUNTS];

/** Each hidden size takes some of those, in rotation, so that each vector width is tested with all
 * of them.
 */
size_t inputs_for(size_t hidden, int turn);
size_t channels_for(size_t hidden, int turn);

/** The best table from `k` on that is to be tested; NULL after the last. */
const struct tc_kernels *const *tested(const struct tc_kernels *const *k);

#endif
