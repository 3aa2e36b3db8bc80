#include "page/content.h"
#include "page/svg_plot.h"

#include <math.h>
#include <stdlib.h>

static const struct svg_pen pens[] = {{CURVE_TARGET, 1.5, false}, {CURVE_MODEL, 2.2, false}};

/* A validation's numbers by their row. */
enum { EPOCH, LOSS, SCORE, RATE, NORM, N_VALUES };

static void take_values(const struct page *page, double *value[N_VALUES])
{
    for (size_t i = 0; i < page->n_history; ++i) {
        const struct tc_history_entry *const entry = &page->history[i];

        value[EPOCH][i] = entry->epoch;
        value[LOSS][i] = entry->loss;
        value[SCORE][i] = entry->score;
        value[RATE][i] = entry->learning_rate;
        value[NORM][i] = entry->gradient_norm;
    }
}

/* What is drawn over the epochs: one or two curves of values above 0. */
struct curves {
    const char *label, *y_title;
    unsigned first, n; /* rows of the values */
    bool linear;       /* from 0 on */
};

static void set_range(struct svg_plot *plot, double *const *y, size_t n_curves, size_t n)
{
    plot->y_min = (double)INFINITY;
    for (size_t c = 0; c < n_curves; ++c)
        for (size_t i = 0; i < n; ++i)
            if (isfinite(y[c][i]) && y[c][i] > 0.0) {
                plot->y_min = fmin(plot->y_min, y[c][i]);
                plot->y_max = fmax(plot->y_max, y[c][i]);
            }
    svg_plot_widen(&plot->y_min, &plot->y_max, plot->y_linear);
    if (plot->y_linear)
        plot->y_min = 0.0;
}

static void draw(FILE *out, const struct curves *curves, double *const value[N_VALUES], size_t n)
{
    struct svg_plot plot = {.out = out,
                            .label = curves->label,
                            .x_title = "epoch (once through the training part)",
                            .y_title = curves->y_title,
                            .x_min = value[EPOCH][0],
                            .x_max = value[EPOCH][n - 1],
                            .x_linear = true,
                            .y_linear = curves->linear};

    set_range(&plot, value + curves->first, curves->n, n);
    svg_plot_widen(&plot.x_min, &plot.x_max, true);
    svg_plot_begin(&plot);
    for (unsigned c = 0; c < curves->n; ++c)
        svg_plot_line(&plot, value[EPOCH], value[curves->first + c], n,
                      &pens[curves->n == 1 ? 1 : c]);
    svg_plot_end(&plot);
}

static void draw_all(FILE *out, double *const value[N_VALUES], size_t n)
{
    static const struct figure_key keys[] = {{CURVE_TARGET, "training loss"},
                                             {CURVE_MODEL, "validation ESR"}};
    static const struct curves scores = {"Training loss and validation ESR over the epochs",
                                         "loss, ESR", LOSS, 2, false},
                               rate = {"Learning rate over the epochs", "step size", RATE, 1, true},
                               norm = {"Norm of the gradient over the epochs", "mean norm", NORM, 1,
                                       false};

    figure_begin(out, "Training and validation");
    draw(out, &scores, value, n);
    figure_end(
        out, keys, 2,
        "Lower is better. Where the training loss goes on falling but the validation does not, "
        "the model overfits: it learns this recording rather than the device.");
    figure_begin(out, "Learning rate");
    draw(out, &rate, value, n);
    figure_end(out, NULL, 0, "How large the steps are by which the model is changed.");
    figure_begin(out, "Gradient norm");
    draw(out, &norm, value, n);
    figure_end(
        out, NULL, 0,
        "The length of the gradient before it is limited (by --clip-norm): how steep the loss "
        "is. Peaks that grow are a sign of a learning rate that is too high.");
}

enum tc_status page_write_learning(const struct content *content, FILE *out, struct tc_error *error)
{
    const struct page *const page = content->page;
    const size_t n = page->n_history;
    double *values, *value[N_VALUES];

    if (!page->trained)
        return TC_OK;
    fputs("<section><h2>How the training went</h2>\n", out);
    if (n == 0) {
        fputs("<p>The training was stopped before its first validation.</p></section>\n", out);
        return TC_OK;
    }
    values = calloc(N_VALUES * n, sizeof *values);
    if (values == NULL)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for the learning curves");
    for (size_t v = 0; v < N_VALUES; ++v)
        value[v] = values + v * n;
    take_values(page, value);
    fputs("<div class=\"figures\">\n", out);
    draw_all(out, value, n);
    fputs("</div></section>\n", out);
    free(values);
    return TC_OK;
}
