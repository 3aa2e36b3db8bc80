/** @file
 *  One frame through one layer in double, with its derivatives: for looking at gradients, where
 *  exactness counts and time does not.
 *
 *  A cell is a file with its formula, and a line in tc_exact_cell_of(): nothing else that looks at
 *  gradients knows which cells there are. */
#ifndef TC_EXACT_CELL_H
#define TC_EXACT_CELL_H

#include "tonecell-train.h"

#include <cblas.h>
#include <math.h>

/** A layer: H hidden units, I inputs, and its tensors as tc_architecture_tensors() has them. */
struct tc_exact_layer {
    const struct tc_exact_cell *cell;
    enum tc_activation activation; /* of a plain RNN */
    size_t inputs, hidden;
    const double *w_ih, *w_hh, *b_ih, *b_hh;
    const double *peephole; /* (3, H) i, f, o; NULL if the cell has none */
};

/** Where the derivatives of a frame go: matrices of zeros, row-major. S states of H units each: h,
 *  and c where the cell has one; ' marks those after the frame. */
struct tc_exact_slopes {
    double *by_state; /* (S*H, S*H) d[h'; c'] / d[h; c], rows `pitch` apart */
    size_t pitch;
    double *by_input; /* (S*H, I) d[h'; c'] / dx */
    double *h_by_c;   /* (H) dh'/dc', the same unit's; a cell without c leaves it */
};

struct tc_exact_cell {
    unsigned gates, states;
    const char *gate[TC_MAX_GATES];          /* what each is called */
    enum tc_activation squash[TC_MAX_GATES]; /* and goes through; a plain RNN's says the layer */
    /** x (I), state (S*H) in and out, work (2*G*H) scratch whose first G*H then are the values of
     *  the gates. `slopes` may be NULL. */
    void (*step)(const struct tc_exact_layer *layer, const double *x, double *state, double *work,
                 const struct tc_exact_slopes *slopes);
};

extern const struct tc_exact_cell tc_exact_rnn, tc_exact_lstm, tc_exact_gru,
    tc_exact_gru_reset_before;

/** The cell of a layer. */
const struct tc_exact_cell *tc_exact_cell_of(const struct tc_layer *layer);

/** What a gate of a layer goes through. */
static inline enum tc_activation tc_exact_squash(const struct tc_exact_layer *layer, unsigned gate)
{
    return layer->cell == &tc_exact_rnn ? layer->activation : layer->cell->squash[gate];
}

/* ------------------------------------------------------------ what the cells have in common */

static inline double tc_exact_logistic(double v)
{
    return 1.0 / (1.0 + exp(-v));
}

/** y = W x + b, with W (rows, cols). */
static inline void tc_exact_affine(double *y, const double *w, const double *b, const double *x,
                                   size_t rows, size_t cols)
{
    cblas_dcopy((int)rows, b, 1, y, 1);
    cblas_dgemv(CblasRowMajor, CblasNoTrans, (int)rows, (int)cols, 1.0, w, (int)cols, x, 1, 1.0, y,
                1);
}

/** What every gate hears: work (2*G*H) receives W x + b_ih, then U h + b_hh, where the result
 *  points to. */
static inline double *tc_exact_sums(const struct tc_exact_layer *layer, const double *x,
                                    const double *h, double *work)
{
    const size_t H = layer->hidden, rows = layer->cell->gates * H;

    tc_exact_affine(work, layer->w_ih, layer->b_ih, x, rows, layer->inputs);
    tc_exact_affine(work + rows, layer->w_hh, layer->b_hh, h, rows, H);
    return work + rows;
}

/** sum += factor * v, of n values. */
static inline void tc_exact_add(double *sum, double factor, const double *v, size_t n)
{
    cblas_daxpy((int)n, factor, v, 1, sum, 1);
}

/** sum += by[g] * the row of unit j in gate g of a matrix (G*H, cols), over the first n gates. */
static inline void tc_exact_add_gates(double *sum, const double *by, size_t n, const double *matrix,
                                      size_t H, size_t cols, size_t j)
{
    for (size_t g = 0; g < n; ++g)
        tc_exact_add(sum, by[g], matrix + (g * H + j) * cols, cols);
}

#endif
