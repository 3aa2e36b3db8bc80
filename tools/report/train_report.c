#include "report/train_report.h"

#include "cli/json_result.h"
#include "cli/paths.h"
#include "cli/talk.h"
#include "report/esr.h"

#include <math.h>
#include <stdio.h>

static const char *end_words(enum tc_train_end end)
{
    switch (end) {
    case TC_END_EPOCHS:
        return "all epochs done";
    case TC_END_PATIENCE:
        return "it got no better";
    case TC_END_TIME:
        return "the time is over";
    case TC_END_STOPPED:
        break;
    }
    return "stopped";
}

void train_report_print_json(const struct train_report *report, json_t *record)
{
    json_object_set_new(record, "model", json_path(report->model));
    json_object_set_new(record, "esr", json_number(report->progress->best_esr));
    json_object_set_new(record, "esr_gain", json_number(report->baselines->esr_gain));
    json_object_set_new(record, "esr_fir", json_number(report->baselines->esr_fir));
    json_object_set_new(record, "seconds", json_number(report->progress->seconds));
    json_object_set_new(record, "frames_per_second",
                        json_number(report->progress->frames_per_second));
    json_object_set_new(record, "end", json_string(end_words(report->end)));
    json_print(record);
    json_decref(record);
}

void train_report_print(const struct train_report *report)
{
    const double esr = report->progress->best_esr;
    char duration[32];

    printf("%s: %s after %s and %u epoch%s\n", report->model, end_words(report->end),
           talk_duration(report->progress->seconds, duration), report->progress->epoch,
           report->progress->epoch == 1 ? "" : "s");
    printf("on the validation part:\n");
    if (isnan(esr))
        printf("  ESR           unknown: stopped before the first validation\n");
    else
        printf("  ESR           %.5f  %6.1f dB  %s\n", esr, esr_db(esr), esr_description(esr));
    printf("  one gain      %.5f  %6.1f dB\n", report->baselines->esr_gain,
           esr_db(report->baselines->esr_gain));
    printf("  128-tap FIR   %.5f  %6.1f dB\n", report->baselines->esr_fir,
           esr_db(report->baselines->esr_fir));
    printf("hear it in a host:  tonecell install ");
    path_print_word(report->model);
    putchar('\n');
}

void train_report_warn(const struct train_report *report)
{
    if (report->progress->rejected > 0)
        talk_warn(NULL, "%u steps were rejected because loss or gradient were not finite",
                  report->progress->rejected);
    if (!isnan(report->progress->best_esr) &&
        report->progress->best_esr >= report->baselines->esr_fir)
        talk_warn(NULL, "the model is no better than a linear filter");
}
