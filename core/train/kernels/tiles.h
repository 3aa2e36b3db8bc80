/** @file
 *  Products whose sums stay in registers. A tile is V vectors of units times L lanes (or rows of a
 *  gradient): each vector loaded meets L numbers, and each number V vectors. */
#ifndef TC_TILES_H
#define TC_TILES_H

enum { MOST_SUMS = V_REGISTERS == 32 ? 24 : 12, MOST_LANES = 8 };

/* Lanes that a tile of V vectors has room for. */
INLINE size_t tile_lanes(size_t vectors)
{
    return MOST_SUMS / vectors < MOST_LANES ? MOST_SUMS / vectors : MOST_LANES;
}

/* The next part of `left` things that go at most `most` at a time, in parts as even as can be. */
INLINE size_t even_part(size_t left, size_t most)
{
    const size_t parts = (left + most - 1) / most;

    return (left + parts - 1) / parts;
}

/* call(1) to call(8), by n. The compiler drops those for which there are no registers. */
#define SWITCH_LANES(n, vectors, call) \
    switch (n) {                       \
    case 1:                            \
        call(1);                       \
        break;                         \
    case 2:                            \
        call(2);                       \
        break;                         \
    case 3:                            \
        call(3);                       \
        break;                         \
    case 4:                            \
        if ((vectors)*4 <= MOST_SUMS)  \
            call(4);                   \
        break;                         \
    case 5:                            \
        if ((vectors)*5 <= MOST_SUMS)  \
            call(5);                   \
        break;                         \
    case 6:                            \
        if ((vectors)*6 <= MOST_SUMS)  \
            call(6);                   \
        break;                         \
    case 7:                            \
        if ((vectors)*7 <= MOST_SUMS)  \
            call(7);                   \
        break;                         \
    default:                           \
        if ((vectors)*8 <= MOST_SUMS)  \
            call(8);                   \
        break;                         \
    }

/* sum[l][first..first + V) += w[k] * a[l][k] over n rows k, the sums of a lane `stride` apart.
 * Returns w behind the last row. */
INLINE const float *add_rows(vf *sum, unsigned stride, unsigned first, unsigned V, unsigned L,
                             const float *w, size_t w_row, const float *a, size_t a_lane,
                             size_t a_row, size_t n)
{
    for (size_t k = 0; k < n; ++k, w += w_row) {
        vf number[MOST_LANES];

        UNROLL for (unsigned l = 0; l < L; ++l) number[l] = v_set(a[l * a_lane + k * a_row]);
        UNROLL for (unsigned v = 0; v < V; ++v)
        {
            const vf column = v_load(w + v * W);

            UNROLL for (unsigned l = 0; l < L; ++l) sum[l * stride + first + v] =
                v_fma(column, number[l], sum[l * stride + first + v]);
        }
    }
    return w;
}

/* Rows of numbers in runs of a vector's width, as gates lie: `count` slots from `first` on of
 * every block of `slots`, of which `rows` units are real. */
struct runs {
    const float *at;
    size_t lane, row;
    size_t slots, first, count, rows;
};

/* to[l][V vectors] (+)= sum over all rows of w[row] * run[l][row]. */
INLINE void runs_tile(float *to, size_t to_lane, bool add, unsigned V, unsigned L, const float *w,
                      size_t w_row, const struct runs *runs)
{
    vf sum[MOST_SUMS];

    UNROLL for (unsigned l = 0; l < L; ++l)
    {
        UNROLL for (unsigned v = 0; v < V; ++v) sum[l * V + v] =
            add ? v_load(to + l * to_lane + v * W) : v_set(0.0f);
    }
    for (size_t start = 0; start < runs->rows; start += W) {
        const size_t n = runs->rows - start < W ? runs->rows - start : W;

        for (size_t s = 0; s < runs->count; ++s)
            w = add_rows(sum, V, 0, V, L, w, w_row,
                         runs->at + (start * runs->slots + (runs->first + s) * W) * runs->row,
                         runs->lane, runs->row, n);
    }
    UNROLL for (unsigned l = 0; l < L; ++l)
    {
        UNROLL for (unsigned v = 0; v < V; ++v) v_store(to + l * to_lane + v * W, sum[l * V + v]);
    }
}

/* The same for any number of vectors up to BACK_VECTORS and lanes up to tile_lanes() of them. */
enum { BACK_VECTORS = 3 };

static void runs_product(float *to, size_t to_lane, bool add, size_t vectors, size_t lanes,
                         const float *w, size_t w_row, const struct runs *runs)
{
#define ONE(L) runs_tile(to, to_lane, add, 1, L, w, w_row, runs)
#define TWO(L) runs_tile(to, to_lane, add, 2, L, w, w_row, runs)
#define THREE(L) runs_tile(to, to_lane, add, 3, L, w, w_row, runs)
    if (vectors == 1)
        SWITCH_LANES(lanes, 1, ONE)
    else if (vectors == 2)
        SWITCH_LANES(lanes, 2, TWO)
    else
        SWITCH_LANES(lanes, 3, THREE)
#undef ONE
#undef TWO
#undef THREE
}

/* Vectors that stand frame by frame and lane by lane. */
struct vectors {
    const float *at;
    size_t frame, lane;
};

/* to[r][V vectors] += sum over frames and lanes of number[r] * vector[V]. */
INLINE void outer_tile(float *to, size_t to_row, unsigned V, unsigned R, struct vectors vectors,
                       struct tc_rows numbers, size_t n_frames, size_t lanes)
{
    vf sum[MOST_SUMS];

    UNROLL for (unsigned r = 0; r < R; ++r)
    {
        UNROLL for (unsigned v = 0; v < V; ++v) sum[r * V + v] = v_load(to + r * to_row + v * W);
    }
    for (size_t t = 0; t < n_frames; ++t) {
        const float *vector = vectors.at + t * vectors.frame;
        const float *number = numbers.at + t * numbers.frame;

        for (size_t l = 0; l < lanes; ++l, vector += vectors.lane, number += numbers.lane)
            add_rows(sum, V, 0, V, R, vector, 0, number, numbers.row, 0, 1);
    }
    UNROLL for (unsigned r = 0; r < R; ++r)
    {
        UNROLL for (unsigned v = 0; v < V; ++v) v_store(to + r * to_row + v * W, sum[r * V + v]);
    }
}

static void outer_product(float *to, size_t to_row, size_t vectors_wide, size_t rows,
                          struct vectors vectors, struct tc_rows numbers, size_t n_frames,
                          size_t lanes)
{
#define ONE(R) outer_tile(to, to_row, 1, R, vectors, numbers, n_frames, lanes)
#define TWO(R) outer_tile(to, to_row, 2, R, vectors, numbers, n_frames, lanes)
#define THREE(R) outer_tile(to, to_row, 3, R, vectors, numbers, n_frames, lanes)
#define FOUR(R) outer_tile(to, to_row, 4, R, vectors, numbers, n_frames, lanes)
    if (vectors_wide == 1)
        SWITCH_LANES(rows, 1, ONE)
    else if (vectors_wide == 2)
        SWITCH_LANES(rows, 2, TWO)
    else if (vectors_wide == 3)
        SWITCH_LANES(rows, 3, THREE)
    else
        SWITCH_LANES(rows, 4, FOUR)
#undef ONE
#undef TWO
#undef THREE
#undef FOUR
}

#endif
