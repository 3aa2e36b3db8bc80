#include "page/html.h"

#include "cli/markup.h"
#include "utf8.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

const char *const curve_class[N_CURVES] = {"input", "target", "model", "error"};

/* ------------------------------------------------------------------ text */

void html_text(FILE *out, const char *text)
{
    const bool utf8 = tc_is_utf8(text);

    for (; *text != '\0'; ++text) {
        const unsigned char c = (unsigned char)*text;

        if (c < 0x20 || c == 0x7f || (c >= 0x80 && !utf8))
            fputc('?', out);
        else
            markup_put(out, *text);
    }
}

const char *html_number(double value, char text[NUMBER_SIZE])
{
    const double size = fabs(value);
    const int decimals = size > 0.0 ? 2 - (int)floor(log10(size)) : 0;

    if (!isfinite(value)) {
        strcpy(text, "unknown");
        return text;
    }
    if (size > 0.0 && size < 1e-6) {
        strcpy(text, "less than 0.000001");
        return text;
    }
    snprintf(text, NUMBER_SIZE, "%.*f", decimals > 0 ? decimals : 0, value);
    if (strchr(text, '.') != NULL) {
        size_t end = strlen(text);

        while (text[end - 1] == '0')
            --end;
        text[text[end - 1] == '.' ? end - 1 : end] = '\0';
    }
    return text;
}

/* ------------------------------------------------------------------ tables */

void html_table_begin(FILE *out, const char *caption)
{
    fputs("<div class=\"wide\"><table><caption>", out);
    html_text(out, caption);
    fputs("</caption><tbody>\n", out);
}

void html_table_end(FILE *out)
{
    fputs("</tbody></table></div>\n", out);
}

void html_row(FILE *out, const char *name, const char *value)
{
    fputs("<tr><th scope=\"row\">", out);
    html_text(out, name);
    fputs("</th><td>", out);
    html_text(out, value);
    fputs("</td></tr>\n", out);
}

void html_row_format(FILE *out, const char *name, const char *format, ...)
{
    char text[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    html_row(out, name, text);
}

/* ------------------------------------------------------------------ figures */

static void begin(FILE *out, const char *start, const char *title)
{
    fprintf(out, "<figure%s><h3>", start);
    html_text(out, title);
    fputs("</h3>\n", out);
}

void figure_begin(FILE *out, const char *title)
{
    begin(out, "", title);
}

void figure_begin_wide(FILE *out, const char *title)
{
    begin(out, " class=\"across\"", title);
    fputs("<div class=\"two\">\n", out);
}

void figure_end_wide(FILE *out, const struct figure_key *key, size_t n_keys, const char *sentence)
{
    fputs("</div>\n", out);
    figure_end(out, key, n_keys, sentence);
}

void figure_end(FILE *out, const struct figure_key *key, size_t n_keys, const char *sentence)
{
    fputs("<figcaption>", out);
    for (size_t i = 0; i < n_keys; ++i) {
        fprintf(out, "<span class=\"key %s\">", curve_class[key[i].curve]);
        html_text(out, key[i].name);
        fputs("</span> ", out);
    }
    html_text(out, sentence);
    fputs("</figcaption></figure>\n", out);
}
