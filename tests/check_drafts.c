#include "formats/safetensors.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Model files that are put together tensor by tensor: what each must be, and what is said if it is
 * not. */

/* ------------------------------------------------------------------------- drafts of files */

enum { MAX_ITEMS = 20, MAX_VALUES = 64 };

/** A file in the making. */
struct draft {
    struct tc_safetensor_floats item[MAX_ITEMS];
    size_t n;
    float values[MAX_ITEMS][MAX_VALUES];
    json_t *metadata;
};

static float *add(struct draft *draft, const char *name, unsigned dims, size_t rows, size_t cols)
{
    float *const values = draft->values[draft->n];

    ck_assert_uint_le(rows * cols, MAX_VALUES);
    for (size_t i = 0; i < rows * cols; ++i)
        values[i] = sinf((float)(i + 7 * draft->n));
    draft->item[draft->n++] = (struct tc_safetensor_floats){name, dims, {rows, cols}, values};
    return values;
}

/** An LSTM of two units with one input, and one frame of self-test that silence passes. */
static void start_draft(struct draft *draft)
{
    *draft = (struct draft){.n = 0};
    add(draft, "rec.weight_ih_l0", 2, 8, 1);
    add(draft, "rec.weight_hh_l0", 2, 8, 2);
    add(draft, "rec.bias_ih_l0", 1, 8, 1);
    add(draft, "rec.bias_hh_l0", 1, 8, 1);
    add(draft, "rec.h0_l0", 1, 2, 1);
    add(draft, "rec.c0_l0", 1, 2, 1);
    memset(add(draft, "lin.weight", 2, 1, 2), 0, 2 * sizeof(float));
    memset(add(draft, "lin.bias", 1, 1, 1), 0, sizeof(float));
    add(draft, "selftest.input", 2, 3, 1);
    memset(add(draft, "selftest.output", 2, 3, 1), 0, 3 * sizeof(float));
    draft->metadata = json_pack("{s:s}", "architecture",
                                "{\"audio_inputs\":1,\"knobs\":0,\"outputs\":1,\"direct\":0,"
                                "\"layers\":[{\"cell\":\"lstm\",\"hidden\":2}]}");
}

