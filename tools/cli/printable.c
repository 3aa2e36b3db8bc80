#include "cli/printable.h"

#include <jansson.h>
#include <string.h>

static const char dots[] = "...";

bool is_utf8(const char *text)
{
    json_t *const string = json_string(text);

    json_decref(string);
    return string != NULL;
}

bool is_printable(const char *text)
{
    for (const char *c = text; *c != '\0'; ++c) {
        if ((unsigned char)*c < ' ' || *c == 127)
            return false;
    }
    return is_utf8(text);
}

void replace_controls(char *text)
{
    for (; *text; ++text)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            *text = '?';
}

void show_text(char *shown, size_t size, const char *text)
{
    const size_t length = strlen(text);
    size_t n = length < size ? length : size - sizeof dots;

    while (n < length && n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
        --n;
    memcpy(shown, text, n);
    strcpy(shown + n, n < length ? dots : "");
    replace_controls(shown);
}
