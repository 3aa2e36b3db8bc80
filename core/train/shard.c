#include "train/shard.h"

#include "cells/norm.h"
#include "memory.h"
#include "train/norm_back.h"

#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sys/mman.h>
#endif

static const struct tc_architecture *arch_of(const struct tc_shard *shard)
{
    return &shard->weights->arch;
}

static size_t input_rows(const struct tc_shard *shard)
{
    return arch_of(shard)->audio_inputs + arch_of(shard)->knobs;
}

/* Units of a layer, padded. */
static size_t units_of(const struct tc_shard *shard, unsigned l)
{
    const size_t width = shard->weights->k->width;

    return (arch_of(shard)->layer[l].hidden + width - 1) / width * width;
}

/* ------------------------------------------------------------------ a layer at work */

/* Frames of a chunk. */
struct block {
    size_t start, count;
};

/* A signal's rows from a frame on. */
static struct tc_rows rows_at(const struct tc_shard *shard, float *signal, size_t rows, size_t t)
{
    return (struct tc_rows){signal + t, 1, rows * shard->pitch, shard->pitch};
}

/* What a layer hands on, and before frame t something else. */
static float *said_by(const struct tc_shard *shard, unsigned l, size_t t)
{
    const struct tc_shard_layer *const layer = &shard->layer[l];

    return (layer->said ? layer->said : layer->h) + t * shard->lanes * units_of(shard, l);
}

/* What a layer hears: the network's input, or what the layer below ends frames with. */
static struct tc_rows heard(const struct tc_shard *shard, unsigned l, size_t t)
{
    const size_t below = l ? units_of(shard, l - 1) : 0;

    if (!l)
        return rows_at(shard, shard->x, input_rows(shard), t);
    return (struct tc_rows){said_by(shard, l - 1, t + 1), shard->lanes * below, below, 1};
}

/* A layer's shape, to ask the kernels for sizes. */
static struct tc_batch batch_shape(const struct tc_shard *shard, unsigned l)
{
    const struct tc_layer *const shape = &arch_of(shard)->layer[l];

    return (struct tc_batch){.cell = shape->cell,
                             .activation = shape->activation,
                             .inputs = tc_layer_inputs(arch_of(shard), l),
                             .hidden = shape->hidden,
                             .units = units_of(shard, l),
                             .lanes = shard->lanes};
}

static struct tc_batch batch_at(const struct tc_shard *shard, unsigned l, struct block block)
{
    const struct tc_shard_layer *const layer = &shard->layer[l];
    struct tc_batch batch = batch_shape(shard, l);
    const size_t lanes = block.start * shard->lanes;

    batch.n_frames = block.count;
    batch.x = heard(shard, l, block.start);
    batch.gates = layer->gates + lanes * shard->weights->k->gates_floats(&batch);
    batch.h = layer->h + lanes * batch.units;
    batch.c = tc_cell_is_lstm(batch.cell) ? layer->c + lanes * batch.units : NULL;
    batch.threshold = shard->weights->layer[l].threshold;
    batch.threshold_gradient = layer->threshold_gradient;
    batch.dh = shard->dh;
    batch.dz = layer->dz;
    batch.carry = layer->carry;
    batch.passed = shard->passed;
    return batch;
}

/* ------------------------------------------------------------------ memory */

/* As tc_floats_new(). A long chunk is walked through from end to end: without huge pages much of
 * the time goes into finding the small ones. */
static float *memory_new(size_t n)
{
#ifdef MADV_HUGEPAGE
    const size_t page = (size_t)1 << 21, bytes = n * sizeof(float);
    void *memory;

    if (n <= SIZE_MAX / sizeof(float) - page && bytes >= 2 * page) {
        memory = aligned_alloc(page, (bytes + page - 1) / page * page);
        if (!memory)
            return NULL;
        madvise(memory, bytes, MADV_HUGEPAGE);
        return memset(memory, 0, bytes);
    }
#endif
    return tc_floats_new(n);
}

