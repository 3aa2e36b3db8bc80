#include "model/cell.h"

#include <string.h>

const struct tc_cell_description *tc_cell_describe(enum tc_cell cell)
{
    return (unsigned)cell < TC_CELLS ? &tc_cell_table[cell] : NULL;
}

unsigned tc_cell_gates(enum tc_cell cell)
{
    return (unsigned)cell < TC_CELLS ? tc_cell_table[cell].gates : 0;
}

const char *tc_cell_name(enum tc_cell cell)
{
    return (unsigned)cell < TC_CELLS ? tc_cell_table[cell].name : "unknown";
}

static bool find_cell(size_t gates, bool peephole, enum tc_cell *cell)
{
    for (unsigned i = 0; i < TC_CELLS; ++i)
        if (tc_cell_table[i].gates == gates && tc_cell_table[i].peephole == peephole) {
            *cell = (enum tc_cell)i;
            return true;
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
        const char *const format_name = tc_cell_table[i].format[format].name;

        if (format_name && strcmp(format_name, name) == 0) {
            *cell = (enum tc_cell)i;
            return true;
        }
    }
    return false;
}
