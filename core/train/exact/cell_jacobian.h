/** @file
 *  One frame through one layer in double precision, with its derivatives.
 *
 *  This is the Jacobian ds_t/ds_(t-1) in double precision, for diagnose; the gradient that trains
 *  is in core/train/kernels. A cell is one file with its formula, found
 *  by its row in cell_rows.h; the code that uses them does not depend on which cells there are. */
#ifndef TC_CELL_JACOBIAN_H
#define TC_CELL_JACOBIAN_H

#include "model/cell.h"

#include <cblas.h>
#include <math.h>

struct tc_jacobian_layer;

/** Where the derivatives of a frame are written: row-major matrices, zero before the call. S is
 *  the number of vectors of H units in the state. Primes mark the state
 *  before the frame. */
struct tc_jacobian_derivatives {
    double *by_state; /* (S*H, S*H) d[h; c] / d[h'; c'], rows `pitch` apart */
    size_t pitch;
    double *by_input; /* (S*H, I) d[h; c] / dx */
    double *h_by_c;   /* (H) dh/dc of the same unit; not written by a cell without c */
};

/** Advance a layer by one frame. x (I); state (S*H) in and out; work (2*G*H) scratch, whose first
 *  G*H values are those of the gates afterwards. `derivatives` may be NULL. */
typedef void tc_jacobian_step(const struct tc_jacobian_layer *layer, const double *x, double *state,
                              double *work, const struct tc_jacobian_derivatives *derivatives);

/** A layer: H hidden units, I inputs, and its tensors as tc_architecture_tensors() lists them. */
struct tc_jacobian_layer {
    const struct tc_cell_description *cell;
    enum tc_activation activation; /* of a plain RNN */
    size_t inputs, hidden;
    unsigned states; /* vectors of H units in the state: h, and c where the cell has one */
    const double *w_ih, *w_hh, *b_ih, *b_hh;
    const double *peephole; /* (3, H) i, f, o; NULL if the cell has none */
    tc_jacobian_step *step;
};

/* tc_jacobian_rnn(), tc_jacobian_lstm() and so on, one for each cell with equations of its own. */
#define TC_CELL_ROW(cell, name, equations, ...) tc_jacobian_step tc_jacobian_##equations;
#include "model/cell_rows.h"

/** The activation of a layer's gate. */
static inline enum tc_activation tc_jacobian_gate_activation(const struct tc_jacobian_layer *layer,
                                                             unsigned gate)
{
    if (layer->cell->any_activation)
        return layer->activation;
    return layer->cell->logistic >> gate & 1 ? TC_LOGISTIC : TC_TANH;
}

/* ------------------------------------------------------------ shared by the cells */

static inline double tc_jacobian_logistic(double v)
{
    return 1.0 / (1.0 + exp(-v));
}

/** y = W x + b, with W (rows, cols). */
static inline void tc_jacobian_affine(double *y, const double *w, const double *b, const double *x,
                                      size_t rows, size_t cols)
{
    cblas_dcopy((int)rows, b, 1, y, 1);
    cblas_dgemv(CblasRowMajor, CblasNoTrans, (int)rows, (int)cols, 1.0, w, (int)cols, x, 1, 1.0, y,
                1);
}

/** The two sums of every gate: work (2*G*H) receives W x + b_ih, then U h + b_hh; returns a pointer
 *  to the latter. */
static inline double *tc_jacobian_sums(const struct tc_jacobian_layer *layer, const double *x,
                                       const double *h, double *work)
{
    const size_t H = layer->hidden, rows = layer->cell->gates * H;

    tc_jacobian_affine(work, layer->w_ih, layer->b_ih, x, rows, layer->inputs);
    tc_jacobian_affine(work + rows, layer->w_hh, layer->b_hh, h, rows, H);
    return work + rows;
}

/** sum += factor * v, of n values. */
static inline void tc_jacobian_add(double *sum, double factor, const double *v, size_t n)
{
    cblas_daxpy((int)n, factor, v, 1, sum, 1);
}

/** sum += by[g] * the row of unit j in gate g of a matrix (G*H, cols), over the first n gates. */
static inline void tc_jacobian_add_gates(double *sum, const double *by, size_t n,
                                         const double *matrix, size_t H, size_t cols, size_t j)
{
    for (size_t g = 0; g < n; ++g)
        tc_jacobian_add(sum, by[g], matrix + (g * H + j) * cols, cols);
}

#endif
