/** @file
 *  Writes messages of Google's protocol buffers: sequences of fields of numbers and of bytes.
 *
 *  From: https://protobuf.dev/programming-guides/encoding/ */
#ifndef TC_PROTOBUF_H
#define TC_PROTOBUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A message being written, initially all zero. When memory runs out, `failed` is set and further
 *  fields are dropped. */
struct tc_message {
    unsigned char *bytes;
    size_t size, capacity;
    bool failed;
};

/** Add a field that holds an integer, a boolean or an enumeration. */
void tc_message_number(struct tc_message *message, unsigned field, uint64_t value);

/** Add a field that holds a 32-bit float. */
void tc_message_float(struct tc_message *message, unsigned field, float value);

/** Add a field of bytes. Returns their memory, valid until the next field is added; NULL if the
 *  message has failed. */
unsigned char *tc_message_space(struct tc_message *message, unsigned field, size_t size);

/** Add a field that holds a text. */
void tc_message_text(struct tc_message *message, unsigned field, const char *text);

/** Add a field that holds a message. `inner` is freed and reset to zero. */
void tc_message_nest(struct tc_message *message, unsigned field, struct tc_message *inner);

#endif
