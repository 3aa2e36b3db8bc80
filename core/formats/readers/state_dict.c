#include "formats/readers/state_dict.h"

#include "formats/json.h"
#include "model/cell.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PREFIX_SIZE = 160, NAME_SIZE = PREFIX_SIZE + 32 };

/* ------------------------------------------------------------------------- the list */

static enum tc_status allocate(struct tc_state_dict *dict, size_t n, struct tc_error *error)
{
    *dict = (struct tc_state_dict){.tensor = calloc(n + 1, sizeof *dict->tensor)};
    if (!dict->tensor)
        return tc_fail(error, TC_NO_MEMORY, "no memory for the list of tensors");
    return TC_OK;
}

enum tc_status tc_state_dict_from_json(struct tc_state_dict *dict, const json_t *object,
                                       struct tc_error *error)
{
    enum tc_status status = allocate(dict, json_object_size(object), error);
    const char *name;
    json_t *value;

    if (status)
        return status;
    json_object_foreach((json_t *)object, name, value)
    {
        struct tc_named_tensor *const tensor = &dict->tensor[dict->n];

        if (!json_is_array(value))
            continue;
        status = tc_array_shape(value, name, &tensor->shape, error);
        if (status)
            break;
        tensor->name = name;
        tensor->json = value;
        ++dict->n;
    }
    if (status)
        tc_state_dict_free(dict);
    return status;
}

enum tc_status tc_state_dict_from_safetensors(struct tc_state_dict *dict,
                                              const struct tc_safetensors *file,
                                              struct tc_error *error)
{
    const enum tc_status status = allocate(dict, file->n_tensors, error);

    for (size_t i = 0; status == TC_OK && i < file->n_tensors; ++i) {
        const struct tc_safetensor *const raw = &file->tensor[i];
        struct tc_array_shape shape = {.dims = raw->dims};

        memcpy(shape.size, raw->shape, (raw->dims < 2 ? raw->dims : 2) * sizeof *raw->shape);
        dict->tensor[dict->n++] =
            (struct tc_named_tensor){.name = raw->name, .shape = shape, .raw = raw};
    }
    return status;
}

void tc_state_dict_free(struct tc_state_dict *dict)
{
    free(dict->tensor);
    *dict = (struct tc_state_dict){0};
}

/** PREFIX and WHAT, and the index of a layer unless that is negative. */
static const char *full_name(char name[NAME_SIZE], const char *prefix, const char *what, int layer)
{
    if (layer < 0)
        snprintf(name, NAME_SIZE, "%s%s", prefix, what);
    else
        snprintf(name, NAME_SIZE, "%s%s_l%d", prefix, what, layer);
    return name;
}

static struct tc_named_tensor *find(const struct tc_state_dict *dict, const char *name)
{
    for (size_t i = 0; i < dict->n; ++i)
        if (strcmp(dict->tensor[i].name, name) == 0)
            return &dict->tensor[i];
    return NULL;
}

bool tc_state_dict_has(const struct tc_state_dict *dict, const char *prefix, const char *what,
                       int layer)
{
    char name[NAME_SIZE];

    return find(dict, full_name(name, prefix, what, layer)) != NULL;
}

enum tc_status tc_state_dict_all_used(const struct tc_state_dict *dict, const char *prefix,
                                      struct tc_error *error)
{
    for (size_t i = 0; i < dict->n; ++i)
        if (!dict->tensor[i].used && strncmp(dict->tensor[i].name, prefix, strlen(prefix)) == 0)
            return tc_fail(error, TC_UNSUPPORTED,
                           "tensor '%s' belongs to no part of the network that is known",
                           TC_SHOWN(dict->tensor[i].name));
    return TC_OK;
}

/* ------------------------------------------------------------------------- one layer */

