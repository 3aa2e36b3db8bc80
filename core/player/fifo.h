/** @file
 *  A first-in first-out buffer of several rows in step: written at the end, read at the start, in
 *  blocks of any size. A block is contiguous in memory on either side, so that nothing is copied on
 *  the way through; those that wait move to the front once the end of the memory is reached.
 *
 *  One that starts with d frames of zeros, and is read as often as written, delays by d frames. */
#ifndef TC_FIFO_H
#define TC_FIFO_H

#include <stddef.h>
#include <string.h>

struct tc_fifo {
    float *samples; /* (rows, capacity) */
    unsigned rows;
    size_t capacity;   /* frames */
    size_t start, end; /* the frames that wait are start to end - 1 */
};

/** The capacity with which at most every second frame is moved to the front, for so many frames
 *  that wait or are being written at most. */
static inline size_t tc_fifo_capacity(size_t n_frames)
{
    return 2 * n_frames;
}

static inline void tc_fifo_reset(struct tc_fifo *fifo, size_t n_zeros)
{
    for (size_t row = 0; row < fifo->rows; ++row)
        memset(fifo->samples + row * fifo->capacity, 0, n_zeros * sizeof *fifo->samples);
    fifo->start = 0;
    fifo->end = n_zeros;
}

/** Make space for n frames. Moves those that wait. */
static inline void tc_fifo_reserve(struct tc_fifo *fifo, size_t n)
{
    const size_t waiting = fifo->end - fifo->start;

    if (waiting && fifo->end + n <= fifo->capacity)
        return;
    for (size_t row = 0; waiting && row < fifo->rows; ++row) {
        float *const front = fifo->samples + row * fifo->capacity;

        memmove(front, front + fifo->start, waiting * sizeof *front);
    }
    fifo->start = 0;
    fifo->end = waiting;
}

/** Where the next frame of a row is written, after tc_fifo_reserve(). */
static inline float *tc_fifo_end(const struct tc_fifo *fifo, size_t row)
{
    return fifo->samples + row * fifo->capacity + fifo->end;
}

/** So many frames have been written. */
static inline void tc_fifo_push(struct tc_fifo *fifo, size_t n)
{
    fifo->end += n;
}

/** The oldest frame of a row; valid until tc_fifo_reserve(), after tc_fifo_pop() too. */
static inline float *tc_fifo_start(const struct tc_fifo *fifo, size_t row)
{
    return fifo->samples + row * fifo->capacity + fifo->start;
}

/** So many frames, which wait, have been read. */
static inline void tc_fifo_pop(struct tc_fifo *fifo, size_t n)
{
    fifo->start += n;
}

/** Replace the frames that wait in one row by those of another FIFO, in which as many wait. */
static inline void tc_fifo_copy_row(struct tc_fifo *fifo, size_t row, const struct tc_fifo *from,
                                    size_t from_row)
{
    const size_t waiting = fifo->end - fifo->start, others = from->end - from->start;
    const size_t n = waiting < others ? waiting : others;

    memmove(tc_fifo_start(fifo, row), tc_fifo_start(from, from_row), n * sizeof *fifo->samples);
}

#endif
