/* Bundles of many models, and what happens to them in the hands of packagers and bad disks. */
#include <dlfcn.h>
#include <elf.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files/file.h"
#include "model/plugin_identity.h"
#include "plugin_host.h"
#include "tests/support/support.h"
#include "tests/support/temp_folder.h"
#include "files/bundle.h"

#define FILE_NAME "tonecell_probe.so"

enum { N = 1000 };

struct bytes {
    unsigned char *at;
    size_t size;
};

static struct bytes template;
static char path[PATH_MAX]; /* of the file, absolute as hosts have it */

static float x[2][N], y[2][N], expected[2][N];
static float *const in[2] = {x[0], x[1]};
static float *const out[2] = {y[0], y[1]};
static float *const wanted[2] = {expected[0], expected[1]};

static void set_up(void)
{
    ck_assert_int_eq(tc_file_read(PLUGIN, TC_BUNDLE_MAX_SIZE, &template.at, &template.size, NULL),
                     TC_OK);
    temp_folder_enter();
    ck_assert_int_lt(snprintf(path, sizeof path, "%s/" FILE_NAME, temp_folder_path()),
                     (int)sizeof path);
    host_noise(x[0], N, 1);
    host_noise(x[1], N, 2);
}

static void tear_down(void)
{
    temp_folder_leave();
    free(template.at);
}

/* A layer of `hidden` units with random weights. */
static struct tc_model *random_model(unsigned audio, unsigned hidden, unsigned knobs)
{
    struct tc_architecture arch = {
        .audio_inputs = audio, .knobs = knobs, .outputs = audio, .layers = 1, .direct = 1.0f};
    struct tc_metadata meta;
    struct tc_model *model = NULL;
    struct tc_error error;
    float *weights;
    size_t values;

    arch.layer[0] = (struct tc_layer){.cell = TC_CELL_LSTM, .hidden = hidden};
    tc_metadata_init(&meta);
    (void)snprintf(meta.name, sizeof meta.name, "Probe");
    for (unsigned k = 0; k < knobs; ++k) {
        meta.knob[k] = (struct tc_knob){.min = 0.0f, .max = 10.0f, .initial = 5.0f, .at_max = 1.0f};
        (void)snprintf(meta.knob[k].name, sizeof meta.knob[k].name, "Knob %c", 'A' + (char)k);
    }
    (void)tc_architecture_tensors(&arch, NULL, &values);
    weights = malloc(values * sizeof *weights);
    host_noise(weights, values, hidden);
    if (tc_model_new(&model, &arch, &meta, weights, &error) != TC_OK)
        ck_abort_msg("%s", error.message);
    free(weights);
    return model;
}

static struct bytes bundle_of(struct bytes from, const struct tc_model *model)
{
    struct tc_plugin_identity identity;
    unsigned char *const image = malloc(tc_image_size(model));
    struct bytes made = {NULL, 0};
    struct tc_error error;

    tc_identity_from_label(&identity, "probe");
    tc_image_write(model, &identity, image);
    if (tc_bundle_make(from.at, from.size, image, tc_image_size(model), &made.at, &made.size,
                       &error) != TC_OK)
        ck_abort_msg("%s", error.message);
    free(image);
    return made;
}

static void save(struct bytes bytes)
{
    ck_assert_int_eq(tc_file_replace(path, bytes.at, bytes.size, 0644, NULL), TC_OK);
}

static void save_bundle_of(const struct tc_model *model)
{
    const struct bytes bundle = bundle_of(template, model);

    save(bundle);
    free(bundle.at);
}

static void check_plays(const struct tc_model *model, unsigned long index)
{
    struct host host;

    ck_assert(host_open(&host, path, index));
    ck_assert_str_eq(host.plugin->Label, index ? "probe_stereo" : "probe");
    ck_assert_str_eq(host.plugin->Name, index ? "Probe (stereo)" : "Probe");
    host_run(&host, in, out, N);
    ck_assert(host_expect(model, host.channels, in, wanted, N));
    ck_assert_mem_eq(y, expected, host.channels * sizeof *y);
    host_close(&host);
}

