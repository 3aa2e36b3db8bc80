/** @file
 *  Comma-separated values: RFC 4180, LF or CRLF, with or without a byte order mark. */
#ifndef TONECELL_CSV_H
#define TONECELL_CSV_H

#include "tonecell.h"

struct csv_record {
    unsigned line; /* on which it starts, from 1 */
    size_t n_fields;
    char **field; /* part of the table: not to be freed */
};

struct csv {
    size_t n_records;
    struct csv_record *record;
    char **fields;
    char *text;
};

/** Read a table. Lines that are empty are left out. On failure *csv is empty, and csv_free() of it
 *  is allowed. Errors, with line but without the file's name: TC_IO, TC_BAD_FORMAT (bytes that are
 *  no text, quotes that do not close), TC_TOO_LARGE, TC_NO_MEMORY. */
enum tc_status csv_load(struct csv *csv, const char *path, struct tc_error *error);

/** The same from memory. */
enum tc_status csv_read(struct csv *csv, const char *text, size_t size, struct tc_error *error);

void csv_free(struct csv *csv);

#endif
