/** @file
 *  The cases that kernels are tested with: every table, every cell, many sizes. */
#ifndef KERNEL_CASES_H
#define KERNEL_CASES_H

#include "kernels/kernels.h"

enum {
    KINDS = 11,
    INPUTS = 4,
    CHANNEL_COUNTS = 6,
    MAX_HIDDEN = 130 /* over eight of the widest vectors */
};

/** Every cell and activation. */
extern const struct tc_layer kinds[KINDS];

extern const size_t inputs_tried[INPUTS];
extern const size_t channels_tried[CHANNEL_COUNTS];

/** The numbers for a hidden size, in rotation, so that each vector width is tested with all of
 *  them.
 */
size_t inputs_for(size_t hidden, int turn);
size_t channels_for(size_t hidden, int turn);

/** The step from one hidden size to the next in the tests that take every size: 1, or the
 *  environment variable HIDDEN_STRIDE, which spares emulators. Each kind should start at another
 *  size below it, so that together they have all. */
size_t hidden_stride(void);

/** The first table from `k` on that is to be tested; NULL after the last. */
const struct tc_kernels *const *tested(const struct tc_kernels *const *k);

#endif
