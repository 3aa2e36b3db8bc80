#include "train/step.h"

#include "model/model.h"
#include "model/network_input.h"
#include "train/network/loss.h"

#include <math.h>
#include <string.h>

enum {
    RESTART_AFTER = 8,  /* steps rejected without a new best before the best weights come back */
    GIVE_UP_AFTER = 64, /* steps rejected in a row that end the training */
};

/* A sequence of a shard in a chunk: its segment, or NULL where the sequence has none (left). */
static const struct tc_segment *sequence_segment(const struct tc_trainer *trainer,
                                                 const struct tc_chunk *chunk, size_t sequence)
{
    const struct tc_segment *const segment =
        &trainer->sampler->segment[chunk->batch->first + sequence];

    return sequence < chunk->batch->count && segment->n_frames > chunk->start ? segment : NULL;
}

static unsigned frames_left(const struct tc_segment *segment, const struct tc_chunk *chunk)
{
    const size_t left = segment->n_frames - chunk->start;

    return (unsigned)(left < chunk->n_frames ? left : chunk->n_frames);
}

/* One sequence's input of the network; zeros behind the end of its segment. */
static void fill_sequence(const struct tc_trainer *trainer, struct tc_shard *shard,
                          unsigned sequence, const struct tc_segment *segment,
                          const struct tc_chunk *chunk)
{
    const struct tc_architecture *const arch = &trainer->arch;
    const unsigned n = segment ? frames_left(segment, chunk) : 0;
    const struct tc_clip *const clip = segment ? &trainer->train[segment->clip] : NULL;

    for (unsigned row = 0; row < arch->audio_inputs + arch->knobs; ++row) {
        float *const x = tc_shard_input(shard, sequence, row);

        if (n && row < arch->audio_inputs) {
            const float *const from = clip->input[row] + segment->start + chunk->start;

            for (unsigned t = 0; t < n; ++t)
                x[t] = tc_audio_input(from[t], trainer->in_gain);
        } else if (n) {
            const unsigned k = row - arch->audio_inputs;
            const float value = tc_knob_input(&trainer->meta.knob[k], clip->knob[k]);

            for (unsigned t = 0; t < n; ++t)
                x[t] = value;
        }
        memset(x + n, 0, (chunk->n_frames - n) * sizeof *x);
    }
}

/* A sequence's frames of a chunk that carry loss. */
static struct tc_loss_range loss_range(const struct tc_trainer *trainer,
                                       const struct tc_segment *segment,
                                       const struct tc_chunk *chunk)
{
    const size_t end = segment ? frames_left(segment, chunk) : 0;
    const size_t from = segment ? trainer->train[segment->clip].loss_from : 0;
    const size_t behind = from > chunk->start ? from - chunk->start : 0;
    const size_t first = behind > chunk->skip ? behind : chunk->skip;

    return (struct tc_loss_range){(unsigned)(first < end ? first : end), (unsigned)end};
}

static double sequence_loss(const struct tc_trainer *trainer, struct tc_shard *shard,
                            unsigned column, const struct tc_segment *segment,
                            const struct tc_chunk *chunk)
{
    const float *target[TC_MAX_AUDIO];
    const struct tc_loss_range range = loss_range(trainer, segment, chunk);

    for (unsigned o = 0; segment && o < trainer->arch.outputs; ++o)
        target[o] = trainer->train[segment->clip].target[o] + segment->start + chunk->start;
    if (trainer->arch.readout != TC_READOUT_LINEAR)
        return tc_loss_sequence_probabilities(shard, column, &trainer->arch, target, range,
                                              (unsigned)chunk->n_frames, chunk->scale);
    return tc_loss_sequence(shard, column, trainer->arch.outputs, target, trainer->target_gain,
                            range, (unsigned)chunk->n_frames, chunk->scale);
}