static void lay_out_layer(struct tc_shard *shard, unsigned l, struct tc_carver *carver)
{
    struct tc_shard_layer *const layer = &shard->layer[l];
    const struct tc_batch batch = batch_shape(shard, l);
    const struct tc_batch_kernels *const k = shard->weights->k;
    const size_t frame = shard->lanes * batch.units, frames = shard->max_frames;

    layer->gates = tc_carve(carver, frames * shard->lanes * k->gates_floats(&batch));
    layer->h = tc_carve(carver, (frames + 1) * frame);
    layer->c = tc_carve(carver, tc_cell_is_lstm(batch.cell) ? (frames + 1) * frame : 0);
    if (tc_layer_is_residual(arch_of(shard), l) || arch_of(shard)->layer_norm)
        layer->said = tc_carve(carver, (frames + 1) * frame);
    layer->dz = tc_carve(carver, (TC_BLOCK_FRAMES + 1) * shard->lanes * k->dz_floats(&batch));
    layer->carry = tc_carve(carver, frame);
    layer->gradient = tc_carve(carver, k->forward_size(&shard->weights->layer[l].from));
    layer->threshold_gradient = tc_carve(carver, tc_weights_thresholds(shard->weights, l));
    layer->norm_gradient =
        tc_carve(carver, arch_of(shard)->layer_norm ? 2 * arch_of(shard)->layer[l].hidden : 0);
}

static void lay_out(struct tc_shard *shard, struct tc_carver *carver)
{
    const struct tc_architecture *const arch = arch_of(shard);
    size_t widest = 0;

    shard->x = tc_carve(carver, shard->lanes * input_rows(shard) * shard->pitch);
    shard->y = tc_carve(carver, shard->lanes * arch->outputs * shard->pitch);
    shard->dy = tc_carve(carver, shard->lanes * arch->outputs * shard->pitch);
    for (unsigned l = 0; l < arch->layers; ++l) {
        lay_out_layer(shard, l, carver);
        widest = units_of(shard, l) > widest ? units_of(shard, l) : widest;
    }
    shard->dh = tc_carve(carver, TC_BLOCK_FRAMES * shard->lanes * widest);
    shard->passed = tc_carve(carver, shard->lanes * widest);
    shard->around = tc_carve(
        carver, arch->residual || arch->layer_norm ? TC_BLOCK_FRAMES * shard->lanes * widest : 0);
    shard->left = tc_carve(carver, arch->layers > 1 ? TC_BLOCK_FRAMES * shard->lanes * widest : 0);
    shard->readout_gradient = tc_carve(carver, arch->outputs * units_of(shard, arch->layers - 1));
}

enum tc_status tc_shard_new(struct tc_shard **shard, const struct tc_weights *weights,
                            unsigned lanes, unsigned max_frames, struct tc_error *error)
{
    struct tc_shard *const made = calloc(1, sizeof *made);
    struct tc_carver carver = {0};

    if (!made)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for a shard");
    made->weights = weights;
    made->lanes = lanes;
    made->max_frames = max_frames;
    /* The odd line keeps the lanes apart in the cache's sets. */
    made->pitch = (max_frames / TC_ALIGN_FLOATS / 2 * 2 + 3) * TC_ALIGN_FLOATS;
    lay_out(made, &carver);
    made->memory_floats = carver.used;
    made->memory = memory_new(carver.used);
    if (!made->memory) {
        tc_shard_free(made);
        return tc_fail(error, TC_NO_MEMORY, "out of memory for %u streams of %u frames", lanes,
                       max_frames);
    }
    carver = (struct tc_carver){.base = made->memory};
    lay_out(made, &carver);
    *shard = made;
    return TC_OK;
}

void tc_shard_free(struct tc_shard *shard)
{
    if (!shard)
        return;
    free(shard->memory);
    free(shard);
}

