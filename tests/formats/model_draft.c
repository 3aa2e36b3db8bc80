#include "model_draft.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void add(struct draft *draft, const struct draft_tensor *tensor)
{
    float *const values = draft->values[draft->n];
    const size_t n = tensor->rows * tensor->cols;

    ck_assert_uint_le(n, MAX_VALUES);
    for (size_t i = 0; i < n; ++i)
        values[i] = tensor->zero ? 0.0f : sinf((float)(i + 7 * draft->n));
    draft->item[draft->n++] = (struct tc_safetensor_values){.name = tensor->name,
                                                            .dims = tensor->dims,
                                                            .shape = {tensor->rows, tensor->cols},
                                                            .values = values};
}

void add_all(struct draft *draft, const struct draft_tensor *tensors, size_t n)
{
    for (size_t i = 0; i < n; ++i)
        add(draft, &tensors[i]);
}

void start_draft(struct draft *draft)
{
    static const struct draft_tensor lstm[] = {
        {"rec.weight_ih_l0", 2, 8, 1, false}, {"rec.weight_hh_l0", 2, 8, 2, false},
        {"rec.bias_ih_l0", 1, 8, 1, false},   {"rec.bias_hh_l0", 1, 8, 1, false},
        {"rec.h0_l0", 1, 2, 1, false},        {"rec.c0_l0", 1, 2, 1, false},
        {"lin.weight", 2, 1, 2, true},        {"lin.bias", 1, 1, 1, true},
        {"selftest.input", 2, 3, 1, false},   {"selftest.output", 2, 3, 1, true},
    };

    *draft = (struct draft){.n = 0};
    add_all(draft, lstm, sizeof lstm / sizeof *lstm);
    draft->metadata = json_pack("{s:s}", "architecture",
                                "{\"audio_inputs\":1,\"knobs\":0,\"outputs\":1,\"direct\":0,"
                                "\"layers\":[{\"cell\":\"lstm\",\"hidden\":2}]}");
}

struct tc_safetensor_values *item(struct draft *draft, const char *name)
{
    for (size_t i = 0; i < draft->n; ++i)
        if (strcmp(draft->item[i].name, name) == 0)
            return &draft->item[i];
    ck_abort_msg("no tensor %s", name);
    return NULL;
}

void reshape(struct tc_safetensor_values *tensor, unsigned dims, size_t rows, size_t cols)
{
    static const float zeros[MAX_RESHAPED];

    ck_assert_uint_le(rows * cols, MAX_RESHAPED);
    if (rows * cols > MAX_VALUES)
        tensor->values = zeros;
    tensor->dims = dims;
    tensor->shape[0] = rows;
    tensor->shape[1] = cols;
}

enum tc_status read_draft(const struct draft *draft, struct tc_model **model,
                          struct tc_error *error)
{
    unsigned char *bytes;
    enum tc_status status;
    size_t size;

    *model = NULL;
    ck_assert_int_eq(
        tc_safetensors_write(&bytes, &size, draft->metadata, draft->item, draft->n, NULL), TC_OK);
    json_decref(draft->metadata);
    status = tc_model_read(model, bytes, size, error);
    free(bytes);
    return status;
}

void assert_refused(const struct draft *draft, enum tc_status status, const char *message)
{
    struct tc_error error = {""};
    struct tc_model *model;
    const enum tc_status found = read_draft(draft, &model, &error);

    ck_assert_msg(strstr(error.message, message) != NULL, "found '%s', expected '%s'",
                  error.message, message);
    ck_assert_int_eq(found, status);
    ck_assert_ptr_null(model);
}
