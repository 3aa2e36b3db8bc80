/** @file
 *  Sizes of what layer_kernels.h pictures. Part of source.h. */
#ifndef TC_LAYER_LAYOUT_H
#define TC_LAYER_LAYOUT_H

/* Vectors of n units. */
INLINE size_t vectors_of(size_t units)
{
    return (units + V_WIDTH - 1) / V_WIDTH;
}

/* Units of the vector that starts at a unit, without padding. */
INLINE size_t real_units(size_t hidden, size_t start)
{
    return hidden - start < V_WIDTH ? hidden - start : V_WIDTH;
}

INLINE size_t layer_vectors(const struct tc_layer_block *layer)
{
    return layer->units / V_WIDTH;
}

/* Floats of a frame of h or c. */
INLINE size_t state_frame(const struct tc_layer_block *layer)
{
    return layer->sequences * layer->units;
}

/* Floats of a sequence's gates in a frame. */
INLINE size_t gates_stride(const struct tc_layer_block *layer, enum tc_cell cell)
{
    return layer_vectors(layer) * tc_cell_slots(cell)->count * V_WIDTH;
}

/* The same of dz: an odd number of vectors, so that sequences lie in different sets of the cache.
 */
INLINE size_t dz_stride(const struct tc_layer_block *layer, enum tc_cell cell)
{
    return (layer_vectors(layer) * tc_cell_slots(cell)->count | 1) * V_WIDTH;
}

static size_t gates_floats(const struct tc_layer_block *layer)
{
    return gates_stride(layer, layer->cell);
}

static size_t dz_floats(const struct tc_layer_block *layer)
{
    return dz_stride(layer, layer->cell);
}

#endif
