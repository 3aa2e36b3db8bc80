#include "train/network/shard_state.h"

#include "train/network/shard_memory.h"

#include <string.h>

void tc_shard_reset_sequence(struct tc_shard *shard, const float *parameters, unsigned sequence)
{
    for (unsigned l = 0; l < tc_shard_arch(shard)->layers; ++l) {
        const struct tc_layer_offsets *const at = &shard->weights->layer[l].at;
        const struct tc_layer *const shape = &tc_shard_arch(shard)->layer[l];
        const size_t to = sequence * tc_shard_units(shard, l);
        const size_t size = shape->hidden * sizeof *parameters;

        memcpy(shard->layer[l].h + to, parameters + at->h0, size);
        if (tc_cell_has_c(shape->cell))
            memcpy(shard->layer[l].c + to, parameters + at->c0, size);
    }
}

/* h or, of an LSTM, c of one layer, at frame 0. */
struct state_part {
    float *at;
    size_t floats; /* of a frame */
};

static unsigned state_parts(const struct tc_shard *shard, struct state_part part[])
{
    unsigned n = 0;

    for (unsigned l = 0; l < tc_shard_arch(shard)->layers; ++l) {
        const struct tc_shard_layer *const layer = &shard->layer[l];
        const size_t frame = tc_shard_frame_floats(shard, l);

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
