/** @file
 *  What a lane takes in memory. Part of source.h. */
#ifndef TC_BATCH_LAYOUT_H
#define TC_BATCH_LAYOUT_H

INLINE size_t blocks_in(const struct tc_batch *batch)
{
    return batch->units / W;
}

/* Floats of a lane of gates or dz. */
INLINE size_t gates_lane(const struct tc_batch *batch, enum tc_cell cell)
{
    return blocks_in(batch) * slots_of(cell) * W;
}

/* Of dz: an odd number of vectors, so that lanes lie in different sets of the cache. */
INLINE size_t dz_lane(const struct tc_batch *batch, enum tc_cell cell)
{
    return (blocks_in(batch) * slots_of(cell) | 1) * W;
}

static size_t gates_floats(const struct tc_batch *batch)
{
    return gates_lane(batch, batch->cell);
}

static size_t dz_floats(const struct tc_batch *batch)
{
    return dz_lane(batch, batch->cell);
}

#endif
