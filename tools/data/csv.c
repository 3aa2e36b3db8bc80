#include "data/csv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MAX_BYTES = 64 << 20 };

struct cursor {
    char *at; /* next character of the text */
    char *to; /* where the next character of a field goes: never past `at` */
    unsigned line;
};

static bool at_line_end(const char *at)
{
    return *at == '\n' || (*at == '\r' && at[1] == '\n');
}

static void skip_line_end(struct cursor *c)
{
    c->at += *c->at == '\r' ? 2 : 1;
    ++c->line;
}

/* Unquote in place, which only shortens. */
static enum tc_status read_quoted(struct cursor *c, struct tc_error *error)
{
    const unsigned line = c->line;

    for (++c->at;; ++c->at) {
        if (*c->at == '\0')
            return tc_fail(error, TC_BAD_FORMAT, "line %u: a quote is never closed", line);
        if (*c->at == '"' && *++c->at != '"')
            break;
        if (*c->at == '\n')
            ++c->line;
        *c->to++ = *c->at;
    }
    if (*c->at != ',' && *c->at != '\0' && !at_line_end(c->at))
        return tc_fail(
            error, TC_BAD_FORMAT,
            "line %u: '%c' after a closing quote, expected a comma or the end of the line", c->line,
            *c->at);
    return TC_OK;
}

static enum tc_status read_plain(struct cursor *c, struct tc_error *error)
{
    while (*c->at != ',' && *c->at != '\0' && !at_line_end(c->at)) {
        if (*c->at == '"')
            return tc_fail(error, TC_BAD_FORMAT,
                           "line %u: a quote inside a value, expected the whole value in quotes",
                           c->line);
        *c->to++ = *c->at++;
    }
    return TC_OK;
}

/* One record, whose fields are appended to csv->fields. */
static enum tc_status read_record(struct csv *csv, struct cursor *c, size_t *n_fields,
                                  struct tc_error *error)
{
    struct csv_record *const record = &csv->record[csv->n_records];
    bool more = true;

    *record = (struct csv_record){.line = c->line, .field = csv->fields + *n_fields};
    while (more) {
        enum tc_status status;

        c->to = c->at;
        csv->fields[*n_fields] = c->at;
        status = *c->at == '"' ? read_quoted(c, error) : read_plain(c, error);
        if (status != TC_OK)
            return status;
        ++*n_fields;
        ++record->n_fields;
        more = *c->at == ',';
        if (more)
            ++c->at;
        else if (*c->at != '\0')
            skip_line_end(c);
        *c->to = '\0';
    }
    ++csv->n_records;
    return TC_OK;
}

static enum tc_status read_records(struct csv *csv, struct tc_error *error)
{
    struct cursor c = {.at = csv->text, .line = 1};
    size_t n_fields = 0;

    if (strncmp(c.at, "\xef\xbb\xbf", 3) == 0)
        c.at += 3;
    while (*c.at != '\0') {
        enum tc_status status;

        if (at_line_end(c.at)) {
            skip_line_end(&c);
            continue;
        }
        status = read_record(csv, &c, &n_fields, error);
        if (status != TC_OK)
            return status;
    }
    return TC_OK;
}

static size_t count(const char *text, const char *set)
{
    size_t n = 0;

    for (text = strpbrk(text, set); text != NULL; text = strpbrk(text + 1, set))
        ++n;
    return n;
}

static unsigned line_of(const char *text, const char *at)
{
    unsigned line = 1;

    for (; text < at; ++text)
        line += *text == '\n';
    return line;
}

enum tc_status csv_read(struct csv *csv, const char *text, size_t size, struct tc_error *error)
{
    const char *const zero = size > 0 ? memchr(text, '\0', size) : NULL;
    enum tc_status status;

    *csv = (struct csv){0};
    if (zero != NULL)
        return tc_fail(error, TC_BAD_FORMAT, "line %u: a zero byte, expected text",
                       line_of(text, zero));
    csv->text = calloc(size + 1, 1);
    if (csv->text != NULL) {
        memcpy(csv->text, text, size);
        csv->record = calloc(count(csv->text, "\n") + 1, sizeof *csv->record);
        csv->fields = calloc(count(csv->text, ",\n") + 1, sizeof *csv->fields);
    }
    if (csv->record == NULL || csv->fields == NULL)
        status = tc_fail(error, TC_NO_MEMORY, "no memory for a table of %zu bytes", size);
    else
        status = read_records(csv, error);
    if (status != TC_OK)
        csv_free(csv);
    return status;
}

static enum tc_status read_all(FILE *file, char **text, size_t *size, struct tc_error *error)
{
    struct stat about;

    if (fstat(fileno(file), &about) != 0)
        return tc_fail(error, TC_IO, "%s", strerror(errno));
    if (S_ISDIR(about.st_mode))
        return tc_fail(error, TC_IO, "is a folder, expected a file");
    *text = malloc(MAX_BYTES + 1u);
    if (*text == NULL)
        return tc_fail(error, TC_NO_MEMORY, "no memory for a table");
    *size = fread(*text, 1, MAX_BYTES + 1u, file);
    if (ferror(file))
        return tc_fail(error, TC_IO, "%s", strerror(errno));
    if (*size > MAX_BYTES)
        return tc_fail(error, TC_TOO_LARGE, "a table of more than %d bytes", (int)MAX_BYTES);
    return TC_OK;
}

enum tc_status csv_load(struct csv *csv, const char *path, struct tc_error *error)
{
    FILE *const file = fopen(path, "rb");
    char *text = NULL;
    size_t size = 0;
    enum tc_status status;

    *csv = (struct csv){0};
    if (file == NULL)
        return tc_fail(error, TC_IO, "%s", strerror(errno));
    status = read_all(file, &text, &size, error);
    fclose(file);
    if (status == TC_OK)
        status = csv_read(csv, text, size, error);
    free(text);
    return status;
}

void csv_free(struct csv *csv)
{
    free(csv->record);
    free(csv->fields);
    free(csv->text);
    *csv = (struct csv){0};
}
