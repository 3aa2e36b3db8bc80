/** @file
 *  Blocks of a recording that an audio interface or its driver lost or wrote twice. */
#ifndef TONECELL_DROPOUTS_H
#define TONECELL_DROPOUTS_H

#include "checks/aligned_pair.h"
#include "data/levels.h"

struct dropouts {
    size_t n, first, frames; /* runs without signal; the first one's frame; in all */
    size_t n_repeated, first_repeated, block; /* blocks of `block` frames written twice */
};

/** Find them in the target.
 *
 *  Lost: at least 32 equal samples, not at one of the target's extremes, into or out of which it
 *  jumps, while input and target are within 50 dB of their loud parts.
 *  Written twice: a block of 64 to 8192 frames equal to the one before, sample by sample, which a
 *  recorded sound never is, while the input's are not, and which goes on otherwise.
 *
 *  levels  of the pair */
void dropouts_find(const struct aligned_pair *pair, const struct levels *levels,
                   struct dropouts *dropouts);

#endif
