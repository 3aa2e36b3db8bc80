#include "tests/support/failing_malloc.h"
#include "files/file.h"
#include "tests/support/support.h"
#include "tests/support/temp_folder.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static void replace(const char *path, const char *text)
{
    struct tc_error error;

    ck_assert_msg(tc_file_replace(path, text, strlen(text), 0644, &error) == TC_OK, "%s",
                  error.message);
}

static void assert_holds(const char *path, const char *text)
{
    unsigned char *bytes;
    size_t size;

    ck_assert_int_eq(tc_file_read(path, 1000, &bytes, &size, NULL), TC_OK);
    ck_assert_uint_eq(size, strlen(text));
    ck_assert_mem_eq(bytes, text, size);
    free(bytes);
}

static void assert_not_replaced(const char *path, const char *message)
{
    struct tc_error error = {""};

    ck_assert_int_eq(tc_file_replace(path, "new", 3, 0644, &error), TC_IO);
    ck_assert_str_eq(error.message, message);
}

START_TEST(new_file_has_the_mode_less_the_umask)
{
    const mode_t usual = umask(027);
    struct stat st;

    replace("new", "first");
    umask(usual);
    assert_holds("new", "first");
    ck_assert_int_eq(stat("new", &st), 0);
    ck_assert_uint_eq(st.st_mode & 07777, 0640);
    ck_assert_uint_eq(temp_folder_names(), 1);
}
END_TEST

START_TEST(replaced_file_keeps_its_permissions)
{
    struct stat st;

    replace("file", "a longer text than the next");
    ck_assert_int_eq(chmod("file", 0606), 0);
    replace("file", "");
    assert_holds("file", "");
    ck_assert_int_eq(stat("file", &st), 0);
    ck_assert_uint_eq(st.st_mode & 07777, 0606);
    ck_assert_uint_eq(temp_folder_names(), 1);
}
END_TEST

/* A reader that has the old file open goes on reading the old content. */
START_TEST(open_reader_keeps_the_old_content)
{
    char text[8] = "";
    int fd;

    replace("file", "old");
    fd = open("file", O_RDONLY);
    replace("file", "new");
    ck_assert_int_eq(read(fd, text, sizeof text), 3);
    ck_assert_str_eq(text, "old");
    close(fd);
}
END_TEST

START_TEST(links_are_followed)
{
    struct stat st;

    ck_assert_int_eq(mkdir("sub", 0777), 0);
    replace("sub/file", "old");
    ck_assert_int_eq(symlink("sub/link", "outer"), 0);
    ck_assert_int_eq(symlink("file", "sub/link"), 0);
    replace("outer", "new");
    assert_holds("sub/file", "new");
    ck_assert_int_eq(lstat("outer", &st), 0);
    ck_assert(S_ISLNK(st.st_mode));
    ck_assert_int_eq(symlink("sub/not yet", "dangling"), 0);
    replace("dangling", "made");
    assert_holds("sub/not yet", "made");
    ck_assert_int_eq(symlink("round", "round"), 0);
    assert_not_replaced("round", "cannot write: Too many levels of symbolic links");
}
END_TEST

START_TEST(folders_and_pipes_are_not_replaced)
{
    ck_assert_int_eq(mkdir("folder", 0777), 0);
    assert_not_replaced("folder", "cannot write: a folder has this name");
    assert_not_replaced("folder/", "cannot write: a folder has this name");
    ck_assert_int_eq(mkfifo("pipe", 0666), 0);
    assert_not_replaced("pipe", "cannot write: not a regular file");
    assert_not_replaced("none/file", "cannot create a file in this folder: No such file or "
                                     "directory");
    replace("file", "old");
    assert_not_replaced("file/file", "cannot write: Not a directory");
    assert_not_replaced("", "cannot write: No such file or directory");
    ck_assert_uint_eq(temp_folder_names(), 3);
}
END_TEST