static void listen(const struct tc_trainer *trainer, size_t s, const struct tc_chunk *chunk)
{
    struct tc_shard *const shard = trainer->shard[s];
    const struct tc_dropout dropout = {trainer->options.dropout, trainer->drop_seed,
                                       trainer->first_sequence[s], chunk->start};

    tc_shard_set_dropout(shard, dropout);
    for (size_t sequence = trainer->first_sequence[s]; sequence < trainer->first_sequence[s + 1];
         ++sequence)
        fill_sequence(trainer, shard, (unsigned)(sequence - trainer->first_sequence[s]),
                      sequence_segment(trainer, chunk, sequence), chunk);
    tc_shard_forward(shard, (unsigned)chunk->n_frames);
}

/* How many parts a chunk has, and each: what is in memory at a time. */
static size_t parts_of(const struct tc_trainer *trainer, const struct tc_chunk *chunk)
{
    return (chunk->n_frames + trainer->max_frames - 1) / trainer->max_frames;
}

static struct tc_chunk part_of(const struct tc_trainer *trainer, const struct tc_chunk *chunk,
                               size_t index)
{
    const size_t before = index * trainer->max_frames, left = chunk->n_frames - before;
    struct tc_chunk part = *chunk;

    part.start += before;
    part.n_frames = left < trainer->max_frames ? left : trainer->max_frames;
    part.move = chunk->n_frames > trainer->max_frames ? part.n_frames : chunk->move;
    part.pass = chunk->pass ? chunk->pass + before : NULL;
    return part;
}

/* Move the streams through some of a chunk's parts; the states before them are kept where asked. */
static void listen_on(const struct tc_trainer *trainer, size_t s, const struct tc_chunk *chunk,
                      size_t parts, bool keep)
{
    struct tc_shard *const shard = trainer->shard[s];

    for (size_t i = 0; i < parts; ++i) {
        const struct tc_chunk part = part_of(trainer, chunk, i);

        if (keep)
            tc_shard_save_state(shard, 0, trainer->state[s] + i * tc_shard_state_floats(shard));
        listen(trainer, s, &part);
        tc_shard_advance(shard, (unsigned)part.move);
    }
}

static double *shard_moments(const struct tc_trainer *trainer, size_t s, unsigned layer)
{
    return tc_batch_norm_moments(
        trainer->norm, layer, trainer->moments + s * tc_batch_norm_moments_doubles(trainer->norm));
}

/* Of the frames of all sequences that belong to a segment. */
static void add_moments(const struct tc_trainer *trainer, size_t s, unsigned l,
                        const struct tc_chunk *part)
{
    const size_t first = trainer->first_sequence[s];

    for (size_t sequence = first; sequence < trainer->first_sequence[s + 1]; ++sequence) {
        const struct tc_segment *const segment = sequence_segment(trainer, part, sequence);

        if (segment)
            tc_shard_add_moments(trainer->shard[s], l, (unsigned)(sequence - first),
                                 frames_left(segment, part), shard_moments(trainer, s, l));
    }
}

/* A part forward, and back from the part behind. */
static void learn_part(const struct tc_trainer *trainer, size_t s, const struct tc_chunk *part)
{
    struct tc_shard *const shard = trainer->shard[s];
    double loss = 0.0;

    listen(trainer, s, part);
    for (size_t sequence = trainer->first_sequence[s]; sequence < trainer->first_sequence[s + 1];
         ++sequence)
        loss += sequence_loss(trainer, shard, (unsigned)(sequence - trainer->first_sequence[s]),
                              sequence_segment(trainer, part, sequence), part);
    for (unsigned l = 1; l < trainer->norm->layers; ++l)
        add_moments(trainer, s, l, part);
    tc_shard_backward_continued(shard, trainer->shard_gradient[s], (unsigned)part->n_frames,
                                part->pass);
    if (trainer->options.start == TC_START_LEARNED && part->start == 0)
        tc_shard_add_start_gradient(shard, trainer->shard_gradient[s]);
    if (trainer->encoder && part->start == 0)
        tc_encoder_backward(trainer->encoder, s, shard,
                            trainer->shard_gradient[s] + tc_trainer_encoder_at(trainer));
    trainer->shard_loss[s] += loss;
}

/* The states before all parts but the last are kept on the way there; from them, the parts are
 * listened to again on the way back. The state behind the chunk then takes the last one's place. */
