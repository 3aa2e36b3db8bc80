/** @file
 *  Reads RTNeural's JSON, to which Keras models are exported, with AIDA-X' additions to the
 * network:
 *
 *      in_gain (dB), out_gain (dB), samplerate, metadata, input_batch, output_batch
 *
 *  From: AIDA-X and its trainer's modelToKeras.py. */
#include "formats/array.h"
#include "formats/facts.h"
#include "formats/json.h"
#include "formats/readers/keras_network.h"
#include "formats/readers/readers.h"
#include "formats/selftest.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const double DEFAULT_RATE_HZ = 48000.0;

/* Players mute at gains of SILENT_DB or less; LOWEST_DB is the lowest gain of a model. */
static const double SILENT_DB = -90.0;
static const float LOWEST_DB = -200.0f;

/* ------------------------------------------------------------------------- metadata */

static float read_gain(const json_t *json, const char *key, struct tc_file_facts *facts)
{
    const json_t *const gain = json_object_get(json, key);
    const double gain_db = json_number_value(gain);

    if (gain && !json_is_number(gain))
        tc_facts_warn(facts, "'%s' is %s, and ignored as the players do", key, tc_json_kind(gain));
    return gain_db <= SILENT_DB ? LOWEST_DB : (float)gain_db;
}

static void read_rate(const json_t *json, struct tc_metadata *meta)
{
    const json_t *const metadata = json_object_get(json, "metadata");
    const double inner_hz = tc_json_number(json_object_get(metadata, "samplerate"));
    const double outer_hz = tc_json_number(json_object_get(json, "samplerate"));

    tc_facts_rate(meta, inner_hz > 0.0 ? inner_hz : outer_hz, DEFAULT_RATE_HZ);
}

static void read_metadata(const json_t *json, struct tc_file_facts *facts, struct tc_metadata *meta)
{
    const json_t *const metadata = json_object_get(json, "metadata");
    const json_t *const author = json_object_get(metadata, "author");
    const size_t described = json_array_size(json_object_get(metadata, "knobs"));

    tc_metadata_init(meta);
    tc_facts_text(meta->name, sizeof meta->name, json_object_get(metadata, "name"));
    tc_facts_text(meta->author, sizeof meta->author,
                  author ? author : json_object_get(json, "author"));
    tc_facts_text(meta->licence, sizeof meta->licence, json_object_get(metadata, "license"));
    meta->in_gain_db = read_gain(json, "in_gain", facts);
    meta->out_gain_db = read_gain(json, "out_gain", facts);
    read_rate(json, meta);
    for (unsigned k = 0; k < TC_MAX_KNOBS; ++k) {
        char name[16];

        snprintf(name, sizeof name, "PARAM%u", k + 1);
        meta->knob[k] = tc_facts_knob(name, 0.0f);
    }
    if (described <= TC_MAX_KNOBS)
        tc_facts_knobs(metadata, (unsigned)described, meta);
}

/* ------------------------------------------------------------------------- the test signals */

/* The stored test signals: input, and output without gains and with knobs at 0. */
struct test_signals {
    size_t n_frames;
    float *input, *output;
};

static void test_signals_free(struct test_signals *signals)
{
    free(signals->input);
    free(signals->output);
}

/** Read the test signals, if there are any. Damaged ones give a warning only. */
static enum tc_status read_test_signals(const json_t *json, struct test_signals *signals,
                                        struct tc_file_facts *facts, struct tc_error *error)
{
    const json_t *const input = json_object_get(json, "input_batch");
    const json_t *const output = json_object_get(json, "output_batch");
    const size_t n = json_array_size(input);
    struct tc_error problem;

    *signals = (struct test_signals){0};
    if (!input && !output)
        return TC_OK;
    if (n == 0 || n > TC_SELFTEST_MAX_FRAMES) {
        tc_facts_warn(facts, "the self-test has %zu frames and is not run", n);
        return TC_OK;
    }
    signals->input = malloc(n * sizeof *signals->input);
    signals->output = malloc(n * sizeof *signals->output);
    if (!signals->input || !signals->output)
        return tc_fail(error, TC_NO_MEMORY, "no memory for a self-test of %zu frames", n);
    if (tc_array_read(input, "input_batch", n, 0, signals->input, &problem) != TC_OK ||
        tc_array_read(output, "output_batch", n, 0, signals->output, &problem) != TC_OK)
        tc_facts_warn(facts, "the self-test is not run: %s", problem.message);
    else
        signals->n_frames = n;
    return TC_OK;
}