/* The plugin's name begins with this, and audio passes through. */
static void check_notices(const char *name)
{
    struct host host;

    ck_assert(host_open(&host, path, 0));
    ck_assert_str_eq(host.plugin->Label, "probe");
    ck_assert_msg(strncmp(host.plugin->Name, name, strlen(name)) == 0, "%s", host.plugin->Name);
    host_run(&host, in, out, N);
    ck_assert_mem_eq(y[0], x[0], sizeof *x);
    host_close(&host);
}

static void run_tool(const char *command)
{
    char line[256];

    (void)snprintf(line, sizeof line, "%s " FILE_NAME, command);
    ck_assert_int_eq(system(line), 0);
}

/* Smaller than the built-in image, larger, much larger; none, some, all knobs. */
static const struct {
    unsigned hidden, knobs;
} shape[] = {{1, 0}, {8, 1}, {20, TC_MAX_KNOBS}, {200, 2}};

START_TEST(bundles_play_their_model)
{
    struct tc_model *const model = random_model(1, shape[_i].hidden, shape[_i].knobs);

    save_bundle_of(model);
    check_plays(model, 0);
    check_plays(model, 1);
    tc_model_free(model);
}
END_TEST

START_TEST(bundles_survive_strip)
{
    struct tc_model *const model = random_model(1, shape[_i].hidden, shape[_i].knobs);

    save_bundle_of(model);
    run_tool("strip --strip-all");
    check_plays(model, 0);
    run_tool("objcopy --remove-section .comment");
    check_plays(model, 1);
    tc_model_free(model);
}
END_TEST

START_TEST(bundles_can_be_bundled_again)
{
    struct tc_model *const large = random_model(1, 60, 0), *const small = random_model(1, 2, 0);
    const struct bytes first = bundle_of(template, large);
    const struct bytes second = bundle_of(first, small);

    save(second);
    check_plays(small, 0);
    run_tool("strip");
    check_plays(small, 1);
    free(first.at);
    free(second.at);
    tc_model_free(large);
    tc_model_free(small);
}
END_TEST

/* Sessions and scripts count ports, so that the order must never change. */
START_TEST(knobs_are_the_first_ports)
{
    static const char *const name[] = {"Knob A",           "Knob B",     "Input gain (dB)",
                                       "Output gain (dB)", "Dry",        "Bypass",
                                       "Normalise",        "DC blocker", "Rate",
                                       "Oversampling",     "Input",      "Output",
                                       "latency"};
    struct tc_model *const model = random_model(1, 4, 2);
    struct host host;

    save_bundle_of(model);
    ck_assert(host_open(&host, path, 0));
    ck_assert_uint_eq(host.plugin->PortCount, sizeof name / sizeof *name);
    for (unsigned long p = 0; p < host.plugin->PortCount; ++p)
        ck_assert_str_eq(host.plugin->PortNames[p], name[p]);
    ck_assert_float_eq(host.control[1], 5.0f);
    host_run(&host, in, out, N);
    host.control[1] = 9.0f;
    host.plugin->activate(host.handle);
    host_run(&host, in, wanted, N);
    ck_assert_mem_ne(y[0], expected[0], sizeof *y);
    host_close(&host);
    tc_model_free(model);
}
END_TEST

START_TEST(models_of_other_shapes_pass_audio_through)
{
    struct tc_model *const model = random_model(2, 4, 1);

    save_bundle_of(model);
    check_notices("Probe (not played: 2 audio inputs");
    tc_model_free(model);
}
END_TEST

START_TEST(probabilities_are_no_sound)
{
    const struct tc_architecture arch = {.audio_inputs = 1,
                                         .outputs = 1,
                                         .layers = 1,
                                         .readout = TC_READOUT_LOGISTIC,
                                         .layer = {{TC_CELL_RNN, TC_TANH, 1}}};
    const float weights[7] = {0};
    struct tc_metadata meta;
    struct tc_model *model;

    tc_metadata_init(&meta);
    ck_assert_int_eq(tc_model_new(&model, &arch, &meta, weights, NULL), TC_OK);
    save_bundle_of(model);
    check_notices("probe (not played: the readout is logistic, expected linear)");
    tc_model_free(model);
}
END_TEST

