#include "foreign_document.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const char keras[] =
    "{\"in_shape\": [null, null, 1], \"layers\": ["
    "{\"type\": \"lstm\", \"activation\": \"\", \"shape\": [null, null, 1], \"weights\": "
    "[[[0.5, 0.25, -0.5, 1]], [[0.1, 0.2, 0.3, 0.4]], [0.5, 0.6, 0.7, 0.8]]}, "
    "{\"type\": \"dense\", \"activation\": \"\", \"shape\": [null, null, 1], \"weights\": "
    "[[[1.5]], [0.25]]}]}";

const char guitarml[] =
    "{\"model_data\": {\"model\": \"SimpleRNN\", \"input_size\": 1, \"skip\": 0, "
    "\"output_size\": 1, \"unit_type\": \"LSTM\", \"num_layers\": 1, \"hidden_size\": 1, "
    "\"bias_fl\": true}, \"state_dict\": {\"rec.weight_ih_l0\": [[0.5], [0.25], [-0.5], [1]], "
    "\"rec.weight_hh_l0\": [[0.1], [0.2], [0.3], [0.4]], \"rec.bias_ih_l0\": [0.5, 0.5, 0.5, 0.5], "
    "\"rec.bias_hh_l0\": [0, 0.1, 0.2, 0.3], \"lin.weight\": [[1.5]], \"lin.bias\": [0.25]}}";

const char nam[] =
    "{\"version\": \"0.5.4\", \"architecture\": \"LSTM\", \"config\": {\"input_size\": 1, "
    "\"hidden_size\": 1, \"num_layers\": 1}, \"weights\": [0.5, 0.1, 0.25, 0.2, -0.5, 0.3, 1, "
    "0.4, 0.5, 0.6, 0.7, 0.8, 0.125, -2, 1.5, 0.25], \"sample_rate\": 44100, "
    "\"metadata\": {\"name\": \"Amp\", \"modeled_by\": \"Someone\", \"loudness\": -20.5, "
    "\"input_level_dbu\": 12, \"output_level_dbu\": null, \"gear_type\": \"amp\"}}";

const char *with(char text[TEXT_SIZE], const char *document, const char *from, const char *to)
{
    const char *const at = strstr(document, from);
    const char *const rest = at + strlen(from);

    ck_assert_msg(at != NULL, "'%s' is not in %s", from, document);
    ck_assert_int_lt(
        snprintf(text, TEXT_SIZE, "%.*s%s%s", (int)(at - document), document, to, rest), TEXT_SIZE);
    return text;
}

enum tc_status read_text(const char *text, struct tc_model **model, struct tc_error *error)
{
    return tc_model_read(model, (const unsigned char *)text, strlen(text), error);
}

struct tc_model *model_of(const char *document, const char *from, const char *to)
{
    char text[TEXT_SIZE];
    struct tc_error error;
    struct tc_model *model;

    ck_assert_msg(read_text(with(text, document, from, to), &model, &error) == TC_OK, "%s",
                  error.message);
    return model;
}

void play(const struct tc_model *model, const float *knobs, float out[FRAMES])
{
    const unsigned inputs = 1 + tc_model_architecture(model)->knobs;
    struct support_signals in = support_noise(inputs, FRAMES, 7, 0.9f);
    const struct support_buffers rows = support_buffers(&in, 0);
    struct tc_stream *const stream = support_stream(model, 1);

    for (unsigned k = 1; k < inputs; ++k)
        for (size_t t = 0; t < FRAMES; ++t)
            rows.row[k][t] = knobs[k - 1];
    tc_stream_process(stream, support_inputs(&rows), support_inputs(&rows) + 1, &out, FRAMES);
    tc_stream_free(stream);
    support_signals_free(&in);
}

void assert_alike(struct tc_model *a, const float *a_knobs, struct tc_model *b,
                  const float *b_knobs)
{
    float of_a[FRAMES], of_b[FRAMES];

    play(a, a_knobs, of_a);
    play(b, b_knobs, of_b);
    for (size_t t = 0; t < FRAMES; ++t)
        ck_assert_msg(fabsf(of_a[t] - of_b[t]) <= 2e-6f, "frame %zu: %.9g and %.9g", t,
                      (double)of_a[t], (double)of_b[t]);
    tc_model_free(a);
    tc_model_free(b);
}

void assert_refused(const struct refusal *refusal)
{
    char text[TEXT_SIZE];
    struct tc_error error;
    struct tc_model *model = NULL;

    with(text, refusal->document, refusal->from, refusal->to);
    ck_assert_msg(read_text(text, &model, &error) == refusal->status, "%s -> %s: %s", refusal->from,
                  refusal->to, error.message);
    ck_assert_str_eq(error.message, refusal->message);
    ck_assert_ptr_null(model);
}
