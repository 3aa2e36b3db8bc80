#include "train/network/shard_memory.h"

#include "memory.h"

#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sys/mman.h>
#endif

struct tc_layer_block tc_shard_shape(const struct tc_shard *shard, unsigned l)
{
    const struct tc_layer *const shape = &tc_shard_arch(shard)->layer[l];

    return (struct tc_layer_block){.cell = shape->cell,
                                   .activation = shape->activation,
                                   .inputs = tc_layer_inputs(tc_shard_arch(shard), l),
                                   .hidden = shape->hidden,
                                   .units = tc_shard_units(shard, l),
                                   .sequences = shard->sequences};
}

size_t tc_shard_dz_floats(const struct tc_shard *shard, unsigned l)
{
    const struct tc_layer_block shape = tc_shard_shape(shard, l);

    return shard->sequences * shard->weights->k->dz_floats(&shape);
}

/* As tc_floats_new(). A long chunk is read from end to end: without huge pages much of the time
 * goes into address translation (TLB misses). */
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
    const struct tc_architecture *const arch = tc_shard_arch(shard);
    struct tc_shard_layer *const layer = &shard->layer[l];
    const struct tc_layer_block shape = tc_shard_shape(shard, l);
    const struct tc_layer_kernels *const k = shard->weights->k;
    const size_t frame = tc_shard_frame_floats(shard, l), frames = shard->max_frames;

    layer->gates = tc_carve(carver, frames * shard->sequences * k->gates_floats(&shape));
    layer->h = tc_carve(carver, (frames + 1) * frame);
    layer->c = tc_carve(carver, tc_cell_has_c(shape.cell) ? (frames + 1) * frame : 0);
    if (tc_layer_is_residual(arch, l) || arch->layer_norm)
        layer->output = tc_carve(carver, (frames + 1) * frame);
    layer->dz = tc_carve(carver, (TC_BLOCK_FRAMES + 1) * tc_shard_dz_floats(shard, l));
    layer->carried_gradient = tc_carve(carver, frame);
    layer->gradient = tc_carve(carver, k->forward_size(&shard->weights->layer[l].from));
    layer->threshold_gradient = tc_carve(carver, tc_weights_threshold_floats(shard->weights, l));
    layer->norm_gradient = tc_carve(carver, arch->layer_norm ? 2 * arch->layer[l].hidden : 0);
}

static void lay_out(struct tc_shard *shard, struct tc_carver *carver)
{
    const struct tc_architecture *const arch = tc_shard_arch(shard);
    size_t widest = arch->symbols ? tc_shard_padded(shard, tc_shard_input_rows(shard)) : 0, block;

    shard->symbols = tc_carve(carver, arch->symbols ? shard->sequences * shard->pitch : 0);
    shard->x = tc_carve(carver, shard->sequences * tc_shard_input_rows(shard) * shard->pitch);
    shard->y = tc_carve(carver, shard->sequences * arch->outputs * shard->pitch);
    shard->dy = tc_carve(carver, shard->sequences * arch->outputs * shard->pitch);
    for (unsigned l = 0; l < arch->layers; ++l) {
        lay_out_layer(shard, l, carver);
        widest = tc_shard_units(shard, l) > widest ? tc_shard_units(shard, l) : widest;
    }
    block = TC_BLOCK_FRAMES * shard->sequences * widest;
    shard->dh = tc_carve(carver, block);
    shard->scaled_gradient = tc_carve(carver, shard->sequences * widest);
    shard->residual_gradient = tc_carve(carver, arch->residual || arch->layer_norm ? block : 0);
    shard->input_after_dropout = tc_carve(carver, arch->layers > 1 ? block : 0);
    shard->readout_gradient =
        tc_carve(carver, arch->outputs * tc_shard_units(shard, arch->layers - 1));
}

bool tc_shard_allocate(struct tc_shard *shard)
{
    const size_t outputs = tc_shard_arch(shard)->outputs, rows = shard->sequences * outputs;
    struct tc_carver carver = {0};

    /* An odd number of cache lines puts neighbouring rows into different sets of the cache. */
    shard->pitch = (shard->max_frames / TC_ALIGN_FLOATS / 2 * 2 + 3) * TC_ALIGN_FLOATS;
    lay_out(shard, &carver);
    shard->memory_floats = carver.used;
    shard->memory = memory_new(carver.used);
    shard->dy_row = calloc(rows, sizeof *shard->dy_row);
    shard->target = calloc(outputs, sizeof *shard->target);
    if (!shard->memory || !shard->dy_row || !shard->target)
        return false;
    carver = (struct tc_carver){.base = shard->memory};
    lay_out(shard, &carver);
    for (size_t row = 0; row < rows; ++row)
        shard->dy_row[row] = shard->dy + row * shard->pitch;
    return true;
}
