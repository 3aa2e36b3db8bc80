#include "cli/help.h"

#include "cli/option_groups.h"

#include <string.h>

enum { TEXT_WIDTH = 80, HELP_COLUMN = 30 };

/* Write text from `column` on, with later lines indented by `indent`. */
static void wrap(FILE *out, const char *text, int column, int indent)
{
    while (*text) {
        const int length = (int)strcspn(text, " \n");

        if (column > indent && column + 1 + length > TEXT_WIDTH) {
            fprintf(out, "\n%*s", indent, "");
            column = indent;
        }
        column += fprintf(out, "%s%.*s", column > indent ? " " : "", length, text);
        text += length;
        if (*text == '\n') {
            fprintf(out, "\n%*s", text[1] == '\n' ? 0 : indent, "");
            column = indent;
        }
        text += *text != '\0';
    }
    fputc('\n', out);
}

static void help_option(FILE *out, const struct opt *opt)
{
    const char letter[] = {'-', opt->letter, ',', ' ', '\0'};
    const int column = fprintf(out, "  %s--%s%s%s", opt->letter ? letter : "    ", opt->name,
                               opt->metavar ? "=" : "", opt->metavar ? opt->metavar : "");

    if (column + 2 > HELP_COLUMN)
        fprintf(out, "\n%*s", HELP_COLUMN, "");
    else
        fprintf(out, "%*s", HELP_COLUMN - column, "");
    wrap(out, opt->help, HELP_COLUMN, HELP_COLUMN);
}

/* The rows of a group and level; under its heading if it was not shown before. */
static void help_rows(FILE *out, const struct command *command, enum opt_group group,
                      enum opt_level level, bool *has_heading)
{
    const struct opt *opt;

    for (size_t i = 0; (opt = option_row(command, i)) != NULL; ++i) {
        if (!option_in_group(command, opt, group) || opt->level != level)
            continue;
        if (!*has_heading)
            fprintf(out, "\n%s:\n", option_group_title(command, group));
        *has_heading = true;
        help_option(out, opt);
    }
}

static void help_options(FILE *out, const struct command *command, enum opt_group group, bool all)
{
    bool has_heading = false;

    help_rows(out, command, group, EVERYDAY, &has_heading);
    if (all)
        help_rows(out, command, group, EXPERT, &has_heading);
}

static unsigned count_experts(const struct command *command)
{
    const struct opt *opt;
    unsigned n = 0;

    for (size_t i = 0; (opt = option_row(command, i)) != NULL; ++i)
        n += opt->level == EXPERT;
    return n;
}

static void help_synopsis(FILE *out, const struct command *command)
{
    const char *line = command->synopsis, *lead = "Usage: ";

    while (line) {
        const int length = (int)strcspn(line, "\n");

        fprintf(out, "%stonecell %s %.*s\n", lead, command->name, length, line);
        line = line[length] ? line + length + 1 : NULL;
        lead = "       ";
    }
}

static void help_examples(FILE *out, const struct command *command)
{
    if (command->n_examples)
        fputs("\nExamples:\n", out);
    for (size_t i = 0; i < command->n_examples; ++i)
        fprintf(out, "  tonecell %s %s\n      %s\n", command->name, command->examples[i].line,
                command->examples[i].does);
}

void help_command(FILE *out, const struct command *command, bool all)
{
    const unsigned experts = count_experts(command);

    help_synopsis(out, command);
    fputc('\n', out);
    wrap(out, command->description, 0, 0);
    for (unsigned group = 0; group < N_GROUPS; ++group) {
        if (option_group_title(command, (enum opt_group)group) != NULL)
            help_options(out, command, (enum opt_group)group, all);
    }
    help_examples(out, command);
    if (!all && experts > 0)
        fprintf(out, "\n`tonecell %s --help-all' shows %u more option%s, for experts.\n",
                command->name, experts, experts == 1 ? "" : "s");
}

void help_program(FILE *out)
{
    fputs("Usage: tonecell COMMAND [OPTION]... [FILE]...\n\n"
          "Learns the sound of audio gear from recordings, and plays it.\n\n"
          "Commands:\n",
          out);
    for (const struct command *const *c = commands; *c; ++c)
        fprintf(out, "  %-12s %s\n", (*c)->name, (*c)->summary);
    fputs("\n`tonecell help COMMAND' describes one of them; `tonecell --version' shows the\n"
          "version. The manual page tonecell(1) has everything on one page.\n",
          out);
}
