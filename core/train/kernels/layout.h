/** @file
 *  What a lane takes in memory. Part of source.h. */
#ifndef TC_LAYER_LAYOUT_H
#define TC_LAYER_LAYOUT_H

INLINE size_t blocks_in(const struct tc_layer_block *layer)
{
    return layer->units / W;
}

/* Floats of a lane of gates or dz. */
INLINE size_t gates_lane(const struct tc_layer_block *layer, enum tc_cell cell)
{
    return blocks_in(layer) * slots_of(cell) * W;
}

/* Of dz: an odd number of vectors, so that lanes lie in different sets of the cache. */
INLINE size_t dz_lane(const struct tc_layer_block *layer, enum tc_cell cell)
{
    return (blocks_in(layer) * slots_of(cell) | 1) * W;
}

static size_t gates_floats(const struct tc_layer_block *layer)
{
    return gates_lane(layer, layer->cell);
}

static size_t dz_floats(const struct tc_layer_block *layer)
{
    return dz_lane(layer, layer->cell);
}

#endif
