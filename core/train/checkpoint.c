/** @file
 *  Checkpoints: the best model's file, and the state of the training in further tensors.
 *
 *      training.fingerprints    U64 of fingerprint.h
 *      training.parameters, training.best, training.average, training.m, training.v,
 *      training.hidden          F32
 *      training.statistics      F64
 *      training.counts          U64, training.reals F64: single values, in the order below
 *      training.initialised     U64 (layers)
 *      training.segments        U64 (segments, 3), training.batches U64 (batches, 3)
 *      training.history         U64 (validations, 6), training.scores F64 (validations, 4)
 *
 *  Empty ones are left out. */
#include "files/file.h"
#include "formats/native.h"
#include "train/fingerprint.h"
#include "train/state_transfer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COUNTS = 15, REALS = 9, MAX_TENSORS = 16, MAX_CHECKPOINT = 1 << 30 };

/* Each single value of a state: DO(field). */
#define FOR_COUNTS(DO)         \
    DO(position.phase)         \
    DO(position.epoch)         \
    DO(position.batch)         \
    DO(position.chunk_start)   \
    DO(position.chunk_frames)  \
    DO(position.chunk_advance) \
    DO(position.dropout_seed)  \
    DO(schedule.since_best)    \
    DO(schedule.since_halved)  \
    DO(schedule.last_rejected) \
    DO(totals.updates)         \
    DO(totals.frames)          \
    DO(totals.rejected)        \
    DO(totals.loss_count)      \
    DO(random.state)

#define FOR_REALS(DO)       \
    DO(schedule.rate)       \
    DO(schedule.best_score) \
    DO(totals.epoch_done)   \
    DO(totals.loss_sum)     \
    DO(totals.norm_sum)     \
    DO(totals.score)        \
    DO(optimizer.m_weight)  \
    DO(optimizer.v_weight)  \
    DO(average_weight)

/* The state as tensors have it; vectors of floats and doubles are those of the state itself. */
struct flat_state {
    uint64_t fingerprint[TC_FINGERPRINTS], count[COUNTS];
    double real[REALS];
    uint64_t *segment, *batch, *initialised, *history; /* in one block of memory */
    double *score;
};

static enum tc_status flat_state_new(struct flat_state *flat, const struct tc_training_state *state,
                                     size_t n_history, struct tc_error *error)
{
    const struct tc_training_sizes *const n = &state->n;
    const size_t words =
        3 * n->segments + 3 * n->batches + n->layers + 6 * n_history + 4 * n_history;

    _Static_assert(sizeof(double) == sizeof(uint64_t), "one block holds both");
    flat->segment = calloc(words ? words : 1, sizeof *flat->segment);
    if (!flat->segment)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for a checkpoint");
    flat->batch = flat->segment + 3 * n->segments;
    flat->initialised = flat->batch + 3 * n->batches;
    flat->history = flat->initialised + n->layers;
    flat->score = (double *)(flat->history + 6 * n_history);
    return TC_OK;
}

static void flat_state_free(struct flat_state *flat)
{
    free(flat->segment);
}

/* ------------------------------------------------------------------ flat and back */

static void flatten_lists(const struct tc_training_state *s, struct flat_state *flat)
{
    for (size_t i = 0; i < s->n.segments; ++i) {
        flat->segment[3 * i] = s->segment[i].clip;
        flat->segment[3 * i + 1] = (uint64_t)s->segment[i].start;
        flat->segment[3 * i + 2] = s->segment[i].n_frames;
    }
    for (size_t i = 0; i < s->n.batches; ++i) {
        flat->batch[3 * i] = s->batch[i].first;
        flat->batch[3 * i + 1] = s->batch[i].count;
        flat->batch[3 * i + 2] = s->batch[i].n_frames;
    }
    for (size_t i = 0; i < s->n.layers; ++i)
        flat->initialised[i] = s->initialised[i];
}

