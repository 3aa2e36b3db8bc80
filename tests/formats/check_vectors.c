#include "tests/support/support.h"
#include "tests/support/temp_folder.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Real files of other programs, played by each of the kernels that this CPU has, against what other
 * implementations make of them. The files are not part of the project: without them there is
 * nothing to test. */

enum { FRAMES = 2048, MAX_CHANNELS = 3, BLOCK = 100, PATH_SIZE = 8192 };

/* Of float32 against double; most are nearer than a tenth of it. */
static const double TOLERANCE = 1e-4;

static char models[4096]; /* the folder, "" if there is none */

/* ------------------------------------------------------------------------- files */

static const char *in_models(char path[PATH_SIZE], const char *folder, const char *name,
                             const char *end)
{
    snprintf(path, PATH_SIZE, "%s/%s/%s%s", models, folder, name, end);
    return path;
}

/* All doubles of a .npy file, which has no more than `most`. Returns how many. */
static size_t read_npy(const char *path, double *values, size_t most)
{
    FILE *const file = fopen(path, "rb");
    unsigned char head[10];
    size_t n;

    ck_assert_msg(file != NULL, "%s: cannot open", path);
    ck_assert_uint_eq(fread(head, 1, sizeof head, file), sizeof head);
    ck_assert_int_eq(fseek(file, head[8] + 256 * head[9], SEEK_CUR), 0);
    n = fread(values, sizeof *values, most, file);
    fclose(file);
    return n;
}

/* The numbers of a text, whatever stands between them. */
static size_t read_numbers(const char *path, float *values, size_t most)
{
    FILE *const file = fopen(path, "r");
    size_t n = 0;
    double value;

    ck_assert_msg(file != NULL, "%s: cannot open", path);
    while (n < most && !feof(file))
        if (fscanf(file, "%lf", &value) == 1)
            values[n++] = (float)value;
        else
            (void)fgetc(file);
    fclose(file);
    return n;
}

static struct tc_model *load(const char *path, struct tc_file_facts *facts)
{
    struct tc_error error;
    struct tc_model *model;

    ck_assert_msg(tc_model_load_facts(&model, path, facts, &error) == TC_OK, "%s: %s", path,
                  error.message);
    return model;
}

/* ------------------------------------------------------------------------- playing */

/* The model's output for signals frame by frame: audio, then knobs in their own unit. */
static void play(const struct tc_model *model, const char *kernels, const float *frames, size_t n,
                 float *out)
{
    const unsigned inputs = 1 + tc_model_architecture(model)->knobs;
    struct support_signals in = support_signals_new(inputs, n);
    const struct support_buffers rows = support_buffers(&in, 0);
    struct tc_stream *stream;

    ck_assert_int_eq(tc_stream_new_with(&stream, model, 1, kernels, TC_PRECISION_FULL, NULL),
                     TC_OK);
    for (size_t t = 0; t < n; ++t)
        for (unsigned i = 0; i < inputs; ++i)
            rows.row[i][t] = frames[t * inputs + i];
    for (size_t t = 0; t < n; t += BLOCK) {
        const struct support_buffers at = support_buffers(&in, t);
        float *const to[] = {out + t};

        tc_stream_process(stream, support_inputs(&at), support_inputs(&at) + 1, to,
                          n - t < BLOCK ? n - t : BLOCK);
    }
    tc_stream_free(stream);
    support_signals_free(&in);
}

/* The largest difference over all kernels. */
static double worst(const struct tc_model *model, const float *frames, size_t n,
                    const double *expected)
{
    float *const out = support_zeros(n, sizeof *out);
    double most = 0.0;

    for (unsigned k = 0; tc_kernels_name(k); ++k) {
        play(model, tc_kernels_name(k), frames, n, out);
        for (size_t t = 0; t < n; ++t) {
            const double difference = fabs((double)out[t] - expected[t]);

            most = isnan(difference) ? (double)INFINITY : fmax(most, difference);
        }
    }
    free(out);
    return most;
}

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
        read_npy(in_models(path, "vectors", name, ".npy"), values, FRAMES * MAX_CHANNELS),
        FRAMES * channels);
    for (size_t i = 0; i < FRAMES * channels; ++i)
        frames[i] = (float)values[i];
}

