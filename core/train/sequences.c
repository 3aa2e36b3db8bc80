#include "train/sequences.h"

#include "train/data/fill.h"
#include "train/network/loss.h"

#include <string.h>

static size_t sequences_of(const struct tc_trainer *trainer, size_t s)
{
    return trainer->first_sequence[s + 1] - trainer->first_sequence[s];
}

/* Of one sequence's states of the error's filter. */
static size_t sequence_floats(const struct tc_trainer *trainer)
{
    return (size_t)trainer->arch.outputs * trainer->loss.emphasis.n;
}

/* The segment of the shard's i-th sequence, or NULL. */
static const struct tc_segment *segment_of(const struct tc_trainer *trainer, size_t s, size_t i,
                                           const struct tc_chunk *chunk)
{
    return tc_chunk_segment(trainer->sampler, chunk, trainer->first_sequence[s] + i);
}

void tc_sequences_reset(struct tc_trainer *trainer)
{
    for (size_t s = 0; s < trainer->n_shards; ++s)
        for (size_t i = 0; i < sequences_of(trainer, s); ++i)
            tc_shard_reset_sequence(trainer->shard[s], trainer->state.parameters, (unsigned)i);
    if (trainer->loss.emphasis.n)
        memset(trainer->error_state, 0,
               trainer->first_sequence[trainer->n_shards] * sequence_floats(trainer) *
                   sizeof *trainer->error_state);
}

/* ------------------------------------------------------------------ states */

/* Of the error's filter, of a shard's sequences from the i-th on. */
static struct tc_loss_state loss_state(const struct tc_trainer *trainer, size_t s, size_t i)
{
    const size_t at = (trainer->first_sequence[s] + i) * sequence_floats(trainer);

    return (struct tc_loss_state){trainer->error_state + at, trainer->error_gradient + at};
}

static size_t shard_floats(const struct tc_trainer *trainer, size_t s)
{
    return sequences_of(trainer, s) * sequence_floats(trainer);
}

size_t tc_sequences_state_floats(const struct tc_trainer *trainer, size_t s)
{
    return tc_shard_state_floats(trainer->shard[s]) + shard_floats(trainer, s);
}

void tc_sequences_save_state(const struct tc_trainer *trainer, size_t s, float *to)
{
    tc_shard_save_state(trainer->shard[s], 0, to);
    memcpy(to + tc_shard_state_floats(trainer->shard[s]), loss_state(trainer, s, 0).error,
           shard_floats(trainer, s) * sizeof *to);
}

void tc_sequences_load_state(const struct tc_trainer *trainer, size_t s, const float *from)
{
    tc_shard_load_state(trainer->shard[s], from);
    memcpy(loss_state(trainer, s, 0).error, from + tc_shard_state_floats(trainer->shard[s]),
           shard_floats(trainer, s) * sizeof *from);
}

void tc_sequences_encode(const struct tc_trainer *trainer, size_t s, const struct tc_chunk *chunk)
{
    if (!trainer->encoder || chunk->start > 0 || !chunk->n_frames)
        return;
    for (size_t i = 0; i < sequences_of(trainer, s); ++i) {
        const struct tc_segment *const segment = segment_of(trainer, s, i, chunk);

        tc_encoder_set_input(trainer->encoder, s, (unsigned)i,
                             segment ? &trainer->train[segment->clip] : NULL);
    }
    tc_encoder_forward(trainer->encoder, s, trainer->shard[s]);
}

/* ------------------------------------------------------------------ loss */

/* The loss of the shard's i-th sequence; writes its dL/dy. */
static double sequence_loss(const struct tc_trainer *trainer, const struct tc_loss_terms *terms,
                            size_t s, size_t i, const struct tc_chunk *part)
{
    const struct tc_segment *const segment = segment_of(trainer, s, i, part);
    const struct tc_loss_range range = tc_chunk_loss_range(part, segment, trainer->train);
    struct tc_shard *const shard = trainer->shard[s];
    const struct tc_loss_state state = loss_state(trainer, s, i);
    const unsigned n = (unsigned)part->n_frames;
    const float **const target = tc_shard_targets(shard);

    if (segment)
        tc_fill_targets(target, trainer->arch.outputs, segment, trainer->train, part);
    if (tc_trainer_gives_probabilities(trainer))
        return tc_loss_sequence_probabilities(shard, (unsigned)i, &trainer->arch, target, range, n,
                                              part->scale);
    return tc_loss_sequence(terms, shard, (unsigned)i, target, &state, range, n, part->scale);
}

/* The same of all its sequences. */
static double part_loss(const struct tc_trainer *trainer, const struct tc_loss_terms *terms,
                        size_t s, const struct tc_chunk *part)
{
    double loss = 0.0;

    for (size_t i = 0; i < sequences_of(trainer, s); ++i)
        loss += sequence_loss(trainer, terms, s, i, part);
    return loss;
}

/* Move the states of the error's filter over a part, which spectra are not needed for. */
static void move_error_filter(const struct tc_trainer *trainer, size_t s,
                              const struct tc_chunk *part)
{
    struct tc_loss_terms terms = trainer->loss;

    terms.stft = NULL;
    part_loss(trainer, &terms, s, part);
}

/* ------------------------------------------------------------------ forward */

