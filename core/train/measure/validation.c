#include "train/measure/validation.h"

#include "train/data/frame_runs.h"
#include "train/data/sampler.h"
#include "train/measure/stream_buffers.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_CHANNELS = 8 }; /* of a stream; more gain little speed */

/* Clips with the same knobs, the longest first, each of which is a channel of one stream. */
struct clip_group {
    const struct tc_clip *const *clip;
    size_t count;
};

/* Frames until the next clip ends, at most `most`. */
static size_t block_frames(const struct clip_group *group, size_t start, size_t most)
{
    size_t n = most;

    for (size_t c = 0; c < group->count; ++c) {
        const size_t frames = group->clip[c]->n_frames;

        if (frames > start && frames - start < n)
            n = frames - start;
    }
    return n;
}

/* Run n frames of all clips; those that have ended get silence, and their output is not used. */
static void play_block(struct tc_stream *stream, const struct tc_stream_buffers *buffers,
                       const struct tc_architecture *arch, const struct clip_group *group,
                       size_t start, size_t n)
{
    const float **in = buffers->in;

    for (size_t c = 0; c < group->count; ++c) {
        const struct tc_clip *const clip = group->clip[c];
        const bool played = start < clip->n_frames;

        for (unsigned i = 0; i < tc_input_buffers(arch); ++i) {
            const float *const samples = i == 1 && clip->control ? clip->control : clip->input[i];

            *in++ = played ? samples + start : buffers->silence;
        }
    }
    tc_stream_buffers_process(buffers, stream, n);
}

/* Score a run of frames of a clip, all of which carry loss, in the block whose output from frame
 * `start` on is `out`. `pointers` [2 * outputs] is scratch. */
static void score_clip(const struct tc_architecture *arch, const struct tc_clip *clip,
                       float *const *out, size_t start, struct tc_frame_run run,
                       const float **pointers, struct tc_score *score)
{
    const float **const target = pointers, **const output = pointers + arch->outputs;
    const size_t n = run.stop - run.start;

    for (unsigned o = 0; o < arch->outputs; ++o) {
        target[o] = clip->target[o] + run.start;
        output[o] = out[o] + (run.start - start);
        if (arch->readout == TC_READOUT_LINEAR)
            tc_score_add(score, target[o], output[o], n);
    }
    if (arch->readout != TC_READOUT_LINEAR)
        tc_score_add_probabilities(score, arch->readout, arch->outputs, target, output, n);
}

/* What the scores of a group's clips need. */
struct scoring {
    const struct tc_architecture *arch;
    const struct tc_clip *clips; /* all clips */
    struct tc_score *scores;     /* [all clips] */
    size_t warmup;
    const float **pointers; /* [2 * outputs] scratch */
};

/* Score n frames of a block, each clip by itself. */
static void score_block(const struct scoring *scoring, const struct tc_stream_buffers *buffers,
                        const struct clip_group *group, size_t start, size_t n)
{
    const struct tc_architecture *const arch = scoring->arch;

    for (size_t c = 0; c < group->count; ++c) {
        const struct tc_clip *const clip = group->clip[c];
        const size_t from = tc_clip_loss_from(clip, scoring->warmup);
        const size_t end = start + n < clip->n_frames ? start + n : clip->n_frames;

        for (struct tc_frame_run run = {.stop = from > start ? from : start};
             tc_next_frame_run(clip->ignored, end, &run);)
            score_clip(arch, clip, buffers->out + c * arch->outputs, start, run, scoring->pointers,
                       &scoring->scores[clip - scoring->clips]);
    }
}

/* Run an encoder over each clip's context, and start the decoder's channels from its last states.
 */
static enum tc_status encode(const struct tc_model *encoder, const struct clip_group *group,
                             struct tc_stream *decoder)
{
    static const float no_knob[TC_MAX_KNOBS];
    const struct tc_architecture *const arch = tc_model_architecture(encoder);
    const size_t n_context = group->clip[0]->n_context;
    struct tc_stream_buffers buffers;
    struct tc_stream *stream = NULL;
    enum tc_status status = tc_stream_buffers_init(&buffers, arch, 1, no_knob);

    if (!status)
        status = tc_stream_new(&stream, encoder, 1, NULL);
    for (unsigned c = 0; !status && c < group->count; ++c) {
        size_t n;

        tc_stream_reset(stream);
        for (size_t start = 0; start < n_context; start += n) {
            n = n_context - start < buffers.frames ? n_context - start : buffers.frames;
            for (unsigned i = 0; i < tc_input_buffers(arch); ++i)
                buffers.in[i] = group->clip[c]->context[i] + start;
            tc_stream_buffers_process(&buffers, stream, n);
        }
        tc_stream_copy_channel(decoder, c, stream, 0);
    }
    tc_stream_free(stream);
    tc_stream_buffers_done(&buffers);
    return status;
}

