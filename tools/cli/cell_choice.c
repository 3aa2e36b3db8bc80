#include "cli/cell_choice.h"

#include "cli/given.h"

#include <string.h>

/* The cell without its variants: "rnn", "lstm", "gru". */
static const char *family(const struct cell_choice *choice)
{
    const enum tc_cell cell = is_given(choice->cell) ? (enum tc_cell)choice->cell : TC_CELL_LSTM;

    return tc_cell_describe(cell)->family;
}

static bool is_chosen(const struct cell_choice *choice, const struct tc_cell_description *cell)
{
    return strcmp(cell->family, family(choice)) == 0 && cell->peephole == choice->peephole &&
           (cell->reset == TC_RESET_BEFORE) == (choice->reset == 1);
}

bool cell_choice_given(const struct cell_choice *choice)
{
    return is_given(choice->cell) || choice->peephole || is_given(choice->reset);
}

int cell_choice_check(const struct command *self, const struct cell_choice *choice)
{
    if (choice->peephole && strcmp(family(choice), "lstm") != 0)
        return usage_error(self, "--peephole is for --cell lstm");
    if (is_given(choice->reset) && strcmp(family(choice), "gru") != 0)
        return usage_error(self, "--reset is for --cell gru");
    return 0;
}

enum tc_cell cell_choice_cell(const struct cell_choice *choice)
{
    unsigned cell = 0;

    while (cell < TC_CELLS - 1 && !is_chosen(choice, tc_cell_describe((enum tc_cell)cell)))
        ++cell;
    return (enum tc_cell)cell;
}