static void fill_inputs(const struct tc_trainer *trainer, size_t s, const struct tc_chunk *part)
{
    const unsigned rows = trainer->arch.audio_inputs + trainer->arch.knobs;

    for (size_t i = 0; i < sequences_of(trainer, s); ++i) {
        const struct tc_segment *const segment = segment_of(trainer, s, i, part);

        for (unsigned row = 0; row < rows; ++row)
            tc_fill_input_row(tc_shard_input(trainer->shard[s], (unsigned)i, row), row,
                              &trainer->arch, &trainer->meta, trainer->in_gain, segment,
                              trainer->train, part);
        if (trainer->arch.symbols)
            tc_fill_symbols(tc_shard_symbols(trainer->shard[s], (unsigned)i), &trainer->arch,
                            segment, trainer->train, part);
    }
}

/* The state stays at the part's start. */
static void forward(const struct tc_trainer *trainer, size_t s, const struct tc_chunk *part)
{
    const struct tc_dropout dropout = {trainer->options.dropout,
                                       trainer->state.position.dropout_seed,
                                       trainer->first_sequence[s], part->start};

    tc_shard_set_dropout(trainer->shard[s], dropout);
    fill_inputs(trainer, s, part);
    tc_shard_forward(trainer->shard[s], (unsigned)part->n_frames);
}

/* Move the states through the first of a chunk's parts; those before each are stored on request,
 * for the backward pass. */
static void forward_parts(const struct tc_trainer *trainer, size_t s, const struct tc_chunk *chunk,
                          size_t parts, bool store)
{
    struct tc_shard *const shard = trainer->shard[s];
    const size_t floats = tc_sequences_state_floats(trainer, s);

    for (size_t i = 0; i < parts; ++i) {
        const struct tc_chunk part = tc_chunk_part(chunk, trainer->max_frames, i);

        if (store)
            tc_sequences_save_state(trainer, s, trainer->stored_state[s] + i * floats);
        forward(trainer, s, &part);
        if (store && trainer->loss.emphasis.n)
            move_error_filter(trainer, s, &part);
        tc_shard_advance(shard, (unsigned)part.advance);
    }
}

void tc_sequences_forward_only(const struct tc_trainer *trainer, size_t s,
                               const struct tc_chunk *chunk)
{
    forward_parts(trainer, s, chunk, tc_chunk_parts(chunk, trainer->max_frames), false);
}

/* ------------------------------------------------------------------ backward */

double *tc_sequences_moments(const struct tc_trainer *trainer, size_t s, unsigned layer)
{
    return tc_batch_norm_moments(
        trainer->norm, layer, trainer->moments + s * tc_batch_norm_moments_doubles(trainer->norm));
}

/* Of the frames of all sequences that belong to a segment. */
static void add_moments(const struct tc_trainer *trainer, size_t s, unsigned l,
                        const struct tc_chunk *part)
{
    for (size_t i = 0; i < sequences_of(trainer, s); ++i) {
        const struct tc_segment *const segment = segment_of(trainer, s, i, part);

        if (segment)
            tc_shard_add_moments(trainer->shard[s], l, (unsigned)i,
                                 tc_chunk_segment_frames(part, segment),
                                 tc_sequences_moments(trainer, s, l));
    }
}

/* A part forward, and backward from the gradient at the start of the part after it. */
static void forward_backward_part(const struct tc_trainer *trainer, size_t s,
                                  const struct tc_chunk *part)
{
    struct tc_shard *const shard = trainer->shard[s];
    float *const gradient = trainer->shard_gradient[s];
    double loss;

    forward(trainer, s, part);
    loss = part_loss(trainer, &trainer->loss, s, part);
    for (unsigned l = 1; l < trainer->norm->layers; ++l)
        add_moments(trainer, s, l, part);
    tc_shard_backward_continued(shard, gradient, (unsigned)part->n_frames, part->gradient_factor);
    if (trainer->options.start == TC_START_LEARNED && part->start == 0)
        tc_shard_add_initial_state_gradient(shard, gradient);
    if (trainer->encoder && part->start == 0)
        tc_encoder_backward(trainer->encoder, s, shard, gradient + tc_trainer_encoder_at(trainer));
    trainer->shard_loss[s] += loss;
}

static void cut_error_gradient(const struct tc_trainer *trainer, size_t s)
{
    float *const gradient = loss_state(trainer, s, 0).gradient;

    memset(gradient, 0, shard_floats(trainer, s) * sizeof *gradient);
}

/* The last part is in memory after the forward pass, and the state after the chunk is put aside
 * where its own would be stored. */
void tc_sequences_forward_backward(const struct tc_trainer *trainer, size_t s,
                                   const struct tc_chunk *chunk)
{
    struct tc_shard *const shard = trainer->shard[s];
    const size_t floats = tc_sequences_state_floats(trainer, s);
    const size_t last = tc_chunk_parts(chunk, trainer->max_frames) - 1;
    struct tc_chunk part = tc_chunk_part(chunk, trainer->max_frames, last);

    forward_parts(trainer, s, chunk, last, true);
    trainer->shard_loss[s] = 0.0;
    memset(trainer->shard_gradient[s], 0, trainer->values * sizeof *trainer->gradient);
    tc_shard_cut_gradient(shard);
    cut_error_gradient(trainer, s);
    forward_backward_part(trainer, s, &part);
    tc_shard_advance(shard, (unsigned)part.advance);
    if (last == 0)
        return;
    tc_sequences_save_state(trainer, s, trainer->stored_state[s] + last * floats);
    for (size_t i = last; i-- > 0;) {
        part = tc_chunk_part(chunk, trainer->max_frames, i);
        tc_sequences_load_state(trainer, s, trainer->stored_state[s] + i * floats);
        forward_backward_part(trainer, s, &part);
    }
    tc_sequences_load_state(trainer, s, trainer->stored_state[s] + last * floats);
}
