#include "bench/machine_limits.h"
#include "cli/paths.h"
#include "cli/talk.h"
#include "page/content.h"
#include "page/html.h"
#include "report/health_report.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* With more pairs than that, their table is folded up at first. */
enum { PAIRS_SHOWN = 8 };

/* ------------------------------------------------------------------ the model, here */

/* "LSTM", as musicians read it elsewhere. */
static const char *cell_text(enum tc_cell cell, char text[16])
{
    size_t i = 0;

    for (const char *name = tc_cell_name(cell); name[i] != '\0' && i < 15; ++i)
        text[i] = (char)toupper((unsigned char)name[i]);
    text[i] = '\0';
    return text;
}

static void write_network(const struct page *page, FILE *out)
{
    const struct tc_architecture *const arch = tc_model_architecture(page->model);
    const double rate_hz = tc_model_metadata(page->model)->sample_rate_hz;
    char text[256] = "", cell[16];

    for (unsigned l = 0; l < arch->layers; ++l) {
        const size_t used = strlen(text);

        snprintf(text + used, sizeof text - used, "%s%s with %u units", l > 0 ? ", then " : "",
                 cell_text(arch->layer[l].cell, cell), arch->layer[l].hidden);
    }
    html_row(out, "network", text);
    html_row_format(out, "weights", "%zu", tc_model_weights(page->model));
    if (rate_hz > 0.0)
        html_row_format(out, "sample rate", "%.10g Hz", rate_hz);
}

static void write_settling(FILE *out, const char *name, double settled_s)
{
    if (isnan(settled_s))
        html_row(out, name, "not within 2 s: it may hum or pump");
    else if (settled_s < 0.001)
        html_row(out, name, "at once");
    else
        html_row_format(out, name, "within %.0f ms", ceil(1000.0 * settled_s));
}

static void write_cost(const struct model_measurements *m, FILE *out)
{
    char name[CPU_NAME_SIZE];

    html_row(out, "this CPU", machine_cpu_name(name));
    for (unsigned i = 0; i < SESSION_RATES; ++i) {
        snprintf(name, sizeof name, "cost at %g kHz", m->session[i].rate_hz / 1000.0);
        html_row_format(out, name, "%.*f %% of one core", m->session[i].core_percent < 10.0 ? 1 : 0,
                        m->session[i].core_percent);
    }
}

static void write_health(const struct content *content, FILE *out)
{
    const struct tc_health *const health = &content->measured.health;
    struct health_sentences sentences;

    write_settling(out, "forgets a loud burst", health->forgets_s);
    html_row_format(out, "peak on noise at full scale", "%.2f", health->burst_peak);
    if (isfinite(health->sensitivity_db))
        html_row_format(out, "sensitivity to noise of -120 dB", "%.0f dB", health->sensitivity_db);
    if (!isnan(content->measured.aliasing[1]))
        html_row_format(out, "aliasing of a sine of 2 kHz", "%.0f dB",
                        10.0 * log10(content->measured.aliasing[1]));
    health_describe(tc_model_architecture(content->page->model), health, &sentences);
    for (unsigned i = 0; i < sentences.n; ++i)
        html_row_format(out, "fault", "it %s", sentences.text[i]);
}

static void write_rest(const struct model_measurements *m, FILE *out)
{
    char noise[NUMBER_SIZE], dc[NUMBER_SIZE];

    write_settling(out, "settles from the start", m->health.settles_start_s);
    write_settling(out, "settles after a loud burst", m->health.settles_burst_s);
    if (m->noise[0] > 0.0)
        snprintf(noise, sizeof noise, "%.0f dB", 20.0 * log10(m->noise[0]));
    else
        strcpy(noise, "none");
    html_row_format(out, "output on silence", "offset %s, noise %s", html_number(m->silence[0], dc),
                    noise);
}

static void write_model(const struct content *content, FILE *out)
{
    const json_t *const seconds = json_object_get(content->page->result, "seconds");
    char duration[32];

    html_table_begin(out, "The model, and what it costs here");
    write_network(content->page, out);
    write_cost(&content->measured, out);
    write_rest(&content->measured, out);
    write_health(content, out);
    if (content->page->trained && json_is_number(seconds))
        html_row(out, "training took", talk_duration(json_number_value(seconds), duration));
    html_table_end(out);
}

/* ------------------------------------------------------------------ the recordings */

static void write_file(const struct recording *file, double rate_hz, FILE *out)
{
    char hash[HASH_TEXT_SIZE];

    fputs("<tr><th scope=\"row\">", out);
    html_text(out, path_name(file->path));
    fprintf(out, "</th><td class=\"n\">%s</td><td class=\"n\">%.1f s</td><td class=\"n\">%s</td>",
            file->is_target ? "target" : "input", (double)file->audio.n_frames / rate_hz,
            recording_hash_text(file, hash));
}

static void write_alignment(const struct recording_pair *pair, FILE *out)
{
    const long delay = recording_pair_delay(pair);

    fprintf(out, "<td class=\"n\">%ld frames %s, polarity %s", labs(delay),
            delay < 0 ? "early" : "late", pair->inverted ? "inverted" : "normal");
    if (pair->drift_ppm != 0.0)
        fprintf(out, ", drift of %.1f ppm undone", pair->drift_ppm);
    if (pair->wander.n_knots > 0)
        fprintf(out, ", wow and flutter of %.2f frames RMS undone", pair->wander.rms_frames);
    fputs("</td></tr>\n", out);
}

