#include "page/base64.h"

void base64_write(FILE *out, const unsigned char *bytes, size_t n)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < n; i += 3) {
        const unsigned second = i + 1 < n ? bytes[i + 1] : 0, third = i + 2 < n ? bytes[i + 2] : 0;
        const unsigned all = (unsigned)bytes[i] << 16 | second << 8 | third;

        fputc(digit[all >> 18], out);
        fputc(digit[all >> 12 & 63], out);
        fputc(i + 1 < n ? digit[all >> 6 & 63] : '=', out);
        fputc(i + 2 < n ? digit[all & 63] : '=', out);
    }
}
