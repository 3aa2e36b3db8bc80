#include "tools/data/manifest.h"
#include "tests/support/support.h"
#include "tests/support/temp_folder.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Manifests of recordings: how they are parsed, and the message of each mistake. */

#define FOLDER "folder/"

static const char path[] = FOLDER "pairs.csv";

static void make_folder(void)
{
    temp_folder_enter();
    ck_assert_int_eq(mkdir(FOLDER, 0777), 0);
}

static enum tc_status load_bytes(struct manifest *manifest, const char *text, size_t size,
                                 struct tc_error *error)
{
    FILE *const file = fopen(path, "wb");

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(text, 1, size, file), size);
    fclose(file);
    return manifest_load(manifest, path, MANIFEST_PAIRS, error);
}

static struct manifest load(const char *text)
{
    struct manifest manifest;
    struct tc_error error = {""};

    ck_assert_msg(load_bytes(&manifest, text, strlen(text), &error) == TC_OK, "%s", error.message);
    return manifest;
}

static void assert_path(const char *found, const char *name)
{
    char expected[64];

    snprintf(expected, sizeof expected, FOLDER "%s", name);
    ck_assert_str_eq(found, expected);
}

START_TEST(two_columns_are_enough)
{
    struct manifest m = load("input,target\ndry.wav,wet.wav\n");

    ck_assert_uint_eq(m.n_rows, 1);
    ck_assert_uint_eq(m.n_knobs, 0);
    ck_assert(!m.has_split);
    assert_path(m.row[0].input, "dry.wav");
    assert_path(m.row[0].target, "wet.wav");
    ck_assert_int_eq(m.row[0].split, SPLIT_NONE);
    ck_assert_uint_eq(m.row[0].start, 0);
    ck_assert(m.row[0].stop == MANIFEST_TO_THE_END);
    ck_assert(isnan(m.row[0].delay));
    manifest_free(&m);
}
END_TEST

START_TEST(all_columns_in_any_order)
{
    struct manifest m = load("tone,stop,start,delay,split,target,drive,input\n"
                             "0.5,200,100,-9.25,val,wet.wav,-1e1,/dry.wav\n"
                             "1,,,,test,wet.wav,2,dry.wav\n");

    ck_assert_uint_eq(m.n_knobs, 2);
    ck_assert_str_eq(m.knob_name[0], "tone");
    ck_assert_str_eq(m.knob_name[1], "drive");
    ck_assert_str_eq(m.row[0].input, "/dry.wav");
    ck_assert_int_eq(m.row[0].split, SPLIT_VAL);
    ck_assert_uint_eq(m.row[0].start, 100);
    ck_assert_uint_eq(m.row[0].stop, 200);
    ck_assert_double_eq(m.row[0].delay, -9.25);
    ck_assert_float_eq(m.row[0].knob[0], 0.5f);
    ck_assert_float_eq(m.row[0].knob[1], -10.0f);
    ck_assert_int_eq(m.row[1].split, SPLIT_TEST);
    ck_assert(m.row[1].stop == MANIFEST_TO_THE_END);
    ck_assert(isnan(m.row[1].delay));
    manifest_free(&m);
}
END_TEST

/* Dialects of spreadsheets: byte order mark, CRLF, quotes, empty lines, no newline at the end. */
START_TEST(spreadsheet_dialects_are_parsed)
{
    struct manifest m = load("\xef\xbb\xbf\"input\",target\r\n\r\n"
                             "\"dry, \"\"clean\"\".wav\",wet.wav\r\n\n\n"
                             "\"two\nlines.wav\",\"wet.wav\"\ndry.wav,\"wet.wav\"");

    ck_assert_uint_eq(m.n_rows, 3);
    assert_path(m.row[0].input, "dry, \"clean\".wav");
    assert_path(m.row[1].input, "two\nlines.wav");
    ck_assert_uint_eq(m.row[0].line, 3);
    ck_assert_uint_eq(m.row[1].line, 6);
    ck_assert_uint_eq(m.row[2].line, 8);
    manifest_free(&m);
}
END_TEST

#define PAIR "input,target\n"
#define KNOBS_16 "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p"