/* What binutils leave is a segment that the loader itself refuses, in words. */
START_TEST(a_removed_section_stops_the_loader)
{
    struct tc_model *const model = random_model(1, 8, 0);
    struct host host;

    save_bundle_of(model);
    run_tool("objcopy --remove-section .tonecell 2>/dev/null");
    ck_assert(!host_open(&host, path, 0));
    tc_model_free(model);
}
END_TEST

START_TEST(a_lost_segment_is_noticed)
{
    struct tc_model *const model = random_model(1, 8, 0);
    const struct bytes bundle = bundle_of(template, model);
    const Elf64_Ehdr *const head = (const void *)bundle.at;
    Elf64_Phdr *last = NULL;

    for (unsigned i = 0; i < head->e_phnum; ++i) {
        Elf64_Phdr *const segment = (void *)(bundle.at + head->e_phoff + i * sizeof *segment);

        if (segment->p_type == PT_LOAD)
            last = segment;
    }
    ck_assert_ptr_nonnull(last);
    last->p_type = PT_NULL;
    save(bundle);
    check_notices("probe (model lost: ");
    free(bundle.at);
    tc_model_free(model);
}
END_TEST

START_TEST(a_changed_byte_is_noticed)
{
    struct tc_model *const model = random_model(1, 8, 0);
    const struct bytes bundle = bundle_of(template, model);
    const unsigned char *image;
    size_t size;

    ck_assert_int_eq(tc_bundle_find_image(bundle.at, bundle.size, &image, &size, NULL), TC_OK);
    bundle.at[(size_t)(image - bundle.at) + size / 2] ^= 1;
    save(bundle);
    check_notices("probe (model lost: ");
    free(bundle.at);
    tc_model_free(model);
}
END_TEST

/* Reading beyond the end of a mapped file would raise SIGBUS in the host. */
START_TEST(a_file_cut_short_is_noticed)
{
    struct tc_model *const model = random_model(1, 100, 0);
    struct bytes bundle = bundle_of(template, model);
    const unsigned char *image;
    size_t size;

    ck_assert_int_eq(tc_bundle_find_image(bundle.at, bundle.size, &image, &size, NULL), TC_OK);
    bundle.size = (size_t)(image - bundle.at) + (_i ? size - 10 : size / 2);
    save(bundle);
    check_notices("probe (model lost: ");
    free(bundle.at);
    tc_model_free(model);
}
END_TEST

/* A plugin file of a newer Tonecell over an older program's: the name says so. */
START_TEST(a_newer_image_is_noticed)
{
    struct tc_model *const model = random_model(1, 8, 0);
    const struct bytes bundle = bundle_of(template, model);
    const unsigned char *image;
    size_t size;

    ck_assert_int_eq(tc_bundle_find_image(bundle.at, bundle.size, &image, &size, NULL), TC_OK);
    bundle.at[(size_t)(image - bundle.at) + 8] = 99;
    save(bundle);
    check_notices("probe (model lost: model image has version 99, ");
    free(bundle.at);
    tc_model_free(model);
}
END_TEST

/* Some hosts make the symbols of all libraries global. */
START_TEST(libraries_in_one_process_do_not_disturb_each_other)
{
    struct tc_model *const models[2] = {random_model(1, 8, 0), random_model(1, 20, 1)};
    void *libraries[3] = {dlopen(PLUGIN, RTLD_NOW | RTLD_GLOBAL)};
    char paths[2][PATH_MAX + 4];

    for (unsigned i = 0; i < 2; ++i) {
        save_bundle_of(models[i]);
        (void)snprintf(paths[i], sizeof paths[i], "%s.%u", path, i);
        ck_assert_int_eq(rename(path, paths[i]), 0);
        libraries[i + 1] = dlopen(paths[i], RTLD_NOW | RTLD_GLOBAL);
    }
    for (unsigned i = 0; i < 3; ++i)
        ck_assert_ptr_nonnull(libraries[i]);
    for (unsigned i = 0; i < 4; ++i) {
        memcpy(path, paths[i % 2], sizeof path);
        check_plays(models[i % 2], i / 2);
    }
    for (unsigned i = 0; i < 3; ++i)
        (void)dlclose(libraries[i]);
    for (unsigned i = 0; i < 2; ++i)
        tc_model_free(models[i]);
}
END_TEST

