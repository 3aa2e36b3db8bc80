#include "data/manifest.h"

#include "data/csv.h"
#include "cli/option_values.h"
#include "cli/paths.h"
#include "cli/printable.h"
#include "utf8.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What a column holds. From COLUMN_KNOB on: knob number column - COLUMN_KNOB. */
enum column {
    COLUMN_INPUT,
    COLUMN_TARGET,
    COLUMN_SPLIT,
    COLUMN_START,
    COLUMN_STOP,
    COLUMN_DELAY,
    COLUMN_KNOB
};

static const char *const column_names[] = {"input", "target", "split", "start", "stop", "delay"};

/* Columns of data sets that are not pairs of recordings. */
static const char *const other_tasks[] = {"label", "labels", "text"};

enum { MAX_COLUMNS = COLUMN_KNOB + TC_MAX_KNOBS };

/* Frame counts beyond this are no longer exact as double, and no recording is that long. */
static const double max_frame = 9007199254740992.0;

struct header {
    const char *path;
    enum manifest_rows rows;
    const struct csv_record *names;
    enum column column[MAX_COLUMNS];
};

const char *split_name(enum split split)
{
    switch (split) {
    case SPLIT_TRAIN:
        return "train";
    case SPLIT_VAL:
        return "val";
    case SPLIT_TEST:
        return "test";
    case SPLIT_ALL:
        return "all";
    case SPLIT_NONE:
        break;
    }
    return "none";
}

/* ------------------------------------------------------------------------- the header */

static enum tc_status add_knob(struct manifest *m, const struct header *h, const char *name,
                               enum column *column, struct tc_error *error)
{
    for (size_t i = 0; i < sizeof other_tasks / sizeof *other_tasks; ++i) {
        if (strcmp(name, other_tasks[i]) == 0)
            return tc_fail(
                error, TC_UNSUPPORTED,
                "%s: line %u: column '%s': only pairs of recordings (columns 'input' and "
                "'target') can be used so far",
                h->path, h->names->line, name);
    }
    if (strlen(name) >= sizeof m->knob_name[0] || !is_printable(name))
        return tc_fail(error, TC_BAD_FORMAT,
                       "%s: line %u: column '%s' is not the name of a knob: expected at most %zu "
                       "bytes of printable UTF-8",
                       h->path, h->names->line, name, sizeof m->knob_name[0] - 1);
    if (m->n_knobs == TC_MAX_KNOBS)
        return tc_fail(error, TC_TOO_LARGE, "%s: line %u: column '%s': more than %d knobs", h->path,
                       h->names->line, name, (int)TC_MAX_KNOBS);
    *column = COLUMN_KNOB + m->n_knobs;
    strcpy(m->knob_name[m->n_knobs++], name);
    return TC_OK;
}

static enum tc_status check_name(const struct header *h, size_t i, struct tc_error *error)
{
    const char *const name = h->names->field[i];

    if (name[0] == '\0')
        return tc_fail(error, TC_BAD_FORMAT, "%s: line %u: column %zu has no name", h->path,
                       h->names->line, i + 1);
    for (size_t k = 0; k < i; ++k) {
        if (strcmp(h->names->field[k], name) == 0)
            return tc_fail(error, TC_BAD_FORMAT, "%s: line %u: there are two columns '%s'", h->path,
                           h->names->line, name);
    }
    return TC_OK;
}

static enum column known_column(const char *name)
{
    unsigned column = 0;

    while (column < COLUMN_KNOB && strcmp(name, column_names[column]) != 0)
        ++column;
    return column;
}

static enum tc_status require_column(const struct header *h, const char *name,
                                     struct tc_error *error)
{
    for (size_t i = 0; i < h->names->n_fields; ++i) {
        if (strcmp(h->names->field[i], name) == 0)
            return TC_OK;
    }
    return tc_fail(error, TC_BAD_FORMAT, "%s: line %u: there is no column '%s'; the first is '%s'",
                   h->path, h->names->line, name, h->names->field[0]);
}

