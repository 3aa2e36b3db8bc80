/** @file
 *  One frame's sums of one group of blocks: the product with its weights. Needs a vector_...h
 *  first. */
#ifndef TC_SUMS_H
#define TC_SUMS_H

#include "kernels/shape.h"

enum { MOST_LANES = 3 };

/* What is the same for all frames, lanes and groups of a layer. */
struct place {
    unsigned full; /* blocks in all */
    bool turns;    /* as in struct shape */
    size_t inputs, hidden;
    size_t x_pitch, units;   /* from one lane to the next */
    size_t x_frame, h_frame; /* from one frame to the next */
    size_t second;           /* floats from the weights of the first pass to those of the second */
    enum tc_activation activation;
    const float *threshold; /* of modReLU, all units */
};

/* A group, and the first of some lanes at one frame. */
struct at {
    const float *weights;
    size_t unit;        /* the group's first */
    const float *x, *h; /* the input, and the state before, of all groups */
    float *new_h, *c;   /* of all groups */
    float *gated;       /* r h of all groups */
};

INLINE struct at moved(const struct place *place, struct at at, size_t lanes)
{
    at.x += lanes * place->x_pitch;
    at.h += lanes * place->units;
    at.new_h += lanes * place->units;
    at.c += lanes * place->units;
    at.gated += lanes * place->units;
    return at;
}

/* Vector k of column s from w on, in pairs or not. */
INLINE vf weights_at(const float *w, unsigned n, unsigned s, unsigned k, bool paired)
{
    const vf word = v_load(w + ((paired ? s / 2 : s) * n + k) * W);

    return paired && s % 2 == 0 ? v_even(word) : word;
}

/* Add `columns` columns, each into a set of sums of its own. */
INLINE void add_some(vf *sum, const float *w, const float *v, size_t pitch, unsigned columns,
                     enum pass pass, unsigned full, unsigned half, unsigned state, unsigned lanes,
                     bool paired)
{
    const unsigned n = vectors_of(pass, full, half), sums = sums_of(pass, full, half);

    UNROLL for (unsigned s = 0; s < columns; ++s)
    {
        UNROLL for (unsigned l = 0; l < lanes; ++l)
        {
            const vf value = v_set(v[l * pitch + s]);

            UNROLL for (unsigned k = 0; k < n; ++k)
            {
                vf *const to = &sum[(s * lanes + l) * sums + sum_of_vector(pass, full, k, state)];

                *to = v_fma(weights_at(w, n, s, k, paired), value, *to);
            }
        }
    }
}

/* Add `count` columns, `sets` at a time into sums of their own, which shortens the chain of
 * additions. How the terms are grouped depends on count, sets and pairs alone. */
INLINE const float *add_columns(vf *sum, const float *w, const float *v, size_t pitch, size_t count,
                                enum pass pass, unsigned full, unsigned half, unsigned state,
                                unsigned sets, unsigned lanes, bool paired)
{
    const unsigned n = vectors_of(pass, full, half);
    size_t i = 0;

    UNROLL_4 for (; i + sets <= count; i += sets)
    {
        add_some(sum, w, v + i, pitch, sets, pass, full, half, state, lanes, paired);
        w += (paired ? sets / 2 : sets) * n * W;
    }
    for (; paired && i + 2 <= count; i += 2, w += n * W)
        add_some(sum, w, v + i, pitch, 2, pass, full, half, state, lanes, true);
    for (; i < count; ++i, w += n * W)
        add_some(sum, w, v + i, pitch, 1, pass, full, half, state, lanes, false);
    return w;
}

/* The first sum of each of so many sets, 1, 2 or 4, of n sums each, added up. */
INLINE vf of_all_sets(const vf *sum, unsigned n, unsigned sets)
{
    const vf two = sets > 1 ? v_add(sum[0], sum[n]) : sum[0];

    return sets > 2 ? v_add(two, v_add(sum[2 * n], sum[3 * n])) : two;
}

/* Lanes whose sums, in all their sets, are in the registers together. */
INLINE unsigned lanes_together(enum pass pass, unsigned full, unsigned half)
{
    const unsigned fit = MAX_SUMS / (sets_of(pass, full, half) * sums_of(pass, full, half));

    return fit > MOST_LANES ? MOST_LANES : fit ? fit : 1;
}

/* The sums of lanes that are in the registers together, lane by lane. */
INLINE void add_up(vf *total, const struct place *place, struct at at, enum pass pass,
                   unsigned full, unsigned half, bool paired, unsigned lanes)
{
    const unsigned sums = sums_of(pass, full, half), sets = sets_of(pass, full, half);
    const float *w = at.weights;
    vf sum[MAX_SUMS];

    UNROLL for (unsigned l = 0; l < lanes; ++l)
    {
        UNROLL for (unsigned k = 0; k < sums; ++k) sum[l * sums + k] = v_load(w + k * W);
    }
    UNROLL for (unsigned k = lanes * sums; k < sets * lanes * sums; ++k) sum[k] = v_set(0.0f);
    w += (sums + peepholes_of(pass, full + half)) * W;
    if (paired && place->inputs > MOST_UNPAIRED)
        w = add_columns(sum, w, at.x, place->x_pitch, place->inputs, pass, full, half, 0, sets,
                        lanes, true);
    else
        w = add_columns(sum, w, at.x, place->x_pitch, place->inputs, pass, full, half, 0, sets,
                        lanes, false);
    add_columns(sum, w, pass == CANDIDATE ? at.gated : at.h, place->units, place->hidden, pass,
                full, half, 1, sets, lanes, paired);
    UNROLL for (unsigned k = 0; k < lanes * sums; ++k) total[k] =
        of_all_sets(sum + k, lanes * sums, sets);
}

#endif
