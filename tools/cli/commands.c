#include "cli/commands.h"

#include <string.h>

const struct command *const commands[] = {&cmd_signal, &cmd_doctor,  &cmd_train,     &cmd_process,
                                          &cmd_eval,   &cmd_info,    &cmd_convert,   &cmd_diagnose,
                                          &cmd_bench,  &cmd_install, &cmd_uninstall, &cmd_installed,
                                          &cmd_bundle, NULL};

const struct command *command_find(const char *name)
{
    const struct command *const *c = commands;

    while (*c && strcmp((*c)->name, name) != 0)
        ++c;
    return *c;
}