START_TEST(file_plays_as_its_vector_says)
{
    const struct vector *const v = &vectors[_i];
    char path[PATH_SIZE], name[96];
    double expected[FRAMES], difference;
    float frames[FRAMES * MAX_CHANNELS];
    struct tc_file_facts facts;
    struct tc_model *const model = load(in_models(path, v->folder, v->name, v->end), &facts);

    snprintf(name, sizeof name, "%s__%s", v->folder, v->name);
    ck_assert_uint_eq(read_npy(in_models(path, "vectors", name, ".y.npy"), expected, FRAMES),
                      FRAMES);
    read_input(v->inputs, frames);
    difference = worst(model, frames, FRAMES, expected);
    printf("%-40s %.2g\n", name, difference);
    ck_assert_uint_eq(tc_model_architecture(model)->knobs, v->inputs - 1);
    ck_assert_double_eq(tc_model_metadata(model)->sample_rate_hz, v->rate_hz);
    ck_assert_int_eq(facts.rate_assumed, v->rate_assumed);
    ck_assert_msg(difference <= TOLERANCE, "%s: %g", name, difference);
    tc_model_free(model);
}
END_TEST

/* ------------------------------------------------------------------------- round trips */

/* Both from the start state of the first: what others store, or 0. */
static double heard_difference(const struct tc_model *model, const struct tc_model *copy,
                               unsigned inputs)
{
    float frames[FRAMES * MAX_CHANNELS], played[FRAMES];
    double expected[FRAMES];

    read_input(inputs, frames);
    play(model, tc_kernels_name(0), frames, FRAMES, played);
    for (size_t t = 0; t < FRAMES; ++t)
        expected[t] = (double)played[t];
    return worst(copy, frames, FRAMES, expected);
}

/* The file of another format, read again; NULL if that cannot hold the network. */
static struct tc_model *through(const struct tc_model *model, enum tc_export format)
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

START_TEST(file_comes_back_from_other_formats)
{
    static const char *const names[FORMATS] = {"GuitarML", "Keras", "AIDA-X", "NAM"};
    const struct vector *const v = &vectors[_i];
    char path[PATH_SIZE];
    struct tc_model *const model = load(in_models(path, v->folder, v->name, v->end), NULL);
    const bool carried = tc_model_architecture(model)->direct != 0.0f; /* by a unit */
    size_t values;

    tc_architecture_tensors(tc_model_architecture(model), NULL, &values);
    for (unsigned f = 0; f < FORMATS; ++f) {
        struct tc_model *const copy = through(model, (enum tc_export)f);
        const unsigned bit = 1u << f;

        ck_assert_msg(copy || !((v->exact | v->near) & bit), "%s: not as %s", v->name, names[f]);
        if (v->exact & bit)
            ck_assert_msg(
                support_same(tc_model_parameters(copy), tc_model_parameters(model), values),
                "%s: not exact as %s", v->name, names[f]);
        if (v->near & bit) {
            const double difference = heard_difference(model, copy, v->inputs);

            printf("%s as %-16s %.2g\n", v->name, names[f], difference);
            ck_assert_msg(difference <= (carried && f == TC_EXPORT_KERAS ? 5e-6 : 1e-6),
                          "%s as %s: %g", v->name, names[f], difference);
        }
        tc_model_free(copy);
    }
    tc_model_free(model);
}
END_TEST

/* ------------------------------------------------------------------------- loudness */

/* What NAM's own recording gives: the first two as their files say, the others worked out with it.
 */
static const struct {
    const char *folder, *name, *end;
    double loudness_db, gain;
} louds[] = {
    {"nam", "opensauce_lstm_1x8", ".nam", -7.981, 0.9946},
    {"nam", "opensauce_lstm_2x16", ".nam", -16.896, 1.0},
    {"nam", "legacy040_deluxe_config", ".json", -16.799, 0.5858},
    {"guitarml", "neuralseed_lstm8_ts9", ".json", -14.584, 0.3768},
};

