#include "train/data/sampler.h"

#include <stdlib.h>

/* A segment shorter than this many chunks would spend too much on its warm-up. */
enum { MIN_CHUNKS = 4 };

static size_t usable(const struct tc_sampler *sampler, size_t clip)
{
    return sampler->clip_frames[clip] > sampler->clip_warmup
               ? sampler->clip_frames[clip] - sampler->clip_warmup
               : 0;
}

static size_t divide_up(size_t a, size_t b)
{
    return (a + b - 1) / b;
}

/* Divide all clips into segments of about this length; their number. */
static size_t divide_clips(struct tc_sampler *sampler, size_t length)
{
    size_t n = 0;

    sampler->longest = 0;
    for (size_t c = 0; c < sampler->n_clips; ++c) {
        const size_t frames = usable(sampler, c), rounded = (frames + length / 2) / length;
        const size_t segments = sampler->clip_whole[c] || !rounded ? 1 : rounded;

        sampler->clip_segments[c] = frames ? segments : 0;
        n += sampler->clip_segments[c];
        if (frames && frames / segments > sampler->longest)
            sampler->longest = frames / segments;
    }
    return n;
}

/* So many segments that a batch is full, where clips are long enough. The rounding of several clips
 * may give a few more, which would train as two batches of half the size, in twice the time:
 * segments somewhat longer avoid that. */
static void count_segments(struct tc_sampler *sampler, const struct tc_train_options *options)
{
    const size_t fair = divide_up(sampler->loss_frames, options->batch);
    const size_t least = (size_t)MIN_CHUNKS * options->truncate;
    const size_t length = fair > least ? fair : least;

    sampler->n_segments = divide_clips(sampler, length);
    for (size_t longer = length; sampler->n_segments > options->batch && longer < length * 3 / 2;
         longer += length / 64 + 1)
        sampler->n_segments = divide_clips(sampler, longer);
    if (sampler->n_segments > options->batch)
        sampler->n_segments = divide_clips(sampler, length);
    sampler->n_batches = divide_up(sampler->n_segments, options->batch);
    sampler->n_sequences = divide_up(sampler->n_segments, sampler->n_batches);
}

static enum tc_status fill_sampler(struct tc_sampler *sampler, const struct tc_clip *clips,
                                   const struct tc_train_options *options, struct tc_error *error)
{
    sampler->clip_frames = calloc(sampler->n_clips, sizeof *sampler->clip_frames);
    sampler->clip_segments = calloc(sampler->n_clips, sizeof *sampler->clip_segments);
    sampler->clip_whole = calloc(sampler->n_clips, sizeof *sampler->clip_whole);
    if (!sampler->clip_frames || !sampler->clip_segments || !sampler->clip_whole)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for %zu clips", sampler->n_clips);
    for (size_t c = 0; c < sampler->n_clips; ++c) {
        const size_t from = tc_clip_loss_from(&clips[c], sampler->clip_warmup);

        if (clips[c].whole && sampler->warmup != sampler->clip_warmup)
            return tc_fail(error, TC_BAD_ARGUMENT,
                           "a warm-up of %zu frames for segments, expected none of its own with "
                           "clips that are whole, as clip %zu is",
                           sampler->warmup, c);
        sampler->clip_frames[c] = clips[c].n_frames;
        sampler->clip_whole[c] = clips[c].whole;
        sampler->loss_frames += usable(sampler, c);
        if (clips[c].n_frames > from && clips[c].n_frames - from > sampler->longest_loss)
            sampler->longest_loss = clips[c].n_frames - from;
    }
    if (!sampler->loss_frames)
        return tc_fail(error, TC_BAD_ARGUMENT,
                       "no training clip is longer than the warm-up of %u frames", options->warmup);
    count_segments(sampler, options);
    sampler->segment = calloc(sampler->n_segments, sizeof *sampler->segment);
    sampler->batch = calloc(sampler->n_batches, sizeof *sampler->batch);
    if (!sampler->segment || !sampler->batch)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for %zu segments", sampler->n_segments);
    return TC_OK;
}

enum tc_status tc_sampler_new(struct tc_sampler **sampler, const struct tc_clip *clips,
                              size_t n_clips, const struct tc_train_options *options,
                              struct tc_error *error)
{
    struct tc_sampler *const created = calloc(1, sizeof *created);
    enum tc_status status;

