/** @file
 *  Products whose sums stay in registers. A tile is V vectors times B numbers (of B sequences, or
 *  rows of a gradient): each vector loaded meets B numbers, and each number V vectors.
 *
 *                       vector 0 .. V-1 (contiguous, V_WIDTH floats each)
 *      number of b = 0    sum[0][0] .. sum[0][V-1]
 *                ...                                   += vector[v] * number[b]
 *                B-1      sum[B-1][0] ..
 *
 *  V and B are constants wherever a tile is called: the compiler unrolls its loops. */
#ifndef TC_TILES_H
#define TC_TILES_H

enum { MAX_TILE_SUMS = V_REGISTERS == 32 ? 24 : 12, MAX_NUMBERS = 8 };

/* Most numbers of a tile of V vectors. */
INLINE size_t tile_numbers(size_t vectors)
{
    return MAX_TILE_SUMS / vectors < MAX_NUMBERS ? MAX_TILE_SUMS / vectors : MAX_NUMBERS;
}

/* The size of the next part of n things that go at most `most` at a time, in parts as even as can
 * be. */
INLINE size_t even_part(size_t n, size_t most)
{
    const size_t parts = (n + most - 1) / most;

    return (n + parts - 1) / parts;
}

/* Execute a statement in which B is a constant, n. The compiler drops the cases for which there
 * are not enough registers. */
#define WITH_CONSTANT_B(n, vectors, statement) \
    switch (n) {                               \
    case 1:                                    \
        CASE_OF_B(1, vectors, statement)       \
    case 2:                                    \
        CASE_OF_B(2, vectors, statement)       \
    case 3:                                    \
        CASE_OF_B(3, vectors, statement)       \
    case 4:                                    \
        CASE_OF_B(4, vectors, statement)       \
    case 5:                                    \
        CASE_OF_B(5, vectors, statement)       \
    case 6:                                    \
        CASE_OF_B(6, vectors, statement)       \
    case 7:                                    \
        CASE_OF_B(7, vectors, statement)       \
    default:                                   \
        CASE_OF_B(8, vectors, statement)       \
    }
#define CASE_OF_B(n, vectors, statement)                \
    if ((n) == 1 || (vectors) * (n) <= MAX_TILE_SUMS) { \
        enum { B = n };                                 \
                                                        \
        statement;                                      \
    }                                                   \
    break;

/* sum[b][first..first + V) += w[k] * a[b][k] over n rows k, the sums of a sequence `stride` apart.
 * Returns where w goes on after the last row. */
INLINE const float *add_rows(vf *sum, unsigned stride, unsigned first, unsigned V, unsigned B,
                             const float *w, size_t w_row, const float *a, size_t a_sequence,
                             size_t a_row, size_t n)
{
    for (size_t k = 0; k < n; ++k, w += w_row) {
        vf number[MAX_NUMBERS];

        UNROLL for (unsigned b = 0; b < B; ++b) number[b] = v_set(a[b * a_sequence + k * a_row]);
        UNROLL for (unsigned v = 0; v < V; ++v)
        {
            const vf column = v_load(w + v * V_WIDTH);

            UNROLL for (unsigned b = 0; b < B; ++b) sum[b * stride + first + v] =
                v_fma(column, number[b], sum[b * stride + first + v]);
        }
    }
    return w;
}

/* Rows of numbers in runs of a vector's width, as gates and dz lie: of each vector of units, which
 * has `slots` slots, the `count` slots from `first` on; `rows` units are not padding. */
struct slot_rows {
    const float *at;
    size_t sequence, row; /* floats from one sequence to the next, from one number to the next */
    size_t slots, first, count, rows;
};