START_TEST(other_files_are_no_templates)
{
    static const unsigned char text[] = "#!/bin/sh\necho this is no library, but it is long enough";
    unsigned char *bundle = NULL;
    struct bytes program;
    struct tc_error error;
    size_t size;

    ck_assert_int_eq(tc_bundle_make(text, sizeof text, text, 1, &bundle, &size, &error),
                     TC_BAD_FORMAT);
    ck_assert_int_eq(
        tc_file_read("/proc/self/exe", TC_BUNDLE_MAX_SIZE, &program.at, &program.size, NULL),
        TC_OK);
    ck_assert_int_eq(tc_bundle_make(program.at, program.size, text, 1, &bundle, &size, &error),
                     TC_UNSUPPORTED);
    free(program.at);
    ck_assert_int_eq(tc_bundle_make(template.at, 0, text, 1, &bundle, &size, &error),
                     TC_BAD_FORMAT);
    ck_assert_ptr_null(bundle);
}
END_TEST

/* Whatever the bytes are, nothing is read or written outside them: for a run under ASan. */
static void try_to_bundle(const unsigned char *bytes, size_t size)
{
    static const unsigned char image[100];
    unsigned char *bundle = NULL;
    struct tc_error error;
    size_t made;

    if (tc_bundle_make(bytes, size, image, sizeof image, &bundle, &made, &error) == TC_OK)
        free(bundle);
    else
        ck_assert_uint_gt(strlen(error.message), 10);
}

static void try_shortened(size_t size)
{
    unsigned char *const copy = malloc(size);

    memcpy(copy, template.at, size);
    try_to_bundle(copy, size);
    free(copy);
}

START_TEST(no_damage_of_a_template_goes_wild)
{
    static const unsigned char value[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
    const size_t step = template.size / 701 + 1; /* under sanitizers a template is large */
    Elf64_Ehdr head;

    memcpy(&head, template.at, sizeof head);
    for (size_t size = 1; size < template.size; size += step)
        try_shortened(size);
    for (size_t i = 0;
         i < sizeof head + head.e_phnum * sizeof(Elf64_Phdr) + head.e_shnum * sizeof(Elf64_Shdr);
         ++i) {
        const size_t tables = sizeof head + head.e_phnum * sizeof(Elf64_Phdr);
        unsigned char *const at = template.at + (i < tables ? i : head.e_shoff + (i - tables));
        const unsigned char kept = *at;

        *at = value[i % sizeof value];
        try_to_bundle(template.at, template.size);
        *at = kept;
    }
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("bundle");

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, bundles_play_their_model, 0, 4);
    tcase_add_loop_test(tests, bundles_survive_strip, 0, 4);
    tcase_add_test(tests, bundles_can_be_bundled_again);
    tcase_add_test(tests, knobs_are_the_first_ports);
    tcase_add_test(tests, models_of_other_shapes_pass_audio_through);
    tcase_add_test(tests, probabilities_are_no_sound);
    tcase_add_test(tests, a_removed_section_stops_the_loader);
    tcase_add_test(tests, a_lost_segment_is_noticed);
    tcase_add_test(tests, a_changed_byte_is_noticed);
    tcase_add_loop_test(tests, a_file_cut_short_is_noticed, 0, 2);
    tcase_add_test(tests, a_newer_image_is_noticed);
    tcase_add_test(tests, libraries_in_one_process_do_not_disturb_each_other);
    tcase_add_test(tests, other_files_are_no_templates);
    tcase_add_test(tests, no_damage_of_a_template_goes_wild);
    return support_run(tests, "bundle");
}