static enum tc_status read_draft(const struct draft *draft, struct tc_model **model,
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

static struct tc_safetensor_floats *item(struct draft *draft, const char *name)
{
    for (size_t i = 0; i < draft->n; ++i)
        if (strcmp(draft->item[i].name, name) == 0)
            return &draft->item[i];
    ck_abort_msg("no tensor %s", name);
    return NULL;
}

/* ------------------------------------------------------------------------- errors */

static const struct violation {
    enum { OMIT, SHAPE, RENAME, VALUE, META } what;
    const char *name; /* of a tensor or a key */
    const char *text; /* new name, new value */
    unsigned dims, rows, cols;
    float value;
    enum tc_status status;
    const char *message;
} violations[] = {
    {OMIT, "rec.weight_ih_l0", .status = TC_BAD_FORMAT,
     .message = "there is no tensor 'rec.weight_ih_l0'"},
    {OMIT, "rec.bias_hh_l0", .status = TC_BAD_FORMAT,
     .message = "there is no tensor 'rec.bias_hh_l0'"},
    {OMIT, "rec.c0_l0", .status = TC_BAD_FORMAT, .message = "there is no tensor 'rec.c0_l0'"},
    {OMIT, "lin.bias", .status = TC_BAD_FORMAT, .message = "there is no tensor 'lin.bias'"},
    {OMIT, "selftest.input", .status = TC_BAD_FORMAT,
     .message = "there is no tensor 'selftest.input'"},
    {OMIT, "selftest.output", .status = TC_BAD_FORMAT,
     .message = "there is no tensor 'selftest.output'"},
    {SHAPE, "rec.weight_hh_l0", .dims = 2, .rows = 8, .cols = 3, .status = TC_BAD_SHAPE,
     .message = "tensor 'rec.weight_hh_l0' has the shape 8 x 3, expected 8 x 2"},
    {SHAPE, "rec.weight_ih_l0", .dims = 1, .rows = 8, .cols = 1, .status = TC_BAD_SHAPE,
     .message = "tensor 'rec.weight_ih_l0' has the shape 8, expected 8 x 1"},
    {SHAPE, "rec.bias_ih_l0", .dims = 1, .rows = 6, .cols = 1, .status = TC_BAD_SHAPE,
     .message = "tensor 'rec.bias_ih_l0' has the shape 6, expected 8"},
    {SHAPE, "lin.weight", .dims = 2, .rows = 2, .cols = 1, .status = TC_BAD_SHAPE,
     .message = "tensor 'lin.weight' has the shape 2 x 1, expected 1 x 2"},
    {SHAPE, "selftest.input", .dims = 2, .rows = 1, .cols = 3, .status = TC_BAD_SHAPE,
     .message = "tensor 'selftest.input' has the shape 1 x 3, expected 1 to 65536 frames of 1"},
    {SHAPE, "selftest.output", .dims = 2, .rows = 2, .cols = 1, .status = TC_BAD_SHAPE,
     .message = "self-test has 3 frames of input, but 2 of output"},
    {SHAPE, "selftest.output", .dims = 2, .rows = 0, .cols = 1, .status = TC_BAD_SHAPE,
     .message = "tensor 'selftest.output' has the shape 0 x 1, expected a matrix"},
    {RENAME, "rec.h0_l0", "rec.peephole_l0", .status = TC_UNSUPPORTED,
     .message = "tensor 'rec.peephole_l0' belongs to no part"},
    {RENAME, "rec.h0_l0", "lin2.x", .status = TC_BAD_FORMAT,
     .message = "there is no tensor 'rec.h0_l0'"},
    {VALUE, "rec.weight_hh_l0", .value = NAN, .status = TC_BAD_VALUE,
     .message = "tensor 'rec.weight_hh_l0': value 0 is NaN"},
    {VALUE, "lin.bias", .value = -INFINITY, .status = TC_BAD_VALUE,
     .message = "tensor 'lin.bias': value 0 is infinite"},
    {VALUE, "selftest.input", .value = NAN, .status = TC_BAD_VALUE,
     .message = "tensor 'selftest.input': value 0 is NaN"},
    {VALUE, "selftest.output", .value = 0.5f, .status = TC_BAD_VALUE,
     .message = "self-test failed: output 0 is 0 at frame 0, but the file says 0.5"},
    {META, "architecture", "", .status = TC_BAD_FORMAT,
     .message = "architecture is not valid JSON"},
    {META, "architecture", "[]", .status = TC_BAD_FORMAT, .message = "'audio_inputs' is missing"},
    {META, "architecture", "{\"new\":1}", .status = TC_UNSUPPORTED,
     .message = "architecture: 'new' is not known to this version"},
    {META, "architecture", "{\"audio_inputs\":1,\"knobs\":0,\"outputs\":1}",
     .status = TC_BAD_FORMAT, .message = "architecture: 'direct' is missing"},
    {META, "architecture", "{\"audio_inputs\":1,\"knobs\":0,\"outputs\":1,\"direct\":\"1\"}",
     .status = TC_BAD_FORMAT, .message = "'direct' is a string, expected a number"},
    {META, "architecture", "{\"audio_inputs\":1,\"knobs\":0,\"outputs\":1,\"direct\":1e99}",
     .status = TC_BAD_VALUE, .message = "'direct' is too large for a 32-bit float"},
    {META, "architecture", "{\"audio_inputs\":1,\"knobs\":0,\"outputs\":1,\"direct\":1}",
     .status = TC_BAD_FORMAT, .message = "there is no array 'layers'"},
    {META, "architecture",
     "{\"audio_inputs\":1,\"knobs\":0,\"outputs\":1,\"direct\":1,\"layers\":[]}",
     .status = TC_BAD_VALUE, .message = "0 layers, expected at least 1"},
    {META, "architecture",
     "{\"audio_inputs\":1,\"knobs\":0,\"outputs\":1,\"direct\":1,\"layers\":[0,0,0,0,0,0,0,0,0,0,0,"
     "0,0,0,0,0,0]}",
     .status = TC_TOO_LARGE, .message = "17 layers, at most 16"},
    {META, "architecture",
     "{\"audio_inputs\":1,\"knobs\":0,\"outputs\":1,\"direct\":1,\"layers\":[3]}",
     .status = TC_BAD_FORMAT, .message = "architecture, layer 0: 'cell' is missing"},
    {META, "architecture",
     "{\"audio_inputs\":1,\"knobs\":0,\"outputs\":1,\"direct\":1,\"layers\":[{\"cell\":\"mgu\"}]}",
     .status = TC_UNSUPPORTED, .message = "cell 'mgu' is unknown, expected rnn, lstm or gru"},
    {META, "architecture",
     "{\"audio_inputs\":1,\"knobs\":0,\"outputs\":1,\"direct\":1,\"layers\":[{\"cell\":\"rnn\","
     "\"hidden\":2,\"activation\":\"sin\"}]}",
     .status = TC_UNSUPPORTED, .message = "activation 'sin' is unknown"},
    {META, "architecture",
     "{\"audio_inputs\":1,\"knobs\":0,\"outputs\":1,\"direct\":1,\"layers\":[{\"cell\":\"rnn\","
     "\"hidden\":1025}]}",
     .status = TC_TOO_LARGE, .message = "layer 0: 'hidden' is 1025, expected 0 to 1024"},
    {META, "architecture",
     "{\"audio_inputs\":1,\"knobs\":0,\"outputs\":1,\"direct\":1,\"layers\":[{\"cell\":\"lstm\","
     "\"hidden\":1024},{\"cell\":\"lstm\",\"hidden\":1024},{\"cell\":\"rnn\",\"hidden\":1024},"
     "{\"cell\":\"rnn\",\"hidden\":1024}]}",
     .status = TC_TOO_LARGE, .message = "16808961 parameters, the limit is 16777216"},
    {META, "architecture",
     "{\"audio_inputs\":1,\"knobs\":0,\"outputs\":1,\"direct\":1,\"layers\":[{\"cell\":\"rnn\","
     "\"hidden\":2.5}]}",
     .status = TC_BAD_FORMAT, .message = "'hidden' is a fraction, expected an integer"},
    {META, "architecture",
     "{\"audio_inputs\":1,\"knobs\":0,\"outputs\":1,\"direct\":1,\"layers\":[{\"cell\":\"gru\","
     "\"hidden\":2}]}",
     .status = TC_UNSUPPORTED, .message = "tensor 'rec.c0_l0' belongs to no part"},
    {META, "architecture", "{\"audio_inputs\":-1}", .status = TC_BAD_VALUE,
     .message = "'audio_inputs' is -1, expected 0 to 16"},
    {META, "knobs", "{}", .status = TC_BAD_FORMAT, .message = "knobs: found an object"},
    {META, "knobs", "[{}]", .status = TC_BAD_SHAPE,
     .message = "knobs: 1 are described, but the network has 0"},
    {META, "sample_rate", "44,1", .status = TC_BAD_VALUE,
     .message = "sample_rate is '44,1', expected a number"},
    {META, "sample_rate", "NaN", .status = TC_BAD_VALUE, .message = "sample_rate is 'NaN'"},
    {META, "sample_rate", "-1", .status = TC_BAD_VALUE,
     .message = "the sample rate is -1 Hz, expected 0 (unknown) to 1e9"},
    {META, "in_gain_db", "[]", .status = TC_BAD_VALUE,
     .message = "in_gain_db is '[]', expected a number"},
    {META, "in_gain_db", "1000", .status = TC_BAD_VALUE, .message = "the input gain is 1000 dB"},
    {META, "label", "Upper", .status = TC_BAD_VALUE, .message = "the label"},
    {META, "label", "123456789012345678901234567890123456789012345678", .status = TC_TOO_LARGE,
     .message = "label has 48 bytes, at most 47 are allowed"},
};

static void violate(struct draft *draft, const struct violation *v)
{
    struct tc_safetensor_floats *const t = v->what == META ? NULL : item(draft, v->name);

    switch (v->what) {
    case OMIT:
        *t = draft->item[--draft->n];
        break;
    case SHAPE:
        t->dims = v->dims;
        t->shape[0] = v->rows;
        t->shape[1] = v->cols;
        break;
    case RENAME:
        t->name = v->text;
        break;
    case VALUE:
        draft->values[t - draft->item][0] = v->value;
        break;
    case META:
        json_object_set_new(draft->metadata, v->name, json_string(v->text));
        break;
    }
}

START_TEST(each_violation_is_named)
{
    const struct violation *const v = &violations[_i];
    struct tc_error error = {""};
    struct tc_model *model;
    struct draft draft;
    enum tc_status status;

    start_draft(&draft);
    violate(&draft, v);
    status = read_draft(&draft, &model, &error);
    ck_assert_msg(strstr(error.message, v->message) != NULL, "found '%s', expected '%s'",
                  error.message, v->message);
    ck_assert_int_eq(status, v->status);
    ck_assert_ptr_null(model);
}
END_TEST

START_TEST(draft_itself_is_valid)
{
    struct tc_error error = {""};
    struct tc_model *model;
    struct draft draft;

    start_draft(&draft);
    add(&draft, "optimizer.step", 1, 5, 1); /* a checkpoint has more tensors */
    ck_assert_msg(read_draft(&draft, &model, &error) == TC_OK, "%s", error.message);
    tc_model_free(model);
}
END_TEST

START_TEST(bad_knobs_are_named)
{
    static const struct {
        const char *knobs, *message;
    } cases[] = {
        {"[1]", "knob 0: 'name' is missing"},
        {"[{\"name\":\"x\"}]", "knob 0: 'unit' is missing"},
        {"[{\"name\":\"x\",\"unit\":\"\",\"min\":null}]", "knob 0: 'min' is null"},
        {"[{\"name\":\"x\",\"unit\":\"12345678901234567\"}]", "a knob's unit has 17 bytes"},
        {"[{\"name\":\"x\",\"unit\":\"\",\"min\":2,\"max\":1,\"default\":1,\"at_min\":0,"
         "\"at_max\":1}]",
         "knob x has the range 2 to 1, expected a rising one of finite width"},
        {"[{\"name\":\"x\",\"unit\":\"\",\"min\":-3e38,\"max\":3e38,\"default\":0,"
         "\"at_min\":0,\"at_max\":1}]",
         "knob x has the range -3e+38 to 3e+38, expected a rising one of finite width"},
        {"[{\"name\":\"x\",\"unit\":\"\",\"min\":0,\"max\":1,\"default\":0,"
         "\"at_min\":-3e38,\"at_max\":3e38}]",
         "knob x gives the network -3e+38 to 3e+38, expected a range of finite width"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
        struct tc_error error = {""};
        struct tc_model *model;
        struct draft draft;

        start_draft(&draft);
        json_object_del(draft.metadata, "architecture");
        item(&draft, "rec.weight_ih_l0")->shape[1] = 2;
        json_object_set_new(draft.metadata, "knobs", json_string(cases[i].knobs));
        ck_assert_int_ne(read_draft(&draft, &model, &error), TC_OK);
        ck_assert_msg(strstr(error.message, cases[i].message) != NULL, "found '%s', expected '%s'",
                      error.message, cases[i].message);
    }
}
END_TEST

/* ------------------------------------------------------------------------- plain PyTorch */

/* Two layers without biases and start state, two inputs more than the audio. */
START_TEST(plain_tensors_are_understood)
{
    const enum tc_cell cell = (enum tc_cell)_i;
    const unsigned gates = tc_cell_gates(cell);
    const struct tc_architecture *arch;
    const struct tc_metadata *meta;
    struct draft draft = {.n = 0};
    struct tc_tensor tensors[TC_MAX_TENSORS];
    struct tc_error error = {""};
    struct tc_model *model;
    size_t weights = 0;

    add(&draft, "lin.weight", 2, 2, 3);
    add(&draft, "rec.weight_ih_l0", 2, gates * 2, 3);
    add(&draft, "rec.weight_hh_l0", 2, gates * 2, 2);
    add(&draft, "rec.weight_ih_l1", 2, gates * 3, 2);
    add(&draft, "rec.weight_hh_l1", 2, gates * 3, 3);
    ck_assert_msg(read_draft(&draft, &model, &error) == TC_OK, "%s", error.message);
    arch = tc_model_architecture(model);
    meta = tc_model_metadata(model);
    ck_assert_uint_eq(arch->audio_inputs, 1);
    ck_assert_uint_eq(arch->knobs, 2);
    ck_assert_uint_eq(arch->outputs, 2);
    ck_assert_uint_eq(arch->layers, 2);
    ck_assert_uint_eq(arch->layer[1].hidden, 3);
    ck_assert_int_eq(arch->layer[1].cell, cell);
    ck_assert_float_eq(arch->direct, 0.0f);
    ck_assert_double_eq(meta->sample_rate_hz, 0.0);
    ck_assert_str_eq(meta->knob[1].name, "Knob 2");
    ck_assert_float_eq(meta->knob[1].min, 0.0f);
    ck_assert_float_eq(meta->knob[1].at_max, 1.0f);
    for (unsigned i = 0; i < tc_architecture_tensors(arch, tensors, NULL); ++i)
        for (size_t v = 0; v < tensors[i].rows * tensors[i].cols; ++v) {
            const float value = tc_model_parameters(model)[tensors[i].offset + v];

            if (strstr(tensors[i].name, ".weight"))
                weights += value == item(&draft, tensors[i].name)->values[v];
            else
                ck_assert_float_eq(value, 0.0f);
        }
    ck_assert_uint_eq(weights, 6 + gates * (6 + 4 + 6 + 9));
    tc_model_free(model);
}
END_TEST

START_TEST(plain_tensors_that_do_not_fit_are_named)
{
    static const struct {
        const char *name;
        unsigned dims, rows, cols;
        enum tc_status status;
        const char *message;
    } cases[] = {
        {"rec.weight_hh_l0", 2, 4, 2, TC_BAD_SHAPE,
         "has the shape 4 x 2, expected 1 (rnn), 3 (gru)"},
        {"rec.weight_hh_l0", 2, 3, 2, TC_BAD_SHAPE, "has the shape 3 x 2, expected 1 (rnn)"},
        {"rec.weight_hh_l0", 2, 0, 0, TC_BAD_SHAPE, "has the shape 0 x 0, expected a matrix"},
        {"rec.weight_ih_l0", 2, 1, 18, TC_TOO_LARGE, "17 knobs, the limit is 16"},
        {"rec.weight_ih_l0", 2, 0, 3, TC_BAD_SHAPE, "has the shape 0 x 3, expected a matrix"},
        {"lin.weight", 2, 17, 2, TC_TOO_LARGE, "17 outputs, the limit is 16"},
        {"lin.weight", 1, 2, 1, TC_BAD_SHAPE, "has the shape 2, expected a matrix"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
        struct tc_error error = {""};
        struct tc_safetensor_floats *t;
        struct tc_model *model;
        struct draft draft;

        start_draft(&draft);
        json_object_clear(draft.metadata);
        t = item(&draft, cases[i].name);
        t->dims = cases[i].dims;
        t->shape[0] = cases[i].rows;
        t->shape[1] = cases[i].cols;
        ck_assert_int_eq(read_draft(&draft, &model, &error), cases[i].status);
        ck_assert_msg(strstr(error.message, cases[i].message) != NULL, "found '%s', expected '%s'",
                      error.message, cases[i].message);
    }
}
END_TEST

/* ------------------------------------------------------------------------- others' names */

/** A GRU of two units and one of three on top, with names that are not ours. */
static void start_others(struct draft *draft)
{
    *draft = (struct draft){.metadata = json_pack("{s:s}", "format", "pt")};
    add(draft, "head.bias", 1, 1, 1);
    add(draft, "head.weight", 2, 1, 3);
    add(draft, "net.gru.weight_hh_l0", 2, 6, 2);
    add(draft, "net.gru.weight_ih_l0", 2, 6, 2);
    add(draft, "net.gru.bias_hh_l0", 1, 6, 1);
    add(draft, "net.gru2.weight_hh_l0", 2, 9, 3);
    add(draft, "net.gru2.weight_ih_l0", 2, 9, 2);
}

START_TEST(tensors_with_any_names_are_a_network)
{
    static const struct {
        const char *ours, *theirs; /* NULL: zero */
    } names[] = {
        {"rec.weight_ih_l0", "net.gru.weight_ih_l0"},
        {"rec.weight_hh_l0", "net.gru.weight_hh_l0"},
        {"rec.bias_ih_l0", NULL},
        {"rec.bias_hh_l0", "net.gru.bias_hh_l0"},
        {"rec.h0_l0", NULL},
        {"rec.weight_ih_l1", "net.gru2.weight_ih_l0"},
        {"rec.weight_hh_l1", "net.gru2.weight_hh_l0"},
        {"rec.bias_ih_l1", NULL},
        {"rec.bias_hh_l1", NULL},
        {"rec.h0_l1", NULL},
        {"lin.weight", "head.weight"},
        {"lin.bias", "head.bias"},
    };
    struct tc_tensor tensors[TC_MAX_TENSORS];
    struct tc_error error = {""};
    struct tc_model *model;
    struct draft draft;

    start_others(&draft);
    ck_assert_msg(read_draft(&draft, &model, &error) == TC_OK, "%s", error.message);
    ck_assert_uint_eq(tc_architecture_tensors(tc_model_architecture(model), tensors, NULL), 12);
    ck_assert_uint_eq(tc_model_architecture(model)->knobs, 1);
    ck_assert_double_eq(tc_model_metadata(model)->sample_rate_hz, 0.0);
    for (size_t i = 0; i < 12; ++i) {
        const float *const values = tc_model_parameters(model) + tensors[i].offset;

        ck_assert_str_eq(tensors[i].name, names[i].ours);
        for (size_t v = 0; v < tensors[i].rows * tensors[i].cols; ++v)
            ck_assert_float_eq(values[v],
                               names[i].theirs ? item(&draft, names[i].theirs)->values[v] : 0.0f);
    }
    tc_model_free(model);
}
END_TEST

START_TEST(metadata_of_others_tells_of_the_direct_path)
{
    static const struct {
        const char *skip;
        float direct;
        enum tc_status status;
    } cases[] = {{"0", 0.0f, TC_OK}, {"1", 1.0f, TC_OK}, {"2", 0.0f, TC_UNSUPPORTED}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
        struct tc_model *model;
        struct draft draft;

        start_others(&draft);
        json_object_set_new(draft.metadata, "skip", json_string(cases[i].skip));
        json_object_set_new(draft.metadata, "sample_rate", json_string("44100"));
        ck_assert_int_eq(read_draft(&draft, &model, NULL), cases[i].status);
        if (model) {
            ck_assert_float_eq(tc_model_architecture(model)->direct, cases[i].direct);
            ck_assert_double_eq(tc_model_metadata(model)->sample_rate_hz, 44100.0);
        }
        tc_model_free(model);
    }
}
END_TEST

START_TEST(tensors_of_others_that_do_not_fit_are_named)
{
    static const struct {
        const char *name, *renamed;
        unsigned dims, rows, cols;
        enum tc_status status;
        const char *message;
    } cases[] = {
        {"net.gru.weight_hh_l0", NULL, 2, 5, 2, TC_BAD_SHAPE,
         "'net.gru.weight_hh_l0' has the size 5 x 2, expected 1 (rnn), 3 (gru) or 4 (lstm) times"},
        {"net.gru.weight_ih_l0", NULL, 2, 3, 2, TC_BAD_SHAPE,
         "'net.gru.weight_ih_l0' has the size 3 x 2, expected 6 x 2"},
        {"net.gru.weight_ih_l0", NULL, 1, 6, 1, TC_BAD_SHAPE,
         "'net.gru.weight_ih_l0' has 1 dimension, expected a matrix"},
        {"net.gru.weight_ih_l0", NULL, 2, 6, 0, TC_BAD_SHAPE, "layer 0 has 0 inputs and 2 units"},
        {"net.gru2.weight_ih_l0", NULL, 2, 9, 4, TC_BAD_SHAPE,
         "layer 1 reads 4 values, but layer 0 gives 2"},
        {"net.gru.bias_hh_l0", "mid.weight", 2, 3, 2, TC_UNSUPPORTED, "there are 2 linear layers"},
        {"net.gru.weight_ih_l0", "net.gru.weight_ih_l0_reverse", 2, 6, 2, TC_UNSUPPORTED,
         "tensor 'net.gru.weight_hh_l0' belongs to no part"},
        {"net.gru.bias_hh_l0", "net.gru.weight_hr_l0", 1, 6, 1, TC_UNSUPPORTED,
         "tensor 'net.gru.weight_hr_l0' belongs to no part of the network that is known"},
        {"head.weight", "head.w", 2, 1, 3, TC_BAD_FORMAT, "there is no tensor '...weight' of a"},
        {"head.weight", NULL, 2, 1, 2, TC_BAD_SHAPE,
         "'head.weight' has the size 1 x 2, expected 1 x 3"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
        struct tc_error error = {""};
        struct tc_safetensor_floats *t;
        struct tc_model *model;
        struct draft draft;

        start_others(&draft);
        t = item(&draft, cases[i].name);
        if (cases[i].renamed)
            t->name = cases[i].renamed;
        t->dims = cases[i].dims;
        t->shape[0] = cases[i].rows;
        t->shape[1] = cases[i].cols;
        ck_assert_msg(read_draft(&draft, &model, &error) == cases[i].status, "%zu: %s", i,
                      error.message);
        ck_assert_msg(strstr(error.message, cases[i].message) != NULL, "found '%s', expected '%s'",
                      error.message, cases[i].message);
    }
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("drafts");

    tcase_add_test(tests, draft_itself_is_valid);
    tcase_add_loop_test(tests, each_violation_is_named, 0,
                        sizeof violations / sizeof violations[0]);
    tcase_add_test(tests, bad_knobs_are_named);
    tcase_add_loop_test(tests, plain_tensors_are_understood, 0, 3);
    tcase_add_test(tests, plain_tensors_that_do_not_fit_are_named);
    tcase_add_test(tests, tensors_with_any_names_are_a_network);
    tcase_add_test(tests, metadata_of_others_tells_of_the_direct_path);
    tcase_add_test(tests, tensors_of_others_that_do_not_fit_are_named);
    return support_run(tests, "drafts");
}