static enum tc_status play_group(const struct tc_model *model, const struct tc_model *encoder,
                                 const struct clip_group *group, size_t warmup,
                                 const struct tc_clip *clips, struct tc_score *scores)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);
    struct scoring scoring = {arch, clips, scores, warmup, NULL};
    struct tc_stream *stream = NULL;
    struct tc_stream_buffers buffers;
    const float *const knob = group->clip[0]->knob + (group->clip[0]->control != NULL);
    enum tc_status status = tc_stream_buffers_init(&buffers, arch, group->count, knob);
    size_t n;

    scoring.pointers = calloc(2 * (size_t)arch->outputs, sizeof *scoring.pointers);
    if (!scoring.pointers)
        status = TC_NO_MEMORY;
    if (!status)
        status = tc_stream_new(&stream, model, (unsigned)group->count, NULL);
    if (!status && encoder)
        status = encode(encoder, group, stream);
    for (size_t start = 0; !status && start < group->clip[0]->n_frames; start += n) {
        n = block_frames(group, start, buffers.frames);
        play_block(stream, &buffers, arch, group, start, n);
        score_block(&scoring, &buffers, group, start, n);
    }
    free(scoring.pointers);
    tc_stream_free(stream);
    tc_stream_buffers_done(&buffers);
    return status;
}

/* ------------------------------------------------------------------ groups of clips */

/* Knobs are compared as bytes: clips that differ in 0 and -0, or in knobs that the model does not
 * have, get groups of their own, which only costs speed. */
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

static bool fits(const struct clip_group *group, size_t most, const struct tc_clip *clip)
{
    const struct tc_clip *const first = group->clip[0];

    return group->count < most && 2 * clip->n_frames >= first->n_frames &&
           memcmp(clip->knob, first->knob, sizeof first->knob) == 0;
}

/* Fill groups and return their number, which is enough for every thread to get one. */
static size_t make_groups(struct clip_group *groups, const struct tc_clip **order,
                          const struct tc_clip *clips, size_t n_clips, unsigned threads)
{
    const size_t fair = (n_clips + threads - 1) / threads;
    const size_t most = fair < MAX_CHANNELS ? fair : MAX_CHANNELS;
    size_t n = 0;

    for (size_t c = 0; c < n_clips; ++c)
        order[c] = &clips[c];
    qsort(order, n_clips, sizeof *order, same_knobs_longest_first);
    for (size_t c = 0; c < n_clips; ++c)
        if (n && fits(&groups[n - 1], most, order[c]))
            ++groups[n - 1].count;
        else
            groups[n++] = (struct clip_group){&order[c], 1};
    return n;
}

/* ------------------------------------------------------------------ the whole set */

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

static enum tc_status play_all(const struct tc_model *model, const struct tc_model *encoder,
                               const struct tc_clip *clips, size_t n_clips, size_t warmup,
                               unsigned threads, struct tc_score *score, struct tc_error *error)
{
    struct tc_score *const scores = calloc(n_clips, sizeof *scores);
    struct clip_group *const groups = calloc(n_clips, sizeof *groups);
    const struct tc_clip **const order = calloc(n_clips, sizeof *order);
    bool failed = !scores || !groups || !order;
    const size_t n = failed ? 0 : make_groups(groups, order, clips, n_clips, threads);

    *score = (struct tc_score){0};
#pragma omp parallel for num_threads(threads) schedule(dynamic, 1) reduction(|| : failed)
    for (size_t g = 0; g < n; ++g)
        if (!failed)
            failed = play_group(model, encoder, &groups[g], warmup, clips, scores) != TC_OK;
    for (size_t c = 0; !failed && c < n_clips; ++c)
        merge(score, &scores[c]);
    free(order);
    free(groups);
    free(scores);
    return failed ? tc_fail(error, TC_NO_MEMORY, "out of memory for a validation") : TC_OK;
}

enum tc_status tc_validate(const struct tc_model *model, const struct tc_model *encoder,
                           const struct tc_clip *clips, size_t n_clips, size_t warmup,
                           unsigned threads, struct tc_score *score, struct tc_error *error)
{
    struct tc_model *controlled = NULL; /* each clip is a channel with a signal of its own */
    enum tc_status status =
        clips->control ? tc_model_with_control_input(&controlled, model, error) : TC_OK;

    if (!status)
        status = play_all(controlled ? controlled : model, encoder, clips, n_clips, warmup, threads,
                          score, error);
    tc_model_free(controlled);
    return status;
}
