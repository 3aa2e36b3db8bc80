#include "cli/settings.h"
#include "cli/settings_json.h"
#include "cli/settings_quote.h"
#include "cli/settings_store.h"
#include "files/file.h"
#include "formats/copy_text.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_FILE_SIZE = 65536, SHOWN_SIZE = 64 };

static const char byte_order_mark[] = "\xef\xbb\xbf"; /* UTF-8's, as Windows writes it */

/* The text without blanks around it, in its place. */
static char *trim(char *text)
{
    size_t length;

    text += strspn(text, SETTINGS_BLANKS);
    length = strlen(text);
    while (length > 0 && strchr(SETTINGS_BLANKS, text[length - 1]) != NULL)
        --length;
    text[length] = '\0';
    return text;
}

static bool take_line(struct settings *settings, char *line)
{
    char *const equals = strchr(line, '='), *value;
    char shown[SHOWN_SIZE];
    const struct opt *opt;
    size_t row;

    if (*line == '\0' || *line == '#')
        return true;
    if (equals == NULL) {
        tc_copy_text(shown, sizeof shown, line);
        return settings_fail(settings, "'%s' has no =, expected KEY=VALUE", shown);
    }
    *equals = '\0';
    value = trim(equals + 1);
    opt = settings_find(settings, trim(line), &row);
    if (opt == NULL)
        return false;
    tc_copy_text(shown, sizeof shown, value);
    if (!settings_unquote(value))
        return settings_fail(settings,
                             "%s: %s is not a text in quotes, expected a quote at its end, \\\" "
                             "for one inside, \\\\ for a backslash",
                             opt->name, shown);
    return settings_store(settings, row, value);
}

static bool read_lines(struct settings *settings, char *text)
{
    while (text != NULL) {
        char *const end = strchr(text, '\n');

        if (end != NULL)
            *end = '\0';
        ++settings->line;
        if (!take_line(settings, trim(text)))
            return false;
        text = end != NULL ? end + 1 : NULL;
    }
    return true;
}

/* The file as a text that parsed->texts owns; NULL after settings_fail(). */
static char *load_text(const struct settings *settings)
{
    struct tc_error error;
    unsigned char *bytes;
    char *text;
    size_t size;

    if (tc_file_read(settings->parsed->settings, MAX_FILE_SIZE, &bytes, &size, &error) != TC_OK) {
        settings_fail(settings, "%s", error.message);
        return NULL;
    }
    text = realloc(bytes, size + 1);
    if (text == NULL) {
        free(bytes);
        settings_fail(settings, "out of memory");
        return NULL;
    }
    text[size] = '\0';
    settings->parsed->texts = text;
    if (strlen(text) == size)
        return text;
    settings_fail(settings, "byte %zu is zero, expected a file of text", strlen(text));
    return NULL;
}

bool settings_read(const struct command *command, void *options, struct parsed *parsed)
{
    struct settings settings = {.command = command, .options = options, .parsed = parsed};
    char *text = load_text(&settings);

    if (text == NULL)
        return false;
    if (strncmp(text, byte_order_mark, strlen(byte_order_mark)) == 0)
        text += strlen(byte_order_mark);
    if (text[strspn(text, SETTINGS_BLANKS "\n")] == '{')
        return settings_read_json(&settings, text);
    return read_lines(&settings, text);
}
