#include "formats/readers/npy.h"

#include "formats/json.h"
#include "model/bytes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADER_MAX = 512, SHORT_HEAD = 10, LONG_HEAD = 12 };

/** Read the header's text. *data is the offset of the values. */
static enum tc_status read_header(const unsigned char *bytes, size_t size, const char *where,
                                  char header[HEADER_MAX], size_t *data, struct tc_error *error)
{
    static const unsigned char magic[] = {0x93, 'N', 'U', 'M', 'P', 'Y'};
    size_t head, length;

    if (size < LONG_HEAD || memcmp(bytes, magic, sizeof magic) != 0)
        return tc_fail(error, TC_BAD_FORMAT, "%s is no file of numpy's", where);
    head = bytes[6] == 1 ? SHORT_HEAD : LONG_HEAD;
    length = (size_t)tc_get_le(bytes + 8, (unsigned)(head - 8));
    if (length > size - head || length >= HEADER_MAX)
        return tc_fail(error, TC_BAD_FORMAT, "%s has a header of %zu bytes, but %zu follow", where,
                       length, size - head);
    memcpy(header, bytes + head, length);
    header[length] = '\0';
    *data = head + length;
    return TC_OK;
}

/** The text after 'KEY': in the header, without blanks. */
static const char *value_of(const char *header, const char *key)
{
    char quoted[32];
    const char *at;

    snprintf(quoted, sizeof quoted, "'%s':", key);
    at = strstr(header, quoted);
    if (!at)
        return "";
    at += strlen(quoted);
    return at + strspn(at, " ");
}

/** Bytes of one value; 0 if it is neither float nor double. */
static size_t value_size(const char *type)
{
    return strncmp(type, "'<f4'", 5) == 0 ? 4 : strncmp(type, "'<f8'", 5) == 0 ? 8 : 0;
}

static enum tc_status bad_type(const char *type, const char *where, struct tc_error *error)
{
    char name[16];

    snprintf(name, sizeof name, "%.*s", (int)strcspn(type, ","), type);
    return tc_fail(error, TC_UNSUPPORTED, "%s: values of the type %s, expected '<f4' or '<f8'",
                   where, TC_SHOWN(name));
}

static enum tc_status read_type(const char *header, const char *where, size_t *width, size_t *n,
                                struct tc_error *error)
{
    const char *const type = value_of(header, "descr"), *const shape = value_of(header, "shape");
    unsigned long long count;
    int end = 0;

    *width = value_size(type);
    if (!*width)
        return bad_type(type, where, error);
    if (sscanf(shape, "(%9llu,)%n", &count, &end) != 1 || end == 0)
        return tc_fail(error, TC_BAD_SHAPE, "%s: its shape is no list of numbers", where);
    *n = (size_t)count;
    return TC_OK;
}

/** Read n values of `width` bytes each. */
static enum tc_status read_values(const unsigned char *bytes, size_t width, size_t n,
                                  const char *where, float *values, struct tc_error *error)
{
    for (size_t i = 0; i < n; ++i) {
        const unsigned char *const at = bytes + i * width;

        values[i] = width == 4 ? tc_get_le_float(at) : (float)tc_get_le_double(at);
        if (!isfinite(values[i]))
            return tc_fail(error, TC_BAD_VALUE, "%s: value %zu is no finite number", where, i);
    }
    return TC_OK;
}

enum tc_status tc_npy_read(const unsigned char *bytes, size_t size, const char *where,
                           float **values, size_t *n, struct tc_error *error)
{
    char header[HEADER_MAX];
    size_t data = 0, width = 0, count = 0;
    float *found;
    enum tc_status status = read_header(bytes, size, where, header, &data, error);

    if (status == TC_OK)
        status = read_type(header, where, &width, &count, error);
    if (status)
        return status;
    if (size - data != count * width)
        return tc_fail(error, TC_BAD_SHAPE, "%s has %zu bytes of values, expected %zu", where,
                       size - data, count * width);
    found = malloc((count + 1) * sizeof *found);
    if (!found)
        return tc_fail(error, TC_NO_MEMORY, "no memory for %zu values", count);
    status = read_values(bytes + data, width, count, where, found, error);
    if (status) {
        free(found);
        return status;
    }
    *values = found;
    *n = count;
    return TC_OK;
}
