#include "tests/tools/every_option.h"
#include "tests/support/support.h"
#include "tools/cli/settings.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define AT(field) offsetof(struct fields, field)

const struct opt every_option[N_EVERY_OPTION] = {
    {0, "flag", OPT_FLAG, AT(flag), 0, 0, NULL, "a flag", GROUP_TRAINING, EXPERT},
    {0, "other-flag", OPT_FLAG, AT(other_flag), 0, 0, NULL, "a flag", GROUP_TRAINING, EXPERT},
    [UNITS_ROW] = {'H', "units", OPT_UINT, AT(units), 1, 1024, "UNITS", "units [16, or more]",
                   GROUP_NETWORK, EVERYDAY},
    {0, "frames", OPT_COUNT, AT(frames), 0, 0x1p53, "FRAMES", "frames [0]", GROUP_TRAINING,
     EVERYDAY},
    {0, "widths", OPT_LIST, AT(widths), 1, 1024, "N[,N...]", "a width per layer [16]",
     GROUP_NETWORK, EVERYDAY},
    {'r', "step-size", OPT_REAL, AT(step_size), 1e-7, 1.0, "STEP", "step size [0.5]",
     GROUP_TRAINING, EVERYDAY},
    {'t', "limit", OPT_TIME, AT(limit), 1, 360000, "TIME", "time limit [none]", GROUP_TRAINING,
     EVERYDAY},
    {'o', "file", OPT_TEXT, AT(file), 0, 0, "FILE", "a file", GROUP_OUTPUT, EVERYDAY},
    {0, "title", OPT_TEXT, AT(title), 0, 0, "TITLE", "a title", GROUP_OUTPUT, EVERYDAY},
    {0, "effort", OPT_CHOICE, AT(effort), 0, 0, "quick|normal|best", "how hard [normal]",
     GROUP_TRAINING, EVERYDAY},
    {'k', "knob", OPT_REPEAT, AT(knobs), 0, 0, "NAME=VALUE", "a knob", GROUP_TRAINING, EVERYDAY},
    SETTINGS_OPTIONS,
};

void call_parse(struct call *call, const struct command *command)
{
    FILE *const file = fopen("stderr.txt", "w+");
    const int old = dup(STDERR_FILENO);
    size_t n;

    fflush(stderr);
    ck_assert(file && old >= 0 && dup2(fileno(file), STDERR_FILENO) >= 0);
    call->result = options_parse(command, call->argc, call->argv, &call->fields, &call->parsed);
    fflush(stderr);
    dup2(old, STDERR_FILENO);
    close(old);
    rewind(file);
    n = fread(call->message, 1, MESSAGE_SIZE - 1, file);
    call->message[n] = '\0';
    fclose(file);
}

struct call call_line(const struct command *command, char *line)
{
    static char name[] = "train";
    struct call call = {
        .argv = {name}, .argc = 1, .fields = {.units = 16, .step_size = 0.5, .effort = 1}};

    for (char *word = strtok(line, " "); word; word = strtok(NULL, " "))
        call.argv[call.argc++] = word;
    call_parse(&call, command);
    return call;
}
