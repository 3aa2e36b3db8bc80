#include "config.h"
#include "report/health_report.h"

#include "cli/json_result.h"

#include <math.h>
#include <stdio.h>

/* ------------------------------------------------------------------ faults */

static double in_db(double amplitude)
{
    return 20.0 * log10(amplitude);
}

static double loudest_rest(const struct tc_architecture *arch, const double *values)
{
    double loudest = 0.0;

    for (unsigned o = 0; o < arch->outputs; ++o)
        loudest = fabs(values[o]) > fabs(loudest) ? values[o] : loudest;
    return loudest;
}

static void describe_runaway(const struct tc_architecture *arch, const struct tc_health *health,
                             char text[HEALTH_SENTENCE_SIZE])
{
    (void)arch;
    snprintf(text, HEALTH_SENTENCE_SIZE,
             "runs away: on loud notes a noise that nobody hears (-120 dB) changes the output by "
             "%.0f dB of itself, so that what it plays is partly random; train for fewer epochs, "
             "with a lower --learning-rate or with more recordings",
             health->sensitivity_db);
}

static void describe_memory(const struct tc_architecture *arch, const struct tc_health *health,
                            char text[HEALTH_SENTENCE_SIZE])
{
    (void)arch;
    snprintf(text, HEALTH_SENTENCE_SIZE,
             "does not forget: after %.3g s of silence a loud burst still changes the output; "
             "train without --memory, or with more soft and silent parts",
             health->silence_s);
}

static void describe_hum(const struct tc_architecture *arch, const struct tc_health *health,
                         char text[HEALTH_SENTENCE_SIZE])
{
    const double level_db = in_db(loudest_rest(arch, health->rest_rms));

    if (isnan(health->hum_hz))
        snprintf(text, HEALTH_SENTENCE_SIZE,
                 "is not quiet on silence: its output is noise of %.0f dB; train with more soft "
                 "and silent parts",
                 level_db);
    else
        snprintf(text, HEALTH_SENTENCE_SIZE,
                 "hums on silence: its output oscillates at %.0f Hz with %.0f dB; train with more "
                 "soft and silent parts",
                 health->hum_hz, level_db);
}

static void describe_offset(const struct tc_architecture *arch, const struct tc_health *health,
                            char text[HEALTH_SENTENCE_SIZE])
{
    snprintf(text, HEALTH_SENTENCE_SIZE,
             "has a constant output of %.2g on silence (DC): the plugin's DC blocker removes it",
             loudest_rest(arch, health->rest_dc));
}

static const struct {
    unsigned fault;
    const char *name; /* in JSON */
    void (*describe)(const struct tc_architecture *arch, const struct tc_health *health,
                     char text[HEALTH_SENTENCE_SIZE]);
} faults[HEALTH_FAULTS] = {
    {TC_HEALTH_RUNS_AWAY, "runs_away", describe_runaway},
    {TC_HEALTH_REMEMBERS, "remembers", describe_memory},
    {TC_HEALTH_HUMS, "hums", describe_hum},
    {TC_HEALTH_OFFSET, "offset", describe_offset},
};

void health_describe(const struct tc_architecture *arch, const struct tc_health *health,
                     struct health_sentences *sentences)
{
    const unsigned found = tc_health_faults(arch, health);

    sentences->n = 0;
    for (unsigned i = 0; i < HEALTH_FAULTS; ++i)
        if (found & faults[i].fault)
            faults[i].describe(arch, health, sentences->text[sentences->n++]);
}

/* ------------------------------------------------------------------ text */

const char *health_summary(const struct tc_health *health, char text[96])
{
    int used;

    if (isnan(health->forgets_s))
        used = snprintf(text, 96, "does not forget a loud burst in %.3g s", health->silence_s);
    else
        used = snprintf(text, 96, "forgets a loud burst in %.3f s", health->forgets_s);
    if (isfinite(health->sensitivity_db))
        snprintf(text + used, 96 - (size_t)used, ", sensitivity %.0f dB", health->sensitivity_db);
    return text;
}

void health_print_sensitivity(const char *name, double db, const char *signal)
{
    if (isfinite(db))
        printf("%-14s %.0f dB of the output change with noise of -120 dB in %s\n", name, db,
               signal);
    else if (!isnan(db))
        printf("%-14s the output does not change with noise of -120 dB in %s\n", name, signal);
}

void health_print(const struct tc_architecture *arch, const struct tc_health *health)
{
    struct health_sentences sentences;

    if (isnan(health->forgets_s))
        printf("%-14s not within %.3g s of silence\n", "Forgets", health->silence_s);
    else
        printf("%-14s a loud burst within %.3f s of silence\n", "Forgets", health->forgets_s);
    printf("%-14s %.2f on noise at full scale, %.2f on a sine, %.2f on DC, %.2f after an impulse\n",
           "Peaks", health->burst_peak, health->sine_peak, health->constant_peak,
           health->impulse_peak);
    health_print_sensitivity("Sensitivity", health->sensitivity_db, "loud notes");
    health_describe(arch, health, &sentences);
    for (unsigned i = 0; i < sentences.n; ++i)
        printf("%-14s %s\n", i ? "" : "Health", sentences.text[i]);
    if (sentences.n == 0)
        printf("%-14s no fault found\n", "Health");
}

/* ------------------------------------------------------------------ JSON */

static json_t *fault_names(const struct tc_architecture *arch, const struct tc_health *health)
{
    const unsigned found = tc_health_faults(arch, health);
    json_t *const names = json_array();

    for (unsigned i = 0; i < HEALTH_FAULTS; ++i)
        if (found & faults[i].fault)
            json_array_append_new(names, json_string(faults[i].name));
    return names;
}

static json_t *of_outputs(const struct tc_architecture *arch, const double *values)
{
    json_t *const numbers = json_array();

    for (unsigned o = 0; o < arch->outputs; ++o)
        json_array_append_new(numbers, json_number(values[o]));
    return numbers;
}

json_t *health_json(const struct tc_architecture *arch, const struct tc_health *health)
{
    return json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "faults",
        fault_names(arch, health), "silence_s", json_number(health->silence_s), "forgets_s",
        json_number(health->forgets_s), "rest_dc", of_outputs(arch, health->rest_dc), "rest_rms",
        of_outputs(arch, health->rest_rms), "hum_hz", json_number(health->hum_hz), "burst_peak",
        json_number(health->burst_peak), "impulse_peak", json_number(health->impulse_peak),
        "constant_peak", json_number(health->constant_peak), "sine_peak",
        json_number(health->sine_peak), "sensitivity_db", json_number(health->sensitivity_db));
}
