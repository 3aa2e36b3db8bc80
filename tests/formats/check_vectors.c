#include "reference_models.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Real files of other programs, played by each of the kernels that this CPU has, against vectors
 * of outputs that a double-precision implementation computed; also when they are written in another
 * format and read again. */

enum { MAX_CHANNELS = 3 };

/* Of float32 against double; most are nearer than a tenth of it. */
static const double TOLERANCE = 1e-4;

/* ------------------------------------------------------------------------- vectors */

/* Formats that hold a network, as bits. */
enum {
    GUITARML = 1 << TC_EXPORT_GUITARML,
    KERAS = 1 << TC_EXPORT_KERAS,
    AIDAX = 1 << TC_EXPORT_AIDAX,
    NAM = 1 << TC_EXPORT_NAM,
    FORMATS = TC_EXPORT_NAM + 1
};

static const struct vector {
    const char *folder, *name, *end;
    unsigned inputs;
    double rate_hz;
    bool rate_assumed;
    unsigned exact, near; /* formats: every weight comes back to the bit; the sound nearly */
} vectors[] = {
    {"guitarml", "neuralseed_gru8_ts9", ".json", 1, 44100, true, GUITARML | AIDAX, 0},
    {"guitarml", "neuralseed_lstm8_ts9", ".json", 1, 44100, true, GUITARML, KERAS | AIDAX},
    {"keras", "klon_centaur", ".json", 3, 48000, true, GUITARML | KERAS | AIDAX, 0},
    {"keras", "klon_centaur_0", ".json", 1, 48000, true, GUITARML | KERAS | AIDAX, 0},
    {"keras", "klon_centaur_small", ".json", 3, 48000, true, GUITARML | KERAS | AIDAX, 0},
    {"keras", "rtneural_dense", ".json", 1, 48000, true, KERAS, 0},
    {"keras", "rtneural_gru", ".json", 1, 48000, true, KERAS, 0},
    {"keras", "rtneural_gru_1d", ".json", 1, 48000, true, KERAS, 0},
    {"keras", "rtneural_gru_torch", ".json", 1, 44100, true, GUITARML | KERAS, 0},
    {"keras", "rtneural_lstm", ".json", 1, 48000, true, KERAS, 0},
    {"keras", "rtneural_lstm_1d", ".json", 1, 48000, true, GUITARML | KERAS | AIDAX, 0},
    {"keras", "rtneural_lstm_torch", ".json", 1, 44100, true, GUITARML, KERAS},
    {"keras", "aidax_neuralseed_lstm8", ".json", 1, 48000, false, AIDAX, KERAS},
    {"nam", "joshburgess_lstm_2x2", ".nam", 1, 48000, false, NAM, 0},
    {"nam", "legacy040_deluxe_config", ".json", 1, 48000, true, NAM, 0},
    {"nam", "namcore_lstm_1x3", ".nam", 1, 48000, false, NAM, 0},
    {"nam", "namcore_slimmable_container", ".nam", 1, 48000, false, NAM, 0},
    {"nam", "opensauce_lstm_1x8", ".nam", 1, 48000, false, NAM, 0},
    {"nam", "opensauce_lstm_2x16", ".nam", 1, 48000, false, NAM, 0},
};
enum { VECTORS = sizeof vectors / sizeof vectors[0] };

static void read_input(unsigned channels, float *frames)
{
    double values[FRAMES * MAX_CHANNELS];
    char path[PATH_SIZE], name[16];

    snprintf(name, sizeof name, "input_%uch", channels);
    ck_assert_uint_eq(
        read_npy(reference_path(path, "vectors", name, ".npy"), values, FRAMES * MAX_CHANNELS),
        FRAMES * channels);
    for (size_t i = 0; i < FRAMES * channels; ++i)
        frames[i] = (float)values[i];
}

START_TEST(output_matches_the_reference_vector)
{
    const struct vector *const v = &vectors[_i];
    char path[PATH_SIZE], name[96];
    double expected[FRAMES], difference;
    float frames[FRAMES * MAX_CHANNELS];
    struct tc_file_facts facts;
    struct tc_model *const model =
        load_reference(reference_path(path, v->folder, v->name, v->end), &facts);

    snprintf(name, sizeof name, "%s__%s", v->folder, v->name);
    ck_assert_uint_eq(read_npy(reference_path(path, "vectors", name, ".y.npy"), expected, FRAMES),
                      FRAMES);
    read_input(v->inputs, frames);
    difference = largest_difference(model, frames, FRAMES, expected);
    printf("%-40s %.2g\n", name, difference);
    ck_assert_uint_eq(tc_model_architecture(model)->knobs, v->inputs - 1);
    ck_assert_double_eq(tc_model_metadata(model)->sample_rate_hz, v->rate_hz);
    ck_assert_int_eq(facts.rate_assumed, v->rate_assumed);
    ck_assert_msg(difference <= TOLERANCE, "%s: %g", name, difference);
    tc_model_free(model);
}
END_TEST

