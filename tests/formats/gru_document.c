#include "gru_document.h"

#include <stdio.h>

const char *const grus[4] = {
    "[[[1, 2, 3, 4, 5, 6]], [[0.1, 0.2, 0.3, 0.4, 0.5, 0.6], [0.6, 0.5, 0.4, 0.3, 0.2, 0.1]], "
    "[[0.1, 0.2, 0.3, 0.4, 0.5, 0.6], [1, 2, -1, -2, 3, 4]]]",
    "[[[3, 4, 1, 2, 5, 6]], [[0.3, 0.4, 0.1, 0.2, 0.5, 0.6], [0.4, 0.3, 0.6, 0.5, 0.2, 0.1]], "
    "[[0.3, 0.4, 0.1, 0.2, 0.5, 0.6], [-1, -2, 1, 2, 3, 4]]]",
    "[[[1, 2, 3, 4, 5, 6]], [[0.1, 0.2, 0.3, 0.4, 0.5, 0.6], [0.6, 0.5, 0.4, 0.3, 0.2, 0.1]], "
    "[[1, 2, -1, -2, 3, 4], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]]]",
    "[[[3, 4, 1, 2, 5, 6]], [[0.3, 0.4, 0.1, 0.2, 0.5, 0.6], [0.4, 0.3, 0.6, 0.5, 0.2, 0.1]], "
    "[[-1, -2, 1, 2, 3, 4], [0.3, 0.4, 0.1, 0.2, 0.5, 0.6]]]",
};

const char *gru_document(char text[TEXT_SIZE], const char *weights, const char *batch)
{
    const int used = snprintf(
        text, TEXT_SIZE,
        "{\"in_shape\": [null, null, 1], \"layers\": [{\"type\": \"gru\", \"shape\": [null, "
        "null, 2], \"weights\": %s}, {\"type\": \"dense\", \"shape\": [null, null, 1], "
        "\"weights\": [[[0.5], [-0.75]], [0.1]]}], \"in_gain\": 3%s}",
        weights, batch);

    ck_assert_int_lt(used, TEXT_SIZE);
    return text;
}

const char *batch_of(char batch[TEXT_SIZE], struct tc_model *model, float error)
{
    struct tc_metadata meta = *tc_model_metadata(model);
    struct support_signals in = support_noise(1, FRAMES, 7, 0.9f);
    struct tc_model *plain;
    float out[FRAMES];
    size_t used;

    meta.in_gain_db = 0.0f;
    ck_assert_int_eq(
        tc_model_new(&plain, tc_model_architecture(model), &meta, tc_model_parameters(model), NULL),
        TC_OK);
    play(plain, NULL, out);
    used = (size_t)snprintf(batch, TEXT_SIZE, ", \"input_batch\": [");
    for (size_t t = 0; t < FRAMES; ++t)
        used += (size_t)snprintf(batch + used, TEXT_SIZE - used, "%s%.9g", t ? ", " : "",
                                 (double)in.samples[t]);
    used += (size_t)snprintf(batch + used, TEXT_SIZE - used, "], \"output_batch\": [");
    for (size_t t = 0; t < FRAMES; ++t)
        used += (size_t)snprintf(batch + used, TEXT_SIZE - used, "%s%.9g", t ? ", " : "",
                                 (double)(out[t] + error));
    snprintf(batch + used, TEXT_SIZE - used, "]");
    support_signals_free(&in);
    tc_model_free(plain);
    tc_model_free(model);
    return batch;
}
