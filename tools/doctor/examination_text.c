#include "doctor/examination.h"

#include "cli/paths.h"

#include "report/esr.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Recordings with a block of lines of their own; more of them are a table. */
enum { MAX_BLOCKS = 2 };

static void print_file(const char *role, const struct recording *file, float peak)
{
    printf("%-12s %s: %.10g Hz, %.1f s", role, SHOWN_PATH(file->path), file->file_hz,
           (double)file->audio.n_frames / file->audio.rate_hz);
    if (peak > 0.0f)
        printf(", peak %.1f dB", 20.0 * log10((double)peak));
    putchar('\n');
}

static const char *sense(long delay)
{
    return delay > 0 ? " late" : delay < 0 ? " early" : "";
}

static void print_delay(const struct examined_pair *d)
{
    const struct recording_pair *const pair = d->pair;

    if (pair->unclear) {
        printf("%-12s not found\n", "Delay");
        return;
    }
    printf("%-12s %ld frames (%.2f ms)%s%s\n", "Delay", labs(d->delay),
           1000.0 * (double)labs(d->delay) / pair->input->audio.rate_hz, sense(d->delay),
           pair->inverted ? ", polarity inverted" : "");
    if (pair->drift_ppm != 0.0)
        printf("%-12s %+.2f ppm\n", "Drift", pair->drift_ppm);
}

/* Less noise than that is rounding. */
static const double least_told = 1e-12;

static void print_lowest_esr(const struct pair_checks *checks)
{
    if (isnan(checks->lowest_esr))
        printf("%-12s unknown: there is no pause to measure the noise in, and no passage that is "
               "played twice\n",
               "Lowest ESR");
    else if (checks->lowest_esr < least_told)
        printf("%-12s below %.2g: noise more than %.0f dB below the signal\n", "Lowest ESR",
               least_told, -esr_db(least_told));
    else
        printf("%-12s %.2g: noise %.0f dB below the signal\n", "Lowest ESR", checks->lowest_esr,
               -esr_db(checks->lowest_esr));
    if (!isnan(checks->repeats.esr))
        printf("%-12s %zu frames are played twice, and differ by an ESR of %.2g\n", "Repeated",
               checks->repeats.frames, checks->repeats.esr);
}

static void print_block(const struct examined_pair *d)
{
    const struct recording_pair *const pair = d->pair;

    print_file("Input", pair->input, pair->checks.input_peak);
    print_file("Target", pair->target, pair->checks.target_peak);
    print_delay(d);
    if (pair->unclear)
        return;
    print_lowest_esr(&pair->checks);
    if (!isnan(d->linear.fir_esr))
        printf("%-12s ESR %.3g of a filter of 128 taps, %.3g of one gain, on parts on which they "
               "were not fitted\n",
               "Linear", d->linear.fir_esr, d->linear.gain_esr);
}

static void print_table(const struct examination *examination)
{
    printf("%10s  %9s  %10s  %10s  target\n", "delay", "drift ppm", "lowest ESR", "linear ESR");
    for (size_t i = 0; i < examination->data->recordings.n_pairs; ++i) {
        const struct examined_pair *const d = &examination->pair[i];

        if (d->pair->unclear)
            printf("%10s  %9s", "not found", "");
        else
            printf("%10ld  %9.2f", d->delay, d->pair->drift_ppm);
        if (d->pair->unclear || isnan(d->pair->checks.lowest_esr))
            printf("  %10s", "unknown");
        else
            printf("  %10.2g", d->pair->checks.lowest_esr);
        printf("  %10.3g  %s\n", d->linear.fir_esr, SHOWN_PATH(d->pair->target->path));
    }
}

static void print_finding(const struct finding *f)
{
    static const char *const levels[] = {
        [FINDING_NOTE] = "note", [FINDING_WARNING] = "warning", [FINDING_FATAL] = "fault"};

    printf("%-12s ", levels[f->level]);
    if (f->file != NULL)
        printf("%s: ", SHOWN_PATH(f->file));
    printf("%s%s%s%s%s\n", f->what, f->effect[0] != '\0' ? "; " : "", f->effect,
           f->action[0] != '\0' ? ": " : "", f->action);
}

void examination_print(const struct examination *examination)
{
    static const char *const verdicts[] = {
        [VERDICT_GOOD] = "good recordings to train on",
        [VERDICT_USABLE] = "a model can be trained, but see the warnings",
        [VERDICT_BAD] = "training on these makes no sense: see the fault"};
    const struct recordings *const recordings = &examination->data->recordings;

    for (size_t i = 0; i < recordings->n_pairs && recordings->n_pairs <= MAX_BLOCKS; ++i)
        print_block(&examination->pair[i]);
    if (recordings->n_pairs > MAX_BLOCKS)
        print_table(examination);
    for (size_t i = 0; i < recordings->findings.n; ++i)
        if (recordings->findings.finding[i].level != FINDING_FACT)
            print_finding(&recordings->findings.finding[i]);
    printf("%-12s %s\n", "Verdict", verdicts[examination->verdict]);
}
