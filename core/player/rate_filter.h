/** @file
 *  A change of sample rate by an interpolating low-pass: output frame m is the input at the time
 *  m * down / up, counted in input frames,
 *
 *      y[m] = sum_k x[i + k] h(k - f),     i + f = m down / up, f below 1, k = 1 - half .. half
 *      h(t) = c sinc(c t) w(t / half),     c = min(1, up / down), sinc(t) = sin(pi t) / (pi t)
 *
 *  with a Kaiser window w: linear phase. From: Smith & Gossett 1984; Kaiser & Schafer 1980 (length
 *  and shape of the window). For each of the `up` values of f the weights h are a row of a table;
 *  where there are too many, rows in between are interpolated.
 *
 *  The pass band ends at 20 / 44.1 of the lower rate (20 kHz at 44.1 kHz), the stop band begins as
 *  far above half of it, so that what is folded back lies above the pass band. Both hold 110 dB. */
#ifndef TC_RATE_FILTER_H
#define TC_RATE_FILTER_H

#include "kernels/kernels.h"
#include "memory.h"
#include "player/fifo.h"
#include "tonecell.h"

struct tc_rate_filter {
    const struct tc_kernels *k;
    unsigned up, down;   /* output rate / input rate, reduced */
    unsigned half;       /* input frames on either side: an output waits for so many after it */
    unsigned phases;     /* rows of the table, but the last */
    float *table;        /* (phases + 1, 2 * half); the last row is the first, a frame later */
    struct tc_fifo fifo; /* the input from the window of the next output on */
    uint64_t phase;      /* f of the next output, times up */
};

/** Set all but the memory, for blocks of up to max_frames. */
void tc_rate_filter_init(struct tc_rate_filter *filter, unsigned up, unsigned down, unsigned rows,
                         size_t max_frames);

/** Take memory for a filter after tc_rate_filter_init(); with a carver that only counts, none. */
void tc_rate_filter_lay_out(struct tc_rate_filter *filter, struct tc_carver *carver);

/** Compute the table. */
void tc_rate_filter_fill(struct tc_rate_filter *filter);

/** Back to silence before the first frame. */
void tc_rate_filter_reset(struct tc_rate_filter *filter) TC_REALTIME;

/** Take n frames of [rows] buffers and give all frames that are complete then, from frame `start`
 *  of `out` on; returns their number, which depends on the number of frames taken so far alone. */
size_t tc_rate_filter_process(struct tc_rate_filter *filter, const float *const *in, size_t n,
                              size_t start, float *const *out) TC_REALTIME;

#endif
