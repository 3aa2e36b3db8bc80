#include "measurement/spectrum.h"
#include "page/content.h"
#include "page/svg_plot.h"

#include <math.h>
#include <stdlib.h>

static const struct svg_pen pens[N_CURVES] = {[CURVE_INPUT] = {CURVE_INPUT, 1.2, false},
                                              [CURVE_TARGET] = {CURVE_TARGET, 2.6, false},
                                              [CURVE_MODEL] = {CURVE_MODEL, 1.2, false},
                                              [CURVE_ERROR] = {CURVE_ERROR, 1.4, false}};

static const double range_db = 100.0;

static void draw(FILE *out, const double hz[SPECTRUM_BANDS], double db[N_CURVES][SPECTRUM_BANDS],
                 double highest)
{
    struct svg_plot plot = {.out = out,
                            .label = "Spectra of input, target, model and error",
                            .x_title = "Hz",
                            .y_title = "dB",
                            .x_min = hz[0],
                            .x_max = hz[SPECTRUM_BANDS - 1],
                            .y_max = 10.0 * ceil(0.1 * highest),
                            .y_linear = true};

    plot.y_min = plot.y_max - range_db;
    svg_plot_begin(&plot);
    for (unsigned c = 0; c < N_CURVES; ++c)
        svg_plot_line(&plot, hz, db[c], SPECTRUM_BANDS, &pens[c]);
    svg_plot_end(&plot);
}

static enum tc_status measure(const struct scored_signals *s, const float *difference,
                              const double hz[SPECTRUM_BANDS], double db[N_CURVES][SPECTRUM_BANDS],
                              double *highest, struct tc_error *error)
{
    const float *const signal[N_CURVES] = {s->input, s->target, s->output, difference};
    enum tc_status status = TC_OK;

    *highest = -200.0;
    for (unsigned c = 0; c < N_CURVES && status == TC_OK; ++c) {
        status = spectrum_measure(signal[c], s->n_frames, s->rate_hz, hz, db[c], error);
        for (size_t i = 0; i < SPECTRUM_BANDS && status == TC_OK; ++i) {
            db[c][i] = 10.0 * log10(fmax(db[c][i], 1e-30));
            *highest = fmax(*highest, db[c][i]);
        }
    }
    return status;
}

enum tc_status page_write_spectra(const struct content *content, FILE *out, struct tc_error *error)
{
    static const struct figure_key keys[] = {{CURVE_INPUT, "input"},
                                             {CURVE_TARGET, "target"},
                                             {CURVE_MODEL, "model"},
                                             {CURVE_ERROR, "error"}};
    const struct scored_signals *const s = content->page->signals;
    float *const difference = calloc(s->n_frames + 1, sizeof *difference);
    double hz[SPECTRUM_BANDS], db[N_CURVES][SPECTRUM_BANDS], highest;
    enum tc_status status;

    if (difference == NULL)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for the spectra");
    for (size_t i = 0; i < s->n_frames; ++i)
        difference[i] = s->target[i] - s->output[i];
    spectrum_frequencies(s->rate_hz, hz);
    status = measure(s, difference, hz, db, &highest, error);
    free(difference);
    if (status != TC_OK)
        return status;
    figure_begin(out, "Spectra");
    draw(out, hz, db, highest);
    figure_end(out, keys, N_CURVES,
               "Level at each frequency, in dB of full scale. Where the error comes near the "
               "target, the model lacks those frequencies or adds others.");
    return TC_OK;
}
