#include "audio/quantise.h"
#include "audio/wav_header.h"
#include "cli/paths.h"
#include "page/base64.h"
#include "page/content.h"
#include "page/html.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Four sounds of so many frames are a page of about 5 MB. */
static const double longest_s = 10.0, most_frames = 480000.0;

enum { SAMPLE_SIZE = 2 };

/* What is played: around the worst second. */
struct excerpt {
    size_t first, n;
    double scale; /* so that nothing is beyond full scale */
};

static struct excerpt choose_excerpt(const struct content *content)
{
    const struct scored_signals *const s = content->page->signals;
    const struct seconds *const seconds = &content->seconds;
    const size_t most = (size_t)fmin(longest_s * s->rate_hz, most_frames);
    struct excerpt e = {.n = most < s->n_frames ? most : s->n_frames};
    double peak = 1.0;

    if (seconds->n_scored > 0) {
        const struct second *const worst = &seconds->second[seconds->worst];
        const size_t middle = worst->first + worst->n_frames / 2;

        e.first = middle > e.n / 2 ? middle - e.n / 2 : 0;
    }
    if (e.first > s->n_frames - e.n)
        e.first = s->n_frames - e.n;
    for (size_t i = e.first; i < e.first + e.n; ++i) {
        const double target = (double)s->target[i], output = (double)s->output[i];

        peak = fmax(peak, fmax(fabs((double)s->input[i]), fabs(target)));
        peak = fmax(peak, fmax(fabs(output), fabs(target - output)));
    }
    e.scale = 1.0 / peak;
    return e;
}

static double sample_at(const struct scored_signals *s, enum curve which, size_t i)
{
    switch (which) {
    case CURVE_INPUT:
        return (double)s->input[i];
    case CURVE_TARGET:
        return (double)s->target[i];
    case CURVE_MODEL:
        return (double)s->output[i];
    case CURVE_ERROR:
    case N_CURVES:
        break;
    }
    return (double)s->target[i] - (double)s->output[i];
}

/* A WAV file of 16 bits; bytes: room for it. */
static void fill_wav(unsigned char *bytes, const struct scored_signals *s,
                     const struct excerpt *excerpt, enum curve which)
{
    struct quantiser quantiser = {.bits = 8 * SAMPLE_SIZE, .dither = true, .random = 1};
    unsigned char *at = bytes + WAV_HEADER_SIZE;

    wav_header(bytes, &(struct wav_form){.channels = 1,
                                         .rate_hz = (unsigned)(s->rate_hz + 0.5),
                                         .sample_size = SAMPLE_SIZE,
                                         .n_frames = excerpt->n});
    for (size_t i = 0; i < excerpt->n; ++i) {
        const double sample = excerpt->scale * sample_at(s, which, excerpt->first + i);
        const unsigned value = (unsigned)quantise(&quantiser, (float)sample) >> 16;

        *at++ = (unsigned char)(value & 0xff);
        *at++ = (unsigned char)(value >> 8 & 0xff);
    }
}

static void write_player(FILE *out, const char *name, enum curve which, const unsigned char *bytes,
                         size_t size)
{
    fprintf(out,
            "<figure><h3 class=\"key %s\">%s</h3><audio controls=\"controls\" "
            "aria-label=\"%s\" src=\"data:audio/wav;base64,",
            curve_class[which], name, name);
    base64_write(out, bytes, size);
    fputs("\"></audio></figure>\n", out);
}

/* One frame past a part of the scored signals. */
static size_t part_end(const struct scored_signals *s, size_t part)
{
    return part + 1 < s->n_parts ? s->part[part + 1].first : s->n_frames;
}

/* Where in the recordings the excerpt comes from: its parts were joined. */
static void write_parts(FILE *out, const struct scored_signals *s, const struct excerpt *excerpt)
{
    const size_t end = excerpt->first + excerpt->n;
    const char *file = NULL;

    fputs("<p class=\"soft\">These sounds are joined from", out);
    for (size_t i = 0; i < s->n_parts; ++i) {
        const struct scored_part *const part = &s->part[i];
        const size_t first = part->first > excerpt->first ? part->first : excerpt->first;
        const size_t stop = part_end(s, i) < end ? part_end(s, i) : end;
        const char *const of = part->source->row->input;

        if (first >= stop)
            continue;
        fputs(file != NULL ? ", " : " ", out);
        if (file == NULL || strcmp(file, of) != 0) {
            html_text(out, path_name(of));
            fputs(" ", out);
        }
        file = of;
        fprintf(out, "%.1f to %.1f s", (double)(part->start + first - part->first) / s->rate_hz,
                (double)(part->start + stop - part->first) / s->rate_hz);
    }
    fputs(".</p>\n", out);
}

static void write_words(FILE *out, const struct content *content, const struct excerpt *excerpt)
{
    const struct scored_signals *const s = content->page->signals;

    fprintf(out,
            "<p>%.0f s around the worst second (%.0f to %.0f s of what was scored), all four "
            "with the same gain%s.</p>\n",
            (double)excerpt->n / s->rate_hz, (double)excerpt->first / s->rate_hz,
            (double)(excerpt->first + excerpt->n) / s->rate_hz,
            excerpt->scale < 1.0 ? ", turned down to stay below full scale" : "");
}

enum tc_status page_write_players(const struct content *content, FILE *out, struct tc_error *error)
{
    static const char *const names[N_CURVES] = {[CURVE_INPUT] = "Input",
                                                [CURVE_TARGET] = "Target: the device",
                                                [CURVE_MODEL] = "Model",
                                                [CURVE_ERROR] = "Error: target minus model"};
    const struct excerpt excerpt = choose_excerpt(content);
    const size_t size = WAV_HEADER_SIZE + SAMPLE_SIZE * excerpt.n;
    unsigned char *const bytes = calloc(size, 1);

    if (bytes == NULL)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for the sounds of the report");
    fputs("<section><h2>What it sounds like</h2>\n", out);
    write_words(out, content, &excerpt);
    write_parts(out, content->page->signals, &excerpt);
    fputs("<div class=\"figures\">\n", out);
    for (unsigned c = 0; c < N_CURVES; ++c) {
        fill_wav(bytes, content->page->signals, &excerpt, (enum curve)c);
        write_player(out, names[c], (enum curve)c, bytes, size);
    }
    fputs("</div></section>\n", out);
    free(bytes);
    return TC_OK;
}
