#include "player/rate_filter.h"

#include "windowed_sinc.h"

#include <math.h>

enum {
    MULTIPLE = TC_ALIGN_FLOATS / 2,
    MAX_PHASES = 1024, /* a table of more rows is interpolated ... */
    FEW_PHASES = 512   /* ... from so many: an error of -108 dB, (2 pi 0.45 / 512)^2 / 8 */
};

static const double ATTENUATION_DB = 110.0, PASS_BAND = 20.0 / 44.1;

/* Input frames on either side for the transition from the pass band to the stop band: by Kaiser's
 * formula N = (A - 7.95) / (14.36 df) in all, df in cycles per frame of the lower rate. Twice
 * as many fill whole vectors. */
static unsigned half_length(unsigned up, unsigned down)
{
    const double transition = 1.0 - 2.0 * PASS_BAND;
    const double frames = (ATTENUATION_DB - 7.95) / (14.36 * transition) / 2.0;
    const double slower = down > up ? (double)down / up : 1.0;

    return MULTIPLE * (unsigned)ceil(frames * slower / MULTIPLE);
}

void tc_rate_filter_init(struct tc_rate_filter *filter, unsigned up, unsigned down, unsigned rows,
                         size_t max_frames)
{
    const unsigned half = half_length(up, down);

    *filter = (struct tc_rate_filter){.k = tc_kernels_default(),
                                      .up = up,
                                      .down = down,
                                      .half = half,
                                      .phases = up > MAX_PHASES ? FEW_PHASES : up};
    filter->fifo.rows = rows;
    filter->fifo.capacity = tc_fifo_capacity(2 * half + max_frames);
}

static size_t table_floats(const struct tc_rate_filter *filter)
{
    return (size_t)(filter->phases + 1) * 2 * filter->half;
}

void tc_rate_filter_lay_out(struct tc_rate_filter *filter, struct tc_carver *carver)
{
    filter->table = tc_carve(carver, table_floats(filter));
    filter->fifo.samples = tc_carve(carver, filter->fifo.rows * filter->fifo.capacity);
}

/* ------------------------------------------------------------------ the table */

/* The weights for one f, with a sum of 1: a constant stays as it is. */
static void fill_row(const struct tc_rate_filter *filter, float *row, double f)
{
    const double c = filter->up < filter->down ? (double)filter->up / filter->down : 1.0;
    const unsigned half = filter->half;
    double sum = 0.0;

    for (unsigned i = 0; i < 2 * half; ++i) {
        const double t = (double)i + 1.0 - half - f;
        const double h = tc_sinc(c * t) * tc_kaiser(t / half, ATTENUATION_DB);

        sum += h;
        row[i] = (float)h;
    }
    for (unsigned i = 0; i < 2 * half; ++i)
        row[i] = (float)((double)row[i] / sum);
}

/* h is even: the row of 1 - f is that of f in reverse. */
void tc_rate_filter_fill(struct tc_rate_filter *filter)
{
    const size_t taps = 2 * (size_t)filter->half;

    for (unsigned p = 0; 2 * p <= filter->phases; ++p) {
        float *const row = filter->table + p * taps;
        float *const mirrored = filter->table + (filter->phases - p) * taps;

        fill_row(filter, row, (double)p / filter->phases);
        for (size_t i = 0; i < taps; ++i)
            mirrored[i] = row[taps - 1 - i];
    }
}

/* ------------------------------------------------------------------ processing */

void tc_rate_filter_reset(struct tc_rate_filter *filter)
{
    tc_fifo_reset(&filter->fifo, filter->half - 1);
    filter->phase = 0;
}

/* The next output of every row. */
static void filter_frame(const struct tc_rate_filter *filter, float *const *out, size_t frame)
{
    const size_t taps = 2 * (size_t)filter->half;
    const double position = (double)filter->phase * filter->phases / filter->up;
    const size_t row = (size_t)position;
    const float between = (float)(position - (double)row);
    const float *const w = filter->table + row * taps;

    for (size_t r = 0; r < filter->fifo.rows; ++r) {
        const float *const x = tc_fifo_start(&filter->fifo, r);
        const float y = filter->k->weighted_sum(w, x, taps);

        out[r][frame] =
            between == 0.0f ? y : y + between * (filter->k->weighted_sum(w + taps, x, taps) - y);
    }
}

size_t tc_rate_filter_process(struct tc_rate_filter *filter, const float *const *in, size_t n,
                              size_t start, float *const *out)
{
    const size_t taps = 2 * (size_t)filter->half;
    size_t frames = 0;

    tc_fifo_reserve(&filter->fifo, n);
    for (size_t r = 0; r < filter->fifo.rows; ++r)
        memcpy(tc_fifo_end(&filter->fifo, r), in[r], n * sizeof **in);
    tc_fifo_push(&filter->fifo, n);
    while (filter->fifo.end - filter->fifo.start >= taps) {
        filter_frame(filter, out, start + frames++);
        filter->phase += filter->down;
        tc_fifo_pop(&filter->fifo, (size_t)(filter->phase / filter->up));
        filter->phase %= filter->up;
    }
    return frames;
}