    if (!created)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for a sampler");
    created->clip_warmup = options->warmup;
    created->warmup = options->segment_warmup > 0 ? options->segment_warmup : options->warmup;
    created->n_clips = n_clips;
    status = fill_sampler(created, clips, options, error);
    if (status) {
        tc_sampler_free(created);
        return status;
    }
    *sampler = created;
    return TC_OK;
}

void tc_sampler_free(struct tc_sampler *sampler)
{
    if (!sampler)
        return;
    free(sampler->clip_frames);
    free(sampler->clip_segments);
    free(sampler->clip_whole);
    free(sampler->segment);
    free(sampler->batch);
    free(sampler);
}

/* A clip's segments lie end to end after its warm-up, each with its own warm-up taken from what is
 * before: the end of the segment before, or silence. Unless whole, they start a random way in, at
 * most a sixteenth of a segment, whose frames this epoch leaves out. */
static struct tc_segment *cut_clip(const struct tc_sampler *sampler, size_t clip,
                                   struct tc_segment *segment, struct tc_random *random)
{
    const size_t frames = usable(sampler, clip), count = sampler->clip_segments[clip];
    const size_t max_shift = sampler->clip_whole[clip] ? 0 : frames / count / 16;
    const size_t shift = tc_random_below(random, max_shift + 1);
    const size_t length = (frames - shift) / count;
    const ptrdiff_t first = (ptrdiff_t)(sampler->clip_warmup + shift) - (ptrdiff_t)sampler->warmup;

    for (size_t i = 0; i < count; ++i)
        *segment++ = (struct tc_segment){.clip = clip,
                                         .start = first + (ptrdiff_t)(i * length),
                                         .n_frames = sampler->warmup + length};
    return segment;
}

static int longer_first(const void *a, const void *b)
{
    const struct tc_segment *const p = a, *const q = b;

    if (p->n_frames != q->n_frames)
        return p->n_frames < q->n_frames ? 1 : -1;
    if (p->clip != q->clip)
        return p->clip < q->clip ? -1 : 1;
    return (p->start > q->start) - (p->start < q->start);
}

static void swap_segments(struct tc_segment *a, struct tc_segment *b)
{
    const struct tc_segment saved = *a;

    *a = *b;
    *b = saved;
}

/* Fisher and Yates. */
static void shuffle_segments(struct tc_segment *segment, size_t n, struct tc_random *random)
{
    for (size_t i = n; i > 1; --i)
        swap_segments(&segment[i - 1], &segment[tc_random_below(random, i)]);
}

/* Segments of about the same length (to the power of two) keep their shuffled order, the longer
 * ones come first: a batch then wastes little on sequences that wait for the longest. */
static void group_by_length(struct tc_sampler *sampler, struct tc_random *random)
{
    size_t start = 0;

    qsort(sampler->segment, sampler->n_segments, sizeof *sampler->segment, longer_first);
    for (size_t i = 1; i <= sampler->n_segments; ++i)
        if (i == sampler->n_segments ||
            2 * sampler->segment[i].n_frames < sampler->segment[start].n_frames) {
            shuffle_segments(sampler->segment + start, i - start, random);
            start = i;
        }
}

static void make_batches(struct tc_sampler *sampler, struct tc_random *random)
{
    size_t first = 0;

    for (size_t r = 0; r < sampler->n_batches; ++r) {
        struct tc_batch *const batch = &sampler->batch[r];

        batch->first = first;
        batch->count = divide_up(sampler->n_segments - first, sampler->n_batches - r);
        batch->n_frames = 0;
        first += batch->count;
        for (size_t i = batch->first; i < first; ++i)
            if (sampler->segment[i].n_frames > batch->n_frames)
                batch->n_frames = sampler->segment[i].n_frames;
    }
    for (size_t i = sampler->n_batches; i > 1; --i) {
        const size_t j = tc_random_below(random, i);
        const struct tc_batch saved = sampler->batch[i - 1];

        sampler->batch[i - 1] = sampler->batch[j];
        sampler->batch[j] = saved;
    }
}

void tc_sampler_next_epoch(struct tc_sampler *sampler, struct tc_random *random)
{
    struct tc_segment *segment = sampler->segment;

    for (size_t c = 0; c < sampler->n_clips; ++c)
        if (sampler->clip_segments[c])
            segment = cut_clip(sampler, c, segment, random);
    group_by_length(sampler, random);
    make_batches(sampler, random);
}