static const struct {
    const char *text, *message;
} wrong[] = {
    {"", "empty, expected a line of column names"},
    {"\n\r\n", "empty, expected a line of column names"},
    {PAIR, "no rows below the column names"},
    {"input,wet\na,1\n", "line 1: there is no column 'target'"},
    {"target\na\n", "line 1: there is no column 'input'"},
    {"input;target\na;b\n", "line 1: semicolons between the names, expected commas"},
    {"input\ttarget\na\tb\n", "line 1: tabs between the names, expected commas"},
    {"input,target,input\na,b,c\n", "line 1: there are two columns 'input'"},
    {"input,target,x,x\na,b,1,2\n", "line 1: there are two columns 'x'"},
    {"input,target,\na,b,1\n", "line 1: column 3 has no name"},
    {"input,target,label\na,b,c\n", "line 1: column 'label': only pairs of recordings"},
    {"input,label\na,b\n", "line 1: column 'label': only pairs of recordings"},
    {"text,label\na,b\n", "line 1: column 'text': only pairs of recordings"},
    {"input,labels\na,b\n", "line 1: column 'labels': only pairs of recordings"},
    {"input,target,a name of more than thirty-one letters\na,b,1\n", "is not the name of a knob"},
    {"input,target," KNOBS_16 ",q\n", "line 1: column 'q': more than 16 knobs"},
    {"input,target,split,start,stop,delay," KNOBS_16 ",q\n", "line 1: 23 columns, expected at"},
    {PAIR "a\n", "line 2: 1 values, expected 2 as in line 1"},
    {PAIR "\na,b,c\n", "line 3: 3 values, expected 2 as in line 1"},
    {PAIR ",b\n", "line 2: column 'input': '', expected the name of a file"},
    {PAIR "a,\n", "line 2: column 'target': '', expected the name of a file"},
    {"input,target,split\na,b,train\na,b,dev\n",
     "line 3: column 'split': 'dev', expected train, val or test"},
    {"input,target,split\na,b,\n", "line 2: column 'split': '', expected train, val or test"},
    {"input,target,split\na,b,all\n", "line 2: column 'split': 'all', expected"},
    {"input,target,start\na,b,-1\n", "line 2: column 'start': '-1', expected a whole number"},
    {"input,target,start\na,b,1.5\n", "line 2: column 'start': '1.5', expected a whole number"},
    {"input,target,stop\na,b,1e30\n", "line 2: column 'stop': '1e30', expected a whole number"},
    {"input,target,stop\na,b,nan\n", "line 2: column 'stop': 'nan', expected a whole number"},
    {"input,target,stop\na,b,0\n", "line 2: start 0 and stop 0: expected start before stop"},
    {"input,target,start,stop\na,b,7,7\n", "line 2: start 7 and stop 7: expected start before"},
    {"input,target,delay\na,b,soon\n", "line 2: column 'delay': 'soon', expected a number of"},
    {"input,target,delay\na,b,inf\n", "line 2: column 'delay': 'inf', expected a number of"},
    {"input,target,drive\na,b,loud\n", "line 2: column 'drive': 'loud', expected a number"},
    {"input,target,drive\na,b,\n", "line 2: column 'drive': '', expected a number"},
    {"input,target,drive\na,b,1e39\n", "line 2: column 'drive': '1e39', expected a number"},
    {"Input,input,target\na,b,c\n", "line 2: column 'Input': 'a', expected a number: columns"},
    {PAIR "\"a,b\n", "line 2: a quote is never closed"},
    {PAIR "\"a\"b,c\n", "line 2: 'b' after a closing quote"},
    {PAIR "a\"b\",c\n", "line 2: a quote inside a value"},
};

START_TEST(mistakes_are_reported_with_line_and_column)
{
    struct manifest m;
    struct tc_error error = {""};

    ck_assert_int_ne(load_bytes(&m, wrong[_i].text, strlen(wrong[_i].text), &error), TC_OK);
    ck_assert_msg(strncmp(error.message, path, strlen(path)) == 0, "no file: %s", error.message);
    ck_assert_msg(strstr(error.message, wrong[_i].message) != NULL, "'%s' is not in '%s'",
                  wrong[_i].message, error.message);
    ck_assert_ptr_null(m.row);
}
END_TEST

