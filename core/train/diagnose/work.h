/** @file
 *  What the parts of tc_diagnose() share: the request, the scratch memory, the result. */
#ifndef TC_DIAGNOSIS_WORK_H
#define TC_DIAGNOSIS_WORK_H

#include "train/diagnose/flow.h"

/** Curves of a position: jacobian, gradient, then dh and dc of each layer. */
enum { TC_CURVE_JACOBIAN, TC_CURVE_GRADIENT, TC_CURVE_LAYERS };
enum { TC_CURVES = TC_CURVE_LAYERS + 2 * TC_MAX_LAYERS };

/** A diagnosis and the arrays it points to. */
struct tc_diagnosis_storage {
    struct tc_diagnosis diagnosis; /* first: tc_diagnosis_free() frees it all */
    size_t lag[TC_LAGS];
    struct tc_spread jacobian[TC_LAGS], gradient[TC_LAGS];
    double bound[TC_LAGS];
    double dh[TC_MAX_LAYERS][TC_LAGS], dc[TC_MAX_LAYERS][TC_LAGS];
    double singular[]; /* of each gate of each layer in turn: [hidden] */
};

struct tc_diagnosis_work {
    const struct tc_model *model;
    const float *const *input; /* [tc_input_buffers()] buffers of n_frames */
    size_t n_frames;
    const struct tc_diagnose_options *options;
    struct tc_diagnosis_storage *storage;
    struct tc_diagnosis *diagnosis; /* the one in storage */

    struct tc_jacobian_network *network;
    struct tc_stream *stream; /* advances along the signal from position to position */
    size_t stream_frames;     /* frames that it has processed */
    float *parameters;        /* the model's; h0 and c0 receive the stream's state */
    struct tc_trajectory trajectory;
    struct tc_trajectory_statistics statistics;
    double *memory;                        /* of trajectory and statistics */
    double (*curve)[TC_CURVES][TC_LAGS];   /* [positions] */
    struct tc_flow flow[TC_MAX_POSITIONS]; /* whose curves point into `curve` */
};

/** Refuse what cannot be diagnosed; `states` is the number of values in the state. Errors as
 *  tc_diagnose(). */
enum tc_status tc_diagnosis_check(const struct tc_diagnosis_work *work, size_t states,
                                  struct tc_error *error);

/** Choose frames, positions, lags and norm_lag of the diagnosis so that the work stays bounded. */
void tc_diagnosis_plan(const struct tc_diagnosis_work *work, size_t states);

/** A diagnosis of a network of this shape, all numbers 0. NULL if there is no memory. */
struct tc_diagnosis_storage *tc_diagnosis_storage_new(const struct tc_architecture *arch);

/** Measure at one position, after all that lie before it.
 *  Errors: TC_NO_MEMORY, TC_BAD_VALUE if the state is not finite. */
enum tc_status tc_diagnosis_measure(struct tc_diagnosis_work *work, unsigned position,
                                    struct tc_error *error);

/** Fill the diagnosis from the measurements at all positions. Errors: TC_NO_MEMORY. */
enum tc_status tc_diagnosis_summarise(struct tc_diagnosis_work *work);

#endif
