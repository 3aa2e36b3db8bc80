#include "config.h"
#include "cli/help.h"
#include "cli/option_groups.h"

#include <ctype.h>
#include <string.h>

enum { MAN_WIDTH = 64 };

/* What roff would take for its own, and what it shows instead of itself. */
static const char *man_escape(char c)
{
    switch (c) {
    case '\\':
        return "\\e";
    case '-':
        return "\\-";
    case '~':
        return "\\(ti";
    case '^':
        return "\\(ha";
    case '`':
        return "\\(ga";
    default:
        return NULL;
    }
}

/* Text in lines of about `width`, broken at blanks. */
static void man_text(FILE *out, const char *text, size_t length, size_t width)
{
    size_t column = 0;

    for (size_t i = 0; i < length; ++i) {
        const char c = text[i] == ' ' && column >= width ? '\n' : text[i];
        const char *const escape = man_escape(c);

        if (column == 0 && (c == '.' || c == '\''))
            fputs("\\&", out);
        if (escape)
            fputs(escape, out);
        else
            fputc(c, out);
        column = c == '\n' ? 0 : column + 1;
    }
}

static void man_string(FILE *out, const char *text)
{
    man_text(out, text, strlen(text), SIZE_MAX);
}

static void man_flow(FILE *out, const char *text)
{
    man_text(out, text, strlen(text), MAN_WIDTH);
    fputc('\n', out);
}

static void man_paragraphs(FILE *out, const char *text)
{
    while (*text) {
        const size_t length = strcspn(text, "\n");

        man_text(out, text, length, MAN_WIDTH);
        fputc('\n', out);
        text += length;
        if (text[0] == '\n' && text[1] == '\n')
            fputs(".PP\n", out);
        text += strspn(text, "\n");
    }
}

static void man_option(FILE *out, const struct opt *opt)
{
    fputs(".TP\n", out);
    if (opt->letter)
        fprintf(out, "\\fB\\-%c\\fR, ", opt->letter);
    fputs("\\fB\\-\\-", out);
    man_string(out, opt->name);
    fputs("\\fR", out);
    if (opt->metavar) {
        fputs("=\\fI", out);
        man_string(out, opt->metavar);
        fputs("\\fR", out);
    }
    fputc('\n', out);
    man_flow(out, opt->help);
}

static void man_synopsis(FILE *out, const struct command *command)
{
    const char *line = command->synopsis;

    while (line) {
        const size_t length = strcspn(line, "\n");

        fprintf(out, "\\fBtonecell %s\\fR ", command->name);
        man_text(out, line, length, SIZE_MAX);
        line = line[length] ? line + length + 1 : NULL;
        fputs(line ? "\n.br\n" : "\n", out);
    }
}

/* The common options have a section of their own. */
static void man_rows(FILE *out, const struct command *command, enum opt_group group,
                     enum opt_level level, bool *has_heading)
{
    const size_t n = option_count(command);

    for (size_t i = 0; i < n; ++i) {
        const struct opt *const opt = option_row(command, i);

        if (!option_in_group(command, opt, group) || opt->level != level)
            continue;
        if (!*has_heading)
            fprintf(out, ".SS \"%s\"\n", option_group_title(command, group));
        *has_heading = true;
        man_option(out, opt);
    }
}

static void man_options(FILE *out, const struct command *command, enum opt_group group)
{
    bool has_heading = false;

    man_rows(out, command, group, EVERYDAY, &has_heading);
    man_rows(out, command, group, EXPERT, &has_heading);
}

static void man_examples(FILE *out, const struct command *command)
{
    if (command->n_examples)
        fputs(".SS \"Examples\"\n", out);
    for (size_t i = 0; i < command->n_examples; ++i) {
        fprintf(out, ".TP\n\\fBtonecell %s ", command->name);
        man_string(out, command->examples[i].line);
        fputs("\\fR\n", out);
        man_flow(out, command->examples[i].does);
    }
}

static void man_command(FILE *out, const struct command *command)
{
    fprintf(out, ".SH \"TONECELL ");
    for (const char *c = command->name; *c; ++c)
        fputc(toupper((unsigned char)*c), out);
    fputs("\"\n", out);
    man_synopsis(out, command);
    fputs(".PP\n", out);
    man_paragraphs(out, command->description);
    for (unsigned group = 0; group < N_GROUPS; ++group) {
        if (option_group_title(command, (enum opt_group)group) != NULL)
            man_options(out, command, (enum opt_group)group);
    }
    man_examples(out, command);
}

void help_man(FILE *out)
{
    fputs(".TH TONECELL 1 \"\" \"Tonecell " PACKAGE_VERSION "\" \"User Commands\"\n"
          ".SH NAME\n"
          "tonecell \\- learn the sound of audio gear from recordings, and play it\n"
          ".SH SYNOPSIS\n"
          "\\fBtonecell\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR]... [\\fIFILE\\fR]...\n"
          ".SH DESCRIPTION\n"
          "A model is a small recurrent network that learned from a pair of recordings\n"
          "what a device does to a signal. These commands make, judge and play models.\n",
          out);
    for (const struct command *const *c = commands; *c; ++c) {
        fprintf(out, ".TP\n\\fB%s\\fR\n", (*c)->name);
        man_flow(out, (*c)->summary);
    }
    fputs(".SH \"OPTIONS OF EVERY COMMAND\"\n", out);
    for (size_t i = 0; i < N_COMMON_OPTS; ++i)
        man_option(out, &common_opts[i]);
    for (const struct command *const *c = commands; *c; ++c)
        man_command(out, *c);
    fputs(".SH \"EXIT STATUS\"\n"
          "0 when the work is done, 1 when some of it failed,\n"
          "2 for a wrong use of the program.\n",
          out);
}
