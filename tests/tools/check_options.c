#include "config.h"
#include "tools/cli/nearest_word.h"
#include "tools/cli/option_values.h"
#include "tools/cli/options.h"
#include "tests/support/support.h"
#include "tests/support/temp_folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fields {
    bool flag;
    unsigned units;
    uint64_t frames;
    struct uint_list widths;
    double rate, limit;
    const char *file;
    int effort;
    struct text_list knobs;
};

#define AT(field) offsetof(struct fields, field)

static const struct opt opts[] = {
    {0, "flag", OPT_FLAG, AT(flag), 0, 0, NULL, "a flag", GROUP_GENERAL, EVERYDAY},
    {'H', "units", OPT_UINT, AT(units), 1, 1024, "UNITS", "units [16]", GROUP_GENERAL, EVERYDAY},
    {0, "frames", OPT_COUNT, AT(frames), 0, 0x1p53, "FRAMES", "frames [0]", GROUP_GENERAL,
     EVERYDAY},
    {0, "widths", OPT_LIST, AT(widths), 1, 1024, "N[,N...]", "a width per layer [16]",
     GROUP_GENERAL, EVERYDAY},
    {'r', "rate", OPT_REAL, AT(rate), 1e-7, 1.0, "STEP", "step size [0.5]", GROUP_GENERAL,
     EVERYDAY},
    {'t', "limit", OPT_TIME, AT(limit), 1, 360000, "TIME", "time limit [none]", GROUP_GENERAL,
     EVERYDAY},
    {'o', "file", OPT_TEXT, AT(file), 0, 0, "FILE", "a file", GROUP_GENERAL, EVERYDAY},
    {0, "effort", OPT_CHOICE, AT(effort), 0, 0, "quick|normal|best", "how hard [normal]",
     GROUP_GENERAL, EVERYDAY},
    {'k', "knob", OPT_REPEAT, AT(knobs), 0, 0, "NAME=VALUE", "a knob", GROUP_GENERAL, EVERYDAY},
};

static const struct command command = {.name = "train", OPERANDS("IN", 0, 2), OPTS(opts)};

/* A second table writes to a struct inside of the first one's. */
struct outer {
    struct fields first;
    struct fields second;
};

static const struct opt second_opts[] = {
    {0, "more", OPT_UINT, AT(units), 1, 8, "N", "more [1]", GROUP_GENERAL, EXPERT},
};
static const struct opt_table second_table = OPT_TABLE(second_opts, offsetof(struct outer, second));

static const struct opt_table *more_tables(size_t index)
{
    return index == 0 ? &second_table : NULL;
}

static const struct command two = {
    .name = "train", OPERANDS("IN", 0, 2), OPTS(opts), .more_tables = more_tables};

static const struct command one_operand = {.name = "train", OPERANDS("IN", 1, 1), OPTS(opts)};

enum { MAX_WORDS = 80, MESSAGE_SIZE = 1024 };

/* One call of the parser: its arguments and results. */
struct call {
    char *argv[MAX_WORDS + 2];
    int argc;
    struct fields fields;
    struct parsed parsed;
    enum options_result result;
    char message[MESSAGE_SIZE]; /* on stderr */
};

static void parse_words(struct call *call, const struct command *with)
{
    FILE *const file = fopen("stderr.txt", "w+");
    const int old = dup(STDERR_FILENO);
    size_t n;

    fflush(stderr);
    ck_assert(file && old >= 0 && dup2(fileno(file), STDERR_FILENO) >= 0);
    call->result = options_parse(with, call->argc, call->argv, &call->fields, &call->parsed);
    fflush(stderr);
    dup2(old, STDERR_FILENO);
    close(old);
    rewind(file);
    n = fread(call->message, 1, MESSAGE_SIZE - 1, file);
    call->message[n] = '\0';
    fclose(file);
}

/* Parse a line of words with a blank between; `line` must live as long as the call. */
static struct call parse(const struct command *with, char *line)
{
    struct call call = {.fields = {.units = 16, .rate = 0.5, .effort = 1}};

    call.argv[call.argc++] = strdup("train");
    for (char *word = strtok(line, " "); word; word = strtok(NULL, " "))
        call.argv[call.argc++] = word;
    parse_words(&call, with);
    free(call.argv[0]);
    return call;
}

static struct call parse_option(const char *name, const char *value)
{
    struct call call = {.argv = {strdup("train"), NULL}, .argc = 2};

    call.argv[1] = malloc(strlen(name) + strlen(value) + 4);
    sprintf(call.argv[1], "--%s=%s", name, value);
    parse_words(&call, &command);
    free(call.argv[1]);
    free(call.argv[0]);
    return call;
}