START_TEST(loudness_is_as_nam_measures_it)
{
    char path[PATH_SIZE];
    struct tc_model *const model =
        load(in_models(path, louds[_i].folder, louds[_i].name, louds[_i].end), NULL);
    struct tc_metadata meta = *tc_model_metadata(model);
    struct tc_model *silent, *copy;
    const char *gain;

    meta.loudness_db = NAN; /* what the file says would be kept */
    ck_assert_int_eq(tc_model_new(&silent, tc_model_architecture(model), &meta,
                                  tc_model_parameters(model), NULL),
                     TC_OK);
    copy = through(silent, TC_EXPORT_NAM);
    ck_assert_double_eq_tol((double)tc_model_metadata(copy)->loudness_db, louds[_i].loudness_db,
                            0.12);
    gain = strstr(tc_model_metadata(copy)->training, "\"gain\":");
    ck_assert_ptr_nonnull(gain);
    ck_assert_double_eq_tol(strtod(gain + strlen("\"gain\":"), NULL), louds[_i].gain, 0.004);
    tc_model_free(copy);
    tc_model_free(silent);
    tc_model_free(model);
}
END_TEST

/* ------------------------------------------------------------------------- others' outputs */

static const struct {
    const char *folder, *model, *end, *input, *output, *text;
    double tolerance;
} played[] = {
    {"keras", "rtneural_dense", ".json", "rtneural_dense_x", "rtneural_dense_y", ".csv", 1e-6},
    {"keras", "rtneural_lstm", ".json", "rtneural_lstm_x", "rtneural_lstm_y", ".csv", 1e-6},
    {"keras", "rtneural_lstm_1d", ".json", "rtneural_lstm_1d_x", "rtneural_lstm_1d_y", ".csv",
     1e-6},
    {"keras", "rtneural_gru", ".json", "rtneural_gru_x", "rtneural_gru_y", ".csv", 1e-6},
    {"keras", "rtneural_gru_1d", ".json", "rtneural_gru_1d_x", "rtneural_gru_1d_y", ".csv", 1e-6},
    {"keras", "rtneural_lstm_torch", ".json", "rtneural_lstm_torch_x", "rtneural_lstm_torch_y",
     ".csv", 1e-6},
    {"keras", "rtneural_gru_torch", ".json", "rtneural_gru_torch_x", "rtneural_gru_torch_y", ".csv",
     1e-6},
    {"nam", "opensauce_lstm_1x8", ".nam", "opensauce_lstm_1x8_input", "opensauce_lstm_1x8_expected",
     ".json", 1e-5},
    {"nam", "opensauce_lstm_2x16", ".nam", "opensauce_lstm_2x16_input",
     "opensauce_lstm_2x16_expected", ".json", 1e-5},
};

START_TEST(file_plays_as_other_programs_do)
{
    char path[PATH_SIZE];
    float input[FRAMES], output[FRAMES];
    double expected[FRAMES], difference;
    struct tc_model *const model =
        load(in_models(path, played[_i].folder, played[_i].model, played[_i].end), NULL);
    const size_t n = read_numbers(
        in_models(path, played[_i].folder, played[_i].input, played[_i].text), input, FRAMES);

    ck_assert_uint_ge(n, 100);
    ck_assert_uint_eq(
        read_numbers(in_models(path, played[_i].folder, played[_i].output, played[_i].text), output,
                     FRAMES),
        n);
    for (size_t t = 0; t < n; ++t)
        expected[t] = (double)output[t];
    difference = worst(model, input, n, expected);
    printf("%-40s %.2g\n", played[_i].output, difference);
    ck_assert_msg(difference <= played[_i].tolerance, "%s: %g", played[_i].output, difference);
    tc_model_free(model);
}
END_TEST

START_TEST(stored_self_test_is_met)
{
    struct tc_file_facts facts;
    char path[PATH_SIZE];
    struct tc_model *const model =
        load(in_models(path, "keras", "aidax_neuralseed_lstm8", ".json"), &facts);

    ck_assert_double_le(facts.selftest_error, 1e-6);
    ck_assert_str_eq(facts.warning, "");
    ck_assert_float_eq(tc_model_metadata(model)->in_gain_db, 6.0f);
    ck_assert_float_eq(tc_model_metadata(model)->out_gain_db, -4.5f);
    ck_assert_str_eq(tc_model_metadata(model)->licence, "MIT");
    tc_model_free(model);
}
END_TEST

