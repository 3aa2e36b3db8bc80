#include "config.h"
#include "tools/cli/option_values.h"
#include "tools/cli/settings.h"
#include "tests/support/support.h"
#include "tests/support/temp_folder.h"
#include "tests/tools/every_option.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct command command = {.name = "train", OPERANDS("IN", 1, 2), OPTS(every_option)};

enum { MAX_FILE_SIZE = 65536 };

static void write_file(const char *name, const char *bytes, size_t size)
{
    FILE *const file = fopen(name, "wb");

    ck_assert(file != NULL && fwrite(bytes, 1, size, file) == size && fclose(file) == 0);
}

static void read_file(const char *name, char text[MESSAGE_SIZE])
{
    FILE *const file = fopen(name, "rb");

    ck_assert_ptr_nonnull(file);
    text[fread(text, 1, MESSAGE_SIZE - 1, file)] = '\0';
    fclose(file);
}

/* Parse a file of settings and no other option. */
static void parse_file(struct call *call, const char *text)
{
    char line[] = "--settings file in.wav";

    write_file("file", text, strlen(text));
    *call = call_line(&command, line);
}

static void expect_every_type(const struct call *call)
{
    ck_assert_msg(call->result == OPTIONS_OK, "%s", call->message);
    ck_assert_str_eq(call->message, "");
    ck_assert(call->fields.flag && !call->fields.other_flag);
    ck_assert_uint_eq(call->fields.units, 1024);
    ck_assert_uint_eq(call->fields.frames, (uint64_t)1 << 53);
    ck_assert_uint_eq(call->fields.widths.n, 3);
    ck_assert_uint_eq(call->fields.widths.value[0], 32);
    ck_assert_uint_eq(call->fields.widths.value[2], 8);
    ck_assert_double_eq(call->fields.step_size, 0.1);
    ck_assert_double_eq(call->fields.limit, 90.0);
    ck_assert_str_eq(call->fields.file, "a = b.wav");
    ck_assert_int_eq(call->fields.effort, 2);
    ck_assert_uint_eq(call->fields.knobs.n, 2);
    ck_assert_str_eq(call->fields.knobs.value[0], "a=1");
    ck_assert_str_eq(call->fields.knobs.value[1], "b=2");
    ck_assert_uint_eq(call->parsed.given[0], GIVEN_IN_FILE);
}

START_TEST(lines_give_every_type_of_option)
{
    struct call call;

    parse_file(&call, "# a comment = 1\n"
                      "\n"
                      "flag=true\nother-flag = false\n"
                      "  units = 1024 \r\n"
                      "frames=9007199254740992\nwidths=32,16,8\n"
                      "step_size=0.1\n" /* for step-size */
                      "limit=1.5m\n"
                      "file = a = b.wav\t\n"
                      "effort=best\nknob=a=1\nknob = b=2");
    expect_every_type(&call);
    options_end(&call.parsed);
}
END_TEST

START_TEST(json_gives_every_type_of_option)
{
    struct call call;

    parse_file(&call, " \r\n{\"flag\": true, \"other_flag\": false, \"units\": 1024,"
                      "\"frames\": 9007199254740992, \"widths\": [32, 16, 8], \"step_size\": 0.1,"
                      "\"limit\": \"1.5m\", \"file\": \"\\u0061 = b.wav\", \"effort\": \"best\","
                      "\"knob\": [\"a=1\", \"b=2\"]}\n");
    expect_every_type(&call);
    options_end(&call.parsed);
}
END_TEST

/* On the command line hidden sizes and times are text; a single value needs no array. */
START_TEST(json_strings_are_as_on_the_command_line)
{
    struct call call;

    parse_file(&call, "{\"widths\": \"8,4\", \"limit\": 2.5, \"knob\": \"a=1\", \"units\": \"7\"}");
    ck_assert_msg(call.result == OPTIONS_OK, "%s", call.message);
    ck_assert_uint_eq(call.fields.widths.n, 2);
    ck_assert_double_eq(call.fields.limit, 2.5);
    ck_assert_uint_eq(call.fields.knobs.n, 1);
    ck_assert_uint_eq(call.fields.units, 7);
    options_end(&call.parsed);
    parse_file(&call, "{\"widths\": 8, \"knob\": []}");
    ck_assert_msg(call.result == OPTIONS_OK, "%s", call.message);
    ck_assert_uint_eq(call.fields.widths.n, 1);
    ck_assert_uint_eq(call.fields.knobs.n, 0);
    options_end(&call.parsed);
}
END_TEST

