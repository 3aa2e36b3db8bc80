#include "train/network/shard_state.h"

#include "train/all_finite.h"
#include "train/network/shard_memory.h"

#include <string.h>

/* The initial state, and 0 in the padding, where an overflow may have left NaN. */
static void reset_row(float *row, const float *initial, size_t hidden, size_t units)
{
    memcpy(row, initial, hidden * sizeof *row);
    memset(row + hidden, 0, (units - hidden) * sizeof *row);
}

void tc_shard_reset_sequence(struct tc_shard *shard, const float *parameters, unsigned sequence)
{
    for (unsigned l = 0; l < tc_shard_arch(shard)->layers; ++l) {
        const struct tc_layer_offsets *const at = &shard->weights->layer[l].at;
        const struct tc_layer *const shape = &tc_shard_arch(shard)->layer[l];
        const size_t units = tc_shard_units(shard, l), to = sequence * units;

        reset_row(shard->layer[l].h + to, parameters + at->h0, shape->hidden, units);
        if (tc_cell_has_c(shape->cell))
            reset_row(shard->layer[l].c + to, parameters + at->c0, shape->hidden, units);
    }
}

/* h or, of an LSTM, c of one layer, at frame 0. */
struct state_array {
    float *at;
    size_t floats; /* of a frame */
};

static unsigned state_arrays(const struct tc_shard *shard, struct state_array array[])
{
    unsigned n = 0;

    for (unsigned l = 0; l < tc_shard_arch(shard)->layers; ++l) {
        const struct tc_shard_layer *const layer = &shard->layer[l];
        const size_t frame = tc_shard_frame_floats(shard, l);

        array[n++] = (struct state_array){layer->h, frame};
        if (tc_cell_has_c(tc_shard_arch(shard)->layer[l].cell))
            array[n++] = (struct state_array){layer->c, frame};
    }
    return n;
}

void tc_shard_advance(struct tc_shard *shard, unsigned n_frames)
{
    struct state_array array[2 * TC_MAX_LAYERS];
    const unsigned n = n_frames ? state_arrays(shard, array) : 0;

    for (unsigned i = 0; i < n; ++i)
        memcpy(array[i].at, array[i].at + n_frames * array[i].floats,
               array[i].floats * sizeof *array[i].at);
}

size_t tc_shard_state_floats(const struct tc_shard *shard)
{
    struct state_array array[2 * TC_MAX_LAYERS];
    const unsigned n = state_arrays(shard, array);
    size_t sum = 0;

    for (unsigned i = 0; i < n; ++i)
        sum += array[i].floats;
    return sum;
}

void tc_shard_save_state(const struct tc_shard *shard, unsigned n_frames, float *to)
{
    struct state_array array[2 * TC_MAX_LAYERS];
    const unsigned n = state_arrays(shard, array);

    for (unsigned i = 0; i < n; to += array[i++].floats)
        memcpy(to, array[i].at + n_frames * array[i].floats, array[i].floats * sizeof *to);
}

void tc_shard_load_state(struct tc_shard *shard, const float *from)
{
    struct state_array array[2 * TC_MAX_LAYERS];
    const unsigned n = state_arrays(shard, array);

    for (unsigned i = 0; i < n; from += array[i++].floats)
        memcpy(array[i].at, from, array[i].floats * sizeof *from);
}

bool tc_shard_state_is_finite(const struct tc_shard *shard)
{
    struct state_array array[2 * TC_MAX_LAYERS];
    const unsigned n = state_arrays(shard, array);
    bool finite = true;

    for (unsigned i = 0; i < n; ++i)
        finite = finite && tc_all_finite(array[i].at, array[i].floats);
    return finite;
}
