#include "cli/paths.h"
#include "page/content.h"
#include "page/html.h"
#include "report/esr.h"

#include <ctype.h>
#include <math.h>

/* A larger one says nothing. */
static const double most_factor = 1e5;

/* What the score says beside those of the baselines. */
static void write_comparison(const struct scores *scores, FILE *out)
{
    const struct verdict_scale scale = scores_scale(scores);
    const bool is_gain = scale.baseline.score == scores->esr_gain;
    const double factor = fmin(scale.baseline.score / scores->esr, most_factor);

    if (model_verdict_of(scores->esr, &scale) == MODEL_BETTER)
        fprintf(out, "The best %s leaves %s%.*f times as much error.",
                is_gain ? "gain" : "linear filter", factor < most_factor ? "" : "more than ",
                factor < 10.0 ? 1 : 0, factor);
    else if (scores->esr >= 1.0 ||
             model_verdict_baseline(scores->esr, &scale).score == scale.nothing.score)
        fputs("It is no nearer to the device than silence.", out);
    else
        fprintf(out,
                "But %s does as well or better: a device that hardly distorts needs no model, and "
                "of any other there are too few recordings or too little training.",
                is_gain ? "a mere gain" : "a linear filter");
}

static void write_verdict(const struct scores *scores, FILE *out)
{
    const char *const words = isnan(scores->esr) ? "" : esr_description(scores->esr);

    fputs("<p class=\"verdict\">", out);
    if (isnan(scores->esr)) {
        fputs("The training was stopped before its first validation: nothing is known about this "
              "model.</p>\n",
              out);
        return;
    }
    fprintf(out, "<strong>%c%s.</strong> ", toupper((unsigned char)words[0]), words + 1);
    write_comparison(scores, out);
    fputs("</p>\n", out);
}

static void write_score(FILE *out, const char *name, double esr, const char *words)
{
    char number[NUMBER_SIZE];

    fprintf(out, "<tr><th scope=\"row\">%s</th><td class=\"n\">%s</td>", name,
            html_number(esr, number));
    if (esr > 0.0)
        fprintf(out, "<td class=\"n\">%.1f dB</td>",
                round(10.0 * esr_db(esr)) / 10.0 + 0.0); /* not -0 */
    else
        fputs("<td></td>", out);
    fprintf(out, "<td>%s</td></tr>\n", words);
}

void page_write_summary(const struct content *content, FILE *out)
{
    const struct page *const page = content->page;
    const struct scores *const scores = &page->scores;

    fputs("<header><h1>", out);
    html_text(out, path_name(page->model_path));
    fputs("</h1>\n", out);
    write_verdict(scores, out);
    fputs("<div class=\"wide\"><table><caption>How near to the device</caption><thead><tr><td></td>"
          "<th scope=\"col\">ESR</th><th scope=\"col\">level</th><th scope=\"col\">in words</th>"
          "</tr></thead><tbody>\n",
          out);
    write_score(out, "this model", scores->esr, "the network of this file");
    write_score(out, "one gain", scores->esr_gain, "the best volume control");
    write_score(out, "128-tap FIR", scores->esr_fir, "the best equaliser (linear filter)");
    fputs("</tbody></table></div>\n<p class=\"soft\">ESR, the error-to-signal ratio, is the energy "
          "of the difference between model and device over the energy of the device's sound: 0 is "
          "perfect, 1 is as bad as silence. Everything on this page is of ",
          out);
    html_text(out, page->scored_on);
    fprintf(out, ": %.1f s.</p></header>\n",
            (double)page->signals->n_frames / page->signals->rate_hz);
}