/* The files of 0.4.0 as they were: a folder with two names. */
START_TEST(folder_of_nam_is_a_model)
{
    char path[PATH_SIZE];
    struct tc_model *beside, *folder;

    ck_assert_int_eq(mkdir("amp", 0700), 0);
    ck_assert_int_eq(
        symlink(in_models(path, "nam", "legacy040_deluxe_config", ".json"), "amp/config.json"), 0);
    ck_assert_int_eq(
        symlink(in_models(path, "nam", "legacy040_deluxe_weights", ".npy"), "amp/weights.npy"), 0);
    beside = load(in_models(path, "nam", "legacy040_deluxe_config", ".json"), NULL);
    folder = load("amp", NULL);
    ck_assert_uint_eq(tc_model_weights(folder), 12073 - 6 * 24 + 3 * 4 * 24);
    ck_assert_mem_eq(tc_model_parameters(folder), tc_model_parameters(beside),
                     tc_model_weights(folder) * sizeof(float));
    tc_model_free(folder);
    tc_model_free(beside);
}
END_TEST

START_TEST(container_says_what_is_taken)
{
    struct tc_file_facts facts;
    char path[PATH_SIZE];

    tc_model_free(load(in_models(path, "nam", "namcore_slimmable_container", ".nam"), &facts));
    ck_assert_str_eq(facts.warning,
                     "of its 3 submodels the 1st is taken, the largest that is an LSTM");
    ck_assert_str_eq(facts.format, "NAM");
}
END_TEST

/* ------------------------------------------------------------------------- refusals */

static const struct {
    const char *folder, *name, *message;
    enum tc_status status;
} refused[] = {
    {"keras", "rtneural_bad_lstm.json",
     "'layer 0 (lstm), kernel' has the size 1 x 80, expected 1 x 64", TC_BAD_SHAPE},
    {"keras", "rtneural_full_model.json",
     "layer 1 has the type 'conv1d', expected lstm, gru, dense, time-distributed-dense or "
     "activation",
     TC_UNSUPPORTED},
    {"nam", "opensauce_lstm_1x8_input.json", "the JSON is an array, expected an object",
     TC_BAD_FORMAT},
    {"nam", "legacy040_deluxe_weights.npy", "the file is neither JSON nor safetensors",
     TC_BAD_FORMAT},
};
enum { REFUSED = sizeof refused / sizeof refused[0] };

START_TEST(file_that_cannot_be_played_is_refused)
{
    struct tc_error error;
    struct tc_model *model = NULL;
    char path[PATH_SIZE];

    in_models(path, refused[_i].folder, refused[_i].name, "");
    ck_assert_int_eq(tc_model_load(&model, path, &error), refused[_i].status);
    ck_assert_str_eq(error.message, refused[_i].message);
    ck_assert_ptr_null(model);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("vectors");
    const char *const source = getenv("srcdir");
    char folder[2048];

    snprintf(folder, sizeof folder, "%s/../shared/models", source ? source : ".");
    if (!realpath(folder, models)) {
        printf("skipped: %s is missing\n", folder);
        return 77;
    }
    tcase_add_checked_fixture(tests, temp_folder_enter, temp_folder_leave);
    tcase_add_loop_test(tests, file_plays_as_its_vector_says, 0, VECTORS);
    tcase_add_loop_test(tests, file_comes_back_from_other_formats, 0, VECTORS);
    tcase_add_loop_test(tests, loudness_is_as_nam_measures_it, 0, sizeof louds / sizeof louds[0]);
    tcase_add_loop_test(tests, file_plays_as_other_programs_do, 0,
                        sizeof played / sizeof played[0]);
    tcase_add_test(tests, stored_self_test_is_met);
    tcase_add_test(tests, folder_of_nam_is_a_model);
    tcase_add_test(tests, container_says_what_is_taken);
    tcase_add_loop_test(tests, file_that_cannot_be_played_is_refused, 0, REFUSED);
    return support_run(tests, "vectors");
}
