/** @file
 *  Batch normalisation of the input path: of W_ih x, and not of the recurrent W_hh h.
 *
 *      a_r = g_r (v_r^T x - mu_r) / sigma_r + b_r        in place of w_r^T x + b_r, for each row r
 *      mu_r = v_r^T m,   sigma_r^2 = v_r^T C v_r + 1e-5    mean and variance of v_r^T x over frames
 *
 *  m and C are mean and covariance of a layer's input x. With them, that is
 *
 *      w_r = g_r v_r / sigma_r,   b_ih_r = b_r - w_r^T m
 *
 *  and these are the weights that shards run with, and that a model has: nothing that plays knows
 *  of it. The optimiser updates v, g and b. Gradients are those of mu and sigma by v, too, but m
 *  and C of layers above the lowest are constant in an update; between updates they are running
 *  means.
 *
 *  From: Ioffe & Szegedy 2015; of the input path only: Laurent, Pereyra, Brakel, Zhang & Bengio
 *  2016. The derivatives by the chain rule. */
#ifndef TC_BATCH_NORM_H
#define TC_BATCH_NORM_H

#include "tonecell-train.h"
#include "train/network/moments.h"

struct tc_batch_norm_layer {
    size_t rows, inputs; /* of W_ih */
    size_t w, b;         /* offsets of W_ih and b_ih in a vector of parameters: of v and b, too */
    size_t g;            /* offset of g, after all parameters */
    double *mean, *cov;  /* m and C */
    double *cov_v;       /* (inputs) scratch: C v */
};

struct tc_batch_norm {
    unsigned layers; /* 0: nothing is normalised */
    size_t gains;    /* numbers of g, which follow the parameters in the unconstrained vector */
    struct tc_batch_norm_layer layer[TC_MAX_LAYERS];
    bool initialised[TC_MAX_LAYERS]; /* whether m and C of a layer were ever measured */
    size_t statistics, scratch;      /* doubles of all m and C, and of all cov_v after them */
    double *memory;
};

/** What the options ask for. The gains follow `values` numbers, of which the network's parameters
 *  are the first. Errors: TC_NO_MEMORY. */
enum tc_status tc_batch_norm_new(struct tc_batch_norm **norm, const struct tc_architecture *arch,
                                 const struct tc_train_options *options, size_t values,
                                 struct tc_error *error);
void tc_batch_norm_free(struct tc_batch_norm *norm);

/** Doubles of the moments of all layers, and where in such memory those of a layer are. */
size_t tc_batch_norm_moments_doubles(const struct tc_batch_norm *norm);
double *tc_batch_norm_moments(const struct tc_batch_norm *norm, unsigned layer, double *moments);

/** Move m and C of a layer a tenth of the way to those of moments. The first time they become them,
 *  and g and b those with which w and b_ih stay as they are: g = sigma, b += mu. */
void tc_batch_norm_update(struct tc_batch_norm *norm, unsigned layer, const double *moments,
                          float *unconstrained);

/** parameters[...] = w and b_ih of layers whose m and C were measured, from v, g and b. */
void tc_batch_norm_apply(const struct tc_batch_norm *norm, const float *unconstrained,
                         float *parameters);

/** v, g and b that make the w and b_ih in `parameters` with the present m and C, of layers
 *  whose m and C were measured: for parameters of an earlier update. */
void tc_batch_norm_rebase(const struct tc_batch_norm *norm, const float *parameters,
                          float *unconstrained);

/** Turn dL/dw and dL/db_ih, in place, into those of v and b, and write that of g:
 *
 *      dg = (dw^T v - db_ih mu) / sigma,   db = db_ih
 *      dv = g / sigma (dw - db_ih m - dg / sigma C v) */
void tc_batch_norm_gradient(const struct tc_batch_norm *norm, const float *unconstrained,
                            float *gradient);

#endif