START_TEST(the_command_line_overrides_the_file)
{
    static const char *const lines[] = {
        "--settings file --units 3 --flag -k c=3 in.wav --effort quick",
        "--units 3 in.wav -k c=3 --flag --effort quick --settings=file"};
    static const char text[] = "units=5\nflag=false\nknob=a=1\nother-flag=true\neffort=best\n";
    char line[MESSAGE_SIZE];
    struct call call;

    write_file("file", text, strlen(text));
    call = call_line(&command, strcpy(line, lines[_i]));
    ck_assert_msg(call.result == OPTIONS_OK, "%s", call.message);
    ck_assert_uint_eq(call.fields.units, 3);
    ck_assert_int_eq(call.fields.effort, 0);
    ck_assert(call.fields.flag && call.fields.other_flag);
    ck_assert_uint_eq(call.fields.knobs.n, 2);
    ck_assert_str_eq(call.fields.knobs.value[0], "c=3");
    ck_assert_str_eq(call.fields.knobs.value[1], "a=1");
    ck_assert_uint_eq(call.parsed.given[UNITS_ROW], GIVEN_IN_COMMAND_LINE | GIVEN_IN_FILE);
    ck_assert_str_eq(call.argv[call.parsed.operands], "in.wav");
    options_end(&call.parsed);
}
END_TEST

static const struct bad {
    const char *text, *message;
} bad_files[] = {
    {"# x\nunits=0", "line 2: units: '0' is not a whole number in [1, 1024]"},
    {"unist=1", "line 1: unknown option 'unist'; did you mean 'units'?"},
    {"--units=1", "line 1: unknown option '--units'; did you mean 'units'?"},
    {"zzzzzz=1", "line 1: unknown option 'zzzzzz'"},
    {"=1", "line 1: unknown option ''"},
    {"x\x02zzz=1", "line 1: unknown option 'x?zzz'"},
    {"in.wav", "line 1: 'in.wav' has no =, expected KEY=VALUE"},
    {"units=1\nlimit=\n",
     "line 2: limit: '' is not a time from 1s to 100h: a number of seconds, or "
     "one with m or h"},
    {"file=", "line 1: file: the value is empty"},
    {"file=\"a", "line 1: file: \"a is not a text in quotes, expected a quote at its end, "
                 "\\\" for one inside, \\\\ for a backslash"},
    {"flag=1", "line 1: flag: '1' is neither true nor false"},
    {"units=1\nunits=2", "line 2: 'units' is given twice, expected once"},
    {"settings=x", "line 1: 'settings' is no setting, but for the command line only"},
    {"print_settings=true", "line 1: 'print-settings' is no setting, but for the command line "
                            "only"},
    {"help=true", "line 1: 'help' is no setting, but for the command line only"},
    {"quiet=true", "line 1: 'quiet' is no setting, but for the command line only"},
    {"{\"units\": 0}", "units: '0' is not a whole number in [1, 1024]"},
    {"{\"units\": 1.5}", "units: '1.5' is not a whole number in [1, 1024]"},
    {"{\"units\": true}", "units: found true, expected a number"},
    {"{\"units\": [1]}", "units: found an array, expected a number"},
    {"{\"units\": null}", "units: found null, expected a number"},
    {"{\"flag\": \"true\"}", "flag: found a string, expected true or false"},
    {"{\"file\": 1.5}", "file: found a number, expected a string"},
    {"{\"limit\": {}}", "limit: found an object, expected seconds or a string such as 15m"},
    {"{\"widths\": [8, \"4\"]}",
     "widths: found a string, expected a number or an array of numbers"},
    {"{\"widths\": [1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]}",
     "widths: found 17 numbers, expected at most 16"},
    {"{\"knob\": [1]}", "knob: found a number, expected a string or an array of strings"},
    {"{\"unist\": 1}", "unknown option 'unist'; did you mean 'units'?"},
    {"{\"step-size\": 1, \"step_size\": 1}", "'step-size' is given twice, expected once"},
    {"{\"quiet\": true}", "'quiet' is no setting, but for the command line only"},
};

START_TEST(bad_files_are_refused)
{
    const struct bad *const bad = &bad_files[_i];
    char expected[MESSAGE_SIZE];
    struct call call;

    parse_file(&call, bad->text);
    ck_assert_int_eq(call.result, OPTIONS_WRONG);
    snprintf(expected, sizeof expected, "tonecell train: file: %s\nTry 'tonecell train --help'.\n",
             bad->message);
    ck_assert_str_eq(call.message, expected);
    options_end(&call.parsed);
}
END_TEST

