/** @file
 *  Blocks of a recording that an audio interface or its driver lost or wrote twice. */
#ifndef TONECELL_DROPOUTS_H
#define TONECELL_DROPOUTS_H

#include "checks/aligned_pair.h"
#include "checks/repeated_blocks.h"
#include "data/levels.h"

struct dropouts {
    size_t n, first, frames; /* runs without signal; the first one's frame; in all */
    struct repeated_blocks repeated;
};

/** Find them in the target.
 *
 *  Lost: at least 32 equal samples, not at one of the target's extremes, in a target that moves by
 *  two steps of the converter and more on both sides, while the input is not below what it is at
 *  both ends of the run, as where gear has a dead zone, and does more than to decay, as behind a
 *  coupling capacitor; and
 *  - in a signal: input and target are within 50 dB of their loud parts, and the target jumps into
 *    or out of the run, by at least four steps of the converter; or
 *  - in noise or a soft signal: at most 0.2 s, where such a run is no chance
 *    (agreement_is_certain()), and the input's level in it is that beside it: no gate makes it.
 *  Written more than once: see repeated_blocks.h.
 *
 *  levels  of the pair
 *
 *  Errors: TC_NO_MEMORY. */
enum tc_status dropouts_find(const struct aligned_pair *pair, const struct levels *levels,
                             struct dropouts *dropouts, struct tc_error *error);

#endif
