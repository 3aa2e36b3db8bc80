/** @file
 *  The forward pass over some consecutive frames of a signal: the states on the way, which the
 *  backward pass needs, and statistics of gates and Jacobians. */
#ifndef TC_TRAJECTORY_H
#define TC_TRAJECTORY_H

#include "train/diagnose/lyapunov.h"
#include "train/exact/network_jacobian.h"

/** The network's input and state over consecutive frames. */
struct tc_trajectory {
    size_t frames;
    double *input; /* (frames, inputs) network input: audio with gain, knobs mapped */
    double *state; /* (frames, n) before each frame; the caller sets the first */
};

/** Sums and maxima over any number of trajectories; start from zeros. */
struct tc_trajectory_statistics {
    struct tc_lyapunov lyapunov;
    double step_bound; /* the largest bound on the norm of a Jacobian */
    size_t frames;
    /* Saturated values of each gate at its low and high end, as TC_SATURATED says; counts. */
    double low[TC_MAX_LAYERS][TC_MAX_GATES], high[TC_MAX_LAYERS][TC_MAX_GATES];
    double *jacobian, *sums; /* scratch (n, n) and (2 n) */
};

/** Run the network along a trajectory, fill its states and add to the statistics.
 *  Errors: TC_NO_MEMORY, TC_BAD_VALUE if the state is not finite after frame *bad. */
enum tc_status tc_trajectory_run(struct tc_trajectory *trajectory,
                                 struct tc_jacobian_network *network,
                                 struct tc_trajectory_statistics *statistics, size_t *bad);

#endif
