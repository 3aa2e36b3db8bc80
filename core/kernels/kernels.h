/** @file
 *  The arithmetic of one frame, one table of functions per instruction set.
 *
 *  Everything here works on `lanes` channels at once, which share each load of the weights. Arrays
 *  hold one lane after the other: x (lanes, cols) has lane l at x + l * cols; an output y (lanes,
 *  rows) has lane l at y + l * pitch, pitch >= rows. A lane's result is the same for any number
 *  of lanes. No array may overlap another; any size from 0, any alignment. Nothing fails. */
#ifndef TC_KERNELS_H
#define TC_KERNELS_H

#include "tonecell.h"

struct tc_kernels {
    const char *name; /* "c" */

    /** y = W x + b with W (rows, cols) stored column by column, so that rows are contiguous.
     *  |error| <= (cols + 2) FLT_EPSILON (|b| + sum |w x|) in each row.
     *  y (lanes, rows), w (cols, rows), b (rows), x (lanes, cols) */
    void (*affine)(float *y, size_t pitch, const float *w, const float *b, const float *x,
                   size_t rows, size_t cols, size_t lanes) TC_REALTIME;

    /** y += W x, shapes and bound as affine (the old y counts as b). */
    void (*accumulate)(float *y, size_t pitch, const float *w, const float *x, size_t rows,
                       size_t cols, size_t lanes) TC_REALTIME;

    /** w . h + b of one row of contiguous weights, n values each; same bound. */
    float (*readout)(const float *w, const float *h, float b, size_t n) TC_REALTIME;

    /** v = activation(v), n values; absolute error <= TC_ACTIVATION_ERROR. */
    void (*activate)(float *v, enum tc_activation activation, size_t n) TC_REALTIME;

    /** h, c from the four blocks of z (i, f, g, o), as in tc_lstm_step(), for one lane of n
     *  units. Absolute error of h and of c <= 2 TC_ACTIVATION_ERROR (1 + |c|). */
    void (*lstm_gates)(float *h, float *c, const float *z, size_t n) TC_REALTIME;

    /** h from the four blocks of z (n, r, z, q), as in tc_gru_step(), for one lane of n units.
     *  Absolute error <= 4 TC_ACTIVATION_ERROR (1 + |q|). */
    void (*gru_gates)(float *h, const float *z, size_t n) TC_REALTIME;
};

/** Largest absolute error of an activation, over all floats. */
#define TC_ACTIVATION_ERROR 1e-6f

extern const struct tc_kernels tc_kernels_c;

#endif