/* Spreadsheets write semicolons where the comma is the decimal point. */
static enum tc_status check_commas(const struct header *h, struct tc_error *error)
{
    const char *const other = strpbrk(h->names->field[0], ";\t");

    if (h->names->n_fields > 1 || !other)
        return TC_OK;
    return tc_fail(error, TC_BAD_FORMAT, "%s: line %u: %s between the names, expected commas",
                   h->path, h->names->line, *other == ';' ? "semicolons" : "tabs");
}

static enum tc_status read_header(struct manifest *m, struct header *h, struct tc_error *error)
{
    enum tc_status status = check_commas(h, error);

    for (size_t i = 0; i < h->names->n_fields && status == TC_OK; ++i) {
        enum column column = known_column(h->names->field[i]);

        status = check_name(h, i, error);
        if (status == TC_OK && column == COLUMN_KNOB)
            status = add_knob(m, h, h->names->field[i], &column, error);
        if (status == TC_OK)
            h->column[i] = column;
        m->has_split |= column == COLUMN_SPLIT;
    }
    if (status == TC_OK)
        status = require_column(h, "input", error);
    return status == TC_OK && h->rows == MANIFEST_PAIRS ? require_column(h, "target", error)
                                                        : status;
}

/* --------------------------------------------------------------------------- the rows */

/* A name of the manifest is relative to the manifest's folder. */
static char *resolve(const char *manifest, const char *name)
{
    const size_t folder = name[0] == '/' ? 0 : path_folder_length(manifest);
    char *const path = malloc(folder + strlen(name) + 1);

    if (path != NULL) {
        memcpy(path, manifest, folder);
        strcpy(path + folder, name);
    }
    return path;
}

static bool parse_path(const char *manifest, const char *text, char **path)
{
    *path = text[0] == '\0' ? NULL : resolve(manifest, text);
    return *path != NULL;
}

static bool parse_target(const struct header *h, const char *text, char **path)
{
    return (text[0] == '\0' && h->rows == MANIFEST_PAIRS_OR_DRY) || parse_path(h->path, text, path);
}

static bool parse_split(const char *text, enum split *split)
{
    unsigned found = 0;

    while (found < N_SPLITS && strcmp(text, split_name(found)) != 0)
        ++found;
    *split = found;
    return found < N_SPLITS;
}

/* An empty cell leaves the row's default. */
static bool parse_frame(const char *text, uint64_t *frame)
{
    double value;

    if (text[0] == '\0')
        return true;
    if (!parse_real(text, &value) || value < 0.0 || value > max_frame || floor(value) != value)
        return false;
    *frame = (uint64_t)value;
    return true;
}

static bool parse_delay(const char *text, double *delay)
{
    return text[0] == '\0' || (parse_real(text, delay) && fabs(*delay) < max_frame);
}

static bool parse_knob(const char *text, float *knob)
{
    double value;

    if (!parse_real(text, &value))
        return false;
    *knob = (float)value;
    return isfinite(*knob);
}

static bool parse_cell(const struct header *h, struct manifest_row *row, enum column column,
                       const char *text, const char **expected)
{
    switch (column) {
    case COLUMN_INPUT:
        *expected = "the name of a file";
        return parse_path(h->path, text, &row->input);
    case COLUMN_TARGET:
        *expected = "the name of a file";
        return parse_target(h, text, &row->target);
    case COLUMN_SPLIT:
        *expected = "train, val or test";
        return parse_split(text, &row->split);
    case COLUMN_START:
    case COLUMN_STOP:
        *expected = "a whole number of frames from 0";
        return parse_frame(text, column == COLUMN_START ? &row->start : &row->stop);
    case COLUMN_DELAY:
        *expected = "a number of frames";
        return parse_delay(text, &row->delay);
    case COLUMN_KNOB:
        break;
    }
    *expected = "a number: columns that are not input, target, split, start, stop or delay are "
                "knobs";
    return parse_knob(text, &row->knob[column - COLUMN_KNOB]);
}

