#include "config.h"
#include "report/info.h"
#include "cli/paths.h"
#include "formats/copy_text.h"

#include "report/health_report.h"
#include "report/selftest_verdict.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { RECORD_WIDTH = 160, RECORD_NAME_SIZE = 64 };

static void print_text(const char *key, const char *value)
{
    if (*value)
        printf("%-14s %s\n", key, value);
}

static void print_level(const char *key, float value, const char *unit)
{
    if (!isnan(value))
        printf("%-14s %g %s\n", key, (double)value, unit);
}

static void print_network(const struct tc_model *model, const struct model_measurements *m)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);

    printf("%-14s audio inputs %u, knobs %u, outputs %u\n", "Network", arch->audio_inputs,
           arch->knobs, arch->outputs);
    for (unsigned l = 0; l < arch->layers; ++l)
        printf("  layer %-6u %s (%s), inputs %u, units %u, weights %zu\n", l + 1,
               tc_cell_name(arch->layer[l].cell), tc_activation_name(arch->layer[l].activation),
               tc_layer_inputs(arch, l), arch->layer[l].hidden, m->weights[l]);
    printf("  %-12s %s, weights %zu\n", "readout", tc_readout_name(arch->readout),
           m->weights[arch->layers]);
    if (arch->residual)
        printf("  %-12s the layer input is added to its output, where both have one width\n",
               "residual");
    if (arch->layer_norm)
        printf("  %-12s the layer output is normalised over its units, then scaled with a gain and "
               "a bias each\n",
               "layer norm");
    if (arch->direct != 0.0f)
        printf("  %-12s the input times %g is added to the output\n", "direct path",
               (double)arch->direct);
    printf("%-14s %zu\n", "Weights", tc_model_weights(model));
}

static void print_knobs(const struct tc_metadata *meta, unsigned n)
{
    for (unsigned i = 0; i < n; ++i) {
        const struct tc_knob *const k = &meta->knob[i];

        printf("%-14s %s, %g to %g%s%s [%g]\n", i ? "" : "Knobs", k->name, (double)k->min,
               (double)k->max, *k->unit ? " " : "", k->unit, (double)k->initial);
    }
}

static void print_control(const struct tc_model *model)
{
    const enum tc_control control = tc_model_control(model);

    if (control != TC_CONTROL_NONE)
        printf("%-14s %s, %s\n", "Control signal", tc_model_metadata(model)->control,
               control == TC_CONTROL_AUDIO ? "the second audio input"
                                           : "a knob, or the second channel of a file");
}

static void print_metadata(const struct tc_model *model, bool rate_assumed)
{
    const struct tc_metadata *const meta = tc_model_metadata(model);

    print_text("Name", meta->name);
    print_text("Author", meta->author);
    print_text("Licence", meta->licence);
    print_text("Label", meta->label);
    if (meta->sample_rate_hz > 0.0)
        printf("%-14s %g Hz%s\n", "Sample rate", meta->sample_rate_hz,
               rate_assumed ? " (assumed: it is not in the file)" : "");
    else
        print_text("Sample rate", "unknown");
    print_level("Input gain", meta->in_gain_db, "dB");
    print_level("Output gain", meta->out_gain_db, "dB");
    print_level("Loudness", meta->loudness_db, "dB");
    print_level("Input level", meta->input_level_dbu, "dBu at full scale");
    print_level("Output level", meta->output_level_dbu, "dBu at full scale");
    print_knobs(meta, tc_model_architecture(model)->knobs);
    print_control(model);
}

static void print_settling(const char *key, double settled_s, double silence_s, const char *what)
{
    if (isnan(settled_s))
        printf("%-14s not within %.3g s %s\n", key, silence_s, what);
    else
        printf("%-14s within %.3f s %s\n", key, settled_s, what);
}

static void print_measurements(const struct model_measurements *m, unsigned outputs)
{
    printf("%-14s %s, %s: the output changes by %.2g in a second of silence\n", "Initial state",
           m->initial_state_stored ? "stored" : "zero",
           m->drift < SETTLED ? "settled" : "not settled", m->drift);
    print_settling("Settles", m->health.settles_start_s, m->health.silence_s,
                   "of silence from its initial state");
    print_settling("", m->health.settles_burst_s, m->health.silence_s,
                   "of silence after a loud burst");
    for (unsigned o = 0; o < outputs; ++o)
        printf("%-14s DC %.3g, noise %.2g RMS\n", o ? "" : "On silence", m->silence[o],
               m->noise[o]);
    printf("%-14s %.1f ns per sample, %.2f %% of one core at %g Hz\n", "Cost here",
           m->ns_per_sample, m->core_percent, m->rate_hz);
    printf("%-14s", "In sessions of");
    for (unsigned i = 0; i < SESSION_RATES; ++i)
        printf("%s %g kHz: %.2f %%", i ? "," : "", m->session[i].rate_hz / 1000.0,
               m->session[i].core_percent);
    putchar('\n');
    if (m->half_precision_esr > 0.0)
        printf("%-14s ESR %.2g (%.1f dB) against full precision, on noise\n", "Half precision",
               m->half_precision_esr, 10.0 * log10(m->half_precision_esr));
}

static void print_aliasing(const double ratio[ALIASING_SINES])
{
    if (isnan(ratio[0]))
        return;
    printf("%-14s", "Aliasing");
    for (unsigned i = 0; i < ALIASING_SINES && !isnan(ratio[i]); ++i)
        printf("%s %.0f dB at %u kHz", i ? "," : "", 10.0 * log10(ratio[i]), i + 1);
    puts(", sines at full scale");
}

static void print_training(json_t *training)
{
    char name[RECORD_NAME_SIZE], shown[RECORD_WIDTH + 1];
    const char *key;
    json_t *value;

    json_object_foreach(training, key, value)
    {
        char *const text = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(6));

        if (text) {
            tc_copy_text(name, sizeof name, key);
            tc_copy_text(shown, sizeof shown, text);
            printf("  %-22s %s\n", name, shown);
        }
        free(text);
    }
}

static void print_facts(const struct tc_file_facts *facts)
{
    print_text("Format", facts->format);
    if (isnan(facts->selftest_error))
        print_text("Self-test", "none in the file");
    else
        printf("%-14s %s, the output differs by %.2g from the stored one\n", "Self-test",
               selftest_verdict(facts), facts->selftest_error);
}

void info_print(const struct info *info)
{
    printf("%-14s %s, %.1f KiB\n", "File", SHOWN_PATH(info->path), info->size / 1024.0);
    print_facts(info->facts);
    print_metadata(info->model, info->facts->rate_assumed);
    print_network(info->model, &info->measured);
    print_measurements(&info->measured, tc_model_architecture(info->model)->outputs);
    print_aliasing(info->measured.aliasing);
    health_print(tc_model_architecture(info->model), &info->measured.health);
    printf("%-14s %s\n", "Training", info->training ? "" : "unknown");
    print_training(info->training);
}