/** The difference of the output of a model without gains from the stored one. */
static enum tc_status compare(const struct tc_model *model, const struct test_signals *signals,
                              double *difference, struct tc_error *error)
{
    const size_t inputs = tc_selftest_inputs(model);
    float *const frames = calloc(signals->n_frames, inputs * sizeof *frames);
    struct tc_selftest_worst worst;
    enum tc_status status;

    if (!frames)
        return tc_fail(error, TC_NO_MEMORY, "no memory for a self-test");
    for (size_t i = 0; i < signals->n_frames; ++i) {
        frames[i * inputs] = signals->input[i];
        for (size_t k = 1; k < inputs; ++k)
            frames[i * inputs + k] = tc_model_metadata(model)->knob[k - 1].min;
    }
    status = tc_selftest_compare(model, signals->n_frames, frames, signals->output, &worst, error);
    free(frames);
    if (status == TC_OK)
        *difference = worst.difference;
    return status;
}

/** The same for the model with a converter's error reverted. */
static enum tc_status compare_reverted(const json_t *json, unsigned exchanged,
                                       const struct test_signals *signals, double *difference,
                                       struct tc_error *error)
{
    struct tc_file_facts ignored = {.format = NULL};
    struct tc_metadata meta;
    struct tc_model *model;
    enum tc_status status;

    read_metadata(json, &ignored, &meta);
    meta.in_gain_db = meta.out_gain_db = 0.0f;
    status = tc_keras_network(json, exchanged, &meta, &model, error);
    if (status)
        return status;
    status = compare(model, signals, difference, error);
    tc_model_free(model);
    return status;
}

/** Fail if reverting a known error gives the stored output. Only GRUs have gates and biases to
 *  exchange. */
static enum tc_status find_conversion_error(const json_t *json, const struct test_signals *signals,
                                            struct tc_error *error)
{
    static const char *const errors[TC_EXCHANGES] = {
        [TC_GATES_EXCHANGED] = "its gates r and z are exchanged",
        [TC_BIASES_EXCHANGED] = "its two rows of biases are exchanged",
        [TC_GATES_EXCHANGED | TC_BIASES_EXCHANGED] =
            "its gates r and z and its two rows of biases are exchanged"};

    for (unsigned exchanged = 1; exchanged < TC_EXCHANGES; ++exchanged) {
        double difference;
        const enum tc_status status =
            compare_reverted(json, exchanged, signals, &difference, error);

        if (status)
            return status;
        if (difference <= TC_SELFTEST_TOLERANCE)
            return tc_fail(error, TC_BAD_VALUE,
                           "the GRU was converted wrongly, as its stored output shows: %s, which "
                           "old versions of modelToKeras.py do; convert the trained model anew",
                           errors[exchanged]);
    }
    return TC_OK;
}

static enum tc_status run_selftest(const json_t *json, const struct tc_model *model,
                                   const struct test_signals *signals, struct tc_file_facts *facts,
                                   struct tc_error *error)
{
    struct tc_metadata plain = *tc_model_metadata(model);
    struct tc_model *without_gains;
    enum tc_status status;

    plain.in_gain_db = plain.out_gain_db = 0.0f;
    status = tc_model_new(&without_gains, tc_model_architecture(model), &plain,
                          tc_model_parameters(model), error);
    if (status)
        return status;
    status = compare(without_gains, signals, &facts->selftest_error, error);
    tc_model_free(without_gains);
    if (status || facts->selftest_error <= TC_SELFTEST_TOLERANCE)
        return status;
    status = find_conversion_error(json, signals, error);
    tc_facts_warn(facts,
                  "its stored output differs by %.2g from what is played, expected at most %g: it "
                  "may have been converted wrongly",
                  facts->selftest_error, TC_SELFTEST_TOLERANCE);
    return status;
}

static enum tc_status check_test_signals(const json_t *json, const struct tc_model *model,
                                         struct tc_file_facts *facts, struct tc_error *error)
{
    struct test_signals signals;
    enum tc_status status = read_test_signals(json, &signals, facts, error);

    if (status == TC_OK && signals.n_frames > 0 && tc_model_architecture(model)->outputs == 1)
        status = run_selftest(json, model, &signals, facts, error);
    test_signals_free(&signals);
    return status;
}

/* ------------------------------------------------------------------------- the file */

enum tc_status tc_keras_read(struct tc_model **model, const json_t *json,
                             struct tc_file_facts *facts, struct tc_error *error)
{
    struct tc_metadata meta;
    struct tc_model *loaded = NULL;
    char *record;
    enum tc_status status = tc_facts_record(&record, json_object_get(json, "metadata"), error);

    tc_facts_init(facts, "Keras");
    read_metadata(json, facts, &meta);
    meta.training = record;
    if (status == TC_OK)
        status = tc_keras_network(json, 0, &meta, &loaded, error);
    if (status == TC_OK)
        status = check_test_signals(json, loaded, facts, error);
    free(record);
    if (status)
        tc_model_free(loaded);
    else
        *model = loaded;
    return status;
}
