/** @file
 *  Pre-emphasis: the filter that errors pass before their loss is taken.
 *
 *  A cascade of sections of first order, in direct form II transposed, each with a state s:
 *
 *      y = b0 x + s,      s = b1 x - a1 y          H(z) = (b0 + b1 z^-1) / (1 + a1 z^-1)
 *
 *  Computed in double: the poles of A-weighting at 20.6 Hz lie within 0.003 of 1. States are floats
 *  between calls, as those of cells are. */
#ifndef TC_EMPHASIS_H
#define TC_EMPHASIS_H

#include "tonecell-train.h"

#include <stddef.h>

enum { TC_EMPHASIS_SECTIONS = 7 };

struct tc_emphasis {
    unsigned n; /* sections; 0: the filter changes nothing */
    struct {
        double b0, b1, a1;
    } section[TC_EMPHASIS_SECTIONS];
};

/** The filter of an option.
 *
 *      HIGH           1 - 0.85 z^-1
 *      A_WEIGHTING    A(z) (1 + 0.85 z^-1) / 1.85
 *
 *  A(z) is the bilinear transform, at rate_hz and without prewarping, of
 *
 *      A(s) = g s^4 / ((s + w1)^2 (s + w2) (s + w3) (s + w4)^2)
 *
 *  w1 to w4 2 pi times 20.598997, 107.65265, 737.86223 and 12194.217 Hz; |A| = 1 at 1 kHz.
 *
 *  rate_hz  above 0; of A-weighting only
 *
 *  From: Damskagg, Juvela, Thuillier & Valimaki 2019; IEC 61672-1:2013, annex E; the low-pass and
 *  its use: Wright & Valimaki 2020. */
struct tc_emphasis tc_emphasis_of(enum tc_pre_emphasis kind, double rate_hz);

/** Filter n_frames of v in place.
 *
 *  state  (filter->n) in: of the frames before, zeros at the start; out: of the frames after */
void tc_emphasis_apply(const struct tc_emphasis *filter, float *state, float *v, size_t n_frames);

/** The transposed filter: in place from dL/d of what tc_emphasis_apply() gave to dL/d of what it
 *  took. It is the same filter with time reversed.
 *
 *  state  (filter->n) as above, with time reversed: zeros where no later frame counts */
void tc_emphasis_apply_transposed(const struct tc_emphasis *filter, float *state, float *v,
                                  size_t n_frames);

#endif