START_TEST(non_tables_are_refused)
{
    struct manifest m;
    struct tc_error error = {""};

    ck_assert_int_eq(load_bytes(&m, "input,target\na\0,b\n", 18, &error), TC_BAD_FORMAT);
    ck_assert_ptr_nonnull(strstr(error.message, "line 2: a zero byte"));
    ck_assert_int_eq(manifest_load(&m, "no such.csv", MANIFEST_PAIRS, &error), TC_IO);
    ck_assert_ptr_nonnull(strstr(error.message, "no such.csv: No such file"));
    ck_assert_int_eq(manifest_load(&m, ".", MANIFEST_PAIRS, &error), TC_IO);
    ck_assert_ptr_nonnull(strstr(error.message, ".: is a folder"));
}
END_TEST

/* A row without a target is allowed where the caller says so: the input stands for it. */
START_TEST(rows_may_be_dry)
{
    static const char table[] = "input,target,delay\ndry.wav,wet.wav,2\nmore.wav,,\n";
    static const char late[] = "input,target,delay\nmore.wav,,2\n", column[] = "input\ndry.wav\n";
    struct manifest m;
    struct tc_error error = {""};

    ck_assert_int_eq(manifest_read(&m, path, MANIFEST_PAIRS_OR_DRY, table, strlen(table), &error),
                     TC_OK);
    ck_assert(!m.row[0].is_dry && m.row[1].is_dry);
    ck_assert_double_eq(m.row[0].delay, 2.0);
    ck_assert_double_eq(m.row[1].delay, 0.0);
    assert_path(m.row[1].target, "more.wav");
    manifest_free(&m);
    ck_assert_int_eq(manifest_read(&m, path, MANIFEST_PAIRS_OR_DRY, column, strlen(column), &error),
                     TC_OK);
    ck_assert(m.row[0].is_dry);
    manifest_free(&m);
    ck_assert_int_eq(manifest_read(&m, path, MANIFEST_PAIRS_OR_DRY, late, strlen(late), &error),
                     TC_BAD_VALUE);
    ck_assert_str_eq(error.message, FOLDER "pairs.csv: line 2: column 'delay': 2, expected nothing "
                                           "in a row without a target");
}
END_TEST

START_TEST(one_file_is_dry)
{
    char *const files[1] = {"a"};
    struct manifest m;
    char name[512];

    ck_assert_int_eq(manifest_of_pairs(&m, 1, files, false, NULL), TC_OK);
    ck_assert_uint_eq(m.n_rows, 1);
    ck_assert(m.row[0].is_dry);
    ck_assert_str_eq(manifest_row_name(&m, &m.row[0], name), "a");
    manifest_free(&m);
    ck_assert_int_eq(manifest_of_pairs(&m, 1, files, true, NULL), TC_OK);
    ck_assert(!m.row[0].is_dry);
    manifest_free(&m);
}
END_TEST

START_TEST(pairs_become_a_manifest)
{
    char *const files[4] = {"a", "b", "c", "d"};
    struct manifest m;
    char name[512];

    ck_assert_int_eq(manifest_of_pairs(&m, 4, files, false, NULL), TC_OK);
    ck_assert_uint_eq(m.n_rows, 2);
    ck_assert_str_eq(m.row[1].input, "c");
    ck_assert_str_eq(m.row[1].target, "d");
    ck_assert(m.row[1].stop == MANIFEST_TO_THE_END);
    ck_assert_str_eq(manifest_row_name(&m, &m.row[1], name), "c and d");
    manifest_free(&m);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("manifest");

    tcase_add_checked_fixture(tests, make_folder, temp_folder_leave);
    tcase_add_test(tests, two_columns_are_enough);
    tcase_add_test(tests, all_columns_in_any_order);
    tcase_add_test(tests, spreadsheet_dialects_are_parsed);
    tcase_add_loop_test(tests, mistakes_are_reported_with_line_and_column, 0,
                        sizeof wrong / sizeof *wrong);
    tcase_add_test(tests, non_tables_are_refused);
    tcase_add_test(tests, rows_may_be_dry);
    tcase_add_test(tests, one_file_is_dry);
    tcase_add_test(tests, pairs_become_a_manifest);
    return support_run(tests, "manifest");
}
