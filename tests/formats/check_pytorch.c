#include "model_draft.h"

#include <string.h>

/* Weights as users of PyTorch save them: what network they are is found from the tensors alone. */

/* A tensor in another shape, or under another name, and the error. */
struct misfit {
    const char *name, *renamed; /* or NULL */
    unsigned dims, rows, cols;
    enum tc_status status;
    const char *message;
};

static void assert_misfits(void (*start)(struct draft *draft), const struct misfit *m, size_t n)
{
    for (; n > 0; --n, ++m) {
        struct tc_safetensor_values *t;
        struct draft draft;

        start(&draft);
        t = item(&draft, m->name);
        if (m->renamed)
            t->name = m->renamed;
        reshape(t, m->dims, m->rows, m->cols);
        assert_refused(&draft, m->status, m->message);
    }
}

/* ------------------------------------------------------------------------- our names */

static const float *values_of(struct draft *draft, const char *name)
{
    return item(draft, name)->values;
}

/* Two layers without biases and initial state, two inputs more than the audio. */
START_TEST(torch_tensors_without_architecture_are_read)
{
    const enum tc_cell cell = (enum tc_cell)_i;
    const unsigned gates = tc_cell_gates(cell);
    const struct draft_tensor two_layers[] = {
        {"lin.weight", 2, 2, 3, false},
        {"rec.weight_ih_l0", 2, gates * 2, 3, false},
        {"rec.weight_hh_l0", 2, gates * 2, 2, false},
        {"rec.weight_ih_l1", 2, gates * 3, 2, false},
        {"rec.weight_hh_l1", 2, gates * 3, 3, false},
    };
    const struct draft_tensor peepholes[] = {{"rec.peephole_l0", 2, 3, 2, false},
                                             {"rec.peephole_l1", 2, 3, 3, false}};
    const bool peeping = cell == TC_CELL_LSTM_PEEPHOLE;
    const struct tc_architecture *arch;
    const struct tc_metadata *meta;
    struct draft draft = {.n = 0};
    struct tc_tensor tensors[TC_MAX_TENSORS];
    struct tc_error error = {""};
    struct tc_model *model;
    size_t weights = 0;

    add_all(&draft, two_layers, sizeof two_layers / sizeof *two_layers);
    add_all(&draft, peepholes, peeping ? 2 : 0);
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

            if (tensors[i].cols > 1)
                weights += value == values_of(&draft, tensors[i].name)[v];
            else
                ck_assert_float_eq(value, 0.0f);
        }
    ck_assert_uint_eq(weights, 6 + gates * (6 + 4 + 6 + 9) + (peeping ? 3 * (2 + 3) : 0));
    tc_model_free(model);
}
END_TEST

static void start_plain(struct draft *draft)
{
    start_draft(draft);
    json_object_clear(draft->metadata);
}

START_TEST(mismatched_torch_tensors_are_refused)
{
    static const struct misfit cases[] = {
        {"rec.weight_hh_l0", NULL, 2, 4, 2, TC_BAD_SHAPE,
         "has the shape 4 x 2, expected 1 (rnn), 3 (gru)"},
        {"rec.weight_hh_l0", NULL, 2, 3, 2, TC_BAD_SHAPE, "has the shape 3 x 2, expected 1 (rnn)"},
        {"rec.weight_hh_l0", NULL, 2, 0, 0, TC_BAD_SHAPE, "has the shape 0 x 0, expected a matrix"},
        {"rec.weight_ih_l0", NULL, 2, 1, 18, TC_TOO_LARGE, "17 knobs, the limit is 16"},
        {"rec.weight_ih_l0", NULL, 2, 0, 3, TC_BAD_SHAPE, "has the shape 0 x 3, expected a matrix"},
        {"lin.weight", NULL, 2, 4097, 2, TC_TOO_LARGE, "4097 outputs, the limit is 4096"},
        {"lin.weight", NULL, 1, 2, 1, TC_BAD_SHAPE, "has the shape 2, expected a matrix"},
    };

    assert_misfits(start_plain, cases, sizeof cases / sizeof cases[0]);
}
END_TEST

/* ------------------------------------------------------------------------- others' names */

/** A GRU of two units and one of three on top, with names that are not ours. */
static void start_others(struct draft *draft)
{
    static const struct draft_tensor grus[] = {
        {"head.bias", 1, 1, 1, false},
        {"head.weight", 2, 1, 3, false},
        {"net.gru.weight_hh_l0", 2, 6, 2, false},
        {"net.gru.weight_ih_l0", 2, 6, 2, false},
        {"net.gru.bias_hh_l0", 1, 6, 1, false},
        {"net.gru2.weight_hh_l0", 2, 9, 3, false},
        {"net.gru2.weight_ih_l0", 2, 9, 2, false},
    };

    *draft = (struct draft){.metadata = json_pack("{s:s}", "format", "pt")};
    add_all(draft, grus, sizeof grus / sizeof *grus);
}

START_TEST(tensors_may_have_any_prefix)
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
                               names[i].theirs ? values_of(&draft, names[i].theirs)[v] : 0.0f);
    }
    tc_model_free(model);
}
END_TEST

START_TEST(direct_path_is_read_from_foreign_metadata)
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

START_TEST(mismatched_foreign_tensors_are_refused)
{
    static const struct misfit cases[] = {
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

    assert_misfits(start_others, cases, sizeof cases / sizeof cases[0]);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("pytorch");

    tcase_add_loop_test(tests, torch_tensors_without_architecture_are_read, 0,
                        TC_CELL_LSTM_PEEPHOLE + 1);
    tcase_add_test(tests, mismatched_torch_tensors_are_refused);
    tcase_add_test(tests, tensors_may_have_any_prefix);
    tcase_add_test(tests, direct_path_is_read_from_foreign_metadata);
    tcase_add_test(tests, mismatched_foreign_tensors_are_refused);
    return support_run(tests, "pytorch");
}