static void learn(const struct tc_trainer *trainer, size_t s, const struct tc_chunk *chunk)
{
    struct tc_shard *const shard = trainer->shard[s];
    const size_t floats = tc_shard_state_floats(shard), last = parts_of(trainer, chunk) - 1;
    struct tc_chunk part = part_of(trainer, chunk, last);

    listen_on(trainer, s, chunk, last, true);
    trainer->shard_loss[s] = 0.0;
    memset(trainer->shard_gradient[s], 0, trainer->values * sizeof *trainer->gradient);
    tc_shard_cut_gradient(shard);
    learn_part(trainer, s, &part);
    tc_shard_advance(shard, (unsigned)part.move);
    if (last == 0)
        return;
    tc_shard_save_state(shard, 0, trainer->state[s] + last * floats);
    for (size_t i = last; i-- > 0;) {
        part = part_of(trainer, chunk, i);
        tc_shard_load_state(shard, trainer->state[s] + i * floats);
        learn_part(trainer, s, &part);
    }
    tc_shard_load_state(shard, trainer->state[s] + last * floats);
}

void tc_step_reset(struct tc_trainer *trainer)
{
    for (size_t s = 0; s < trainer->n_shards; ++s)
        for (size_t sequence = trainer->first_sequence[s];
             sequence < trainer->first_sequence[s + 1]; ++sequence)
            tc_shard_reset_sequence(trainer->shard[s], trainer->parameters,
                                    (unsigned)(sequence - trainer->first_sequence[s]));
}

/* Sum the shards in their order, as the gradient of what the optimiser moves. */
static void gather_gradient(struct tc_trainer *trainer)
{
    float *const sum = trainer->gradient;

    memcpy(sum, trainer->shard_gradient[0], trainer->values * sizeof *sum);
    for (size_t s = 1; s < trainer->n_shards; ++s) {
        const float *const part = trainer->shard_gradient[s];

        for (size_t i = 0; i < trainer->values; ++i)
            sum[i] += part[i];
    }
    tc_constraint_gradient(trainer->constraint, trainer->parameters, sum);
    tc_batch_norm_gradient(trainer->norm, trainer->unconstrained, sum);
}

/* What layers above the lowest heard in all shards, in their order. */
static void learn_moments(struct tc_trainer *trainer)
{
    for (unsigned l = 1; l < trainer->norm->layers; ++l) {
        double *const sum = shard_moments(trainer, 0, l);

        for (size_t s = 1; s < trainer->n_shards; ++s)
            for (size_t i = 0; i < tc_moments_doubles(trainer->norm->layer[l].inputs); ++i)
                sum[i] += shard_moments(trainer, s, l)[i];
        tc_batch_norm_update(trainer->norm, l, sum, trainer->unconstrained);
    }
}

static double norm_of_gradient(const struct tc_trainer *trainer)
{
    const float *const g = trainer->gradient;
    double square = 0.0;

#pragma omp simd reduction(+ : square)
    for (size_t i = 0; i < trainer->n_updated; ++i)
        square += (double)g[i] * (double)g[i];
    return sqrt(square);
}

/* Gradients are finite here. */
static void clip_values(struct tc_trainer *trainer)
{
    const float most = trainer->options.clip_value;

    for (size_t i = 0; i < trainer->n_updated; ++i)
        trainer->gradient[i] = fminf(fmaxf(trainer->gradient[i], -most), most);
}

static void shrink(float *w, size_t n, float factor)
{
    for (size_t i = 0; i < n; ++i)
        w[i] *= factor;
}

static void shrink_network(const struct tc_weights *weights, bool recurrent, float *p, float factor)
{
    const struct tc_architecture *const arch = &weights->arch;

    for (unsigned l = 0; l < arch->layers; ++l) {
        const struct tc_layer_offsets *const at = &weights->layer[l].at;
        const size_t hidden = arch->layer[l].hidden;
        const size_t rows = tc_cell_gates(arch->layer[l].cell) * hidden;

        shrink(p + at->w_ih, rows * tc_layer_inputs(arch, l), factor);
        if (recurrent)
            shrink(p + at->w_hh, rows * hidden, factor);
    }
    shrink(p + weights->readout_at.w, (size_t)arch->outputs * arch->layer[arch->layers - 1].hidden,
           factor);
}