static void flatten_history(const struct tc_training_state *s, struct flat_state *flat)
{
    for (size_t i = 0; i < s->n_history; ++i) {
        const struct tc_history_entry *const e = &s->history[i];
        const uint64_t count[6] = {e->epoch,    e->updates,  e->frames,
                                   e->rejected, e->improved, e->averaged};
        const double real[4] = {e->loss, e->gradient_norm, e->learning_rate, e->score};

        memcpy(flat->history + 6 * i, count, sizeof count);
        memcpy(flat->score + 4 * i, real, sizeof real);
    }
}

static void flatten(const struct tc_training_state *s, struct flat_state *flat)
{
    uint64_t *count = flat->count;
    double *real = flat->real;

#define DO(field) *count++ = (uint64_t)s->field;
    FOR_COUNTS(DO)
#undef DO
#define DO(field) *real++ = s->field;
    FOR_REALS(DO)
#undef DO
    flatten_lists(s, flat);
    flatten_history(s, flat);
}

static void unflatten_lists(const struct flat_state *flat, struct tc_training_state *s)
{
    for (size_t i = 0; i < s->n.segments; ++i) {
        const uint64_t *const word = flat->segment + 3 * i;

        s->segment[i] =
            (struct tc_segment){.clip = word[0], .start = (ptrdiff_t)word[1], .n_frames = word[2]};
    }
    for (size_t i = 0; i < s->n.batches; ++i) {
        const uint64_t *const word = flat->batch + 3 * i;

        s->batch[i] = (struct tc_batch){.first = word[0], .count = word[1], .n_frames = word[2]};
    }
    for (size_t i = 0; i < s->n.layers; ++i)
        s->initialised[i] = flat->initialised[i] != 0;
}

static enum tc_status unflatten_history(const struct flat_state *flat, size_t n,
                                        struct tc_training_state *s, struct tc_error *error)
{
    enum tc_status status = TC_OK;

    for (size_t i = 0; i < n && !status; ++i) {
        const uint64_t *const count = flat->history + 6 * i;
        const double *const real = flat->score + 4 * i;
        const struct tc_history_entry entry = {.epoch = (unsigned)count[0],
                                               .updates = count[1],
                                               .frames = count[2],
                                               .rejected = (unsigned)count[3],
                                               .improved = count[4] != 0,
                                               .averaged = count[5] != 0,
                                               .loss = real[0],
                                               .gradient_norm = real[1],
                                               .learning_rate = real[2],
                                               .score = real[3]};

        status = tc_training_state_record(s, &entry, error);
    }
    return status;
}

static enum tc_status unflatten(const struct flat_state *flat, size_t n_history,
                                struct tc_training_state *s, struct tc_error *error)
{
    const uint64_t *count = flat->count;
    const double *real = flat->real;

#define DO(field) s->field = (__typeof__(s->field))*count++;
    FOR_COUNTS(DO)
#undef DO
#define DO(field) s->field = *real++;
    FOR_REALS(DO)
#undef DO
    unflatten_lists(flat, s);
    return unflatten_history(flat, n_history, s, error);
}

/* ------------------------------------------------------------------ tensors */

