#include "train/measure/validation.h"

#include "train/data/sampler.h"

#include <stdlib.h>
#include <string.h>

enum {
    BLOCK = 1024,
    MOST_LANES = 8, /* more gain little */
};

/* Clips with the same knobs, the longest first, that one stream plays side by side. */
struct group {
    const struct tc_clip *const *clip;
    size_t count;
};

/* Buffers for one block of everything that a group's stream hears and plays. */
struct desk {
    const float *in[MOST_LANES * TC_MAX_AUDIO];
    float *out[MOST_LANES * TC_MAX_AUDIO], *knob[TC_MAX_KNOBS];
    float *silence, *memory;
};

static enum tc_status desk_init(struct desk *desk, const struct tc_architecture *arch,
                                const struct group *group)
{
    const size_t outputs = arch->outputs * group->count;
    float *buffer;

    desk->memory = calloc((outputs + arch->knobs + 1) * BLOCK, sizeof *desk->memory);
    if (!desk->memory)
        return TC_NO_MEMORY;
    buffer = desk->silence = desk->memory;
    for (size_t o = 0; o < outputs; ++o)
        desk->out[o] = buffer += BLOCK;
    for (unsigned k = 0; k < arch->knobs; ++k) {
        desk->knob[k] = buffer += BLOCK;
        for (size_t t = 0; t < BLOCK; ++t)
            desk->knob[k][t] = group->clip[0]->knob[k];
    }
    return TC_OK;
}

/* Frames until the next clip ends, at most a block. */
static size_t block_frames(const struct group *group, size_t start)
{
    size_t n = BLOCK;

    for (size_t c = 0; c < group->count; ++c) {
        const size_t frames = group->clip[c]->n_frames;

        if (frames > start && frames - start < n)
            n = frames - start;
    }
    return n;
}

/* Clips that are over hear silence, which nobody listens to. */
static void play_block(struct tc_stream *stream, struct desk *desk,
                       const struct tc_architecture *arch, const struct group *group, size_t start,
                       size_t n)
{
    for (size_t c = 0; c < group->count; ++c)
        for (unsigned a = 0; a < arch->audio_inputs; ++a)
            desk->in[c * arch->audio_inputs + a] =
                start < group->clip[c]->n_frames ? group->clip[c]->input[a] + start : desk->silence;
    tc_stream_process(stream, desk->in, (const float *const *)desk->knob, desk->out, n);
}

/* Score n frames of a block of a clip, all of which carry loss. */
static void score_clip(const struct tc_architecture *arch, const struct tc_clip *clip,
                       float *const *out, size_t start, size_t skip, size_t n,
                       struct tc_score *score)
{
    const float *target[TC_MAX_AUDIO], *output[TC_MAX_AUDIO];

    for (unsigned o = 0; o < arch->outputs; ++o) {
        target[o] = clip->target[o] + start + skip;
        output[o] = out[o] + skip;
        if (arch->readout == TC_READOUT_LINEAR)
            tc_score_add(score, target[o], output[o], n - skip);
    }
    if (arch->readout != TC_READOUT_LINEAR)
        tc_score_add_probabilities(score, arch->readout, arch->outputs, target, output, n - skip);
}

/* Score n frames of a block; scores are the clips' own. */
static void score_block(const struct desk *desk, const struct tc_architecture *arch,
                        const struct group *group, size_t start, size_t warmup, size_t n,
                        const struct tc_clip *clips, struct tc_score *scores)
{
    for (size_t c = 0; c < group->count; ++c) {
        const struct tc_clip *const clip = group->clip[c];
        const size_t from = tc_clip_loss_from(clip, warmup);
        const size_t skip = from > start ? from - start : 0;

        if (start < clip->n_frames && skip < n)
            score_clip(arch, clip, desk->out + c * arch->outputs, start, skip, n,
                       &scores[clip - clips]);
    }
}

/* Let the stream of a group start where an encoder is after each clip's context. */
static enum tc_status encode(const struct tc_model *encoder, const struct group *group,
                             struct tc_stream *decoder)
{
    const struct tc_architecture *const arch = tc_model_architecture(encoder);
    const size_t n = group->clip[0]->n_context;
    float *const unused = calloc(arch->outputs * n, sizeof *unused);
    struct tc_stream *stream = NULL;
    enum tc_status status = unused ? tc_stream_new(&stream, encoder, 1, NULL) : TC_NO_MEMORY;
    float *out[TC_MAX_AUDIO];

