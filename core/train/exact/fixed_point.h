/** @file
 *  Where the states of a model go when its inputs are constant, in double precision:
 *
 *      s* = f(s*, u)     u: audio inputs at one level, knobs at one part of their ranges
 *
 *  Near it a network is a linear system. Its points are some usual ones: silence and other levels,
 *  with knobs at their initial values and at both ends. One thread at a time. */
#ifndef TC_FIXED_POINT_H
#define TC_FIXED_POINT_H

#include "train/exact/network_jacobian.h"

enum tc_knob_position { TC_KNOBS_INITIAL, TC_KNOBS_MINIMUM, TC_KNOBS_MAXIMUM, TC_KNOB_POSITIONS };

enum { TC_FIXED_POINT_LEVELS = 5 };

struct tc_fixed_point {
    const struct tc_model *model;
    struct tc_jacobian_network *network;
    double *input; /* (network->inputs) */
    double *state; /* (n) s* */
    double *last;  /* (n) of the frame before */
    double *memory;
};

/** Positions of the knobs that differ: 1 without knobs. */
unsigned tc_knob_positions(const struct tc_model *model);

/** False if there is no memory; to be freed then, too. The model must outlive the point. */
bool tc_fixed_point_init(struct tc_fixed_point *point, const struct tc_model *model);

/** Free what a point of zeros, or after tc_fixed_point_init(), owns. */
void tc_fixed_point_free(struct tc_fixed_point *point);

/** The most frames for which a point's network is advanced: some tenths of a second. */
unsigned tc_fixed_point_max_frames(const struct tc_fixed_point *point);

/** Set the inputs to level 0 <= `level` < TC_FIXED_POINT_LEVELS, and advance the states until they
 *  stay, or long enough. */
void tc_fixed_point_find(struct tc_fixed_point *point, unsigned level,
                         enum tc_knob_position position);

#endif