size_t tc_shard_size(const struct tc_shard *shard)
{
    return shard->memory_floats * sizeof *shard->memory;
}

float *tc_shard_input(struct tc_shard *shard, unsigned lane, unsigned row)
{
    return shard->x + (lane * input_rows(shard) + row) * shard->pitch;
}

const float *tc_shard_output(const struct tc_shard *shard, unsigned lane, unsigned output)
{
    return shard->y + (lane * arch_of(shard)->outputs + output) * shard->pitch;
}

float *tc_shard_output_gradient(struct tc_shard *shard, unsigned lane, unsigned output)
{
    return shard->dy + (lane * arch_of(shard)->outputs + output) * shard->pitch;
}

/* ------------------------------------------------------------------ state */

void tc_shard_reset_lane(struct tc_shard *shard, const float *parameters, unsigned lane)
{
    for (unsigned l = 0; l < arch_of(shard)->layers; ++l) {
        const struct tc_layer_offsets *const at = &shard->weights->layer[l].at;
        const struct tc_layer *const shape = &arch_of(shard)->layer[l];
        const size_t to = lane * units_of(shard, l), size = shape->hidden * sizeof *parameters;

        memcpy(shard->layer[l].h + to, parameters + at->h0, size);
        if (tc_cell_is_lstm(shape->cell))
            memcpy(shard->layer[l].c + to, parameters + at->c0, size);
    }
}

/* What makes up a state: h and, of an LSTM, c of a layer, at frame 0. */
struct state_part {
    float *at;
    size_t floats; /* of a frame */
};

static unsigned state_parts(const struct tc_shard *shard, struct state_part part[])
{
    unsigned n = 0;

    for (unsigned l = 0; l < arch_of(shard)->layers; ++l) {
        const struct tc_shard_layer *const layer = &shard->layer[l];
        const size_t frame = shard->lanes * units_of(shard, l);

        part[n++] = (struct state_part){layer->h, frame};
        if (tc_cell_is_lstm(arch_of(shard)->layer[l].cell))
            part[n++] = (struct state_part){layer->c, frame};
    }
    return n;
}

void tc_shard_carry(struct tc_shard *shard, unsigned n_frames)
{
    struct state_part part[2 * TC_MAX_LAYERS];
    const unsigned parts = n_frames ? state_parts(shard, part) : 0;

    for (unsigned i = 0; i < parts; ++i)
        memcpy(part[i].at, part[i].at + n_frames * part[i].floats,
               part[i].floats * sizeof *part[i].at);
}

size_t tc_shard_state_floats(const struct tc_shard *shard)
{
    struct state_part part[2 * TC_MAX_LAYERS];
    const unsigned parts = state_parts(shard, part);
    size_t sum = 0;

    for (unsigned i = 0; i < parts; ++i)
        sum += part[i].floats;
    return sum;
}

void tc_shard_save_state(const struct tc_shard *shard, unsigned n_frames, float *to)
{
    struct state_part part[2 * TC_MAX_LAYERS];
    const unsigned parts = state_parts(shard, part);

    for (unsigned i = 0; i < parts; to += part[i++].floats)
        memcpy(to, part[i].at + n_frames * part[i].floats, part[i].floats * sizeof *to);
}

void tc_shard_load_state(struct tc_shard *shard, const float *from)
{
    struct state_part part[2 * TC_MAX_LAYERS];
    const unsigned parts = state_parts(shard, part);

    for (unsigned i = 0; i < parts; from += part[i++].floats)
        memcpy(part[i].at, from, part[i].floats * sizeof *from);
}

/* ------------------------------------------------------------------ dropout */

void tc_shard_drop(struct tc_shard *shard, struct tc_dropout dropout)
{
    shard->dropout = dropout;
}

static bool drops(const struct tc_shard *shard, unsigned l)
{
    return l > 0 && shard->dropout.share > 0.0f;
}

