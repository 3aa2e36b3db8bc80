#include "config.h"
#include "audio/sound_data.h"

#include <string.h>

/* What goes on for less than this after a length other than 0 is something else, as an ID3 tag. */
enum { MIN_REST = 16384 };

enum { MAX_CHUNK_HEADER = 24, MAX_CHUNKS = 1000 };

/* Chunks: an identifier, a length, that many bytes, and padding. */
struct container {
    const char *magic, *type; /* 4 bytes at offset 0, and at offset 8 or NULL for any */
    const char *data;         /* the identifier of the samples' chunk, its first 4 bytes */
    unsigned first;           /* offset of the first chunk */
    unsigned id_size, length_size, alignment;
    bool big_endian;
    unsigned counted; /* bytes of the chunk's own header that its length counts */
    unsigned extra;   /* bytes before the samples in their chunk */
    bool ds64;        /* the samples' length is in the chunk of that name */
};

static const struct container containers[] = {
    {"RIFF", "WAVE", "data", 12, 4, 4, 2, false, 0, 0, false},
    {"RIFX", "WAVE", "data", 12, 4, 4, 2, true, 0, 0, false},
    {"RF64", "WAVE", "data", 12, 4, 4, 2, false, 0, 0, true},
    {"BW64", "WAVE", "data", 12, 4, 4, 2, false, 0, 0, true},
    {"FORM", "AIFF", "SSND", 12, 4, 4, 2, true, 0, 8, false},
    {"FORM", "AIFC", "SSND", 12, 4, 4, 2, true, 0, 8, false},
    {"caff", NULL, "data", 8, 4, 8, 1, true, 0, 4, false},
    {"riff", NULL, "data", 40, 16, 8, 8, false, 24, 0, false},
    {".snd", NULL, NULL, 0, 0, 4, 1, true, 0, 0, false},
    {"dns.", NULL, NULL, 0, 0, 4, 1, false, 0, 0, false},
};

/* The rest of the identifiers of Wave64 but that of the file. */
static const unsigned char w64_id[12] = {0xf3, 0xac, 0xd3, 0x11, 0x8c, 0xd1,
                                         0x00, 0xc0, 0x4f, 0x8e, 0xdb, 0x8a};

static uint64_t number(const unsigned char *bytes, unsigned size, bool big_endian)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < size; ++i)
        value = value << 8 | bytes[big_endian ? i : size - 1 - i];
    return value;
}

static const struct container *find_container(struct byte_source *source)
{
    unsigned char head[12];
    const struct container *c = containers;
    const struct container *const end = containers + sizeof containers / sizeof *containers;

    if (!byte_source_read_all(source, 0, head, sizeof head))
        return NULL;
    while (c < end && (memcmp(head, c->magic, 4) != 0 || (c->type && memcmp(head + 8, c->type, 4))))
        ++c;
    return c < end ? c : NULL;
}

struct chunk {
    unsigned char header[MAX_CHUNK_HEADER];
    int64_t at;
    uint64_t length; /* bytes after the header; more than fits if it is no length */
};

static bool read_chunk(struct byte_source *source, const struct container *c, int64_t at,
                       struct chunk *chunk)
{
    uint64_t length;

    chunk->at = at;
    if (!byte_source_read_all(source, at, chunk->header, c->id_size + c->length_size))
        return false;
    length = number(chunk->header + c->id_size, c->length_size, c->big_endian);
    chunk->length = length > c->counted ? length - c->counted : 0;
    return true;
}

/* The length field that says how many samples there are, and its value. */
static bool set_length(struct byte_source *source, struct sound_data *data, int64_t field,
                       unsigned size, uint64_t extra)
{
    unsigned char bytes[8];
    uint64_t value, most = size == 4 ? UINT32_MAX : INT64_MAX;

    if (!byte_source_read_all(source, field, bytes, size))
        return false;
    value = number(bytes, size, data->container->big_endian);
    data->field = field;
    data->field_size = size;
    data->extra = extra;
    data->stated = value > extra ? value - extra : 0;
    /* sox writes 0x7f000000 and 0x7ffff000. */
    if (value >= (size == 4 ? 0x7f000000 : most / 2) || (size == 8 && value == UINT32_MAX)) {
        const bool fits = !source->is_pipe && data->stated <= (uint64_t)source->size &&
                          data->start <= source->size - (int64_t)data->stated;

        data->stated = fits ? data->stated : SOUND_NO_LENGTH;
    }
    return true;
}

