/* What the plugins and ports of a model are called, and how hosts shall set its knobs at first. */
#include <stdlib.h>
#include <string.h>

#include "model/plugin_identity.h"
#include "plugin/ports.h"
#include "tests/support/support.h"

static struct ports *knob_ports(struct tc_knob *knob, unsigned n)
{
    const struct port_needs needs = {.channels = 1, .knobs = n, .knob = knob};
    struct ports *const ports = malloc(sizeof *ports);

    ports_init(ports, &needs);
    return ports;
}

/* It follows the input, and its name differs from those of all other ports. */
START_TEST(control_signal_is_the_second_audio_input)
{
    static const struct {
        const char *control, *port;
    } c[] = {{"LFO", "LFO"}, {"Input", "Control: Input"}, {"latency", "Control: latency"}};
    struct tc_knob knob = {.name = "Drive", .max = 1.0f, .at_max = 1.0f};
    const struct port_needs needs = {
        .channels = 1, .knobs = 1, .knob = &knob, .control = c[_i].control};
    struct ports *const ports = malloc(sizeof *ports);
    unsigned in;

    ports_init(ports, &needs);
    in = ports_audio_in(ports);
    ck_assert_str_eq(ports->name[in], "Input");
    ck_assert_str_eq(ports->name[in + 1], c[_i].port);
    ck_assert_int_eq(ports->descriptor[in + 1], LADSPA_PORT_INPUT | LADSPA_PORT_AUDIO);
    ck_assert_uint_eq(ports_audio_out(ports), in + 2);
    ck_assert_str_eq(ports->name[in + 2], "Output");
    ck_assert_str_eq(ports->name[in + 3], "latency");
    ck_assert_uint_eq(ports_count(ports), in + 4);
    free(ports);
}
END_TEST

START_TEST(knob_defaults_are_the_nearest_that_ladspa_knows)
{
    static const struct {
        float min, max, initial;
        LADSPA_PortRangeHintDescriptor hint;
    } c[] = {
        {0.0f, 1.0f, 0.5f, LADSPA_HINT_DEFAULT_MIDDLE},
        {0.0f, 10.0f, 3.0f, LADSPA_HINT_DEFAULT_LOW},
        {0.0f, 10.0f, 7.0f, LADSPA_HINT_DEFAULT_HIGH},
        {0.0f, 10.0f, 9.9f, LADSPA_HINT_DEFAULT_MAXIMUM},
        {2.0f, 10.0f, 2.0f, LADSPA_HINT_DEFAULT_MINIMUM},
        {-7.0f, 10.0f, 0.1f, LADSPA_HINT_DEFAULT_0},
        {20.0f, 20000.0f, 440.0f, LADSPA_HINT_DEFAULT_440},
    };
    struct tc_knob knob = {.name = "Drive",
                           .min = c[_i].min,
                           .max = c[_i].max,
                           .initial = c[_i].initial,
                           .at_max = 1.0f};
    struct ports *const ports = knob_ports(&knob, 1);
    const LADSPA_PortRangeHint *const hint = &ports->hint[0];

    ck_assert_int_eq(hint->HintDescriptor & LADSPA_HINT_DEFAULT_MASK, c[_i].hint);
    ck_assert_float_eq(hint->LowerBound, c[_i].min);
    ck_assert_float_eq(hint->UpperBound, c[_i].max);
    free(ports);
}
END_TEST

START_TEST(knob_names_differ_from_all_others)
{
    struct tc_knob knob[] = {{.name = "Dry", .max = 1.0f},
                             {.name = "Tone", .unit = "Hz", .max = 1.0f},
                             {.name = "Tone", .unit = "Hz", .max = 1.0f},
                             {.name = "Input", .max = 1.0f},
                             {.name = "latency", .max = 1.0f}};
    struct ports *const ports = knob_ports(knob, sizeof knob / sizeof *knob);

    ck_assert_str_eq(ports->name[0], "Knob 1: Dry");
    ck_assert_str_eq(ports->name[1], "Tone (Hz)");
    ck_assert_str_eq(ports->name[2], "Knob 3: Tone");
    ck_assert_str_eq(ports->name[3], "Knob 4: Input");
    ck_assert_str_eq(ports->name[4], "Knob 5: latency");
    free(ports);
}
END_TEST

START_TEST(labels_come_from_any_text)
{
    static const struct {
        const char *text, *label;
    } c[] = {
        {"Crunch", "crunch"},   {"  Vox AC-30 (bright)!", "vox_ac_30_bright"},
        {"Caf\xc3\xa9", "caf"}, {"lead_stereo", "lead"},
        {"_stereo", "stereo"},  {"", NULL},
        {"---", NULL},
    };
    char label[TC_LABEL_SIZE];

    ck_assert_int_eq(tc_label_from_text(label, c[_i].text), c[_i].label != NULL);
    if (c[_i].label) {
        ck_assert_str_eq(label, c[_i].label);
        ck_assert(tc_label_is_valid(label));
    }
}
END_TEST

START_TEST(labels_come_from_file_names)
{
    char label[TC_LABEL_SIZE];

    ck_assert(tc_label_from_path(label, "/usr/lib/ladspa/tonecell_big_muff.so"));
    ck_assert_str_eq(label, "big_muff");
    ck_assert(tc_label_from_path(label, "tonecell.so"));
    ck_assert_str_eq(label, "tonecell");
    ck_assert(tc_label_from_path(label, "models/Big Muff.safetensors"));
    ck_assert_str_eq(label, "big_muff");
}
END_TEST

/* The value is part of every session that a user saved: it must never change. */
START_TEST(ids_follow_from_the_label_alone)
{
    struct tc_plugin_identity identity;

    tc_identity_from_label(&identity, "a"); /* FNV-1a of "a" is 0xe40c292c */
    ck_assert_uint_eq(identity.mono_id, 0x10000 + 2 * (0xe40c292cu % 0x7f8000));
    ck_assert_uint_eq(identity.stereo_id, identity.mono_id + 1);
    identity.mono_id = 0xfffffe;
    tc_identity_next_ids(&identity);
    ck_assert_uint_eq(identity.mono_id, 0x10000);
    ck_assert_uint_eq(identity.stereo_id, 0x10001);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("naming");

    tcase_add_loop_test(tests, knob_defaults_are_the_nearest_that_ladspa_knows, 0, 7);
    tcase_add_test(tests, knob_names_differ_from_all_others);
    tcase_add_loop_test(tests, control_signal_is_the_second_audio_input, 0, 3);
    tcase_add_loop_test(tests, labels_come_from_any_text, 0, 7);
    tcase_add_test(tests, labels_come_from_file_names);
    tcase_add_test(tests, ids_follow_from_the_label_alone);
    return support_run(tests, "naming");
}
