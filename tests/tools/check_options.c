#include "config.h"
#include "tools/cli/nearest_word.h"
#include "tools/cli/option_values.h"
#include "tests/support/support.h"
#include "tests/support/temp_folder.h"
#include "tests/tools/every_option.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct command command = {.name = "train", OPERANDS("IN", 0, 2), OPTS(every_option)};

/* A second table writes to a struct inside of the first one's. */
struct outer {
    struct fields first;
    struct fields second;
};

static const struct opt second_opts[] = {
    {0, "more", OPT_UINT, offsetof(struct fields, units), 1, 8, "N", "more [1]", GROUP_GENERAL,
     EXPERT},
};
static const struct opt_table second_table = OPT_TABLE(second_opts, offsetof(struct outer, second));

static const struct opt_table *more_tables(size_t index)
{
    return index == 0 ? &second_table : NULL;
}

static const struct command two = {
    .name = "train", OPERANDS("IN", 0, 2), OPTS(every_option), .more_tables = more_tables};

static const struct command one_operand = {
    .name = "train", OPERANDS("IN", 1, 1), OPTS(every_option)};

static struct call parse_option(const char *name, const char *value)
{
    struct call call = {.argv = {strdup("train"), NULL}, .argc = 2};

    call.argv[1] = malloc(strlen(name) + strlen(value) + 4);
    sprintf(call.argv[1], "--%s=%s", name, value);
    call_parse(&call, &command);
    free(call.argv[1]);
    free(call.argv[0]);
    return call;
}

START_TEST(every_option_type_accepts_its_values)
{
    char line[] = "--flag -H 1024 --frames=9007199254740992 --widths 32,16,8 -r 1e-7 --limit 1.5m "
                  "-oa.wav --effort best";
    const struct call call = call_line(&command, line);

    ck_assert_msg(call.result == OPTIONS_OK, "%s", call.message);
    ck_assert(call.fields.flag);
    ck_assert_uint_eq(call.fields.units, 1024);
    ck_assert_uint_eq(call.fields.frames, (uint64_t)1 << 53);
    ck_assert_uint_eq(call.fields.widths.n, 3);
    ck_assert_uint_eq(call.fields.widths.value[0], 32);
    ck_assert_uint_eq(call.fields.widths.value[2], 8);
    ck_assert_double_eq(call.fields.step_size, 1e-7);
    ck_assert_double_eq(call.fields.limit, 90.0);
    ck_assert_str_eq(call.fields.file, "a.wav");
    ck_assert_int_eq(call.fields.effort, 2);
    ck_assert_str_eq(call.message, "");
}
END_TEST

START_TEST(times_accept_units)
{
    ck_assert_double_eq(parse_option("limit", "90").fields.limit, 90.0);
    ck_assert_double_eq(parse_option("limit", "90s").fields.limit, 90.0);
    ck_assert_double_eq(parse_option("limit", "15m").fields.limit, 900.0);
    ck_assert_double_eq(parse_option("limit", "2h").fields.limit, 7200.0);
}
END_TEST

/* Options that are not given keep their defaults. */
START_TEST(absent_options_keep_their_defaults)
{
    char line[] = "";
    const struct call call = call_line(&command, line);

    ck_assert_int_eq(call.result, OPTIONS_OK);
    ck_assert_uint_eq(call.fields.units, 16);
    ck_assert_double_eq(call.fields.step_size, 0.5);
    ck_assert_int_eq(call.fields.effort, 1);
}
END_TEST

static const struct bad {
    const char *name, *value;
} bad_values[] = {
    {"units", ""},
    {"units", "0"},
    {"units", "1025"},
    {"units", "-1"},
    {"units", "+5"},
    {"units", "1.5"},
    {"units", "16x"},
    {"units", " 16"},
    {"units", "0x10"},
    {"units", "4294967297"},
    {"units", "99999999999999999999999"},
    {"units", "nan"},
    {"frames", "-1"},
    {"frames", "9007199254740994"},
    {"widths", ""},
    {"widths", "32,"},
    {"widths", ",32"},
    {"widths", "32;16"},
    {"widths", "32,0"},
    {"widths", "32,-1"},
    {"widths", "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1"},
    {"step-size", ""},
    {"step-size", "0"},
    {"step-size", "2"},
    {"step-size", "-0.1"},
    {"step-size", "nan"},
    {"step-size", "inf"},
    {"step-size", "1e-400"},
    {"step-size", "1e999"},
    {"step-size", "0.1x"},
    {"step-size", "0x1p-3"},
    {"step-size", "0,1"},
    {"step-size", "."},
    {"limit", ""},
    {"limit", "m"},
    {"limit", "0"},
    {"limit", "101h"},
    {"limit", "1d"},
    {"limit", "1mm"},
    {"limit", "nan"},
    {"limit", "-1m"},
    {"file", ""},
    {"effort", ""},
    {"effort", "bes"},
    {"effort", "best|"},
    {"effort", "quick|normal"},
    {"knob", ""},
};

