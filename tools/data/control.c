#include "data/control.h"

#include "cli/printable.h"

#include <string.h>

/* Cut "=audio" or "=knob" off a length of text; others are part of the name. */
static size_t name_length(const char *text, bool *is_knob)
{
    const char *const equals = strrchr(text, '=');

    *is_knob = equals != NULL && strcmp(equals, "=knob") == 0;
    return *is_knob || (equals != NULL && strcmp(equals, "=audio") == 0) ? (size_t)(equals - text)
                                                                         : strlen(text);
}

int control_parse(const struct command *self, const char *option, struct control *control)
{
    size_t length;

    *control = (struct control){.is_knob = false};
    if (option == NULL)
        return 0;
    length = name_length(option, &control->is_knob);
    if (length == 0 || length >= sizeof control->name || !is_printable(option) ||
        memchr(option, '=', length) != NULL)
        return usage_error(self,
                           "--control: '%s', expected NAME, NAME=audio or NAME=knob with a name of "
                           "at most %zu bytes without '='",
                           option, sizeof control->name - 1);
    memcpy(control->name, option, length);
    return 0;
}
