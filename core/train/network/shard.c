#include "train/network/shard.h"

#include "memory.h"

#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sys/mman.h>
#endif

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
    const struct tc_layer_block shape = tc_shard_shape(shard, l);
    const struct tc_layer_kernels *const k = shard->weights->k;
    const size_t frame = shard->sequences * shape.units, frames = shard->max_frames;

    layer->gates = tc_carve(carver, frames * shard->sequences * k->gates_floats(&shape));
    layer->h = tc_carve(carver, (frames + 1) * frame);
    layer->c = tc_carve(carver, tc_cell_has_c(shape.cell) ? (frames + 1) * frame : 0);
    if (tc_layer_is_residual(tc_shard_arch(shard), l) || tc_shard_arch(shard)->layer_norm)
        layer->said = tc_carve(carver, (frames + 1) * frame);
    layer->dz = tc_carve(carver, (TC_BLOCK_FRAMES + 1) * shard->sequences * k->dz_floats(&shape));
    layer->carried_gradient = tc_carve(carver, frame);
    layer->gradient = tc_carve(carver, k->forward_size(&shard->weights->layer[l].from));
    layer->threshold_gradient = tc_carve(carver, tc_weights_threshold_floats(shard->weights, l));
    layer->norm_gradient = tc_carve(
        carver, tc_shard_arch(shard)->layer_norm ? 2 * tc_shard_arch(shard)->layer[l].hidden : 0);
}

static void lay_out(struct tc_shard *shard, struct tc_carver *carver)
{
    const struct tc_architecture *const arch = tc_shard_arch(shard);
    size_t widest = 0;

    shard->x = tc_carve(carver, shard->sequences * tc_shard_input_rows(shard) * shard->pitch);
    shard->y = tc_carve(carver, shard->sequences * arch->outputs * shard->pitch);
    shard->dy = tc_carve(carver, shard->sequences * arch->outputs * shard->pitch);
    for (unsigned l = 0; l < arch->layers; ++l) {
        lay_out_layer(shard, l, carver);
        widest = tc_shard_units(shard, l) > widest ? tc_shard_units(shard, l) : widest;
    }
    shard->dh = tc_carve(carver, TC_BLOCK_FRAMES * shard->sequences * widest);
    shard->passed = tc_carve(carver, shard->sequences * widest);
    shard->around = tc_carve(carver, arch->residual || arch->layer_norm
                                         ? TC_BLOCK_FRAMES * shard->sequences * widest
                                         : 0);
    shard->left =
        tc_carve(carver, arch->layers > 1 ? TC_BLOCK_FRAMES * shard->sequences * widest : 0);
    shard->readout_gradient =
        tc_carve(carver, arch->outputs * tc_shard_units(shard, arch->layers - 1));
}

enum tc_status tc_shard_new(struct tc_shard **shard, const struct tc_weights *weights,
                            unsigned sequences, unsigned max_frames, struct tc_error *error)
{
    struct tc_shard *const made = calloc(1, sizeof *made);
    struct tc_carver carver = {0};

    if (!made)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for a shard");
    made->weights = weights;
    made->sequences = sequences;
    made->max_frames = max_frames;
    /* The odd line keeps the sequences apart in the cache's sets. */
    made->pitch = (max_frames / TC_ALIGN_FLOATS / 2 * 2 + 3) * TC_ALIGN_FLOATS;
    lay_out(made, &carver);
    made->memory_floats = carver.used;
    made->memory = memory_new(carver.used);
    if (!made->memory) {
        tc_shard_free(made);
        return tc_fail(error, TC_NO_MEMORY, "out of memory for %u streams of %u frames", sequences,
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

float *tc_shard_input(struct tc_shard *shard, unsigned sequence, unsigned row)
{
    return shard->x + (sequence * tc_shard_input_rows(shard) + row) * shard->pitch;
}

const float *tc_shard_output(const struct tc_shard *shard, unsigned sequence, unsigned output)
{
    return shard->y + (sequence * tc_shard_arch(shard)->outputs + output) * shard->pitch;
}

float *tc_shard_output_gradient(struct tc_shard *shard, unsigned sequence, unsigned output)
{
    return shard->dy + (sequence * tc_shard_arch(shard)->outputs + output) * shard->pitch;
}

/* ------------------------------------------------------------------ state */

void tc_shard_reset_sequence(struct tc_shard *shard, const float *parameters, unsigned sequence)
{
    for (unsigned l = 0; l < tc_shard_arch(shard)->layers; ++l) {
        const struct tc_layer_offsets *const at = &shard->weights->layer[l].at;
        const struct tc_layer *const shape = &tc_shard_arch(shard)->layer[l];
        const size_t to = sequence * tc_shard_units(shard, l),
                     size = shape->hidden * sizeof *parameters;

        memcpy(shard->layer[l].h + to, parameters + at->h0, size);
        if (tc_cell_has_c(shape->cell))
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

    for (unsigned l = 0; l < tc_shard_arch(shard)->layers; ++l) {
        const struct tc_shard_layer *const layer = &shard->layer[l];
        const size_t frame = shard->sequences * tc_shard_units(shard, l);

        part[n++] = (struct state_part){layer->h, frame};
        if (tc_cell_has_c(tc_shard_arch(shard)->layer[l].cell))
            part[n++] = (struct state_part){layer->c, frame};
    }
    return n;
}

void tc_shard_advance(struct tc_shard *shard, unsigned n_frames)
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

void tc_shard_set_dropout(struct tc_shard *shard, struct tc_dropout dropout)
{
    shard->dropout = dropout;
}
