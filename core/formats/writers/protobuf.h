/** @file
 *  Messages in Google's protocol buffers, as far as it takes to write them: fields of numbers and
 *  of bytes, one after the other.
 *
 *  From: https://protobuf.dev/programming-guides/encoding/ */
#ifndef TC_PROTOBUF_H
#define TC_PROTOBUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A message that grows; all zero at first. Once memory runs short it stays `failed`, and what is
 *  added is dropped. */
struct tc_message {
    unsigned char *bytes;
    size_t size, capacity;
    bool failed;
};

/** Add a field that holds an integer, a boolean or an enumeration. */
void tc_message_number(struct tc_message *message, unsigned field, uint64_t value);

/** Add a field that holds a 32-bit float. */
void tc_message_float(struct tc_message *message, unsigned field, float value);

/** Add a field of bytes. Returns where they go, which lasts until the next addition; NULL if the
 *  message has failed. */
unsigned char *tc_message_space(struct tc_message *message, unsigned field, size_t size);

/** Add a field that holds a text. */
void tc_message_text(struct tc_message *message, unsigned field, const char *text);

/** Add a field that holds a message, which is taken, and is all zero again afterwards. */
void tc_message_nest(struct tc_message *message, unsigned field, struct tc_message *inner);

#endif
