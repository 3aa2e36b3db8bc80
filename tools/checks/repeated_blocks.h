/** @file
 *  Blocks of a recording that an audio interface or its driver wrote more than once. */
#ifndef TONECELL_REPEATED_BLOCKS_H
#define TONECELL_REPEATED_BLOCKS_H

#include "checks/aligned_pair.h"
#include "tonecell.h"

struct repeated_blocks {
    size_t n, first, frames; /* how many; the first one's frame and length */
};

/** Find them in the target: frames that are not all the same and are equal, sample by sample, to
 *  those up to 8192 frames before, while the input's are not; no chance (agreement_is_certain());
 *  and
 *  - at least 64 frames that repeat all that was before them and no more; or
 *  - at least 32 frames of noise, in and around them: of whatever length and place, as the rest of
 *    a ring buffer has.
 *  A steady tone is equal to itself for longer than eight periods.
 *
 *  Errors: TC_NO_MEMORY. From: Karp & Rabin 1987 (a hash that rolls). */
enum tc_status repeated_blocks_find(const struct aligned_pair *pair, struct repeated_blocks *blocks,
                                    struct tc_error *error);

#endif
