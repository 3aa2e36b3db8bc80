/* The plugin as it is installed, with the model that is built in. It has no knobs. */
#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/plugin_identity.h"
#include "plugin/find_image.h"
#include "plugin/ports.h"
#include "plugin_host.h"
#include "tests/support/support.h"

enum { N = 3000 }; /* longer than any inner block, and no multiple of one */

static float x[2][N], y[2][N], expected[2][N];
static float *const in[2] = {x[0], x[1]};
static float *const out[2] = {y[0], y[1]};
static float *const wanted[2] = {expected[0], expected[1]};

/* tc_image_read() finds the length in the image. */
static struct tc_model *builtin_model(void)
{
    struct tc_plugin_identity identity;
    struct tc_model *model = NULL;
    struct tc_error error;

    if (tc_image_read(tc_plugin_image, SIZE_MAX / 2, &model, &identity, &error) != TC_OK)
        ck_abort_msg("%s", error.message);
    return model;
}

static void set_up(void)
{
    host_noise(x[0], N, 1);
    host_noise(x[1], N, 2);
    memset(y, 0, sizeof y);
}

static void open_plugin(struct host *host, unsigned long index)
{
    ck_assert(host_open(host, PLUGIN, index));
}

/* From the initial state, as activate() leaves it. */
static void run_afresh(struct host *host, float *const *to)
{
    host->plugin->activate(host->handle);
    host_run(host, in, to, N);
}

START_TEST(there_is_a_mono_and_a_stereo_plugin)
{
    struct tc_plugin_identity identity;
    LADSPA_Descriptor_Function descriptor;
    struct host mono, stereo;

    tc_identity_from_label(&identity, "tonecell");
    open_plugin(&mono, 0);
    open_plugin(&stereo, 1);
    ck_assert_str_eq(mono.plugin->Label, "tonecell");
    ck_assert_str_eq(stereo.plugin->Label, "tonecell_stereo");
    ck_assert_uint_eq(mono.plugin->UniqueID, identity.mono_id);
    ck_assert_uint_eq(stereo.plugin->UniqueID, identity.stereo_id);
    ck_assert_uint_eq(mono.channels, 1);
    ck_assert_uint_eq(stereo.channels, 2);
    *(void **)&descriptor = dlsym(mono.library, "ladspa_descriptor");
    ck_assert_ptr_null(descriptor(2));
    ck_assert_ptr_null(descriptor(~0ul));
    host_close(&mono);
    host_close(&stereo);
}
END_TEST

/* Sessions and scripts count ports, so that the order must never change. */
START_TEST(ports_keep_their_order)
{
    static const char *const name[] = {
        "Input gain (dB)", "Output gain (dB)", "Dry",    "Bypass",
        "Normalise",       "DC blocker",       "Rate",   "Oversampling",
        "Input",           "Output",           "latency"};
    struct host host;

    open_plugin(&host, 0);
    ck_assert_uint_eq(host.plugin->PortCount, sizeof name / sizeof *name);
    for (unsigned long p = 0; p < host.plugin->PortCount; ++p)
        ck_assert_str_eq(host.plugin->PortNames[p], name[p]);
    host_close(&host);
}
END_TEST

START_TEST(control_ports_have_bounds_and_default_to_zero)
{
    struct host host;

    open_plugin(&host, (unsigned long)_i);
    for (unsigned long p = 0; p < host.plugin->PortCount; ++p) {
        const LADSPA_PortRangeHintDescriptor hint = host.plugin->PortRangeHints[p].HintDescriptor;

        if (!LADSPA_IS_PORT_CONTROL(host.plugin->PortDescriptors[p]))
            continue;
        ck_assert(LADSPA_IS_HINT_BOUNDED_BELOW(hint) && LADSPA_IS_HINT_BOUNDED_ABOVE(hint));
        ck_assert(LADSPA_IS_HINT_DEFAULT_0(hint));
    }
    host_close(&host);
}
END_TEST

/* As the last port tells after run(). */
static size_t latency_of(const struct host *host)
{
    return (size_t)host->control[host->plugin->PortCount - 1];
}

START_TEST(sound_is_the_players_to_the_bit)
{
    struct tc_model *const model = builtin_model();
    struct host host;

    open_plugin(&host, (unsigned long)_i);
    host_run(&host, in, out, N);
    ck_assert(host_expect(model, host.channels, in, wanted, N));
    ck_assert_mem_eq(y, expected, host.channels * sizeof *y);
    ck_assert_mem_ne(y[0], x[0], sizeof *y);
    ck_assert_uint_gt(latency_of(&host), 0); /* the model's rate is not the host's */
    host_close(&host);
    tc_model_free(model);
}
END_TEST

/* Some hosts give the buffers of a stereo plugin in the other order on the other side. */
START_TEST(outputs_may_be_the_inputs_in_any_order)
{
    float *const crossed[2] = {x[1], x[0]};
    struct host host;

    open_plugin(&host, 1);
    host_run(&host, in, out, N);
    run_afresh(&host, crossed);
    ck_assert_mem_eq(x[1], y[0], sizeof *x);
    ck_assert_mem_eq(x[0], y[1], sizeof *x);
    host_close(&host);
}
END_TEST

START_TEST(bypass_delivers_the_input)
{
    struct host host;

    open_plugin(&host, (unsigned long)_i);
    host.control[CONTROL_BYPASS] = 1.0f;
    host_run(&host, in, out, N);
    for (unsigned c = 0; c < host.channels; ++c) {
        ck_assert_mem_eq(y[c] + latency_of(&host), x[c], (N - latency_of(&host)) * sizeof **y);
        for (size_t t = 0; t < latency_of(&host); ++t)
            ck_assert_float_eq(y[c][t], 0.0f);
    }
    host_close(&host);
}
END_TEST

