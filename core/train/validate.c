#include "train/validate.h"

#include <stdlib.h>

enum { BLOCK = 1024 };

/* Buffers for one block of every output, and the knobs, which stand still. */
struct desk {
    const float *in[TC_MAX_AUDIO];
    float *out[TC_MAX_AUDIO], *knob[TC_MAX_KNOBS];
    float *memory;
};

static enum tc_status desk_init(struct desk *desk, const struct tc_architecture *arch,
                                const struct tc_clip *clip)
{
    desk->memory = malloc((arch->outputs + arch->knobs) * BLOCK * sizeof *desk->memory);
    if (!desk->memory)
        return TC_NO_MEMORY;
    for (unsigned o = 0; o < arch->outputs; ++o)
        desk->out[o] = desk->memory + (size_t)o * BLOCK;
    for (unsigned k = 0; k < arch->knobs; ++k) {
        desk->knob[k] = desk->memory + (size_t)(arch->outputs + k) * BLOCK;
        for (size_t t = 0; t < BLOCK; ++t)
            desk->knob[k][t] = clip->knob[k];
    }
    return TC_OK;
}

static void play_block(struct tc_stream *stream, struct desk *desk,
                       const struct tc_architecture *arch, const struct tc_clip *clip,
                       size_t warmup, size_t start, struct tc_score *score)
{
    const size_t n = clip->n_frames - start < BLOCK ? clip->n_frames - start : BLOCK;
    const size_t skip = start >= warmup ? 0 : warmup - start < n ? warmup - start : n;

    for (unsigned a = 0; a < arch->audio_inputs; ++a)
        desk->in[a] = clip->input[a] + start;
    tc_stream_process(stream, desk->in, (const float *const *)desk->knob, desk->out, n);
    for (unsigned o = 0; o < arch->outputs; ++o)
        tc_score_add(score, clip->target[o] + start + skip, desk->out[o] + skip, n - skip);
}

static enum tc_status play_clip(const struct tc_model *model, const struct tc_clip *clip,
                                size_t warmup, struct tc_score *score)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);
    struct tc_stream *stream = NULL;
    struct desk desk = {.memory = NULL};
    enum tc_status status = tc_stream_new(&stream, model, 1, NULL);

    if (!status)
        status = desk_init(&desk, arch, clip);
    for (size_t start = 0; !status && start < clip->n_frames; start += BLOCK)
        play_block(stream, &desk, arch, clip, warmup, start, score);
    free(desk.memory);
    tc_stream_free(stream);
    return status;
}

static void merge(struct tc_score *score, const struct tc_score *other)
{
    score->frames += other->frames;
    score->target_energy += other->target_energy;
    score->error_energy += other->error_energy;
    score->target_sum += other->target_sum;
    score->error_sum += other->error_sum;
    score->max_error = other->max_error > score->max_error ? other->max_error : score->max_error;
}

enum tc_status tc_validate(const struct tc_model *model, const struct tc_clip *clips,
                           size_t n_clips, size_t warmup, unsigned threads, struct tc_score *score,
                           struct tc_error *error)
{
    struct tc_score *const parts = calloc(n_clips, sizeof *parts);
    bool failed = false;

    if (!parts)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for the scores of %zu clips", n_clips);
    *score = (struct tc_score){0};
#pragma omp parallel for num_threads(threads) schedule(dynamic, 1) reduction(|| : failed)
    for (size_t c = 0; c < n_clips; ++c)
        if (!failed)
            failed = play_clip(model, &clips[c], warmup, &parts[c]) != TC_OK;
    for (size_t c = 0; !failed && c < n_clips; ++c)
        merge(score, &parts[c]);
    free(parts);
    return failed ? tc_fail(error, TC_NO_MEMORY, "out of memory for a validation") : TC_OK;
}
