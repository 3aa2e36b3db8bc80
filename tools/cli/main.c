#include "cli/commands.h"
#include "config.h"
#include "cli/environment.h"
#include "cli/help.h"
#include "cli/nearest_word.h"
#include "cli/settings.h"
#include "cli/talk.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_COMMANDS = 32 };

static int unknown_command(const char *word)
{
    const char *names[MAX_COMMANDS];
    size_t n = 0;
    const char *near;

    while (commands[n] && n < MAX_COMMANDS) {
        names[n] = commands[n]->name;
        ++n;
    }
    near = nearest_word(word, names, n);
    if (word[0] == '-')
        talk_error(NULL, "unknown option '%s'", word);
    else if (near)
        talk_error(NULL, "unknown command '%s'; did you mean '%s'?", word, near);
    else
        talk_error(NULL, "unknown command '%s'", word);
    fputs("Try 'tonecell --help'.\n", stderr);
    return 2;
}

static int help_topic(const char *topic, bool all)
{
    const struct command *const command = command_find(topic);

    if (strcmp(topic, "--help") == 0)
        help_program(stdout);
    else if (strcmp(topic, "--man") == 0)
        help_man(stdout);
    else if (command)
        help_command(stdout, command, all);
    else
        return unknown_command(topic);
    return 0;
}

/* The words after "tonecell help": --all and a topic, which both may be left out. */
static int help(int n_words, char **words)
{
    const char *topic = "--help";
    bool all = false;

    for (int i = 0; i < n_words; ++i) {
        if (strcmp(words[i], "--all") == 0)
            all = true;
        else
            topic = words[i];
    }
    return help_topic(topic, all);
}

static int run_parsed(const struct command *command, int argc, char **argv, void *options,
                      struct parsed *parsed)
{
    switch (options_parse(command, argc, argv, options, parsed)) {
    case OPTIONS_HELP:
        help_command(stdout, command, false);
        return 0;
    case OPTIONS_HELP_ALL:
        help_command(stdout, command, true);
        return 0;
    case OPTIONS_PRINT_SETTINGS:
        settings_print(stdout, command, options, parsed);
        return 0;
    case OPTIONS_WRONG:
        return 2;
    case OPTIONS_OK:
        break;
    }
    talk_start(command->name, parsed->quiet);
    return command->run(command, options, (unsigned)(argc - parsed->operands),
                        argv + parsed->operands);
}

static int run_command(const struct command *command, int argc, char **argv)
{
    void *const options = malloc(command->options_size);
    struct parsed parsed = {0};
    int status;

    if (!options) {
        talk_error(NULL, "out of memory");
        return 1;
    }
    memcpy(options, command->defaults, command->options_size);
    status = run_parsed(command, argc, argv, options, &parsed);
    options_end(&parsed);
    free(options);
    return status;
}

static int dispatch(int argc, char **argv)
{
    const char *const word = argv[1];
    const struct command *const command = command_find(word);

    if (command)
        return run_command(command, argc - 1, argv + 1);
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
        puts("tonecell " PACKAGE_VERSION);
        return 0;
    }
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        return help(0, NULL);
    if (strcmp(word, "help") == 0)
        return help(argc - 2, argv + 2);
    return unknown_command(word);
}

/* Threads that OpenBLAS starts when it is loaded try for ever to map their buffers where there is
 * little address space, and exit() waits for them. Nothing else is left to do. */
static _Noreturn void end(int status)
{
    if (environment_address_space() < UINT64_MAX)
        _exit(status);
    exit(status);
}

/* Commands that solve linear equations, with OpenBLAS. */
static bool needs_linear_algebra(const struct command *command)
{
    return command == &cmd_train || command == &cmd_diagnose || command == &cmd_eval ||
           command == &cmd_doctor;
}

int main(int argc, char **argv)
{
    int status;

    if (argc < 2) {
        fputs("Usage: tonecell COMMAND [OPTION]... [FILE]...\nTry 'tonecell --help'.\n", stderr);
        return 2;
    }
    talk_start(NULL, false);
    if (needs_linear_algebra(command_find(argv[1])) && !environment_prepare(argv))
        end(1);
    signal(SIGXFSZ, SIG_IGN); /* a file over the limit of ulimit -f is an error of write() */
    status = dispatch(argc, argv);
    /* Results that did not reach their file are failed work. */
    if (fclose(stdout) != 0) {
        talk_error("standard output", "%s", strerror(errno));
        end(status ? status : 1);
    }
    end(status);
}
