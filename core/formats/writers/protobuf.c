#include "formats/writers/protobuf.h"

#include "model/bytes.h"

#include <stdlib.h>
#include <string.h>

/* Wire types. */
enum { VARINT = 0, DELIMITED = 2, FIXED_32 = 5 };

enum { FIRST_CAPACITY = 256 };

static unsigned char *grow(struct tc_message *message, size_t size)
{
    unsigned char *const at = message->bytes ? message->bytes + message->size : NULL;
    size_t capacity = message->capacity ? message->capacity : FIRST_CAPACITY;
    unsigned char *bytes;

    if (message->failed)
        return NULL;
    if (at && size <= message->capacity - message->size) {
        message->size += size;
        return at;
    }
    while (capacity - message->size < size)
        capacity *= 2;
    bytes = realloc(message->bytes, capacity);
    if (!bytes) {
        message->failed = true;
        return NULL;
    }
    message->bytes = bytes;
    message->capacity = capacity;
    message->size += size;
    return bytes + message->size - size;
}

/** Seven bits in each byte, the lowest first; all but the last have the highest bit set. */
static void add_varint(struct tc_message *message, uint64_t value)
{
    do {
        unsigned char *const byte = grow(message, 1);

        if (byte)
            *byte = (unsigned char)((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
        value >>= 7;
    } while (value);
}

static void add_key(struct tc_message *message, unsigned field, unsigned kind)
{
    add_varint(message, (uint64_t)field << 3 | kind);
}

void tc_message_number(struct tc_message *message, unsigned field, uint64_t value)
{
    add_key(message, field, VARINT);
    add_varint(message, value);
}

void tc_message_float(struct tc_message *message, unsigned field, float value)
{
    unsigned char *bytes;

    add_key(message, field, FIXED_32);
    bytes = grow(message, 4);
    if (bytes)
        tc_put_le_float(bytes, value);
}

unsigned char *tc_message_space(struct tc_message *message, unsigned field, size_t size)
{
    add_key(message, field, DELIMITED);
    add_varint(message, size);
    return grow(message, size);
}

void tc_message_text(struct tc_message *message, unsigned field, const char *text)
{
    unsigned char *const bytes = tc_message_space(message, field, strlen(text));

    if (bytes)
        memcpy(bytes, text, strlen(text));
}

void tc_message_nest(struct tc_message *message, unsigned field, struct tc_message *inner)
{
    unsigned char *const bytes = tc_message_space(message, field, inner->size);

    if (bytes && inner->size > 0)
        memcpy(bytes, inner->bytes, inner->size);
    message->failed |= inner->failed;
    free(inner->bytes);
    *inner = (struct tc_message){0};
}