/* The input's path stands for a target that is not there, and is not late. */
static enum tc_status complete_row(const struct header *h, struct manifest_row *row,
                                   struct tc_error *error)
{
    if (row->target != NULL)
        return TC_OK;
    if (!isnan(row->delay))
        return tc_fail(
            error, TC_BAD_VALUE,
            "%s: line %u: column 'delay': %g, expected nothing in a row without a target", h->path,
            row->line, row->delay);
    row->is_dry = true;
    row->delay = 0.0;
    row->target = strdup(row->input);
    return row->target != NULL ? TC_OK : tc_fail(error, TC_NO_MEMORY, "%s: no memory", h->path);
}

static enum tc_status read_row(const struct header *h, struct manifest_row *row,
                               const struct csv_record *record, struct tc_error *error)
{
    const char *expected;

    *row = (struct manifest_row){.line = record->line,
                                 .split = SPLIT_NONE,
                                 .stop = MANIFEST_TO_THE_END,
                                 .delay = (double)NAN};
    if (record->n_fields != h->names->n_fields)
        return tc_fail(error, TC_BAD_FORMAT, "%s: line %u: %zu values, expected %zu as in line %u",
                       h->path, record->line, record->n_fields, h->names->n_fields, h->names->line);
    for (size_t i = 0; i < record->n_fields; ++i) {
        if (!parse_cell(h, row, h->column[i], record->field[i], &expected))
            return tc_fail(error, TC_BAD_VALUE, "%s: line %u: column '%s': '%s', expected %s",
                           h->path, record->line, h->names->field[i], record->field[i], expected);
    }
    if (row->start >= row->stop)
        return tc_fail(error, TC_BAD_VALUE,
                       "%s: line %u: start %llu and stop %llu: expected start before stop", h->path,
                       record->line, (unsigned long long)row->start, (unsigned long long)row->stop);
    return complete_row(h, row, error);
}

static enum tc_status read_table(struct manifest *m, const struct csv *csv, const char *path,
                                 enum manifest_rows rows, struct tc_error *error)
{
    struct header h = {.path = path, .rows = rows, .names = csv->record};
    enum tc_status status = TC_OK;

    if (csv->n_records == 0)
        return tc_fail(error, TC_BAD_FORMAT, "%s: empty, expected a line of column names", path);
    if (h.names->n_fields > MAX_COLUMNS)
        return tc_fail(error, TC_TOO_LARGE, "%s: line %u: %zu columns, expected at most %d", path,
                       h.names->line, h.names->n_fields, (int)MAX_COLUMNS);
    status = read_header(m, &h, error);
    if (status != TC_OK)
        return status;
    if (csv->n_records == 1)
        return tc_fail(error, TC_BAD_FORMAT, "%s: no rows below the column names", path);
    m->path = strdup(path);
    m->row = calloc(csv->n_records - 1, sizeof *m->row);
    if (m->path == NULL || m->row == NULL)
        return tc_fail(error, TC_NO_MEMORY, "%s: no memory for %zu rows", path, csv->n_records);
    while (status == TC_OK && m->n_rows + 1 < csv->n_records) {
        status = read_row(&h, &m->row[m->n_rows], &csv->record[m->n_rows + 1], error);
        ++m->n_rows;
    }
    return status;
}

/* Make the manifest of a table that was read with this status, and free the table. Messages quote
 * names and values of the file, so that control characters are replaced. */
static enum tc_status take_table(struct manifest *manifest, struct csv *csv, const char *path,
                                 enum manifest_rows rows, enum tc_status status,
                                 const struct tc_error *why, struct tc_error *error)
{
    *manifest = (struct manifest){0};
    if (status == TC_OK)
        status = read_table(manifest, csv, path, rows, error);
    else
        tc_fail(error, status, "%s: %s", path, why->message);
    csv_free(csv);
    if (status != TC_OK)
        manifest_free(manifest);
    if (status != TC_OK && error)
        tc_utf8_make_shown(error->message);
    return status;
}