/* The words of jansson follow the place. */
START_TEST(bad_json_is_located)
{
    struct call call;

    parse_file(&call, "{\"units\": 1,\n \"units\": 2}");
    ck_assert_int_eq(call.result, OPTIONS_WRONG);
    ck_assert_msg(strstr(call.message, "train: file: is not valid JSON: line 2, column ") != NULL,
                  "%s", call.message);
    options_end(&call.parsed);
}
END_TEST

/* An option that the command line overrides must be right in the file all the same. */
START_TEST(overridden_values_are_checked)
{
    char line[] = "--units 3 in.wav --settings file";
    struct call call;

    write_file("file", "units=0", 7);
    call = call_line(&command, line);
    ck_assert_int_eq(call.result, OPTIONS_WRONG);
    options_end(&call.parsed);
}
END_TEST

START_TEST(files_that_cannot_be_read_are_refused)
{
    char none[] = "--settings none in.wav", folder[] = "--settings / in.wav";
    struct call call;

    call = call_line(&command, none);
    ck_assert_int_eq(call.result, OPTIONS_WRONG);
    ck_assert_str_eq(call.message, "tonecell train: none: cannot open: No such file or directory\n"
                                   "Try 'tonecell train --help'.\n");
    options_end(&call.parsed);
    call = call_line(&command, folder);
    ck_assert_int_eq(call.result, OPTIONS_WRONG);
    options_end(&call.parsed);
}
END_TEST

START_TEST(files_have_a_maximum_size)
{
    char line[] = "--settings file in.wav", again[] = "--settings file in.wav";
    static char text[MAX_FILE_SIZE + 1];
    struct call call;

    memset(text, '\n', sizeof text);
    memcpy(text, "\xef\xbb\xbfunits=9", 10);
    write_file("file", text, MAX_FILE_SIZE);
    call = call_line(&command, line);
    ck_assert_msg(call.result == OPTIONS_OK, "%s", call.message);
    ck_assert_uint_eq(call.fields.units, 9);
    options_end(&call.parsed);
    write_file("file", text, MAX_FILE_SIZE + 1);
    call = call_line(&command, again);
    ck_assert_ptr_nonnull(strstr(call.message, "file has more than the 65536 bytes allowed"));
    options_end(&call.parsed);
}
END_TEST

START_TEST(files_that_are_no_text_are_refused)
{
    char line[] = "--settings file in.wav";
    struct call call;

    write_file("file", "RIFF\0\1", 6);
    call = call_line(&command, line);
    ck_assert_ptr_nonnull(strstr(call.message, "file: byte 4 is zero, expected a file of text\n"));
    options_end(&call.parsed);
}
END_TEST

/* ------------------------------------------------------------------ writing */

static void print(const struct call *call, const char *name)
{
    FILE *const file = fopen(name, "w");

    ck_assert_ptr_nonnull(file);
    settings_print(file, &command, &call->fields, &call->parsed);
    ck_assert_int_eq(fclose(file), 0);
}

START_TEST(settings_are_printed_in_the_order_of_the_help)
{
    char line[] = "--print-settings --effort best -k a=1 --widths 32,16 -k b=2 --limit 2.5m --flag";
    char text[MESSAGE_SIZE];
    struct call call;

    call = call_line(&command, line);
    ck_assert_msg(call.result == OPTIONS_PRINT_SETTINGS, "%s", call.message);
    print(&call, "printed");
    read_file("printed", text);
    ck_assert_str_eq(text, "# Network\n"
                           "# units: 16, or more\n"
                           "widths=32,16\n"
                           "\n"
                           "# Training\n"
                           "# frames: 0\n"
                           "# step-size: 0.5\n"
                           "limit=150\n"
                           "effort=best\n"
                           "knob=a=1\n"
                           "knob=b=2\n"
                           "flag=true\n"
                           "# other-flag: false\n"
                           "\n"
                           "# Output\n"
                           "# file: none\n"
                           "# title: none\n"
                           "\n"
                           "# General\n");
    options_end(&call.parsed);
}
END_TEST

/* Print options as the file "file", and read it. */
static void print_and_read(const struct fields *fields, struct call *back)
{
    char line[] = "--settings file in.wav";
    struct call call = {.fields = *fields};

    memset(call.parsed.given, GIVEN_IN_COMMAND_LINE, N_EVERY_OPTION);
    print(&call, "file");
    *back = call_line(&command, line);
    ck_assert_msg(back->result == OPTIONS_OK, "%s", back->message);
    print(back, "again");
    ck_assert_int_eq(system("cmp -s file again"), 0);
}