START_TEST(gains_act_in_decibels)
{
    struct host host;

    open_plugin(&host, 0);
    host_run(&host, in, wanted, N);
    host.control[CONTROL_OUT_GAIN] = 20.0f;
    run_afresh(&host, out);
    for (size_t i = 0; i < N; ++i)
        ck_assert_float_eq_tol(y[0][i], 10.0f * expected[0][i], 1e-5f);
    host_close(&host);
}
END_TEST

/* Rate has none at the model's own, nor Normalise without a known loudness. */
START_TEST(each_control_has_its_effect)
{
    for (unsigned p = CONTROL_NORMALISE; p <= CONTROL_OVERSAMPLING; ++p) {
        const bool none = p == CONTROL_RATE || p == CONTROL_NORMALISE;
        struct host host;

        open_plugin(&host, 0);
        host_run(&host, in, wanted, N);
        host.control[p] = 1.0f;
        run_afresh(&host, out);
        ck_assert_msg((memcmp(y[0], expected[0], sizeof *y) == 0) == none, "control %u", p);
        host_close(&host);
    }
}
END_TEST

START_TEST(run_adding_adds_with_its_gain)
{
    struct host host;

    open_plugin(&host, 0);
    host_run(&host, in, wanted, N);
    host.plugin->activate(host.handle);
    for (size_t i = 0; i < N; ++i)
        y[0][i] = 1.0f;
    host.plugin->set_run_adding_gain(host.handle, 0.5f);
    host.plugin->connect_port(host.handle, host.out, y[0]);
    host.plugin->run_adding(host.handle, N);
    for (size_t i = 0; i < N; ++i)
        ck_assert_float_eq(y[0][i], 1.0f + 0.5f * expected[0][i]);
    host_close(&host);
}
END_TEST

START_TEST(unconnected_ports_are_silence_and_defaults)
{
    struct tc_model *const model = builtin_model();
    LADSPA_Handle bare;
    struct host host;

    open_plugin(&host, 0);
    bare = host.plugin->instantiate(host.plugin, 48000);
    host.plugin->activate(bare);
    host.plugin->run(bare, N);
    host.plugin->connect_port(bare, host.in, x[0]);
    host.plugin->run(bare, N);
    host.plugin->connect_port(bare, host.in, NULL);
    host.plugin->connect_port(bare, host.out, y[0]);
    host.plugin->activate(bare);
    host.plugin->run(bare, N);
    memset(x, 0, sizeof x);
    ck_assert(host_expect(model, 1, in, wanted, N));
    ck_assert_mem_eq(y[0], expected[0], sizeof *y);
    host.plugin->cleanup(bare);
    host_close(&host);
    tc_model_free(model);
}
END_TEST

START_TEST(null_handles_are_tolerated)
{
    struct host host;

    open_plugin(&host, 0);
    host.plugin->connect_port(NULL, 0, NULL);
    host.plugin->activate(NULL);
    host.plugin->run(NULL, N);
    host.plugin->run_adding(NULL, N);
    host.plugin->set_run_adding_gain(NULL, 1.0f);
    host.plugin->cleanup(NULL);
    host.plugin->connect_port(host.handle, 1000, y[0]);
    host_close(&host);
}
END_TEST

/* A rate that no player takes: the host gets an instance that passes audio through. */
START_TEST(an_instance_comes_at_any_rate)
{
    LADSPA_Handle handle;
    struct host host;

    open_plugin(&host, 0);
    handle = host.plugin->instantiate(host.plugin, 0);
    ck_assert_ptr_nonnull(handle);
    host.plugin->connect_port(handle, host.in, x[0]);
    host.plugin->connect_port(handle, host.out, y[0]);
    host.plugin->activate(handle);
    host.plugin->run(handle, N);
    ck_assert_mem_eq(y[0], x[0], sizeof *y);
    host.plugin->cleanup(handle);
    host_close(&host);
}
END_TEST

START_TEST(builtin_source_is_made_from_the_model_file)
{
    struct tc_plugin_identity identity;
    struct tc_model *model = NULL;
    struct tc_error error;
    unsigned char *bytes;

    if (tc_model_load(&model, BUILTIN_MODEL, &error) != TC_OK)
        ck_abort_msg("%s", error.message);
    ck_assert_str_eq(tc_model_metadata(model)->label, "tonecell");
    bytes = malloc(tc_image_size(model));
    tc_identity_from_label(&identity, "tonecell");
    tc_image_write(model, &identity, bytes);
    ck_assert_msg(memcmp(bytes, tc_plugin_image, tc_image_size(model)) == 0,
                  "run make builtin-image");
    free(bytes);
    tc_model_free(model);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("plugin");

    tcase_add_checked_fixture(tests, set_up, NULL);
    tcase_add_test(tests, there_is_a_mono_and_a_stereo_plugin);
    tcase_add_test(tests, ports_keep_their_order);
    tcase_add_loop_test(tests, control_ports_have_bounds_and_default_to_zero, 0, 2);
    tcase_add_loop_test(tests, sound_is_the_players_to_the_bit, 0, 2);
    tcase_add_test(tests, outputs_may_be_the_inputs_in_any_order);
    tcase_add_loop_test(tests, bypass_delivers_the_input, 0, 2);
    tcase_add_test(tests, gains_act_in_decibels);
    tcase_add_test(tests, each_control_has_its_effect);
    tcase_add_test(tests, run_adding_adds_with_its_gain);
    tcase_add_test(tests, unconnected_ports_are_silence_and_defaults);
    tcase_add_test(tests, null_handles_are_tolerated);
    tcase_add_test(tests, an_instance_comes_at_any_rate);
    tcase_add_test(tests, builtin_source_is_made_from_the_model_file);
    return support_run(tests, "plugin");
}
