#include "config.h"
#include "cli/table.h"

#include "utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool make_room(struct table *table)
{
    const size_t capacity = table->capacity ? 2 * table->capacity : 16;
    char **larger;

    if (table->n_rows < table->capacity)
        return true;
    larger = realloc(table->cell, capacity * table->n_columns * sizeof *larger);
    if (!larger)
        return false;
    table->cell = larger;
    table->capacity = capacity;
    return true;
}

bool table_add(struct table *table, const char *const *cells)
{
    char **row;

    if (!make_room(table))
        return false;
    row = table->cell + table->n_rows * table->n_columns;
    for (unsigned c = 0; c < table->n_columns; ++c) {
        row[c] = strdup(cells[c]);
        if (!row[c]) {
            while (c-- > 0)
                free(row[c]);
            return false;
        }
        tc_utf8_make_shown(row[c]);
    }
    ++table->n_rows;
    return true;
}

static int column_width(const struct table *table, unsigned column)
{
    size_t width = strlen(table->columns[column].title);

    for (size_t r = 0; r < table->n_rows; ++r) {
        const size_t length = strlen(table->cell[r * table->n_columns + column]);

        width = length > width ? length : width;
    }
    return (int)width;
}

/* The last column is not filled up. */
static void print_cell(const struct table *table, unsigned column, const char *text, int width)
{
    const bool is_last = column + 1 == table->n_columns;

    if (table->columns[column].is_number)
        printf("%*s", width, text);
    else
        printf("%-*s", is_last ? 0 : width, text);
    putchar(is_last ? '\n' : ' ');
}

void table_print(const struct table *table)
{
    int width[TABLE_MAX_COLUMNS];

    if (table->n_rows == 0)
        return;
    for (unsigned c = 0; c < table->n_columns; ++c) {
        width[c] = column_width(table, c);
        print_cell(table, c, table->columns[c].title, width[c]);
    }
    for (size_t r = 0; r < table->n_rows; ++r)
        for (unsigned c = 0; c < table->n_columns; ++c)
            print_cell(table, c, table->cell[r * table->n_columns + c], width[c]);
}

void table_free(struct table *table)
{
    for (size_t i = 0; i < table->n_rows * table->n_columns; ++i)
        free(table->cell[i]);
    free(table->cell);
}
