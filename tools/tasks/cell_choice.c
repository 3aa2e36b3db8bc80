#include "tasks/cell_choice.h"

/* What --cell says alone. */
static enum tc_cell kind(const struct cell_choice *choice)
{
    return choice->cell == CELL_NOT_SAID ? TC_CELL_LSTM : (enum tc_cell)choice->cell;
}

bool cell_choice_said(const struct cell_choice *choice)
{
    return choice->cell != CELL_NOT_SAID || choice->peephole || choice->reset != CELL_NOT_SAID;
}

int cell_choice_check(const struct command *self, const struct cell_choice *choice)
{
    if (choice->peephole && kind(choice) != TC_CELL_LSTM)
        return usage_error(self, "--peephole is for --cell lstm");
    if (choice->reset != CELL_NOT_SAID && kind(choice) != TC_CELL_GRU)
        return usage_error(self, "--reset is for --cell gru");
    return 0;
}

enum tc_cell cell_choice_cell(const struct cell_choice *choice)
{
    return choice->peephole     ? TC_CELL_LSTM_PEEPHOLE
           : choice->reset == 1 ? TC_CELL_GRU_RESET_BEFORE
                                : kind(choice);
}
