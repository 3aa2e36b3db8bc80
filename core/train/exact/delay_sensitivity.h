/** @file
 *  How far a delay of a model's states changes its output, by the linear system that the model is
 *  near a fixed point. With states that are fed back through a filter D instead of by one frame the
 *  response to a small signal is
 *
 *      H(D) = sum_t h[t] D^t      h: the impulse response; D = e^(-i w) at the model's own rate
 *
 *  so that an interpolation with D + delta changes the output by dH/dD delta. The squared error,
 *  relative to the output, for a signal of spectrum S is
 *
 *      sum_j v_j |delta(w_j)|^2,  v_j = S(w_j) |dH/dD (w_j)|^2 / sum_j S(w_j) |H(w_j)|^2
 *
 *  v (TC_DELAY_BANDS) does not depend on the delay: a model keeps it (struct tc_model), and players
 *  know the error at any rate (core/player/stable_delay.h). Sums go over the levels of the fixed
 *  points; of the positions of the knobs each v_j is the largest. */
#ifndef TC_DELAY_SENSITIVITY_H
#define TC_DELAY_SENSITIVITY_H

#include "model/model.h"
#include "train/exact/fixed_point.h"

struct tc_delay_sensitivity {
    double output;                 /* at this position of the knobs: sum of S |H|^2 ... */
    double change[TC_DELAY_BANDS]; /* ... and of S |dH/dD|^2 */
    float worst[TC_DELAY_BANDS];   /* v of the positions before */
    double *response;              /* (max_frames, outputs) h */
    double *states;                /* (2, n) after an impulse up, and one down */
};

/** False if there is no memory; to be freed then, too. */
bool tc_delay_sensitivity_init(struct tc_delay_sensitivity *s, const struct tc_fixed_point *point);

/** Free what a sensitivity of zeros, or after tc_delay_sensitivity_init(), owns. */
void tc_delay_sensitivity_free(struct tc_delay_sensitivity *s);

/** Add a fixed point with the knobs at the present position. */
void tc_delay_sensitivity_add(struct tc_delay_sensitivity *s, const struct tc_fixed_point *point);

/** The points that follow have the knobs at another position. */
void tc_delay_sensitivity_end_position(struct tc_delay_sensitivity *s);

/** Let a model keep the result, unless its rate is not known or the result not finite. */
void tc_delay_sensitivity_copy(const struct tc_delay_sensitivity *s, struct tc_model *model);

#endif
