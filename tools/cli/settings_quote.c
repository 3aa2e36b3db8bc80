#include "cli/settings_quote.h"

#include <string.h>

/* What follows a backslash, and what both stand for. */
static const char letters[] = "\"\\nrt", meanings[] = "\"\\\n\r\t";

bool settings_unquote(char *value)
{
    const char *from = value + 1;
    char *to = value;

    if (*value != '"')
        return true;
    while (*from != '"' && *from != '\0') {
        const char *const letter = from[0] == '\\' && from[1] ? strchr(letters, from[1]) : NULL;

        if (*from == '\\' && letter == NULL)
            return false;
        *to++ = letter != NULL ? meanings[letter - letters] : *from;
        from += letter != NULL ? 2 : 1;
    }
    if (from[0] != '"' || from[1] != '\0')
        return false;
    *to = '\0';
    return true;
}

static bool needs_quotes(const char *text)
{
    const size_t length = strlen(text);

    return *text == '"' || *text == '\0' || strchr(text, '\n') != NULL ||
           strchr(SETTINGS_BLANKS, *text) != NULL ||
           strchr(SETTINGS_BLANKS, text[length - 1]) != NULL;
}

void settings_write_quoted(FILE *out, const char *text)
{
    if (!needs_quotes(text)) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text != '\0'; ++text) {
        const char *const meaning = strchr(meanings, *text);

        if (meaning != NULL)
            fprintf(out, "\\%c", letters[meaning - meanings]);
        else
            fputc(*text, out);
    }
    fputc('"', out);
}
