/** @file
 *  A table of texts whose columns are as wide as their contents. */
#ifndef TONECELL_TABLE_H
#define TONECELL_TABLE_H

#include <stdbool.h>
#include <stddef.h>

enum { TABLE_MAX_COLUMNS = 8 };

struct table_column {
    const char *title;
    bool is_number; /* right-aligned; else left-aligned */
};

struct table {
    const struct table_column *columns; /* set these two, and no more, before the first row */
    unsigned n_columns;
    size_t n_rows, capacity;
    char **cell; /* [n_rows][n_columns] */
};

/** Append a row of copies of [n_columns] texts. False, and no row, if memory runs out. */
bool table_add(struct table *table, const char *const *cells);

/** Print titles and rows to stdout; nothing if there is no row. */
void table_print(const struct table *table);

/** Free the rows. */
void table_free(struct table *table);

#endif