static void write_data(const struct page *page, FILE *out)
{
    fprintf(out, "<details%s><summary>The recordings</summary><div class=\"wide\"><table>",
            page->recordings->n_pairs > PAIRS_SHOWN ? "" : " open=\"open\"");
    fputs("<thead><tr>"
          "<th scope=\"col\">file</th><th scope=\"col\">is</th><th scope=\"col\">length</th>"
          "<th scope=\"col\">hash of its samples</th><th scope=\"col\">alignment</th></tr></thead>"
          "<tbody>\n",
          out);
    for (size_t i = 0; i < page->recordings->n_pairs; ++i) {
        const struct recording_pair *const pair = &page->recordings->pair[i];

        write_file(pair->input, page->signals->rate_hz, out);
        fputs("<td></td></tr>\n", out);
        write_file(pair->target, page->signals->rate_hz, out);
        write_alignment(pair, out);
    }
    for (size_t i = 0; page->dry != NULL && i < page->dry->n_pairs; ++i) {
        write_file(page->dry->pair[i].input, page->signals->rate_hz, out);
        fputs("<td>no target: the teacher's output</td></tr>\n", out);
    }
    html_table_end(out);
    fputs("</details>\n", out);
}

/* ------------------------------------------------------------------ the settings */

/* A value of the record of a training, as a person would write it. */
static const char *value_text(const json_t *value, char number[NUMBER_SIZE])
{
    if (json_is_string(value))
        return json_string_value(value);
    if (json_is_boolean(value))
        return json_is_true(value) ? "yes" : "no";
    if (json_is_integer(value))
        snprintf(number, NUMBER_SIZE, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_real(value))
        html_number(json_real_value(value), number);
    else
        return "none";
    return number;
}

/* "time limit, s" of time_limit_s. */
static const char *key_text(const char *key, char text[64])
{
    size_t n;

    snprintf(text, 62, "%s", key);
    for (char *c = text; *c != '\0'; ++c)
        if (*c == '_')
            *c = ' ';
    n = strlen(text);
    if (n > 2 && strcmp(text + n - 2, " s") == 0)
        strcpy(text + n - 2, ", s");
    return text;
}

/* Whether 0 switches a setting off. */
static bool is_none_at_0(const char *key)
{
    static const char *const keys[] = {"memory",     "time_limit_s", "dropout",
                                       "clip_value", "clip_norm",    "average",
                                       "dc_weight",  "stft_weight",  "weight_decay"};

    for (size_t i = 0; i < sizeof keys / sizeof *keys; ++i)
        if (strcmp(keys[i], key) == 0)
            return true;
    return false;
}

/* Early stopping is not for a learning rate that follows half a cosine. */
static bool is_unused(const json_t *object, const char *key)
{
    const char *const schedule = json_string_value(json_object_get(object, "schedule"));

    return strcmp(key, "patience") == 0 && schedule != NULL && strcmp(schedule, "cosine") == 0;
}

static void write_value(const json_t *object, const char *key, const json_t *value, FILE *out)
{
    char name[64], number[NUMBER_SIZE];

    if (is_unused(object, key))
        html_row(out, key_text(key, name), "not used");
    else if (is_none_at_0(key) && json_number_value(value) == 0.0)
        html_row(out, key_text(key, name), "none");
    else
        html_row(out, key_text(key, name), value_text(value, number));
}

static void write_values(json_t *object, FILE *out)
{
    const char *key;
    json_t *value;

    json_object_foreach(object, key, value)
    {
        if (!json_is_object(value) && !json_is_array(value))
            write_value(object, key, value, out);
    }
}

static void write_settings(const struct page *page, FILE *out)
{
    if (!page->trained)
        return;
    html_table_begin(out, "The settings of the training");
    write_values(json_object_get(page->result, "options"), out);
    html_table_end(out);
    html_table_begin(out, "The training");
    write_values(page->result, out);
    html_table_end(out);
}

/* What --anti-alias has changed. */
static void write_aliasing(const struct page *page, FILE *out)
{
    json_t *const sines = json_object_get(page->result, "aliasing"), *sine;
    size_t i;

    if (sines == NULL)
        return;
    html_table_begin(out, "Aliasing of sines at full scale");
    json_array_foreach(sines, i, sine)
    {
        char name[NUMBER_SIZE], before[NUMBER_SIZE], after[NUMBER_SIZE];

        if (json_is_null(json_object_get(sine, "before_db")))
            continue;
        snprintf(name, sizeof name, "%" JSON_INTEGER_FORMAT " Hz",
                 json_integer_value(json_object_get(sine, "hz")));
        html_row_format(out, name, "%s dB before, %s dB after",
                        value_text(json_object_get(sine, "before_db"), before),
                        value_text(json_object_get(sine, "after_db"), after));
    }
    html_table_end(out);
}

void page_write_tables(const struct content *content, FILE *out)
{
    fputs("<section><h2>Model, recordings and settings</h2>\n", out);
    write_data(content->page, out);
    fputs("<div class=\"figures\">\n", out);
    write_model(content, out);
    write_settings(content->page, out);
    write_aliasing(content->page, out);
    fputs("</div></section>\n", out);
}
