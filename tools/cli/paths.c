#include "cli/paths.h"

#include "cli/printable.h"
#include "formats/copy_text.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

size_t path_folder_length(const char *path)
{
    const char *const slash = strrchr(path, '/');

    return slash != NULL ? (size_t)(slash - path) + 1 : 0;
}

const char *path_name(const char *path)
{
    return path + path_folder_length(path);
}

bool same_file(const char *a, const char *b)
{
    struct stat x, y;

    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

bool is_special_file(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

const char *path_shown(struct shown_path *copy, const char *path)
{
    tc_copy_text(copy->text, sizeof copy->text, path);
    return copy->text;
}

/* In the quotes of bash, zsh and ksh that know escapes. */
static void print_escaped_word(const char *path)
{
    fputs("$'", stdout);
    for (const char *c = path; *c; ++c)
        if (*c == '\'' || *c == '\\')
            printf("\\%c", *c);
        else if ((unsigned char)*c < ' ' || (unsigned char)*c >= 0x7f)
            printf("\\%03o", (unsigned)(unsigned char)*c);
        else
            putchar(*c);
    putchar('\'');
}

void path_print_word(const char *path)
{
    if (!is_printable(path)) {
        print_escaped_word(path);
        return;
    }
    if (*path && strpbrk(path, " \t\n!\"#$&'()*;<>?[\\]^`{|}~") == NULL) {
        fputs(path, stdout);
        return;
    }
    putchar('\'');
    for (const char *c = path; *c; ++c)
        if (*c == '\'')
            fputs("'\\''", stdout);
        else
            putchar(*c);
    putchar('\'');
}
