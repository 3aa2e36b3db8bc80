/** @file
 *  The sections of a page. Each writes its HTML to `out`; errors of writing stay there. Those that
 *  can fail do for want of memory: TC_NO_MEMORY. */
#ifndef TONECELL_CONTENT_H
#define TONECELL_CONTENT_H

#include "page/page.h"
#include "page/seconds.h"
#include "report/model_measurements.h"

struct content {
    const struct page *page;
    struct seconds seconds;
    struct model_measurements measured;
};

void page_write_style(FILE *out);

/** Title, verdict, and the scores beside those of the baselines. */
void page_write_summary(const struct content *content, FILE *out);

/** Players of input, target, model and error around the worst second. */
enum tc_status page_write_players(const struct content *content, FILE *out, struct tc_error *error);

/** Loss, score, learning rate and norm of the gradient over the epochs. */
enum tc_status page_write_learning(const struct content *content, FILE *out,
                                   struct tc_error *error);

/** Target, output and error of the best, median and worst second. */
enum tc_status page_write_seconds(const struct content *content, FILE *out, struct tc_error *error);

/** The figures of section "sound": the ESR of each second, spectra, transfer curve, delay. */
enum tc_status page_write_esr(const struct content *content, FILE *out, struct tc_error *error);
enum tc_status page_write_spectra(const struct content *content, FILE *out, struct tc_error *error);
enum tc_status page_write_transfer(const struct content *content, FILE *out,
                                   struct tc_error *error);
enum tc_status page_write_delay(const struct content *content, FILE *out, struct tc_error *error);

/** The model and its cost, the data, the settings. */
void page_write_tables(const struct content *content, FILE *out);

/** The files metrics.json, history.csv and seconds.csv. */
enum tc_status page_write_metrics(const struct content *content, struct tc_error *error);

/** What writes a part of the page, as those above, or a file. */
typedef enum tc_status part_function(const struct content *content, FILE *out,
                                     struct tc_error *error);

/** Write what `part` writes to a file of the folder. Errors: TC_IO, TC_NO_MEMORY and those of
 *  `part`; the file is as before then. */
enum tc_status page_write_file(const struct content *content, const char *name, part_function *part,
                               struct tc_error *error);

#endif