/* A block of (frames, lanes, units of the layer below). */
static void drop(const struct tc_shard *shard, unsigned l, struct block block, float *values)
{
    const size_t units = units_of(shard, l - 1);

    for (size_t t = block.start; t < block.start + block.count; ++t)
        for (size_t lane = 0; lane < shard->lanes; ++lane, values += units)
            tc_dropout_apply(&shard->dropout, values, units, l, lane, t);
}

/* The batch of a layer that hears only some of what the one below hands on. */
static struct tc_batch batch_hearing(const struct tc_shard *shard, unsigned l, struct block block)
{
    struct tc_batch batch = batch_at(shard, l, block);

    if (drops(shard, l)) {
        memcpy(shard->left, batch.x.at, block.count * batch.x.frame * sizeof *shard->left);
        drop(shard, l, block, shard->left);
        batch.x.at = shard->left;
    }
    return batch;
}

/* ------------------------------------------------------------------ the network */

/* y += direct u, input o to output o. */
static void add_direct(struct tc_shard *shard, struct block block)
{
    const float direct = arch_of(shard)->direct;

    for (unsigned lane = 0; direct != 0.0f && lane < shard->lanes; ++lane)
        for (unsigned o = 0; o < arch_of(shard)->outputs; ++o) {
            const float *const u = tc_shard_input(shard, lane, o) + block.start;
            float *const y = (float *)tc_shard_output(shard, lane, o) + block.start;

            for (size_t t = 0; t < block.count; ++t)
                y[t] += direct * u[t];
        }
}

/* Floats of a layer's state in a block. */
static size_t floats_of(const struct tc_shard *shard, unsigned l, struct block block)
{
    return block.count * shard->lanes * units_of(shard, l);
}

/* A layer's state, and of a residual one what it hears, too: what it would hand on if there were no
 * layer normalisation. */
static void add_heard(const struct tc_shard *shard, unsigned l, struct block block, float *sum)
{
    const size_t frame = shard->lanes * units_of(shard, l);
    const float *const h = shard->layer[l].h + (block.start + 1) * frame;
    const float *const x =
        tc_layer_is_residual(arch_of(shard), l) ? said_by(shard, l - 1, block.start + 1) : NULL;

    for (size_t i = 0; i < floats_of(shard, l, block); ++i)
        sum[i] = x ? h[i] + x[i] : h[i];
}

static void hand_on(const struct tc_shard *shard, unsigned l, struct block block)
{
    const struct tc_weights_layer *const weights = &shard->weights->layer[l];
    float *const said = said_by(shard, l, block.start + 1);

    add_heard(shard, l, block, said);
    for (size_t i = 0; weights->norm_gain && i < floats_of(shard, l, block);
         i += units_of(shard, l))
        tc_norm_apply(said + i, said + i, weights->norm_gain, weights->norm_bias,
                      weights->from.hidden);
}

/* The last layer as the readout sees it. */
static struct tc_batch batch_for_readout(const struct tc_shard *shard, struct block block)
{
    const unsigned last = arch_of(shard)->layers - 1;
    struct tc_batch batch = batch_at(shard, last, block);

    batch.h = said_by(shard, last, block.start);
    return batch;
}

static void forward_block(struct tc_shard *shard, struct block block)
{
    const struct tc_weights *const weights = shard->weights;
    const struct tc_batch_kernels *const k = weights->k;
    const size_t outputs = arch_of(shard)->outputs;
    struct tc_batch batch;

    for (unsigned l = 0; l < arch_of(shard)->layers; ++l) {
        batch = batch_hearing(shard, l, block);
        k->forward(&batch, weights->layer[l].forward);
        if (shard->layer[l].said)
            hand_on(shard, l, block);
    }
    batch = batch_for_readout(shard, block);
    k->readout(&batch, weights->readout, weights->bias, outputs,
               rows_at(shard, shard->y, outputs, block.start));
    add_direct(shard, block);
}