START_TEST(names_of_any_length_that_fit_can_be_written)
{
    char name[257], path[5000];

    memset(name, 'n', 255);
    name[255] = '\0';
    replace(name, "text");
    assert_holds(name, "text");
    strcpy(name + 255, "n");
    assert_not_replaced(name, "cannot write: File name too long");
    memset(path, 'p', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    assert_not_replaced(path, "cannot write: File name too long");
}
END_TEST

/* A limit on the size of files stands for a full disk: it fails in the midst of writing. */
START_TEST(full_disk_keeps_the_old_file)
{
    struct rlimit usual, limit;
    char *const large = calloc(1, 300000);
    struct tc_error error;

    signal(SIGXFSZ, SIG_IGN);
    replace("file", "old");
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &usual), 0);
    limit = (struct rlimit){100000, usual.rlim_max};
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    ck_assert_int_eq(tc_file_replace("file", large, 300000, 0644, &error), TC_IO);
    ck_assert_str_eq(error.message, "cannot write: File too large");
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &usual), 0);
    assert_holds("file", "old");
    ck_assert_uint_eq(temp_folder_names(), 1);
    free(large);
}
END_TEST

START_TEST(size_limit_of_reading_is_exact)
{
    char *const text = calloc(1, 200001);
    struct tc_error error;
    unsigned char *bytes;
    size_t size;

    memset(text, 'x', 200000);
    replace("file", text);
    ck_assert_int_eq(tc_file_read("file", 200000, &bytes, &size, &error), TC_OK);
    ck_assert_uint_eq(size, 200000);
    ck_assert_mem_eq(bytes, text, size);
    free(bytes);
    ck_assert_int_eq(tc_file_read("file", 199999, &bytes, &size, &error), TC_TOO_LARGE);
    ck_assert_str_eq(error.message, "file has more than the 199999 bytes allowed");
    ck_assert_int_eq(tc_file_read("/dev/zero", 1000000, &bytes, &size, &error), TC_TOO_LARGE);
    free(text);
}
END_TEST

START_TEST(pipes_are_read_to_their_end)
{
    enum { SIZE = 300000 };
    unsigned char *bytes;
    FILE *writer;
    size_t size;

    ck_assert_int_eq(mkfifo("pipe", 0600), 0);
    writer = popen("head -c 300000 /dev/zero > pipe", "r");
    ck_assert_int_eq(tc_file_read("pipe", 1 << 20, &bytes, &size, NULL), TC_OK);
    ck_assert_uint_eq(size, SIZE);
    free(bytes);
    pclose(writer);
}
END_TEST

START_TEST(unreadable_files_are_refused)
{
    struct tc_error error;
    unsigned char *bytes;
    size_t size;

    ck_assert_int_eq(tc_file_read("none", 10, &bytes, &size, &error), TC_IO);
    ck_assert_str_eq(error.message, "cannot open: No such file or directory");
    ck_assert_int_eq(tc_file_read(".", 10, &bytes, &size, &error), TC_IO);
    ck_assert_str_eq(error.message, "is a folder, expected a file");
}
END_TEST

/* Writing must also work when there is no memory left. */
START_TEST(writing_allocates_nothing)
{
    enum tc_status written, was_read;
    unsigned char *bytes;
    size_t size;

    failing_malloc_start(0);
    written = tc_file_replace("file", "text", 4, 0644, NULL);
    ck_assert_int_eq(failing_malloc_stop(), 0);
    ck_assert_int_eq(written, TC_OK);
    failing_malloc_start(0);
    was_read = tc_file_read("file", 10, &bytes, &size, NULL);
    ck_assert_int_eq(failing_malloc_stop(), 1);
    ck_assert_int_eq(was_read, TC_NO_MEMORY);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("file");

    tcase_add_checked_fixture(tests, temp_folder_enter, temp_folder_leave);
    tcase_add_test(tests, new_file_has_the_mode_less_the_umask);
    tcase_add_test(tests, replaced_file_keeps_its_permissions);
    tcase_add_test(tests, open_reader_keeps_the_old_content);
    tcase_add_test(tests, links_are_followed);
    tcase_add_test(tests, folders_and_pipes_are_not_replaced);
    tcase_add_test(tests, names_of_any_length_that_fit_can_be_written);
    tcase_add_test(tests, full_disk_keeps_the_old_file);
    tcase_add_test(tests, size_limit_of_reading_is_exact);
    tcase_add_test(tests, pipes_are_read_to_their_end);
    tcase_add_test(tests, unreadable_files_are_refused);
    tcase_add_test(tests, writing_allocates_nothing);
    return support_run(tests, "file");
}