static const char *const texts[] = {
    "plain",
    "two words",
    " blank before",
    "blank after ",
    "\ttab",
    "a=b # c",
    "#",
    "\"quoted\"",
    "\"",
    "back\\slash",
    "\\\" \"",
    "two\nlines",
    "\r",
    "ends\r",
    "caf\xc3\xa9",
    "caf\xe9 \n",
    "{\"units\": 1}",
    " \\n ",
};

START_TEST(printed_texts_read_back)
{
    struct fields fields = {.units = 1024, .frames = (uint64_t)1 << 53, .step_size = 1.0};
    struct call back;

    fields.widths = (struct uint_list){.n = 2, .value = {1, 1024}};
    fields.limit = 1.0;
    fields.file = texts[_i];
    fields.title = "x";
    fields.knobs = (struct text_list){.n = 2, .value = {texts[_i], "b=2"}};
    print_and_read(&fields, &back);
    ck_assert_str_eq(back.fields.file, texts[_i]);
    ck_assert_str_eq(back.fields.title, "x");
    ck_assert_uint_eq(back.fields.knobs.n, 2);
    ck_assert_str_eq(back.fields.knobs.value[0], texts[_i]);
    ck_assert_str_eq(back.fields.knobs.value[1], "b=2");
    ck_assert_uint_eq(back.fields.units, 1024);
    ck_assert_uint_eq(back.fields.frames, (uint64_t)1 << 53);
    ck_assert_uint_eq(back.fields.widths.n, 2);
    ck_assert_uint_eq(back.fields.widths.value[1], 1024);
    ck_assert(!back.fields.flag);
    ck_assert_int_eq(back.fields.effort, 0);
    options_end(&back.parsed);
}
END_TEST

static const double numbers[] = {0.1,       1e-5, 1e-7,    1.0 / 3.0, 0x1.fffffffffffffp-1,
                                 0.1 + 0.2, 1.0,  0.00195, 0x1.1p-10};

START_TEST(printed_numbers_read_back)
{
    struct fields fields = {.units = 1, .file = "a", .title = "b"};
    struct call back;

    fields.widths = (struct uint_list){.n = 1, .value = {1}};
    fields.knobs = (struct text_list){.n = 1, .value = {"a=1"}};
    fields.step_size = numbers[_i];
    fields.limit = 1.0 + 3600.0 * numbers[_i];
    print_and_read(&fields, &back);
    ck_assert(back.fields.step_size == fields.step_size && back.fields.limit == fields.limit);
    options_end(&back.parsed);
}
END_TEST

START_TEST(numbers_have_their_shortest_text)
{
    char text[REAL_TEXT_SIZE];

    real_text(0.1, text);
    ck_assert_str_eq(text, "0.1");
    real_text(0.1 + 0.2, text);
    ck_assert_str_eq(text, "0.30000000000000004");
    real_text(150.0, text);
    ck_assert_str_eq(text, "150");
    real_text(-1e-300, text);
    ck_assert_str_eq(text, "-1e-300");
}
END_TEST

#define LENGTH(array) ((int)(sizeof(array) / sizeof *(array)))

int main(void)
{
    TCase *const tests = tcase_create("settings");

    tcase_add_checked_fixture(tests, temp_folder_enter, temp_folder_leave);
    tcase_add_test(tests, lines_give_every_type_of_option);
    tcase_add_test(tests, json_gives_every_type_of_option);
    tcase_add_test(tests, json_strings_are_as_on_the_command_line);
    tcase_add_loop_test(tests, the_command_line_overrides_the_file, 0, 2);
    tcase_add_loop_test(tests, bad_files_are_refused, 0, LENGTH(bad_files));
    tcase_add_test(tests, bad_json_is_located);
    tcase_add_test(tests, overridden_values_are_checked);
    tcase_add_test(tests, files_that_cannot_be_read_are_refused);
    tcase_add_test(tests, files_have_a_maximum_size);
    tcase_add_test(tests, files_that_are_no_text_are_refused);
    tcase_add_test(tests, settings_are_printed_in_the_order_of_the_help);
    tcase_add_loop_test(tests, printed_texts_read_back, 0, LENGTH(texts));
    tcase_add_loop_test(tests, printed_numbers_read_back, 0, LENGTH(numbers));
    tcase_add_test(tests, numbers_have_their_shortest_text);
    return support_run(tests, "settings");
}