/* The tensors of a state and its flat form, without empty ones; returns how many. */
static size_t list_tensors(const struct tc_training_state *s, struct flat_state *flat,
                           size_t n_history, struct tc_safetensor_values tensor[MAX_TENSORS])
{
    const enum tc_safetensor_type f32 = TC_SAFETENSOR_F32, f64 = TC_SAFETENSOR_F64,
                                  u64 = TC_SAFETENSOR_U64;
    const struct tc_safetensor_values all[] = {
        {"training.fingerprints", u64, 1, {TC_FINGERPRINTS, 1}, flat->fingerprint},
        {"training.counts", u64, 1, {COUNTS, 1}, flat->count},
        {"training.reals", f64, 1, {REALS, 1}, flat->real},
        {"training.parameters", f32, 1, {s->n.saved, 1}, s->parameters},
        {"training.best", f32, 1, {s->n.saved, 1}, s->best},
        {"training.average", f32, 1, {s->n.averaged, 1}, s->average},
        {"training.m", f32, 1, {s->n.updated, 1}, s->optimizer.m},
        {"training.v", f32, 1, {s->n.updated, 1}, s->optimizer.v},
        {"training.hidden", f32, 1, {s->n.hidden, 1}, s->hidden},
        {"training.statistics", f64, 1, {s->n.statistics, 1}, s->statistics},
        {"training.initialised", u64, 1, {s->n.layers, 1}, flat->initialised},
        {"training.segments", u64, 2, {s->n.segments, 3}, flat->segment},
        {"training.batches", u64, 2, {s->n.batches, 3}, flat->batch},
        {"training.history", u64, 2, {n_history, 6}, flat->history},
        {"training.scores", f64, 2, {n_history, 4}, flat->score},
    };
    size_t n = 0;

    _Static_assert(sizeof all / sizeof *all <= TC_NATIVE_MAX_EXTRA, "all can be written");
    for (size_t i = 0; i < sizeof all / sizeof *all; ++i)
        if (tc_safetensor_count(&all[i]))
            tensor[n++] = all[i];
    return n;
}

/* ------------------------------------------------------------------ writing */

static enum tc_status write_file(const struct tc_model *model, const struct tc_training_state *s,
                                 struct flat_state *flat, const char *path, struct tc_error *error)
{
    struct tc_safetensor_values tensor[MAX_TENSORS];
    unsigned char *bytes;
    size_t size;
    enum tc_status status;

    flatten(s, flat);
    status = tc_native_write(model, tensor, list_tensors(s, flat, s->n_history, tensor), &bytes,
                             &size, error);
    if (status)
        return status;
    status = tc_file_replace(path, bytes, size, 0644, error);
    free(bytes);
    return status;
}

enum tc_status tc_trainer_save_checkpoint(const struct tc_trainer *trainer, const char *training,
                                          const char *path, struct tc_error *error)
{
    struct flat_state flat = {.segment = NULL};
    struct tc_training_state *state = NULL;
    struct tc_model *model = NULL;
    enum tc_status status = tc_trainer_best(trainer, training, &model, error);

    memcpy(flat.fingerprint, trainer->fingerprint, sizeof flat.fingerprint);
    if (!status)
        status = tc_trainer_save_state(trainer, &state, error);
    if (!status)
        status = flat_state_new(&flat, state, state->n_history, error);
    if (!status)
        status = write_file(model, state, &flat, path, error);
    flat_state_free(&flat);
    tc_training_state_free(state);
    tc_model_free(model);
    return status;
}

/* ------------------------------------------------------------------ reading */

static enum tc_status check_fingerprints(const struct tc_trainer *trainer,
                                         const struct tc_safetensors *file, struct tc_error *error)
{
    static const char *const differs[TC_FINGERPRINTS] = {
        [TC_FINGERPRINT_NETWORK] = "the network differs",
        [TC_FINGERPRINT_OPTIONS] = "the options differ",
        [TC_FINGERPRINT_CLIPS] = "the recordings differ"};
    uint64_t read[TC_FINGERPRINTS];
    enum tc_status status;

    if (!tc_safetensors_find(file, "training.fingerprints"))
        return tc_fail(error, TC_BAD_FORMAT, "is no checkpoint of a training");
    status = tc_safetensors_values(file, "training.fingerprints", TC_SAFETENSOR_U64,
                                   TC_FINGERPRINTS, read, error);
    for (size_t i = 0; !status && i < TC_FINGERPRINTS; ++i)
        if (read[i] != trainer->fingerprint[i])
            status = tc_fail(error, TC_BAD_ARGUMENT, "is the checkpoint of another training: %s",
                             differs[i]);
    return status;
}

