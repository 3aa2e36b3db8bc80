/** @file
 *  One frame's sums of one group of blocks: the product with its weights. Needs what steps.h
 *  says. */
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

/* Add `columns` columns of n vectors, each into a set of sums of its own. */
INLINE void add_some(vf *sum, const float *w, const float *v, size_t pitch, unsigned columns,
                     unsigned n, unsigned lanes, bool paired)
{
    UNROLL for (unsigned s = 0; s < columns; ++s)
    {
        UNROLL for (unsigned l = 0; l < lanes; ++l)
        {
            const vf value = v_set(v[l * pitch + s]);

            UNROLL for (unsigned k = 0; k < n; ++k)
            {
                vf *const to = &sum[(s * lanes + l) * n + k];

                *to = v_fma(weights_at(w, n, s, k, paired), value, *to);
            }
        }
    }
}

/* Add `count` columns, `sets` at a time into sums of their own, which shortens the chain of
 * additions. How the terms are grouped depends on count, sets and pairs alone. Pairs need an
 * even number of sets. */
INLINE const float *add_columns(vf *sum, const float *w, const float *v, size_t pitch, size_t count,
                                unsigned n, unsigned sets, unsigned lanes, bool paired)
{
    size_t i = 0;

    UNROLL_4 for (; i + sets <= count; i += sets)
    {
        add_some(sum, w, v + i, pitch, sets, n, lanes, paired);
        w += (paired ? sets / 2 : sets) * n * W;
    }
    for (; paired && i + 2 <= count; i += 2, w += n * W)
        add_some(sum, w, v + i, pitch, 2, n, lanes, true);
    for (; i < count; ++i, w += n * W)
        add_some(sum, w, v + i, pitch, 1, n, lanes, false);
    return w;
}

/* The first sum of each of so many sets, 1, 2 or 4, of n sums each, added up. */
INLINE vf of_all_sets(const vf *sum, unsigned n, unsigned sets)
{
    const vf two = sets > 1 ? v_add(sum[0], sum[n]) : sum[0];

    return sets > 2 ? v_add(two, v_add(sum[2 * n], sum[3 * n])) : two;
}

/* A sum starts from its bias, which the first set has, and from 0 in the others; n sums lie between
 * one set and the next. */
INLINE void start_all_sets(vf *sum, vf bias, unsigned n, unsigned sets)
{
    sum[0] = bias;
    UNROLL for (unsigned s = 1; s < sets; ++s) sum[s * n] = v_set(0.0f);
}

_Static_assert(MOST_TWOFOLD >= 2 * 4 + 2, "pairs of columns take at least two sets");
_Static_assert(MOST_FOURFOLD <= MAX_SUMS && MOST_TWOFOLD <= MAX_SUMS && MAX_SUMS >= 15,
               "the sums of a lane are in registers");

/* Lanes whose sums, in all their sets, are in the registers together: at least one. */
INLINE unsigned lanes_together(enum pass pass, unsigned full, unsigned half, bool paired)
{
    const unsigned one = registers_of(pass, full, half, sets_of(pass, full, half, paired));
    const unsigned fit = (MAX_SUMS - registers_for_pairs(paired)) / one;

    return fit > MOST_LANES ? MOST_LANES : fit;
}

/* total (lanes, sums_of()) = b + W x + U h of lanes that are in the registers together. In sum
 * (sets, lanes, n) a GRU's candidate has one place: its sum of the input is handed out before that
 * of the state begins. */
INLINE void add_up(vf *total, const struct place *place, struct at at, enum pass pass,
                   unsigned full, unsigned half, bool paired, unsigned lanes)
{
    const unsigned sums = sums_of(pass, full, half), sets = sets_of(pass, full, half, paired);
    const unsigned n = vectors_of(pass, full, half), in_set = lanes * n;
    const float *const bias = at.weights;
    const float *w = bias + (sums + peepholes_of(pass, full + half)) * W;
    vf sum[MAX_SUMS];

    UNROLL for (unsigned i = 0; i < in_set; ++i) start_all_sets(
        sum + i, v_load(bias + sum_of_vector(pass, full, i % n, 0) * W), in_set, sets);
    if (paired && place->inputs > MOST_UNPAIRED)
        w = add_columns(sum, w, at.x, place->x_pitch, place->inputs, n, sets, lanes, true);
    else
        w = add_columns(sum, w, at.x, place->x_pitch, place->inputs, n, sets, lanes, false);
    UNROLL for (unsigned i = 0; i < in_set; ++i)
    {
        const unsigned input = sum_of_vector(pass, full, i % n, 0);
        const unsigned state = sum_of_vector(pass, full, i % n, 1);

        if (input == state)
            continue;
        total[i / n * sums + input] = of_all_sets(sum + i, in_set, sets);
        start_all_sets(sum + i, v_load(bias + state * W), in_set, sets);
    }
    add_columns(sum, w, pass == CANDIDATE ? at.gated : at.h, place->units, place->hidden, n, sets,
                lanes, paired);
    UNROLL for (unsigned i = 0; i < in_set; ++i)
        total[i / n * sums + sum_of_vector(pass, full, i % n, 1)] =
            of_all_sets(sum + i, in_set, sets);
}

#endif