/* The decay of AdamW. It stands beside the optimiser's step and is not divided by its denominator.
 */
static void decay_weights(const struct tc_trainer *trainer)
{
    const float factor = (float)(1.0 - trainer->rate * (double)trainer->options.weight_decay);
    const bool recurrent = trainer->options.recurrent == TC_RECURRENT_FREE;

    shrink_network(trainer->weights, recurrent, trainer->unconstrained, factor);
    if (trainer->encoder)
        shrink_network(trainer->encoder->weights, recurrent,
                       trainer->unconstrained + tc_trainer_encoder_at(trainer), factor);
}

enum tc_status tc_step_give_up(const struct tc_trainer *trainer, struct tc_error *error)
{
    return tc_fail(error, TC_BAD_VALUE,
                   "%u steps in a row gave a loss or gradient that is not finite: try a smaller "
                   "learning rate",
                   trainer->rejected_in_row);
}

/* A step that came out NaN or infinite changes nothing; when more come the weights themselves are
 * to blame, and the best ones return with half the step size. They need not come in a row: streams
 * that start afresh after each make the next one succeed, and that after it fail. */
static enum tc_status reject_step(struct tc_trainer *trainer, struct tc_error *error)
{
    ++trainer->progress.rejected;
    ++trainer->rejected_in_row;
    ++trainer->rejected_since_restart;
    if (trainer->rejected_in_row >= GIVE_UP_AFTER)
        return tc_step_give_up(trainer, error);
    if (trainer->rejected_since_restart >= RESTART_AFTER) {
        trainer->rejected_since_restart = 0;
        memcpy(trainer->parameters, trainer->best, trainer->n_saved * sizeof *trainer->best);
        tc_batch_norm_rebase(trainer->norm, trainer->parameters, trainer->unconstrained);
        tc_step_materialise(trainer);
        tc_optimizer_reset(&trainer->optimizer, trainer->n_updated);
        trainer->rate *= 0.5;
    }
    tc_step_reset(trainer);
    return TC_OK;
}

void tc_step_materialise(const struct tc_trainer *trainer)
{
    if (trainer->unconstrained != trainer->parameters)
        memcpy(trainer->parameters, trainer->unconstrained,
               trainer->values * sizeof *trainer->unconstrained);
    tc_constraint_apply(trainer->constraint, trainer->unconstrained, trainer->parameters);
    tc_batch_norm_apply(trainer->norm, trainer->unconstrained, trainer->parameters);
}

/* One step of the optimiser; what stands behind held matrices has a rate of its own. */
static void move(struct tc_trainer *trainer, float scale)
{
    struct tc_optimizer_state *const optimizer = &trainer->optimizer;
    const double rate = trainer->rate;
    size_t first = 0;

    tc_optimizer_begin(optimizer);
    for (size_t i = 0; i < trainer->constraint->n_matrices; ++i) {
        const size_t at = trainer->constraint->matrix[i].at, n = trainer->constraint->matrix[i].n;

        tc_optimizer_update(optimizer, trainer->unconstrained, trainer->gradient, first, at - first,
                            scale, rate);
        tc_optimizer_update(optimizer, trainer->unconstrained, trainer->gradient, at, n * n, scale,
                            rate * (double)trainer->options.recurrent_rate);
        first = at + n * n;
    }
    tc_optimizer_update(optimizer, trainer->unconstrained, trainer->gradient, first,
                        trainer->n_updated - first, scale, rate);
    tc_step_materialise(trainer);
}

static enum tc_status update(struct tc_trainer *trainer, struct tc_error *error)
{
    const double limit = trainer->options.clip_norm;
    double loss = 0.0, norm;