void tc_shard_forward(struct tc_shard *shard, unsigned n_frames)
{
    for (size_t t = 0; t < n_frames; t += TC_BLOCK_FRAMES) {
        const size_t left = n_frames - t;

        forward_block(shard, (struct block){t, left < TC_BLOCK_FRAMES ? left : TC_BLOCK_FRAMES});
    }
}

/* The first frame of dz, of the block behind, to where a block of `count` frames goes on from. */
static void take_over(const struct tc_shard *shard, unsigned l, size_t count)
{
    const struct tc_batch batch = batch_shape(shard, l);
    const size_t frame = shard->lanes * shard->weights->k->dz_floats(&batch);
    float *const dz = shard->layer[l].dz;

    memcpy(dz + count * frame, dz, frame * sizeof *dz);
}

/* From dL/d of what a layer hands on to that of its state; of a residual layer, `around` keeps what
 * goes to the layer below beside it. */
static void unsay(const struct tc_shard *shard, unsigned l, struct block block)
{
    const struct tc_weights_layer *const weights = &shard->weights->layer[l];
    const size_t floats = floats_of(shard, l, block), hidden = weights->from.hidden;
    float *const gradient = shard->layer[l].norm_gradient;

    if (weights->norm_gain) {
        add_heard(shard, l, block, shard->around);
        for (size_t i = 0; i < floats; i += units_of(shard, l))
            tc_norm_back(shard->dh + i, shard->around + i, weights->norm_gain, gradient,
                         gradient + hidden, hidden);
    }
    if (tc_layer_is_residual(arch_of(shard), l))
        memcpy(shard->around, shard->dh, floats * sizeof *shard->dh);
}

/* To dL/d of what the layer below hands on comes what goes around a residual layer. */
static void add_around(const struct tc_shard *shard, unsigned l, struct block block)
{
    const size_t floats = tc_layer_is_residual(arch_of(shard), l) ? floats_of(shard, l, block) : 0;

    for (size_t i = 0; i < floats; ++i)
        shard->dh[i] += shard->around[i];
}

/* What enters at the last frame of a block. */
static void add_behind(const struct tc_shard *shard, unsigned l, struct block block)
{
    const size_t frame = shard->lanes * units_of(shard, l);
    float *const dh = shard->dh + (block.count - 1) * frame;

    for (size_t i = 0; i < frame; ++i)
        dh[i] += shard->behind[l][i];
}

static void backward_block(struct tc_shard *shard, struct block block, size_t n_frames,
                           const float *pass)
{
    const struct tc_weights *const weights = shard->weights;
    const struct tc_batch_kernels *const k = weights->k;
    const size_t outputs = arch_of(shard)->outputs;
    struct tc_batch batch = batch_for_readout(shard, block);

    k->readout_back(&batch, weights->readout, rows_at(shard, shard->dy, outputs, block.start),
                    outputs, shard->readout_gradient);
    for (unsigned l = arch_of(shard)->layers; l-- > 0;) {
        batch = batch_hearing(shard, l, block);
        batch.pass = pass ? pass + block.start : NULL;
        unsay(shard, l, block);
        if (shard->behind[l] && block.start + block.count == n_frames)
            add_behind(shard, l, block);
        take_over(shard, l, block.count);
        k->backward(&batch, weights->layer[l].state, shard->layer[l].gradient);
        k->gradient(&batch, shard->layer[l].gradient);
        if (l > 0)
            k->input_gradient(&batch, weights->layer[l].input, shard->dh);
        if (drops(shard, l))
            drop(shard, l, block, shard->dh);
        add_around(shard, l, block);
    }
}