static bool set_chunk(struct byte_source *source, struct sound_data *data,
                      const struct chunk *chunk, int64_t ds64)
{
    const struct container *const c = data->container;
    uint64_t extra = c->counted + c->extra;
    unsigned char offset[4];

    data->start = chunk->at + c->id_size + c->length_size + c->extra;
    if (c->extra == 8) {
        if (!byte_source_read_all(source, data->start - 8, offset, sizeof offset))
            return false;
        data->start += (int64_t)number(offset, 4, true);
        extra += number(offset, 4, true);
    }
    if (c->ds64)
        return ds64 > 0 && set_length(source, data, ds64, 8, 0);
    return set_length(source, data, chunk->at + c->id_size, c->length_size, extra);
}

static bool find_in_au(struct byte_source *source, struct sound_data *data)
{
    unsigned char start[4];

    if (!byte_source_read_all(source, 4, start, sizeof start))
        return false;
    data->start = (int64_t)number(start, 4, data->container->big_endian);
    return set_length(source, data, 8, 4, 0);
}

bool sound_data_find(struct byte_source *source, struct sound_data *data)
{
    const struct container *const c = find_container(source);
    struct chunk chunk = {.at = 0};
    int64_t ds64 = 0, at;

    *data = (struct sound_data){.container = c};
    if (c == NULL || c->data == NULL)
        return c != NULL && find_in_au(source, data);
    at = c->first;
    for (unsigned i = 0; i < MAX_CHUNKS && read_chunk(source, c, at, &chunk); ++i) {
        if (memcmp(chunk.header, c->data, 4) == 0)
            return set_chunk(source, data, &chunk, ds64);
        if (c->ds64 && memcmp(chunk.header, "ds64", 4) == 0)
            ds64 = at + 16; /* after the length of the chunk and that of the file */
        if (chunk.length > (uint64_t)INT32_MAX)
            return false;
        at += c->id_size + c->length_size + (int64_t)chunk.length;
        at += (c->alignment - at % c->alignment) % c->alignment;
    }
    return false;
}

/* A chunk begins here that fits into the file. */
static bool is_chunk(struct byte_source *source, const struct container *c, int64_t at)
{
    struct chunk chunk;

    if (c->data == NULL || !read_chunk(source, c, at, &chunk))
        return false;
    for (unsigned i = 0; i < 4; ++i)
        if (chunk.header[i] < 0x20 || chunk.header[i] > 0x7e)
            return false;
    if (c->id_size == 16 && memcmp(chunk.header + 4, w64_id, sizeof w64_id) != 0)
        return false;
    return chunk.length <= (uint64_t)(source->size - at);
}

bool sound_data_goes_on(struct byte_source *source, const struct sound_data *data, int64_t end)
{
    const struct container *const c = data->container;
    const int64_t aligned = end + (c->alignment - end % c->alignment) % c->alignment;
    unsigned char rest[MIN_REST];

    return byte_source_read_all(source, end, rest, data->stated > 0 ? MIN_REST : 1) &&
           !is_chunk(source, c, end) && !is_chunk(source, c, aligned);
}

bool sound_data_needs_patch(const struct sound_data *data)
{
    return data->container->magic[0] == 'B';
}

unsigned char sound_data_patch(const struct sound_data *data, uint64_t n_bytes, int64_t at,
                               unsigned char byte)
{
    const uint64_t value = data->field_size == 4 ? UINT32_MAX : n_bytes + data->extra;
    const unsigned i = (unsigned)(at - data->field), last = data->field_size - 1;

    if (at < 4 && sound_data_needs_patch(data))
        return (unsigned char)"RF64"[at];
    if (at < data->field || at >= data->field + data->field_size)
        return byte;
    return (unsigned char)(value >> 8 * (data->container->big_endian ? last - i : i));
}