    gather_gradient(trainer);
    norm = norm_of_gradient(trainer);
    for (size_t s = 0; s < trainer->n_shards; ++s)
        loss += trainer->shard_loss[s];
    if (!isfinite(norm) || !isfinite(loss))
        return reject_step(trainer, error);
    trainer->rejected_in_row = 0;
    trainer->loss_sum += loss;
    ++trainer->loss_count;
    ++trainer->progress.updates;
    if (trainer->options.clip_value > 0.0f) {
        clip_values(trainer);
        norm = norm_of_gradient(trainer);
    }
    learn_moments(trainer);
    if (trainer->options.weight_decay > 0.0f)
        decay_weights(trainer);
    move(trainer, limit > 0.0 && norm > limit ? (float)(limit / norm) : 1.0f);
    return TC_OK;
}

static void pack(struct tc_trainer *trainer)
{
    tc_weights_pack(trainer->weights, trainer->parameters);
    if (trainer->encoder)
        tc_weights_pack(trainer->encoder->weights,
                        trainer->parameters + tc_trainer_encoder_at(trainer));
}

/* At the start of their segments, streams begin in the state in which the encoder ends. */
static void begin(const struct tc_trainer *trainer, size_t s, const struct tc_chunk *chunk)
{
    const size_t first = trainer->first_sequence[s];

    if (!trainer->encoder || chunk->start > 0 || !chunk->n_frames)
        return;
    for (size_t sequence = first; sequence < trainer->first_sequence[s + 1]; ++sequence) {
        const struct tc_segment *const segment = sequence_segment(trainer, chunk, sequence);

        tc_encoder_set_input(trainer->encoder, s, (unsigned)(sequence - first),
                             segment ? &trainer->train[segment->clip] : NULL);
    }
    tc_encoder_forward(trainer->encoder, s, trainer->shard[s]);
}

enum tc_status tc_step(struct tc_trainer *trainer, const struct tc_chunk *chunk,
                       struct tc_error *error)
{
    pack(trainer);
    if (trainer->moments)
        memset(trainer->moments, 0,
               trainer->n_shards * tc_batch_norm_moments_doubles(trainer->norm) *
                   sizeof *trainer->moments);
    /* Looking back to the start, streams begin where the last update moved it. */
    if (trainer->options.start == TC_START_LEARNED && chunk->start == 0)
        tc_step_reset(trainer);
#pragma omp parallel for num_threads(trainer->options.threads) schedule(dynamic, 1)
    for (size_t s = 0; s < trainer->n_shards; ++s) {
        begin(trainer, s, chunk);
        learn(trainer, s, chunk);
    }
    return update(trainer, error);
}

void tc_step_forward_only(struct tc_trainer *trainer, const struct tc_chunk *chunk)
{
    pack(trainer);
#pragma omp parallel for num_threads(trainer->options.threads) schedule(dynamic, 1)
    for (size_t s = 0; s < trainer->n_shards; ++s) {
        begin(trainer, s, chunk);
        listen_on(trainer, s, chunk, parts_of(trainer, chunk), false);
    }
}

void tc_step_warm_up(struct tc_trainer *trainer, const struct tc_batch *batch)
{
    const size_t warmup = trainer->sampler->warmup;
    const struct tc_chunk chunk = {.batch = batch, .n_frames = warmup, .move = warmup};

    tc_step_reset(trainer);
    tc_step_forward_only(trainer, &chunk);
}

bool tc_step_has_loss(const struct tc_trainer *trainer, const struct tc_chunk *chunk)
{
    for (size_t sequence = 0; sequence < chunk->batch->count; ++sequence) {
        const struct tc_loss_range range =
            loss_range(trainer, sequence_segment(trainer, chunk, sequence), chunk);

        if (range.first < range.end)
            return true;
    }
    return false;
}

size_t tc_step_frames(const struct tc_trainer *trainer, const struct tc_chunk *chunk)
{
    size_t sum = 0;

    for (size_t sequence = 0; sequence < chunk->batch->count; ++sequence) {
        const struct tc_segment *const segment = sequence_segment(trainer, chunk, sequence);

        if (segment && frames_left(segment, chunk) > chunk->skip)
            sum += frames_left(segment, chunk) - chunk->skip;
    }
    return sum;
}
