#include "model/model.h"
#include "tests/support/support.h"
#include "tests/support/temp_folder.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* What is measured of a model for NAM's players: its loudness, and its distortion ("gain"). */

static const char path[] = "model.nam";

/* The values in NAM's file of a network with these parameters, which are freed. */
static void measured(const struct tc_architecture *arch, float *parameters, double *loudness_db,
                     double *gain)
{
    struct tc_model *const model = support_model_of(arch, parameters);
    json_t *json, *meta;

    ck_assert_int_eq(tc_model_export(model, TC_EXPORT_NAM, path, NULL), TC_OK);
    json = json_load_file(path, 0, NULL);
    meta = json_object_get(json, "metadata");
    *loudness_db = json_real_value(json_object_get(meta, "loudness"));
    *gain = json_real_value(json_object_get(meta, "gain"));
    json_decref(json);
    tc_model_free(model);
    free(parameters);
}

static const struct tc_architecture one_unit = {
    .audio_inputs = 1, .outputs = 1, .layers = 1, .layer = {{TC_CELL_LSTM, TC_TANH, 1}}};

/* They are all 0. */
static float *no_parameters(size_t *n)
{
    float *const parameters = support_parameters(&one_unit, 1, n);

    memset(parameters, 0, *n * sizeof *parameters);
    return parameters;
}

/* A constant output of -0.5 has a level of -6 dB, and the largest distortion, 1. */
START_TEST(constant_output_has_its_own_level)
{
    size_t n;
    float *const parameters = no_parameters(&n);
    double loudness_db, gain;

    parameters[n - 1] = -0.5f;
    measured(&one_unit, parameters, &loudness_db, &gain);
    ck_assert_double_eq_tol(loudness_db, -6.0206, 1e-4);
    ck_assert_double_eq_tol(gain, 1.0, 1e-6);
}
END_TEST

/* The direct path alone has the level of the noise, which is that of NAM's recording. */
START_TEST(direct_path_has_the_level_of_the_noise)
{
    struct tc_architecture arch = one_unit;
    double loudness_db, gain;
    size_t n;

    arch.direct = 1.0f;
    measured(&arch, no_parameters(&n), &loudness_db, &gain);
    ck_assert_double_eq_tol(loudness_db, -14.97, 0.01);
    ck_assert_double_eq_tol(gain, 0.0, 1e-4);
}
END_TEST

/* A state as small as this is linear in the input: no distortion. */
START_TEST(linear_model_has_a_gain_of_0)
{
    struct tc_layer_offsets at[TC_MAX_LAYERS];
    struct tc_readout_offsets readout;
    size_t n;
    float *const parameters = no_parameters(&n);
    double loudness_db, gain;

    tc_parameter_offsets(&one_unit, at, &readout);
    parameters[at[0].w_ih + 2] = 1e-3f;
    parameters[readout.w] = 1.0f;
    measured(&one_unit, parameters, &loudness_db, &gain);
    ck_assert_double_eq_tol(gain, 0.0, 1e-3);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("loudness");

    tcase_add_checked_fixture(tests, temp_folder_enter, temp_folder_leave);
    tcase_add_test(tests, constant_output_has_its_own_level);
    tcase_add_test(tests, direct_path_has_the_level_of_the_noise);
    tcase_add_test(tests, linear_model_has_a_gain_of_0);
    return support_run(tests, "loudness");
}
