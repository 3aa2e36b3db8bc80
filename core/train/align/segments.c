#include "train/align/segments.h"

#include <stdbool.h>
#include <stdlib.h>

enum { MAX_CANDIDATES = 512, CANDIDATES_PER_SEGMENT = 4 };

/* A segment has signal if its energy is so much of the 90th percentile of all. */
static const double min_energy = 0.03;

struct candidate {
    struct align_segment at;
    double energy;
};

static double energy(const struct align_signal *signal, size_t start, size_t n_frames)
{
    double sum = 0.0;

    for (size_t i = start; i < start + n_frames; i += 64) {
        const size_t size = start + n_frames - i < 64 ? start + n_frames - i : 64;
        float block[64];

        align_read(signal, (long)i, size, block);
        for (size_t k = 0; k < size; ++k)
            sum += (double)block[k] * (double)block[k];
    }
    return sum;
}

static bool has_target(const struct align_clip *clip, const struct align_line *line, size_t start,
                       size_t length)
{
    const double first = (double)start + line->delay + line->drift * (double)start;

    return first >= 0.0 && first + (double)length <= (double)clip->target.n_frames;
}

static int by_energy(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double energy_threshold(const struct candidate *candidate, size_t n)
{
    double sorted[MAX_CANDIDATES];

    for (size_t i = 0; i < n; ++i)
        sorted[i] = candidate[i].energy;
    qsort(sorted, n, sizeof *sorted, by_energy);
    return min_energy * sorted[(n - 1) * 9 / 10];
}

static size_t list(struct candidate *candidate, const struct align_clip *clips, size_t n_clips,
                   size_t length, size_t n_wanted, const struct align_line *line)
{
    const size_t clip_step = n_clips / (MAX_CANDIDATES / 2) + 1;
    size_t total = 0, n = 0, hop;

    for (size_t c = 0; c < n_clips; c += clip_step)
        total += clips[c].input.n_frames;
    hop = total / (CANDIDATES_PER_SEGMENT * n_wanted) + 1;
    hop = hop > length ? hop : length;
    for (size_t c = 0; c < n_clips; c += clip_step) {
        const struct align_signal *const input = &clips[c].input;

        for (size_t start = 0; start + length <= input->n_frames && n < MAX_CANDIDATES;
             start += hop) {
            if (line != NULL && !has_target(&clips[c], line, start, length))
                continue;
            candidate[n].at = (struct align_segment){c, start};
            candidate[n++].energy = energy(input, start, length);
        }
    }
    return n;
}

void align_segments_choose(struct align_segments *segments, const struct align_clip *clips,
                           size_t n_clips, size_t length, size_t n_wanted,
                           const struct align_line *line)
{
    struct candidate candidate[MAX_CANDIDATES];
    size_t n = list(candidate, clips, n_clips, length, n_wanted, line), with_signal = 0;

    *segments = (struct align_segments){.length = length};
    if (n > 0) {
        const double threshold = energy_threshold(candidate, n);

        for (size_t i = 0; i < n; ++i)
            if (candidate[i].energy >= threshold && candidate[i].energy > 0.0)
                candidate[with_signal++] = candidate[i];
    }
    n = with_signal < n_wanted ? with_signal : n_wanted;
    for (size_t i = 0; i < n; ++i)
        segments->at[i] = candidate[i * with_signal / n].at;
    segments->n = n;
}

static int by_frames(const void *a, const void *b)
{
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;

    return (x > y) - (x < y);
}

size_t align_segment_length(const struct align_clip *clips, size_t n_clips, size_t longest)
{
    const size_t step = n_clips / MAX_CANDIDATES + 1;
    size_t frames[MAX_CANDIDATES], n = 0, length = longest;

    for (size_t c = 0; c < n_clips; c += step)
        frames[n++] = clips[c].input.n_frames;
    qsort(frames, n, sizeof *frames, by_frames);
    while (length > frames[n / 2] / 2 && length > 2)
        length /= 2;
    return length;
}