START_TEST(bad_values_are_refused)
{
    const struct bad *const bad = &bad_values[_i];
    const struct call call = parse_option(bad->name, bad->value);

    ck_assert_msg(call.result == OPTIONS_WRONG, "--%s took '%s'", bad->name, bad->value);
    ck_assert_msg(strstr(call.message, bad->name) != NULL, "'%s' does not name the option",
                  call.message);
    ck_assert(strstr(call.message, "Try 'tonecell train --help'.\n") != NULL);
}
END_TEST

START_TEST(error_messages_state_value_and_range)
{
    ck_assert_str_eq(parse_option("step-size", "2").message,
                     "tonecell train: --step-size: '2' is not a number in "
                     "[1e-07, 1]\nTry 'tonecell train --help'.\n");
    ck_assert_str_eq(parse_option("units", "0").message,
                     "tonecell train: --units: '0' is not a whole number in [1, 1024]\n"
                     "Try 'tonecell train --help'.\n");
    ck_assert_str_eq(parse_option("effort", "max").message,
                     "tonecell train: --effort: 'max' is not one of quick|normal|best\n"
                     "Try 'tonecell train --help'.\n");
    ck_assert_str_eq(parse_option("file", "").message,
                     "tonecell train: --file: the value is empty\n"
                     "Try 'tonecell train --help'.\n");
}
END_TEST

START_TEST(the_last_value_wins)
{
    char line[] = "--units=2 --widths 8,8 -H 3 --widths 4";
    const struct call call = call_line(&command, line);

    ck_assert_int_eq(call.result, OPTIONS_OK);
    ck_assert_uint_eq(call.fields.units, 3);
    ck_assert_uint_eq(call.fields.widths.n, 1);
    ck_assert_uint_eq(call.fields.widths.value[0], 4);
}
END_TEST

START_TEST(repeated_options_are_collected)
{
    char line[] = "-k a=1 --knob b=2 --knob=c=3";
    const struct call call = call_line(&command, line);

    ck_assert_int_eq(call.result, OPTIONS_OK);
    ck_assert_uint_eq(call.fields.knobs.n, 3);
    ck_assert_str_eq(call.fields.knobs.value[0], "a=1");
    ck_assert_str_eq(call.fields.knobs.value[2], "c=3");
}
END_TEST

START_TEST(too_many_repeats_are_refused)
{
    char line[6 * (OPT_REPEAT_MAX + 1) + 1] = "";

    for (int i = 0; i <= OPT_REPEAT_MAX; ++i)
        strcat(line, "-ka=1 ");
    ck_assert_int_eq(call_line(&command, line).result, OPTIONS_WRONG);
}
END_TEST

START_TEST(operands_may_appear_anywhere)
{
    char line[] = "in.wav --flag - -H 4";
    const struct call call = call_line(&command, line);

    ck_assert_int_eq(call.result, OPTIONS_OK);
    ck_assert_int_eq(call.argc - call.parsed.operands, 2);
    ck_assert_str_eq(call.argv[call.parsed.operands], "in.wav");
    ck_assert_str_eq(call.argv[call.parsed.operands + 1], "-");
    ck_assert_uint_eq(call.fields.units, 4);
}
END_TEST

START_TEST(two_dashes_end_the_options)
{
    char line[] = "-- --flag";
    const struct call call = call_line(&command, line);

    ck_assert_int_eq(call.result, OPTIONS_OK);
    ck_assert(!call.fields.flag);
    ck_assert_str_eq(call.argv[call.parsed.operands], "--flag");
}
END_TEST

START_TEST(operands_are_counted)
{
    char none[] = "--flag", many[] = "a b";

    ck_assert_str_eq(call_line(&one_operand, none).message,
                     "tonecell train: IN is missing\nTry 'tonecell train --help'.\n");
    ck_assert_str_eq(call_line(&one_operand, many).message,
                     "tonecell train: 'b' is one too many\nTry 'tonecell train --help'.\n");
}
END_TEST

START_TEST(misspelt_option_is_suggested)
{
    char misspelt[] = "--effrot=best", far[] = "--zzzzzz", letter[] = "-z", value[] = "--flag=1",
         missing[] = "--units";

    ck_assert(
        strstr(call_line(&command, misspelt).message, "'--effrot=best'; did you mean --effort?"));
    ck_assert_str_eq(call_line(&command, far).message, "tonecell train: unknown option '--zzzzzz'\n"
                                                       "Try 'tonecell train --help'.\n");
    ck_assert(strstr(call_line(&command, letter).message, "unknown option '-z'\n"));
    ck_assert(strstr(call_line(&command, value).message, "--flag takes no value\n"));
    ck_assert(strstr(call_line(&command, missing).message, "--units: a value is missing: UNITS\n"));
}
END_TEST