START_TEST(every_option_type_accepts_its_values)
{
    char line[] = "--flag -H 1024 --frames=9007199254740992 --widths 32,16,8 -r 1e-7 --limit 1.5m "
                  "-oa.wav --effort best";
    const struct call call = parse(&command, line);

    ck_assert_msg(call.result == OPTIONS_OK, "%s", call.message);
    ck_assert(call.fields.flag);
    ck_assert_uint_eq(call.fields.units, 1024);
    ck_assert_uint_eq(call.fields.frames, (uint64_t)1 << 53);
    ck_assert_uint_eq(call.fields.widths.n, 3);
    ck_assert_uint_eq(call.fields.widths.value[0], 32);
    ck_assert_uint_eq(call.fields.widths.value[2], 8);
    ck_assert_double_eq(call.fields.rate, 1e-7);
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
    const struct call call = parse(&command, line);

    ck_assert_int_eq(call.result, OPTIONS_OK);
    ck_assert_uint_eq(call.fields.units, 16);
    ck_assert_double_eq(call.fields.rate, 0.5);
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
    {"rate", ""},
    {"rate", "0"},
    {"rate", "2"},
    {"rate", "-0.1"},
    {"rate", "nan"},
    {"rate", "inf"},
    {"rate", "1e-400"},
    {"rate", "1e999"},
    {"rate", "0.1x"},
    {"rate", "0x1p-3"},
    {"rate", "0,1"},
    {"rate", "."},
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
    ck_assert_str_eq(parse_option("rate", "2").message,
                     "tonecell train: --rate: '2' is not a number in "
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
    const struct call call = parse(&command, line);

    ck_assert_int_eq(call.result, OPTIONS_OK);
    ck_assert_uint_eq(call.fields.units, 3);
    ck_assert_uint_eq(call.fields.widths.n, 1);
    ck_assert_uint_eq(call.fields.widths.value[0], 4);
}
END_TEST

START_TEST(repeated_options_are_collected)
{
    char line[] = "-k a=1 --knob b=2 --knob=c=3";
    const struct call call = parse(&command, line);

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
    ck_assert_int_eq(parse(&command, line).result, OPTIONS_WRONG);
}
END_TEST

START_TEST(operands_may_appear_anywhere)
{
    char line[] = "in.wav --flag - -H 4";
    const struct call call = parse(&command, line);

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
    const struct call call = parse(&command, line);

    ck_assert_int_eq(call.result, OPTIONS_OK);
    ck_assert(!call.fields.flag);
    ck_assert_str_eq(call.argv[call.parsed.operands], "--flag");
}
END_TEST

START_TEST(operands_are_counted)
{
    char none[] = "--flag", many[] = "a b";

    ck_assert_str_eq(parse(&one_operand, none).message,
                     "tonecell train: IN is missing\nTry 'tonecell train --help'.\n");
    ck_assert_str_eq(parse(&one_operand, many).message,
                     "tonecell train: 'b' is one too many\nTry 'tonecell train --help'.\n");
}
END_TEST

START_TEST(misspelt_option_is_suggested)
{
    char misspelt[] = "--effrot=best", far[] = "--zzzzzz", letter[] = "-z", value[] = "--flag=1",
         missing[] = "--units";

    ck_assert(strstr(parse(&command, misspelt).message, "'--effrot=best'; did you mean --effort?"));
    ck_assert_str_eq(parse(&command, far).message, "tonecell train: unknown option '--zzzzzz'\n"
                                                   "Try 'tonecell train --help'.\n");
    ck_assert(strstr(parse(&command, letter).message, "unknown option '-z'\n"));
    ck_assert(strstr(parse(&command, value).message, "--flag takes no value\n"));
    ck_assert(strstr(parse(&command, missing).message, "--units: a value is missing: UNITS\n"));
}
END_TEST

START_TEST(every_command_has_help_and_quiet)
{
    char help[] = "--help", quiet[] = "-q", in_need[] = "-h", all[] = "--flag --help-all";

    ck_assert_int_eq(parse(&command, help).result, OPTIONS_HELP);
    ck_assert_int_eq(parse(&one_operand, all).result, OPTIONS_HELP_ALL);
    ck_assert_int_eq(parse(&one_operand, in_need).result, OPTIONS_HELP);
    ck_assert(parse(&command, quiet).parsed.quiet);
}
END_TEST

/* The rows of the command, then those common to all commands, then none. */
START_TEST(row_indices_cover_own_then_common_options)
{
    const size_t n = sizeof opts / sizeof *opts;

    ck_assert_ptr_eq(option_row(&command, 0), &opts[0]);
    ck_assert_ptr_eq(option_row(&command, n - 1), &opts[n - 1]);
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
