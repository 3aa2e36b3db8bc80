#include "cli/printable.h"

#include "utf8.h"

enum { MAX_SHOWN = 16384 };

bool is_printable(const char *text)
{
    uint32_t code;
    size_t size = 1;

    for (; size > 0 && *text != '\0'; text += size) {
        size = tc_utf8_read(text, &code);
        if (size > 0 && !tc_utf8_is_shown(code))
            return false;
    }
    return size > 0;
}

void print_shown(FILE *out, const char *format, va_list arguments)
{
    char text[MAX_SHOWN];
    const int n = vsnprintf(text, sizeof text, format, arguments);

    tc_utf8_make_shown(text);
    fprintf(out, "%s%s", text, n < (int)sizeof text ? "" : "...");
}
