/** @file
 *  Properties of cells. The cells themselves are in cell_rows.h. */
#ifndef TC_CELL_H
#define TC_CELL_H

#include "model/cell_table.h"

/** Has the cell a cell state c in addition to the hidden state h? */
static inline bool tc_cell_has_c(enum tc_cell cell)
{
    return tc_cell_table[cell].description.has_c;
}

/** Has the cell a tensor peephole [3][H]? */
static inline bool tc_cell_has_peephole(enum tc_cell cell)
{
    return tc_cell_table[cell].description.peephole;
}

/** Peepholes of a unit: to i, f, o. */
static inline unsigned tc_cell_peepholes(enum tc_cell cell)
{
    return tc_cell_has_peephole(cell) ? 3 : 0;
}

/** The sums of a unit. */
static inline const struct tc_cell_slots *tc_cell_slots(enum tc_cell cell)
{
    return &tc_cell_table[cell].slots;
}

/** The cell of PyTorch's tensors: the first with so many gates, with peepholes if `peephole` and
 * any such cell has them. False if no cell has so many gates. */
bool tc_cell_of_tensors(size_t gates, bool peephole, enum tc_cell *cell);

/** The cell that `format` calls `name`; false if it has none of this name. */
bool tc_cell_of_format(enum tc_export format, const char *name, enum tc_cell *cell);

#endif
