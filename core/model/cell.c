#include "model/cell.h"

#include <string.h>

#define TC_CELL_ROW(...) +1
enum {
    ROWS = 0
#include "model/cell_rows.h"
};
_Static_assert((int)ROWS == (int)TC_CELLS, "every cell has a row");

const struct tc_cell_description *tc_cell_describe(enum tc_cell cell)
{
    return (unsigned)cell < TC_CELLS ? &tc_cell_table[cell].description : NULL;
}

unsigned tc_cell_gates(enum tc_cell cell)
{
    return (unsigned)cell < TC_CELLS ? tc_cell_table[cell].description.gates : 0;
}

const char *tc_cell_name(enum tc_cell cell)
{
    return (unsigned)cell < TC_CELLS ? tc_cell_table[cell].description.name : "unknown";
}

static bool find_cell(size_t gates, bool peephole, enum tc_cell *cell)
{
    for (unsigned i = 0; i < TC_CELLS; ++i) {
        const struct tc_cell_description *const found = &tc_cell_table[i].description;

        if (found->gates == gates && found->peephole == peephole) {
            *cell = (enum tc_cell)i;
            return true;
        }
    }
    return false;
}

bool tc_cell_of_tensors(size_t gates, bool peephole, enum tc_cell *cell)
{
    return (peephole && find_cell(gates, true, cell)) || find_cell(gates, false, cell);
}

bool tc_cell_of_format(enum tc_export format, const char *name, enum tc_cell *cell)
{
    for (unsigned i = 0; i < TC_CELLS; ++i) {
        const char *const format_name = tc_cell_table[i].description.format[format].name;

        if (format_name && strcmp(format_name, name) == 0) {
            *cell = (enum tc_cell)i;
            return true;
        }
    }
    return false;
}
