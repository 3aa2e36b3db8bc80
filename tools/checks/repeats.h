/** @file
 *  Passages that the input plays twice, bit for bit: what differs in the target is noise, or a
 *  device that is not the same each time. */
#ifndef TONECELL_REPEATS_H
#define TONECELL_REPEATS_H

#include "checks/aligned_pair.h"
#include "tonecell.h"

struct repeats {
    size_t frames;       /* in the passages that were found; 0: none of an eighth of a second */
    size_t longest;      /* frames */
    size_t first, again; /* where that one begins, twice */
    double esr;          /* of the noise in the target, see below; NAN: no passage */
};

/** Find them by a hash of each window of the input, of which one in 256 is kept. Of the targets a
 *  and b of a passage, from a second (or the half of a shorter one) after its start, when the
 *  device has forgotten what came before:
 *
 *      esr = sum (a - b)^2 / sum (a^2 + b^2)
 *
 *  Errors: TC_NO_MEMORY. From: Karp & Rabin 1987. */
enum tc_status repeats_find(const struct aligned_pair *pair, struct repeats *repeats,
                            struct tc_error *error);

#endif