/** Find a required matrix. */
static enum tc_status find_matrix(const struct tc_state_dict *dict, const char *name,
                                  struct tc_named_tensor **found, struct tc_error *error)
{
    *found = find(dict, name);
    if (!*found)
        return tc_fail(error, TC_BAD_FORMAT, "there is no tensor '%s'", TC_SHOWN(name));
    if ((*found)->shape.dims != 2)
        return tc_fail(error, TC_BAD_SHAPE, "'%s' has %u dimension%s, expected a matrix",
                       TC_SHOWN(name), (*found)->shape.dims, (*found)->shape.dims == 1 ? "" : "s");
    return TC_OK;
}

/** Read a tensor into `values`; one that is missing leaves them as they are. cols = 0: a vector. */
static enum tc_status read(struct tc_state_dict *dict, const char *name, size_t rows, size_t cols,
                           float *values, struct tc_error *error)
{
    struct tc_named_tensor *const tensor = find(dict, name);
    enum tc_status status;

    if (!tensor || !values)
        return TC_OK;
    tensor->used = true;
    status = tc_array_expect(&tensor->shape, name, rows, cols, error);
    if (status)
        return status;
    return tensor->json ? tc_array_floats(tensor->json, name, &tensor->shape, values, error)
                        : tc_safetensor_floats(tensor->raw, values, error);
}

/** A size for a stage, whose check refuses it if it is too large. */
static unsigned as_unsigned(size_t size)
{
    return size < UINT_MAX ? (unsigned)size : UINT_MAX;
}

/** The cell: of so many gates, or inferred from the recurrent matrix if that is 0. */
static enum tc_status infer_cell(unsigned gates, const struct tc_named_tensor *hh,
                                 enum tc_cell *cell, struct tc_error *error)
{
    const size_t rows = hh->shape.size[0], cols = hh->shape.size[1];
    const size_t blocks = gates ? gates : cols && rows % cols == 0 ? rows / cols : 0;

    if (tc_cell_of_tensors(blocks, false, cell))
        return TC_OK;
    return tc_fail(error, TC_BAD_SHAPE,
                   "'%s' has the size %zu x %zu, expected 1 (rnn), 3 (gru) or 4 (lstm) times as "
                   "many rows as columns",
                   TC_SHOWN(hh->name), rows, cols);
}

/** Cell and sizes of a layer from the header and from its two matrices. */
static enum tc_status describe(const struct tc_state_dict *dict, const char *prefix, int layer,
                               const struct tc_stated_layer *known, struct tc_stage *like,
                               struct tc_error *error)
{
    struct tc_named_tensor *ih, *hh;
    char name[NAME_SIZE];
    enum tc_status status =
        find_matrix(dict, full_name(name, prefix, "weight_ih", layer), &ih, error);

    if (status == TC_OK)
        status = find_matrix(dict, full_name(name, prefix, "weight_hh", layer), &hh, error);
    if (status == TC_OK)
        status = infer_cell(known->gates, hh, &like->cell, error);
    if (status)
        return status;
    like->activation = TC_TANH;
    like->inputs = known->inputs ? known->inputs : as_unsigned(ih->shape.size[1]);
    like->units = known->hidden ? known->hidden : as_unsigned(hh->shape.size[1]);
    return TC_OK;
}

enum tc_status tc_state_dict_recurrent(struct tc_state_dict *dict, const char *prefix,
                                       unsigned index, const struct tc_stated_layer *known,
                                       struct tc_stages *stages, struct tc_error *error)
{
    const int layer = (int)index;
    struct tc_stage like = {.dense = false};
    enum tc_status status = describe(dict, prefix, layer, known, &like, error);
    struct tc_stage_weights w;
    size_t rows;

    if (status == TC_OK)
        status = tc_stages_add(stages, &like, error);
    if (status)
        return status;
    w = tc_stages_last(stages);
    rows = (size_t)tc_cell_gates(like.cell) * like.units;
    const struct {
        const char *what;
        size_t rows, cols;
        float *values;
    } tensors[] = {
        {"weight_ih", rows, like.inputs, w.w_ih},
        {"weight_hh", rows, like.units, w.w_hh},
        {"bias_ih", rows, 0, w.b_ih},
        {"bias_hh", rows, 0, w.b_hh},
        {"h0", like.units, 0, w.h0},
        {"c0", like.units, 0, w.c0},
    };
    for (size_t i = 0; status == TC_OK && i < sizeof tensors / sizeof tensors[0]; ++i) {
        char name[NAME_SIZE];

        status = read(dict, full_name(name, prefix, tensors[i].what, layer), tensors[i].rows,
                      tensors[i].cols, tensors[i].values, error);
    }
    return status;
}