/* to[b][V vectors] (+)= sum over all rows of w[row] * number[b][row]. */
INLINE void slot_rows_tile(float *to, size_t to_sequence, bool add, unsigned V, unsigned B,
                           const float *w, size_t w_row, const struct slot_rows *from)
{
    vf sum[MAX_TILE_SUMS];

    UNROLL for (unsigned b = 0; b < B; ++b)
    {
        UNROLL for (unsigned v = 0; v < V; ++v) sum[b * V + v] =
            add ? v_load(to + b * to_sequence + v * V_WIDTH) : v_set(0.0f);
    }
    for (size_t start = 0; start < from->rows; start += V_WIDTH) {
        const size_t n = from->rows - start < V_WIDTH ? from->rows - start : V_WIDTH;

        for (size_t s = 0; s < from->count; ++s)
            w = add_rows(sum, V, 0, V, B, w, w_row,
                         from->at + (start * from->slots + (from->first + s) * V_WIDTH) * from->row,
                         from->sequence, from->row, n);
    }
    UNROLL for (unsigned b = 0; b < B; ++b)
    {
        UNROLL for (unsigned v = 0; v < V; ++v)
            v_store(to + b * to_sequence + v * V_WIDTH, sum[b * V + v]);
    }
}

/* The same for any number of vectors up to PANEL_VECTORS and sequences up to tile_numbers(). */
enum { PANEL_VECTORS = 3 };

static void slot_rows_product(float *to, size_t to_sequence, bool add, size_t vectors,
                              size_t sequences, const float *w, size_t w_row,
                              const struct slot_rows *from)
{
    if (vectors == 1)
        WITH_CONSTANT_B(sequences, 1, slot_rows_tile(to, to_sequence, add, 1, B, w, w_row, from))
    else if (vectors == 2)
        WITH_CONSTANT_B(sequences, 2, slot_rows_tile(to, to_sequence, add, 2, B, w, w_row, from))
    else
        WITH_CONSTANT_B(sequences, 3, slot_rows_tile(to, to_sequence, add, 3, B, w, w_row, from))
}

/* Vectors of all sequences of all frames. */
struct vectors {
    const float *at;
    size_t frame, sequence;
};

/* to[r][V vectors] += sum over frames and sequences of number[r] * vector[V], R rows r. */
INLINE void outer_tile(float *to, size_t to_row, unsigned V, unsigned R, struct vectors vectors,
                       struct tc_rows numbers, size_t n_frames, size_t sequences)
{
    vf sum[MAX_TILE_SUMS];

    UNROLL for (unsigned r = 0; r < R; ++r)
    {
        UNROLL for (unsigned v = 0; v < V; ++v) sum[r * V + v] =
            v_load(to + r * to_row + v * V_WIDTH);
    }
    for (size_t t = 0; t < n_frames; ++t) {
        const float *vector = vectors.at + t * vectors.frame;
        const float *number = numbers.at + t * numbers.frame;

        for (size_t b = 0; b < sequences;
             ++b, vector += vectors.sequence, number += numbers.sequence)
            add_rows(sum, V, 0, V, R, vector, 0, number, numbers.row, 0, 1);
    }
    UNROLL for (unsigned r = 0; r < R; ++r)
    {
        UNROLL for (unsigned v = 0; v < V; ++v)
            v_store(to + r * to_row + v * V_WIDTH, sum[r * V + v]);
    }
}

/* The same for any number of vectors up to 4 and rows up to tile_numbers() of them. */
static void outer_product(float *to, size_t to_row, size_t wide, size_t rows,
                          struct vectors vectors, struct tc_rows numbers, size_t n_frames,
                          size_t sequences)
{
    if (wide == 1)
        WITH_CONSTANT_B(rows, 1,
                        outer_tile(to, to_row, 1, B, vectors, numbers, n_frames, sequences))
    else if (wide == 2)
        WITH_CONSTANT_B(rows, 2,
                        outer_tile(to, to_row, 2, B, vectors, numbers, n_frames, sequences))
    else if (wide == 3)
        WITH_CONSTANT_B(rows, 3,
                        outer_tile(to, to_row, 3, B, vectors, numbers, n_frames, sequences))
    else
        WITH_CONSTANT_B(rows, 4,
                        outer_tile(to, to_row, 4, B, vectors, numbers, n_frames, sequences))
}

#endif