    for (unsigned o = 0; !status && o < arch->outputs; ++o)
        out[o] = unused + o * n;
    for (unsigned c = 0; !status && c < group->count; ++c) {
        tc_stream_reset(stream);
        tc_stream_process(stream, group->clip[c]->context, NULL, out, n);
        tc_stream_copy_channel(decoder, c, stream, 0);
    }
    tc_stream_free(stream);
    free(unused);
    return status;
}

static enum tc_status play_group(const struct tc_model *model, const struct tc_model *encoder,
                                 const struct group *group, size_t warmup,
                                 const struct tc_clip *clips, struct tc_score *scores)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);
    struct tc_stream *stream = NULL;
    struct desk desk = {.memory = NULL};
    enum tc_status status = tc_stream_new(&stream, model, (unsigned)group->count, NULL);
    size_t n;

    if (!status && encoder)
        status = encode(encoder, group, stream);
    if (!status)
        status = desk_init(&desk, arch, group);
    for (size_t start = 0; !status && start < group->clip[0]->n_frames; start += n) {
        n = block_frames(group, start);
        play_block(stream, &desk, arch, group, start, n);
        score_block(&desk, arch, group, start, warmup, n, clips, scores);
    }
    free(desk.memory);
    tc_stream_free(stream);
    return status;
}

/* ------------------------------------------------------------------ who plays with whom */

/* Knobs are compared as bytes: 0 and -0, or knobs that the model has not, only cost speed. */
static int same_knobs_longest_first(const void *a, const void *b)
{
    const struct tc_clip *const p = *(const struct tc_clip *const *)a;
    const struct tc_clip *const q = *(const struct tc_clip *const *)b;
    const int knobs = memcmp(p->knob, q->knob, sizeof p->knob);

    if (knobs)
        return knobs;
    if (p->n_frames != q->n_frames)
        return p->n_frames > q->n_frames ? -1 : 1;
    return (p > q) - (p < q);
}

static bool fits(const struct group *group, size_t most, const struct tc_clip *clip)
{
    const struct tc_clip *const first = group->clip[0];

    return group->count < most && 2 * clip->n_frames >= first->n_frames &&
           memcmp(clip->knob, first->knob, sizeof first->knob) == 0;
}

/* Fill groups; returns their number. Enough of them that every thread has one. */
static size_t make_groups(struct group *groups, const struct tc_clip **order,
                          const struct tc_clip *clips, size_t n_clips, unsigned threads)
{
    const size_t fair = (n_clips + threads - 1) / threads;
    const size_t most = fair < MOST_LANES ? fair : MOST_LANES;
    size_t n = 0;

    for (size_t c = 0; c < n_clips; ++c)
        order[c] = &clips[c];
    qsort(order, n_clips, sizeof *order, same_knobs_longest_first);
    for (size_t c = 0; c < n_clips; ++c)
        if (n && fits(&groups[n - 1], most, order[c]))
            ++groups[n - 1].count;
        else
            groups[n++] = (struct group){&order[c], 1};
    return n;
}

/* ------------------------------------------------------------------ all together */

static void merge(struct tc_score *score, const struct tc_score *other)
{
    score->frames += other->frames;
    score->target_energy += other->target_energy;
    score->error_energy += other->error_energy;
    score->target_sum += other->target_sum;
    score->error_sum += other->error_sum;
    score->nats += other->nats;
    score->max_error = other->max_error > score->max_error ? other->max_error : score->max_error;
}

enum tc_status tc_validate(const struct tc_model *model, const struct tc_model *encoder,
                           const struct tc_clip *clips, size_t n_clips, size_t warmup,
                           unsigned threads, struct tc_score *score, struct tc_error *error)
{
    struct tc_score *const parts = calloc(n_clips, sizeof *parts);
    struct group *const groups = calloc(n_clips, sizeof *groups);
    const struct tc_clip **const order = calloc(n_clips, sizeof *order);
    bool failed = !parts || !groups || !order;
    const size_t n = failed ? 0 : make_groups(groups, order, clips, n_clips, threads);

    *score = (struct tc_score){0};
#pragma omp parallel for num_threads(threads) schedule(dynamic, 1) reduction(|| : failed)
    for (size_t g = 0; g < n; ++g)
        if (!failed)
            failed = play_group(model, encoder, &groups[g], warmup, clips, parts) != TC_OK;
    for (size_t c = 0; !failed && c < n_clips; ++c)
        merge(score, &parts[c]);
    free(order);
    free(groups);
    free(parts);
    return failed ? tc_fail(error, TC_NO_MEMORY, "out of memory for a validation") : TC_OK;
}
