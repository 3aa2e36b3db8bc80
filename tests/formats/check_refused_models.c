#include "model_draft.h"

#include <math.h>

/* The error of a model file in which one thing is wrong. */

/* No tensor of that name. */
#define OMITTED(name)                                                                     \
    {                                                                                     \
        OMIT, (name), .status = TC_BAD_FORMAT, .message = "there is no tensor '" name "'" \
    }

/* An architecture with one input and one output: what follows them, what follows a direct path, and
 * its layers. */
#define SIZES(rest) META, "architecture", "{\"audio_inputs\":1,\"knobs\":0,\"outputs\":1" rest "}"
#define DIRECT(rest) SIZES(",\"direct\":1" rest)
#define LAYERS(list) DIRECT(",\"layers\":[" list "]")

static const struct violation {
    enum { OMIT, SHAPE, RENAME, VALUE, META } what;
    const char *name; /* of a tensor or a key */
    const char *text; /* new name, new value */
    unsigned dims, rows, cols;
    float value;
    enum tc_status status;
    const char *message;
} violations[] = {
    OMITTED("rec.weight_ih_l0"),
    OMITTED("rec.bias_hh_l0"),
    OMITTED("rec.c0_l0"),
    OMITTED("lin.bias"),
    OMITTED("selftest.input"),
    OMITTED("selftest.output"),
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
    {SIZES(""), .status = TC_BAD_FORMAT, .message = "architecture: 'direct' is missing"},
    {SIZES(",\"direct\":\"1\""), .status = TC_BAD_FORMAT,
     .message = "'direct' is a string, expected a number"},
    {SIZES(",\"direct\":1e99"), .status = TC_BAD_VALUE,
     .message = "'direct' is too large for a 32-bit float"},
    {DIRECT(",\"residual\":1"), .status = TC_BAD_FORMAT,
     .message = "architecture: 'residual' is not true or false"},
    {DIRECT(",\"layer_norm\":\"yes\""), .status = TC_BAD_FORMAT,
     .message = "architecture: 'layer_norm' is not true or false"},
    {DIRECT(",\"layer_norm\":true,\"layers\":[{\"cell\":\"gru\",\"hidden\":1}]"),
     .status = TC_BAD_VALUE,
     .message = "layer 0: layer normalisation of 1 unit, expected at least 2"},
    {DIRECT(""), .status = TC_BAD_FORMAT, .message = "there is no array 'layers'"},
    {DIRECT(",\"readout\":\"hard\""), .status = TC_UNSUPPORTED,
     .message = "readout 'hard' is unknown, expected linear, logistic or softmax"},
    {DIRECT(",\"readout\":2"), .status = TC_BAD_FORMAT,
     .message = "'readout' is an integer, expected a string"},
    {DIRECT(",\"readout\":\"softmax\",\"layers\":[{\"cell\":\"lstm\",\"hidden\":2}]"),
     .status = TC_BAD_VALUE, .message = "a softmax of 1 output, expected at least 2"},
    {LAYERS(""), .status = TC_BAD_VALUE, .message = "0 layers, expected at least 1"},
    {LAYERS("0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0"), .status = TC_TOO_LARGE,
     .message = "17 layers, at most 16"},
    {LAYERS("3"), .status = TC_BAD_FORMAT, .message = "architecture, layer 0: 'cell' is missing"},
    {LAYERS("{\"cell\":\"mgu\"}"), .status = TC_UNSUPPORTED,
     .message = "cell 'mgu' is unknown, expected rnn, lstm, gru, "
                "lstm-peephole or gru-reset-before"},
    {LAYERS("{\"cell\":\"rnn\",\"hidden\":2,\"activation\":\"sin\"}"), .status = TC_UNSUPPORTED,
     .message = "activation 'sin' is unknown"},
    {LAYERS("{\"cell\":\"rnn\",\"hidden\":1025}"), .status = TC_TOO_LARGE,
     .message = "layer 0: 'hidden' is 1025, expected 0 to 1024"},
    {LAYERS("{\"cell\":\"lstm\",\"hidden\":1024},{\"cell\":\"lstm\",\"hidden\":1024},{\"cell\":"
            "\"rnn\",\"hidden\":1024},{\"cell\":\"rnn\",\"hidden\":1024}"),
     .status = TC_TOO_LARGE, .message = "16808961 parameters, the limit is 16777216"},
    {LAYERS("{\"cell\":\"rnn\",\"hidden\":2.5}"), .status = TC_BAD_FORMAT,
     .message = "'hidden' is a fraction, expected an integer"},
    {LAYERS("{\"cell\":\"gru\",\"hidden\":2}"), .status = TC_UNSUPPORTED,
     .message = "tensor 'rec.c0_l0' belongs to no part"},
    {META, "architecture", "{\"audio_inputs\":-1}", .status = TC_BAD_VALUE,
     .message = "'audio_inputs' is -1, expected 0 to 4096"},
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
    struct tc_safetensor_values *const t = v->what == META ? NULL : item(draft, v->name);

    switch (v->what) {
    case OMIT:
        *t = draft->item[--draft->n];
        break;
    case SHAPE:
        reshape(t, v->dims, v->rows, v->cols);
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

START_TEST(each_violation_has_its_message)
{
    const struct violation *const v = &violations[_i];
    struct draft draft;

    start_draft(&draft);
    violate(&draft, v);
    assert_refused(&draft, v->status, v->message);
}
END_TEST

START_TEST(draft_itself_is_valid)
{
    struct tc_error error = {""};
    struct tc_model *model;
    struct draft draft;

    start_draft(&draft);
    add(&draft, &(struct draft_tensor){"optimizer.step", 1, 5, 1, false}); /* as a checkpoint has */
    ck_assert_msg(read_draft(&draft, &model, &error) == TC_OK, "%s", error.message);
    tc_model_free(model);
}
END_TEST

START_TEST(invalid_knobs_are_refused)
{
    static const struct {
        const char *knobs;
        enum tc_status status;
        const char *message;
    } cases[] = {
        {"[1]", TC_BAD_FORMAT, "knob 0: 'name' is missing"},
        {"[{\"name\":\"x\"}]", TC_BAD_FORMAT, "knob 0: 'unit' is missing"},
        {"[{\"name\":\"x\",\"unit\":\"\",\"min\":null}]", TC_BAD_FORMAT, "knob 0: 'min' is null"},
        {"[{\"name\":\"x\",\"unit\":\"12345678901234567\"}]", TC_TOO_LARGE,
         "a knob's unit has 17 bytes"},
        {"[{\"name\":\"x\",\"unit\":\"\",\"min\":2,\"max\":1,\"default\":1,\"at_min\":0,"
         "\"at_max\":1}]",
         TC_BAD_VALUE, "knob x has the range 2 to 1, expected a rising one of finite width"},
        {"[{\"name\":\"x\",\"unit\":\"\",\"min\":-3e38,\"max\":3e38,\"default\":0,"
         "\"at_min\":0,\"at_max\":1}]",
         TC_BAD_VALUE,
         "knob x has the range -3e+38 to 3e+38, expected a rising one of finite width"},
        {"[{\"name\":\"x\",\"unit\":\"\",\"min\":0,\"max\":1,\"default\":0,"
         "\"at_min\":-3e38,\"at_max\":3e38}]",
         TC_BAD_VALUE,
         "knob x gives the network -3e+38 to 3e+38, expected a range of finite width"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
        struct draft draft;

        start_draft(&draft);
        json_object_del(draft.metadata, "architecture");
        item(&draft, "rec.weight_ih_l0")->shape[1] = 2;
        json_object_set_new(draft.metadata, "knobs", json_string(cases[i].knobs));
        assert_refused(&draft, cases[i].status, cases[i].message);
    }
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("refused_models");

    tcase_add_test(tests, draft_itself_is_valid);
    tcase_add_loop_test(tests, each_violation_has_its_message, 0,
                        sizeof violations / sizeof violations[0]);
    tcase_add_test(tests, invalid_knobs_are_refused);
    return support_run(tests, "refused_models");
}