/* ------------------------------------------------------------------------- round trips */

/* Both from the initial state of the first: what others store, or 0. */
static double output_difference(const struct tc_model *model, const struct tc_model *copy,
                                unsigned inputs)
{
    float frames[FRAMES * MAX_CHANNELS], played[FRAMES];
    double expected[FRAMES];

    read_input(inputs, frames);
    play_frames(model, tc_kernels_name(0), frames, FRAMES, played);
    for (size_t t = 0; t < FRAMES; ++t)
        expected[t] = (double)played[t];
    return largest_difference(copy, frames, FRAMES, expected);
}

/* The file of another format, read again; NULL if that cannot hold the network. */
static struct tc_model *convert(const struct tc_model *model, enum tc_export format)
{
    struct tc_error error;
    struct tc_model *copy;
    unsigned char *bytes;
    size_t size;
    const enum tc_status status = tc_model_export_bytes(model, format, &bytes, &size, &error);

    if (status == TC_UNSUPPORTED)
        return NULL;
    ck_assert_msg(status == TC_OK, "%s", error.message);
    ck_assert_msg(tc_model_read(&copy, bytes, size, &error) == TC_OK, "%s", error.message);
    free(bytes);
    return copy;
}

START_TEST(model_survives_conversion_to_other_formats)
{
    static const char *const names[FORMATS] = {"GuitarML", "Keras", "AIDA-X", "NAM"};
    const struct vector *const v = &vectors[_i];
    char path[PATH_SIZE];
    struct tc_model *const model =
        load_reference(reference_path(path, v->folder, v->name, v->end), NULL);
    const bool has_direct_path = tc_model_architecture(model)->direct != 0.0f;
    size_t values;

    tc_architecture_tensors(tc_model_architecture(model), NULL, &values);
    for (unsigned f = 0; f < FORMATS; ++f) {
        struct tc_model *const copy = convert(model, (enum tc_export)f);
        const unsigned bit = 1u << f;

        ck_assert_msg(copy || !((v->exact | v->near) & bit), "%s: not as %s", v->name, names[f]);
        if (v->exact & bit)
            ck_assert_msg(
                support_same(tc_model_parameters(copy), tc_model_parameters(model), values),
                "%s: not exact as %s", v->name, names[f]);
        if (v->near & bit) {
            const double difference = output_difference(model, copy, v->inputs);

            printf("%s as %-16s %.2g\n", v->name, names[f], difference);
            ck_assert_msg(difference <= (has_direct_path && f == TC_EXPORT_KERAS ? 5e-6 : 1e-6),
                          "%s as %s: %g", v->name, names[f], difference);
        }
        tc_model_free(copy);
    }
    tc_model_free(model);
}
END_TEST

/* ------------------------------------------------------------------------- loudness */

/* Measured with NAM's own recording: the first two are from their files, the others computed. */
static const struct {
    const char *folder, *name, *end;
    double loudness_db, gain;
} loudnesses[] = {
    {"nam", "opensauce_lstm_1x8", ".nam", -7.981, 0.9946},
    {"nam", "opensauce_lstm_2x16", ".nam", -16.896, 1.0},
    {"nam", "legacy040_deluxe_config", ".json", -16.799, 0.5858},
    {"guitarml", "neuralseed_lstm8_ts9", ".json", -14.584, 0.3768},
};

START_TEST(loudness_matches_that_of_nam)
{
    char path[PATH_SIZE];
    struct tc_model *const model = load_reference(
        reference_path(path, loudnesses[_i].folder, loudnesses[_i].name, loudnesses[_i].end), NULL);
    struct tc_metadata meta = *tc_model_metadata(model);
    struct tc_model *silent, *copy;
    const char *gain;

    meta.loudness_db = NAN; /* what the file says would be kept */
    ck_assert_int_eq(tc_model_new(&silent, tc_model_architecture(model), &meta,
                                  tc_model_parameters(model), NULL),
                     TC_OK);
    copy = convert(silent, TC_EXPORT_NAM);
    ck_assert_double_eq_tol((double)tc_model_metadata(copy)->loudness_db,
                            loudnesses[_i].loudness_db, 0.12);
    gain = strstr(tc_model_metadata(copy)->training, "\"gain\":");
    ck_assert_ptr_nonnull(gain);
    ck_assert_double_eq_tol(strtod(gain + strlen("\"gain\":"), NULL), loudnesses[_i].gain, 0.004);
    tc_model_free(copy);
    tc_model_free(silent);
    tc_model_free(model);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("vectors");

    if (!reference_models_find())
        return 77;
    tcase_add_loop_test(tests, output_matches_the_reference_vector, 0, VECTORS);
    tcase_add_loop_test(tests, model_survives_conversion_to_other_formats, 0, VECTORS);
    tcase_add_loop_test(tests, loudness_matches_that_of_nam, 0,
                        sizeof loudnesses / sizeof loudnesses[0]);
    return support_run(tests, "vectors");
}
