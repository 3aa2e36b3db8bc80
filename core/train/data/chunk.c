#include "train/data/chunk.h"

const struct tc_segment *tc_chunk_segment(const struct tc_sampler *sampler,
                                          const struct tc_chunk *chunk, size_t sequence)
{
    const struct tc_segment *const segment = &sampler->segment[chunk->batch->first + sequence];

    return sequence < chunk->batch->count && segment->n_frames > chunk->start ? segment : NULL;
}

unsigned tc_chunk_segment_frames(const struct tc_chunk *chunk, const struct tc_segment *segment)
{
    const size_t remaining = segment->n_frames - chunk->start;

    return (unsigned)(remaining < chunk->n_frames ? remaining : chunk->n_frames);
}

struct tc_loss_range tc_chunk_loss_range(const struct tc_chunk *chunk,
                                         const struct tc_segment *segment,
                                         const struct tc_clip *clips)
{
    const struct tc_clip *const clip = segment ? &clips[segment->clip] : NULL;
    const size_t end = segment ? tc_chunk_segment_frames(chunk, segment) : 0;
    const size_t from = clip ? clip->loss_from : 0;
    const size_t in_chunk = from > chunk->start ? from - chunk->start : 0;
    const size_t first = in_chunk > chunk->recomputed ? in_chunk : chunk->recomputed;

    return (struct tc_loss_range){
        .first = (unsigned)(first < end ? first : end),
        .end = (unsigned)end,
        .ignored = clip && clip->ignored ? clip->ignored + segment->start + chunk->start : NULL};
}

unsigned tc_loss_range_frames(const struct tc_loss_range *range)
{
    size_t n = 0;

    for (struct tc_frame_run run = {.stop = range->first};
         tc_next_frame_run(range->ignored, range->end, &run);)
        n += run.stop - run.start;
    return (unsigned)n;
}

bool tc_chunk_has_loss(const struct tc_chunk *chunk, const struct tc_sampler *sampler,
                       const struct tc_clip *clips)
{
    for (size_t sequence = 0; sequence < chunk->batch->count; ++sequence) {
        const struct tc_loss_range range =
            tc_chunk_loss_range(chunk, tc_chunk_segment(sampler, chunk, sequence), clips);

        if (tc_loss_range_frames(&range))
            return true;
    }
    return false;
}

size_t tc_chunk_frames(const struct tc_chunk *chunk, const struct tc_sampler *sampler)
{
    size_t sum = 0;

    for (size_t sequence = 0; sequence < chunk->batch->count; ++sequence) {
        const struct tc_segment *const segment = tc_chunk_segment(sampler, chunk, sequence);
        const size_t frames = segment ? tc_chunk_segment_frames(chunk, segment) : 0;

        sum += frames > chunk->recomputed ? frames - chunk->recomputed : 0;
    }
    return sum;
}

size_t tc_chunk_parts(const struct tc_chunk *chunk, size_t max_frames)
{
    return (chunk->n_frames + max_frames - 1) / max_frames;
}

struct tc_chunk tc_chunk_part(const struct tc_chunk *chunk, size_t max_frames, size_t index)
{
    const size_t before = index * max_frames, remaining = chunk->n_frames - before;
    struct tc_chunk part = *chunk;

    part.start += before;
    part.n_frames = remaining < max_frames ? remaining : max_frames;
    part.advance = chunk->n_frames > max_frames ? part.n_frames : chunk->advance;
    part.gradient_factor = chunk->gradient_factor ? chunk->gradient_factor + before : NULL;
    return part;
}
