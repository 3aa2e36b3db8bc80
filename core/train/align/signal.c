#include "train/align/signal.h"

#include "train/align/warp.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_BLOCKS = 1024 };

/* The limit is so many times the RMS of the loud blocks: above the crest factor of music. */
static const float limit_per_rms = 8.0f;

/* Larger samples would leave double's range when squared and summed; also turns NaN into it. */
static const float largest = 1e18f;

static int compare(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;

    return (x > y) - (x < y);
}

static double limited_square(float sample)
{
    const float size = fabsf(sample);
    const double s = (double)(size < largest ? size : largest);

    return s * s;
}

/* Eight sums side by side, which is a vector's work. */
double align_energy(const float *samples, size_t n_frames)
{
    double sum[8] = {0}, energy = 0.0;
    size_t i = 0;

    for (; i + 8 <= n_frames; i += 8)
        for (unsigned k = 0; k < 8; ++k)
            sum[k] += limited_square(samples[i + k]);
    for (; i < n_frames; ++i)
        energy += limited_square(samples[i]);
    for (unsigned k = 0; k < 8; ++k)
        energy += sum[k];
    return energy;
}

/* From the 90th percentile of the blocks that are not silent. A pop is in one of them. */
struct align_signal align_signal(const float *samples, size_t n_frames)
{
    struct align_signal signal = {.samples = samples, .n_frames = n_frames};
    const size_t block = n_frames / MAX_BLOCKS + 1;
    float rms[MAX_BLOCKS + 1];
    size_t n = 0;

    for (size_t start = 0; start < n_frames; start += block) {
        const size_t size = n_frames - start < block ? n_frames - start : block;

        rms[n] = (float)sqrt(align_energy(samples + start, size) / (double)size);
        n += rms[n] > 0.0f;
    }
    if (n == 0)
        return signal;
    qsort(rms, n, sizeof *rms, compare);
    signal.limit = limit_per_rms * rms[(n - 1) * 9 / 10];
    return signal;
}

void align_read(const struct align_signal *signal, long start, size_t n_frames, float *out)
{
    const long size = (long)signal->n_frames;
    const long first = start < 0 ? (-start < (long)n_frames ? -start : (long)n_frames) : 0;
    const long inside = size - start < (long)n_frames ? size - start : (long)n_frames;
    const float limit = signal->limit, scale = limit > 0.0f ? 1.0f / limit : 0.0f;
    const long last = inside > first ? inside : first;

    memset(out, 0, (size_t)first * sizeof *out);
    for (long i = first; i < last; ++i) {
        const float s = signal->samples[start + i];
        const float low = s > -limit ? s : -limit;

        out[i] = (low < limit ? low : limit) * scale;
    }
    memset(out + last, 0, ((size_t)n_frames - (size_t)last) * sizeof *out);
}

/* At most this far from 0 is a line's drift: the frames read for a block end so much later. */
enum { BLOCK = 1024, MARGIN = 8 };

static void read_block(const struct align_signal *signal, const struct align_line *line,
                       const struct align_warp *warp, long start, size_t n_frames, float *out)
{
    const double first = (double)start + line->delay + line->drift * (double)start;
    const double whole = floor(first) - 1.0;
    float around[BLOCK + WARP_TAPS + 2 * MARGIN];

    align_read(signal, (long)whole - WARP_BEFORE, n_frames + WARP_TAPS + 2 * MARGIN, around);
    for (size_t i = 0; i < n_frames; ++i)
        out[i] = align_warp_at(warp, around, first - whole + (1.0 + line->drift) * (double)i);
}

void align_read_line(const struct align_signal *signal, const struct align_line *line,
                     const struct align_warp *warp, long start, size_t n_frames, float *out)
{
    if (line->drift == 0.0) {
        align_read(signal, start + lround(line->delay), n_frames, out);
        return;
    }
    for (size_t i = 0; i < n_frames; i += BLOCK)
        read_block(signal, line, warp, start + (long)i, n_frames - i < BLOCK ? n_frames - i : BLOCK,
                   out + i);
}
