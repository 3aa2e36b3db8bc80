#include "config.h"
#include "settings_target.h"

#include "tools/cli/settings.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PATH_SIZE = 64 };

struct fields {
    bool flag;
    unsigned units;
    uint64_t seed;
    struct uint_list hidden;
    double rate, limit;
    const char *name;
    int effort;
    struct text_list knobs;
};

#define AT(field) offsetof(struct fields, field)
static const struct opt opts[] = {
    {0, "flag", OPT_FLAG, AT(flag), 0, 0, NULL, "flag", GROUP_DATA, EXPERT},
    {0, "units", OPT_UINT, AT(units), 0, 4e9, "N", "units [1]", GROUP_DATA, EXPERT},
    {0, "seed", OPT_COUNT, AT(seed), 0, 0x1p53, "N", "seed [1]", GROUP_DATA, EXPERT},
    {0, "hidden", OPT_LIST, AT(hidden), 1, 1024, "N[,N...]", "units [1]", GROUP_DATA, EXPERT},
    {0, "learning-rate", OPT_REAL, AT(rate), -1e300, 1e300, "RATE", "rate", GROUP_DATA, EXPERT},
    {0, "time-limit", OPT_TIME, AT(limit), 0, 1e7, "TIME", "time [none]", GROUP_DATA, EXPERT},
    {0, "name", OPT_TEXT, AT(name), 0, 0, "NAME", "name", GROUP_DATA, EXPERT},
    {0, "effort", OPT_CHOICE, AT(effort), 0, 0, "quick|best", "effort", GROUP_DATA, EXPERT},
    {0, "knob-range", OPT_REPEAT, AT(knobs), 0, 0, "TEXT", "knob", GROUP_DATA, EXPERT},
    SETTINGS_OPTIONS,
};
static const struct command command = {.name = "train", OPTS(opts)};

/* Read settings from bytes in a file of memory; messages are thrown away. */
static bool parse(const void *bytes, size_t size, struct fields *fields, struct parsed *parsed)
{
    const int file = memfd_create("settings", MFD_CLOEXEC), old = dup(STDERR_FILENO),
              nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    char path[PATH_SIZE];
    bool is_read;

    if (file < 0 || old < 0 || nowhere < 0 || write(file, bytes, size) != (ssize_t)size)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    *fields = (struct fields){.name = NULL};
    *parsed = (struct parsed){.settings = path};
    fflush(stderr);
    dup2(nowhere, STDERR_FILENO);
    is_read = settings_read(&command, fields, parsed);
    fflush(stderr);
    dup2(old, STDERR_FILENO);
    close(nowhere);
    close(old);
    close(file);
    parsed->settings = NULL;
    return is_read;
}

/* For free(). */
static char *print(const struct fields *fields, const struct parsed *parsed, size_t *size)
{
    char *text = NULL;
    FILE *const out = open_memstream(&text, size);

    if (out == NULL)
        abort();
    settings_print(out, &command, fields, parsed);
    fclose(out);
    return text;
}

static void require_same(const char *text, const char *again)
{
    if (strcmp(text, again) == 0)
        return;
    fprintf(stderr, "settings differ when they are read again:\n%s\n%s\n", text, again);
    abort();
}

bool read_settings(const uint8_t *bytes, size_t size)
{
    struct fields fields, back;
    struct parsed parsed, reparsed;
    size_t length, length_again;
    char *text, *again;

    if (!parse(bytes, size, &fields, &parsed)) {
        options_end(&parsed);
        return false;
    }
    text = print(&fields, &parsed, &length);
    if (!parse(text, length, &back, &reparsed))
        require_same(text, "(refused)");
    again = print(&back, &reparsed, &length_again);
    require_same(text, again);
    free(again);
    free(text);
    options_end(&reparsed);
    options_end(&parsed);
    return true;
}
