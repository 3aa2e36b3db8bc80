/** @file
 *  Model files that are put together tensor by tensor. */
#ifndef DRAFT_H
#define DRAFT_H

#include "formats/safetensors.h"
#include "tests/support/support.h"

enum { MAX_ITEMS = 20, MAX_VALUES = 64, MAX_RESHAPED = 10000 };

/** A file in the making. */
struct draft {
    struct tc_safetensor_values item[MAX_ITEMS];
    size_t n;
    float values[MAX_ITEMS][MAX_VALUES];
    json_t *metadata;
};

/** A tensor to add: all 0, or values that are not all alike. */
struct draft_tensor {
    const char *name;
    unsigned dims;
    size_t rows, cols;
    bool zero;
};

/** An LSTM of two units with one input, and frames of self-test that silence passes. */
void start_draft(struct draft *draft);

void add(struct draft *draft, const struct draft_tensor *tensor);
void add_all(struct draft *draft, const struct draft_tensor *tensors, size_t n);

/** One of those that it has. */
struct tc_safetensor_values *item(struct draft *draft, const char *name);

/** Let a tensor have another shape; its values stay, or are 0 where it had too few. */
void reshape(struct tc_safetensor_values *tensor, unsigned dims, size_t rows, size_t cols);

/** Write it and read it. The draft is done with; *model is NULL on failure. */
enum tc_status read_draft(const struct draft *draft, struct tc_model **model,
                          struct tc_error *error);

/** Fails unless reading the draft does, with this status and a message that has this in it. */
void assert_refused(const struct draft *draft, enum tc_status status, const char *message);

#endif