enum tc_status manifest_load(struct manifest *manifest, const char *path, enum manifest_rows rows,
                             struct tc_error *error)
{
    struct tc_error why;
    struct csv csv;
    const enum tc_status status = csv_load(&csv, path, &why);

    return take_table(manifest, &csv, path, rows, status, &why, error);
}

enum tc_status manifest_read(struct manifest *manifest, const char *path, enum manifest_rows rows,
                             const char *text, size_t size, struct tc_error *error)
{
    struct tc_error why;
    struct csv csv;
    const enum tc_status status = csv_read(&csv, text, size, &why);

    return take_table(manifest, &csv, path, rows, status, &why, error);
}

enum tc_status manifest_of_pairs(struct manifest *manifest, unsigned n_files, char *const *files,
                                 bool split, struct tc_error *error)
{
    const bool is_dry = !split && n_files == 1;
    const size_t files_per_row = split || is_dry ? 1 : 2;
    bool complete = true;

    *manifest = (struct manifest){.n_rows = n_files / files_per_row};
    manifest->row = calloc(manifest->n_rows, sizeof *manifest->row);
    for (size_t i = 0; manifest->row != NULL && i < manifest->n_rows; ++i) {
        struct manifest_row *const row = &manifest->row[i];

        row->input = strdup(files[files_per_row * i]);
        row->target = strdup(files[files_per_row * (i + 1) - 1]);
        row->split = SPLIT_NONE;
        row->stop = MANIFEST_TO_THE_END;
        row->is_dry = is_dry;
        row->delay = is_dry ? 0.0 : (double)NAN;
        complete = complete && row->input != NULL && row->target != NULL;
    }
    if (manifest->row != NULL && complete)
        return TC_OK;
    manifest_free(manifest);
    return tc_fail(error, TC_NO_MEMORY, "no memory for %u files", n_files);
}

bool manifest_has_knob(const struct manifest *manifest, const char *name)
{
    unsigned k = 0;

    while (k < manifest->n_knobs && strcasecmp(manifest->knob_name[k], name) != 0)
        ++k;
    return k < manifest->n_knobs;
}

enum tc_status manifest_insert_knob(struct manifest *manifest, const char *name,
                                    struct tc_error *error)
{
    const unsigned n = manifest->n_knobs;

    if (n == TC_MAX_KNOBS)
        return tc_fail(error, TC_TOO_LARGE, "the knob '%s' and %u others: more than %d knobs", name,
                       n, (int)TC_MAX_KNOBS);
    memmove(manifest->knob_name + 1, manifest->knob_name, n * sizeof *manifest->knob_name);
    (void)snprintf(manifest->knob_name[0], sizeof manifest->knob_name[0], "%s", name);
    ++manifest->n_knobs;
    for (size_t i = 0; i < manifest->n_rows; ++i) {
        float *const knob = manifest->row[i].knob;

        memmove(knob + 1, knob, n * sizeof *knob);
        knob[0] = 0.0f;
    }
    return TC_OK;
}

void manifest_free(struct manifest *manifest)
{
    for (size_t i = 0; manifest->row != NULL && i < manifest->n_rows; ++i) {
        free(manifest->row[i].input);
        free(manifest->row[i].target);
    }
    free(manifest->row);
    free(manifest->path);
    *manifest = (struct manifest){0};
}

const char *manifest_row_name(const struct manifest *manifest, const struct manifest_row *row,
                              char text[512])
{
    if (manifest->path != NULL)
        snprintf(text, 512, "%s: line %u", manifest->path, row->line);
    else if (row->is_dry)
        snprintf(text, 512, "%s", row->input);
    else
        snprintf(text, 512, "%s and %s", row->input, row->target);
    return text;
}