void tc_shard_forget_behind(struct tc_shard *shard)
{
    for (unsigned l = 0; l < arch_of(shard)->layers; ++l) {
        const struct tc_shard_layer *const layer = &shard->layer[l];
        const struct tc_batch batch = batch_shape(shard, l);
        const size_t frame = shard->lanes * shard->weights->k->dz_floats(&batch);

        memset(layer->dz, 0, frame * sizeof *layer->dz);
        memset(layer->carry, 0, shard->lanes * batch.units * sizeof *layer->carry);
    }
}

/* The slot of dz that a gate's rows of W_hh meet on the way back; NO_SLOT where carry has all. */
enum { NO_SLOT = -1 };

static int slot_of(enum tc_cell cell, unsigned gate)
{
    static const int gru[] = {1, 2, 3}, reset_before[] = {1, 2, NO_SLOT};

    return cell == TC_CELL_GRU                ? gru[gate]
           : cell == TC_CELL_GRU_RESET_BEFORE ? reset_before[gate]
                                              : (int)gate;
}

/* dh0 += W_hh' dz of a gate, dz being its first vector in a lane's first frame. */
static void add_gate_start(float *dh0, const float *w_hh, const float *dz, size_t hidden,
                           size_t width, size_t block)
{
    for (size_t j = 0; j < hidden; ++j, w_hh += hidden) {
        const float d = dz[j / width * block + j % width];

        for (size_t u = 0; u < hidden; ++u)
            dh0[u] += d * w_hh[u];
    }
}

/* dh0 and, of an LSTM, dc0 (H) += those of a lane. */
static void add_layer_start(const struct tc_shard *shard, unsigned l, size_t lane, float *dh0,
                            float *dc0)
{
    const struct tc_weights_layer *const layer = &shard->weights->layer[l];
    const struct tc_batch_kernels *const k = shard->weights->k;
    const struct tc_batch batch = batch_shape(shard, l);
    const size_t block = k->gates_floats(&batch) / batch.units * k->width, hidden = batch.hidden;
    const float *const dz = shard->layer[l].dz + lane * k->dz_floats(&batch);
    const float *const carry = shard->layer[l].carry + lane * batch.units;
    float *const carried = tc_cell_is_lstm(batch.cell) ? dc0 : dh0;

    for (unsigned gate = 0; gate < tc_cell_gates(batch.cell); ++gate) {
        const int slot = slot_of(batch.cell, gate);

        if (slot != NO_SLOT)
            add_gate_start(dh0, layer->from.w_hh + gate * hidden * hidden,
                           dz + (size_t)slot * k->width, hidden, k->width, block);
    }
    for (size_t u = 0; batch.cell != TC_CELL_RNN && u < hidden; ++u)
        carried[u] += carry[u];
}

void tc_shard_add_start_gradient(const struct tc_shard *shard, float *gradient)
{
    for (unsigned l = 0; l < arch_of(shard)->layers; ++l) {
        const struct tc_layer_offsets *const at = &shard->weights->layer[l].at;

        for (size_t lane = 0; lane < shard->lanes; ++lane)
            add_layer_start(shard, l, lane, gradient + at->h0, gradient + at->c0);
    }
}

void tc_shard_start_gradient(const struct tc_shard *shard, float *gradient)
{
    memset(gradient, 0, tc_shard_state_floats(shard) * sizeof *gradient);
    for (unsigned l = 0; l < arch_of(shard)->layers; ++l) {
        const size_t units = units_of(shard, l), frame = shard->lanes * units;
        const bool lstm = tc_cell_is_lstm(arch_of(shard)->layer[l].cell);

        for (size_t lane = 0; lane < shard->lanes; ++lane)
            add_layer_start(shard, l, lane, gradient + lane * units,
                            gradient + frame + lane * units);
        gradient += lstm ? 2 * frame : frame;
    }
}

