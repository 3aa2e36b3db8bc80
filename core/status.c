#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "tonecell.h"

#include <stdarg.h>
#include <stdio.h>

const char *tc_strerror(enum tc_status status)
{
    switch (status) {
    case TC_OK:
        return "no error";
    case TC_NO_MEMORY:
        return "out of memory";
    case TC_BAD_ARGUMENT:
        return "bad argument";
    case TC_BAD_FORMAT:
        return "damaged file or unknown format";
    case TC_BAD_SHAPE:
        return "shapes do not fit";
    case TC_BAD_VALUE:
        return "bad value";
    case TC_UNSUPPORTED:
        return "not supported";
    case TC_TOO_LARGE:
        return "too large";
    case TC_IO:
        return "input or output failed";
    }
    return "unknown status";
}

enum tc_status tc_fail(struct tc_error *error, enum tc_status status, const char *format, ...)
{
    if (error) {
        va_list arguments;

        va_start(arguments, format);
        vsnprintf(error->message, sizeof error->message, format, arguments);
        va_end(arguments);
    }
    return status;
}

const char *tc_version(void)
{
    return PACKAGE_VERSION;
}