START_TEST(every_command_has_help_and_quiet)
{
    char help[] = "--help", quiet[] = "-q", in_need[] = "-h", all[] = "--flag --help-all";

    ck_assert_int_eq(call_line(&command, help).result, OPTIONS_HELP);
    ck_assert_int_eq(call_line(&one_operand, all).result, OPTIONS_HELP_ALL);
    ck_assert_int_eq(call_line(&one_operand, in_need).result, OPTIONS_HELP);
    ck_assert(call_line(&command, quiet).parsed.quiet);
}
END_TEST

/* The rows of the command, then those common to all commands, then none. */
START_TEST(row_indices_cover_own_then_common_options)
{
    const size_t n = N_EVERY_OPTION;

    ck_assert_ptr_eq(option_row(&command, 0), &every_option[0]);
    ck_assert_ptr_eq(option_row(&command, n - 1), &every_option[n - 1]);
    ck_assert_ptr_eq(option_row(&command, n), &common_opts[COMMON_QUIET]);
    ck_assert_ptr_eq(option_row(&command, n + 2), &common_opts[COMMON_HELP_ALL]);
    ck_assert_ptr_null(option_row(&command, n + N_COMMON_OPTS));
    ck_assert_uint_eq(option_count(&two), n + 1);
    ck_assert_ptr_eq(option_row(&two, n), &second_opts[0]);
    ck_assert_ptr_eq(option_row(&two, n + 1), &common_opts[COMMON_QUIET]);
}
END_TEST

START_TEST(every_option_table_fills_its_struct)
{
    char *words[] = {(char[]){"train"}, (char[]){"--more=3"}, (char[]){"-H"},
                     (char[]){"5"},     (char[]){"-q"},       NULL};
    struct outer outer = {.second.units = 1};
    struct parsed parsed = {0};

    ck_assert_int_eq(options_parse(&two, 5, words, &outer, &parsed), OPTIONS_OK);
    ck_assert_uint_eq(outer.first.units, 5);
    ck_assert_uint_eq(outer.second.units, 3);
    ck_assert(parsed.quiet);
}
END_TEST

START_TEST(non_finite_numbers_are_refused)
{
    double value = 7.0;

    ck_assert(parse_real("-2.5e-1", &value));
    ck_assert_double_eq(value, -0.25);
    ck_assert(!parse_real("1e999", &value) && !parse_real("-1e999", &value));
    ck_assert(!parse_real("", &value) && !parse_real("inf", &value) && !parse_real("1 ", &value));
    ck_assert_double_eq(value, -0.25);
}
END_TEST

START_TEST(nearest_word_uses_the_edit_distance)
{
    const char *const words[] = {"train", "process", "eval", "info"};

    ck_assert_str_eq(nearest_word("trian", words, 4), "train");
    ck_assert_str_eq(nearest_word("proces", words, 4), "process");
    ck_assert_str_eq(nearest_word("evaal", words, 4), "eval");
    ck_assert_str_eq(nearest_word("rtian", words, 4), "train"); /* two swaps */
    ck_assert_ptr_null(nearest_word("quit", words, 4));
    ck_assert_ptr_null(nearest_word("", words, 4));
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("options");

    tcase_add_checked_fixture(tests, temp_folder_enter, temp_folder_leave);
    tcase_add_test(tests, every_option_type_accepts_its_values);
    tcase_add_test(tests, times_accept_units);
    tcase_add_test(tests, absent_options_keep_their_defaults);
    tcase_add_loop_test(tests, bad_values_are_refused, 0, sizeof bad_values / sizeof *bad_values);
    tcase_add_test(tests, error_messages_state_value_and_range);
    tcase_add_test(tests, the_last_value_wins);
    tcase_add_test(tests, repeated_options_are_collected);
    tcase_add_test(tests, too_many_repeats_are_refused);
    tcase_add_test(tests, operands_may_appear_anywhere);
    tcase_add_test(tests, two_dashes_end_the_options);
    tcase_add_test(tests, operands_are_counted);
    tcase_add_test(tests, misspelt_option_is_suggested);
    tcase_add_test(tests, every_command_has_help_and_quiet);
    tcase_add_test(tests, row_indices_cover_own_then_common_options);
    tcase_add_test(tests, every_option_table_fills_its_struct);
    tcase_add_test(tests, non_finite_numbers_are_refused);
    tcase_add_test(tests, nearest_word_uses_the_edit_distance);
    return support_run(tests, "options");
}
