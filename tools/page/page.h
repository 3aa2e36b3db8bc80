/** @file
 *  The report of a model as a page: one HTML file with SVG plots, players of audio and tables,
 *  which loads nothing from elsewhere, and its numbers as JSON and CSV beside it. */
#ifndef TONECELL_PAGE_H
#define TONECELL_PAGE_H

#include "cli/options.h"
#include "data/recordings.h"
#include "report/evaluation.h"
#include "report/scored_signals.h"

#include <jansson.h>

/** The option: a const char *. */
#define REPORT_OPTION(offset)                                                               \
    OPT_ROW(0, "report", OPT_TEXT, offset, 0, 0, "FOLDER",                                  \
            "write a page with plots, sounds and numbers into a folder: report.html, with " \
            "metrics.json and CSV tables [none]",                                           \
            GROUP_OUTPUT, EVERYDAY)

/** Everything belongs to the caller. */
struct page {
    const char *folder, *model_path;
    const struct tc_model *model;
    const struct scored_signals *signals;
    const char *scored_on;               /* what the signals are, as a clause */
    const struct recordings *recordings; /* pairs */
    const struct recordings *dry;        /* those without a target; NULL: none */
    struct scores scores;                /* of the model (NAN: not known) and of the baselines */
    bool trained;                        /* there has been a training, with this history */
    const struct tc_history_entry *history;
    size_t n_history;
    json_t *result; /* what --json prints */
};

/** Make the folder if it is missing, and those above it, and see that files can be written there.
 *  False after talk_error(). */
bool page_folder_check(const char *folder);

/** Write report.html, metrics.json, seconds.csv and, of a training, history.csv, each whole or not
 *  at all. Other files in the folder stay as they are. Takes some seconds. Errors: TC_IO,
 *  TC_NO_MEMORY, and those of tc_player_new(). */
enum tc_status page_write(const struct page *page, struct tc_error *error);

/** The same, and tell where the page is. False after talk_error(). */
bool page_write_reported(const struct page *page);

#endif
