#include "cli/printable.h"

#include <jansson.h>

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