enum tc_status tc_state_dict_linear(struct tc_state_dict *dict, const char *prefix,
                                    unsigned outputs, struct tc_stages *stages,
                                    struct tc_error *error)
{
    struct tc_stage like = {.dense = true, .activation = TC_IDENTITY};
    struct tc_named_tensor *matrix;
    struct tc_stage_weights w;
    char weight[NAME_SIZE], bias[NAME_SIZE];
    enum tc_status status =
        find_matrix(dict, full_name(weight, prefix, "weight", -1), &matrix, error);

    if (status)
        return status;
    like.inputs =
        stages->n ? stages->stage[stages->n - 1].units : as_unsigned(matrix->shape.size[1]);
    like.units = outputs ? outputs : as_unsigned(matrix->shape.size[0]);
    status = tc_stages_add(stages, &like, error);
    if (status)
        return status;
    w = tc_stages_last(stages);
    status = read(dict, weight, like.units, like.inputs, w.w_ih, error);
    return status ? status
                  : read(dict, full_name(bias, prefix, "bias", -1), like.units, 0, w.b_ih, error);
}

/* ------------------------------------------------------------------------- any prefix */

/** The part of a name before `what`, if it ends in that. */
static bool prefix_of(const char *name, const char *what, char prefix[PREFIX_SIZE])
{
    const size_t length = strlen(name), end = strlen(what);

    if (length < end || length - end >= PREFIX_SIZE || strcmp(name + length - end, what) != 0)
        return false;
    snprintf(prefix, PREFIX_SIZE, "%.*s", (int)(length - end), name);
    return true;
}

static enum tc_status add_recurrent(struct tc_state_dict *dict, struct tc_stages *stages,
                                    struct tc_error *error)
{
    const struct tc_stated_layer unknown = {0};
    char prefix[PREFIX_SIZE];
    enum tc_status status = TC_OK;

    for (size_t i = 0; status == TC_OK && i < dict->n; ++i) {
        if (!prefix_of(dict->tensor[i].name, "weight_ih_l0", prefix))
            continue;
        for (unsigned l = 0;
             status == TC_OK && tc_state_dict_has(dict, prefix, "weight_ih", (int)l); ++l)
            status = tc_state_dict_recurrent(dict, prefix, l, &unknown, stages, error);
    }
    if (status == TC_OK && stages->n == 0)
        status = tc_fail(error, TC_BAD_FORMAT, "there is no tensor '...weight_ih_l0'");
    return status;
}

static enum tc_status add_linear(struct tc_state_dict *dict, struct tc_stages *stages,
                                 struct tc_error *error)
{
    char prefix[PREFIX_SIZE], found[PREFIX_SIZE];
    unsigned n = 0;

    for (size_t i = 0; i < dict->n; ++i)
        if (prefix_of(dict->tensor[i].name, "weight", prefix) && dict->tensor[i].shape.dims == 2 &&
            n++ == 0)
            strcpy(found, prefix);
    if (n == 0)
        return tc_fail(error, TC_BAD_FORMAT, "there is no tensor '...weight' of a linear readout");
    if (n > 1)
        return tc_fail(error, TC_UNSUPPORTED,
                       "there are %u linear layers, and nothing says what is between them; "
                       "expected one",
                       n);
    return tc_state_dict_linear(dict, found, 0, stages, error);
}

enum tc_status tc_state_dict_network(struct tc_state_dict *dict, struct tc_stages *stages,
                                     struct tc_error *error)
{
    enum tc_status status = add_recurrent(dict, stages, error);

    if (status == TC_OK)
        status = add_linear(dict, stages, error);
    return status ? status : tc_state_dict_all_used(dict, "", error);
}
