/** @file
 *  From float samples, full scale 1, to integers. */
#ifndef TONECELL_QUANTISE_H
#define TONECELL_QUANTISE_H

#include <stdbool.h>
#include <stdint.h>

/** One stream of samples. */
struct quantiser {
    unsigned bits;   /* of an integer sample, at most 32 */
    bool dither;     /* triangular, of two steps */
    uint64_t random; /* any seed: the same seed gives the same dither */
};

/** The sample as an integer in the high bits of an int; what is over full scale saturates. */
int quantise(struct quantiser *quantiser, float sample);

#endif