static void begin_gradient(struct tc_shard *shard)
{
    const struct tc_weights *const weights = shard->weights;
    const unsigned layers = arch_of(shard)->layers;

    for (unsigned l = 0; l < layers; ++l) {
        float *const gradient = shard->layer[l].gradient;

        memset(gradient, 0, weights->k->forward_size(&weights->layer[l].from) * sizeof *gradient);
        memset(shard->layer[l].threshold_gradient, 0,
               tc_weights_thresholds(weights, l) * sizeof *gradient);
        if (arch_of(shard)->layer_norm)
            memset(shard->layer[l].norm_gradient, 0,
                   2 * arch_of(shard)->layer[l].hidden * sizeof *gradient);
    }
    memset(shard->readout_gradient, 0,
           arch_of(shard)->outputs * units_of(shard, layers - 1) * sizeof *shard->readout_gradient);
}

static void add_readout_gradient(struct tc_shard *shard, float *gradient, unsigned n_frames)
{
    const struct tc_architecture *const arch = arch_of(shard);
    const size_t hidden = arch->layer[arch->layers - 1].hidden;
    const size_t units = units_of(shard, arch->layers - 1);

    for (unsigned o = 0; o < arch->outputs; ++o) {
        float *const dw = gradient + shard->weights->readout_at.w + o * hidden;

        for (size_t u = 0; u < hidden; ++u)
            dw[u] += shard->readout_gradient[o * units + u];
        for (unsigned lane = 0; lane < shard->lanes; ++lane) {
            const float *const dy = tc_shard_output_gradient(shard, lane, o);
            float sum = 0.0f;

            for (unsigned t = 0; t < n_frames; ++t)
                sum += dy[t];
            gradient[shard->weights->readout_at.b + o] += sum;
        }
    }
}

void tc_shard_backward(struct tc_shard *shard, float *gradient, unsigned n_frames)
{
    tc_shard_forget_behind(shard);
    tc_shard_backward_on(shard, gradient, n_frames, NULL);
}

void tc_shard_backward_from(struct tc_shard *shard, float *gradient, unsigned n_frames,
                            const float *behind)
{
    tc_shard_forget_behind(shard);
    for (unsigned l = 0; l < arch_of(shard)->layers; ++l) {
        const size_t frame = shard->lanes * units_of(shard, l);

        shard->behind[l] = behind;
        behind += frame;
        if (tc_cell_is_lstm(arch_of(shard)->layer[l].cell)) {
            memcpy(shard->layer[l].carry, behind, frame * sizeof *behind);
            behind += frame;
        }
    }
    tc_shard_backward_on(shard, gradient, n_frames, NULL);
    memset(shard->behind, 0, sizeof shard->behind);
}

void tc_shard_backward_on(struct tc_shard *shard, float *gradient, unsigned n_frames,
                          const float *pass)
{
    size_t end = n_frames, start;

    begin_gradient(shard);
    for (; end > 0; end = start) {
        start = (end - 1) / TC_BLOCK_FRAMES * TC_BLOCK_FRAMES;
        backward_block(shard, (struct block){start, end - start}, n_frames, pass);
    }
    for (unsigned l = 0; l < arch_of(shard)->layers; ++l) {
        const struct tc_weights_layer *const layer = &shard->weights->layer[l];

        shard->weights->k->unpack_gradient(&layer->from, shard->layer[l].gradient,
                                           gradient + layer->at.w_ih, gradient + layer->at.w_hh,
                                           gradient + layer->at.b_ih, gradient + layer->at.b_hh,
                                           gradient + layer->at.peephole);
        for (size_t u = 0; tc_weights_thresholds(shard->weights, l) && u < layer->from.hidden; ++u)
            gradient[layer->at.b_hh + u] += shard->layer[l].threshold_gradient[u];
        for (size_t u = 0; layer->norm_gain && u < layer->from.hidden; ++u) {
            gradient[layer->at.norm_gain + u] += shard->layer[l].norm_gradient[u];
            gradient[layer->at.norm_bias + u] +=
                shard->layer[l].norm_gradient[layer->from.hidden + u];
        }
    }
    add_readout_gradient(shard, gradient, n_frames);
}