/* Its warm-up may begin before the clip. */
static bool lies_in_its_clip(const struct tc_trainer *trainer, const struct tc_segment *segment)
{
    const size_t before = trainer->sampler->warmup;
    size_t frames;

    if (segment->clip >= trainer->n_train || segment->start < -(ptrdiff_t)before)
        return false;
    frames = trainer->train[segment->clip].n_frames + before;
    return segment->n_frames <= frames &&
           segment->start <= (ptrdiff_t)(frames - segment->n_frames) - (ptrdiff_t)before;
}

/* Indices and positions lie within what they point into. */
static bool is_sound(const struct tc_trainer *trainer, const struct tc_training_state *s)
{
    const struct tc_training_position *const p = &s->position;

    for (size_t i = 0; i < s->n.segments && p->epoch; ++i) {
        if (!lies_in_its_clip(trainer, &s->segment[i]))
            return false;
    }
    for (size_t i = 0; i < s->n.batches && p->epoch; ++i)
        if (s->batch[i].count > trainer->sampler->n_sequences ||
            s->batch[i].count > s->n.segments ||
            s->batch[i].first > s->n.segments - s->batch[i].count)
            return false;
    if (p->phase > TC_PHASE_VALIDATED || p->batch > s->n.batches ||
        !(s->schedule.rate > 0.0 && s->schedule.rate <= 1.0))
        return false;
    return !p->chunk_frames || p->phase != TC_PHASE_EPOCH || p->batch == s->n.batches ||
           (p->chunk_frames <= s->batch[p->batch].n_frames &&
            p->chunk_start <= s->batch[p->batch].n_frames - p->chunk_frames &&
            p->chunk_advance <= p->chunk_frames);
}

static enum tc_status read_state(const struct tc_safetensors *file, struct tc_training_state *s,
                                 struct flat_state *flat, struct tc_error *error)
{
    const struct tc_safetensor *const history = tc_safetensors_find(file, "training.history");
    const size_t n_history = history ? history->count / 6 : 0;
    struct tc_safetensor_values tensor[MAX_TENSORS];
    enum tc_status status = flat_state_new(flat, s, n_history, error);
    const size_t n = status ? 0 : list_tensors(s, flat, n_history, tensor);

    for (size_t i = 0; i < n && !status; ++i)
        status = tc_safetensors_values(file, tensor[i].name, tensor[i].type,
                                       tc_safetensor_count(&tensor[i]),
                                       (void *)(uintptr_t)tensor[i].values, error);
    return status ? status : unflatten(flat, n_history, s, error);
}

static enum tc_status load_file(struct tc_trainer *trainer, const struct tc_safetensors *file,
                                struct tc_error *error)
{
    struct flat_state flat = {.segment = NULL};
    struct tc_training_state *state = NULL;
    enum tc_status status = check_fingerprints(trainer, file, error);

    if (!status)
        status = tc_training_state_new(&state, &trainer->state.n, error);
    if (!status)
        status = read_state(file, state, &flat, error);
    if (!status && !is_sound(trainer, state))
        status = tc_fail(error, TC_BAD_VALUE, "the position in the training makes no sense");
    if (!status)
        state->optimizer.kind = trainer->state.optimizer.kind;
    if (!status)
        status = tc_trainer_load_state(trainer, state, error);
    flat_state_free(&flat);
    tc_training_state_free(state);
    return status;
}

enum tc_status tc_trainer_load_checkpoint(struct tc_trainer *trainer, const char *path,
                                          struct tc_error *error)
{
    struct tc_safetensors file;
    unsigned char *bytes;
    size_t size;
    enum tc_status status = tc_file_read(path, MAX_CHECKPOINT, &bytes, &size, error);

    if (status)
        return status;
    status = tc_safetensors_read(&file, bytes, size, error);
    if (!status) {
        status = load_file(trainer, &file, error);
        tc_safetensors_free(&file);
    }
    free(bytes);
    return status;
}
