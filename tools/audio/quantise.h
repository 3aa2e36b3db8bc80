/** @file
 *  Quantisation of float samples, full scale 1, to integers. */
#ifndef TONECELL_QUANTISE_H
#define TONECELL_QUANTISE_H

#include <stdbool.h>
#include <stdint.h>

/** State for one signal. */
struct quantiser {
    unsigned bits;   /* of an integer sample, at most 32 */
    bool dither;     /* triangular (TPDF), two steps wide */
    uint64_t random; /* generator state; the same seed gives the same dither */
};

/** The sample as an integer in the high bits of an int. Values over full scale saturate. */
int quantise(struct quantiser *quantiser, float sample);

#endif
