#include "config.h"
#include "commands.h"
#include "half_error.h"
#include "info_list.h"
#include "json_result.h"
#include "load_model.h"
#include "noise.h"
#include "now.h"
#include "quantile.h"
#include "selftest_verdict.h"
#include "settling.h"
#include "talk.h"
#include "tonecell.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { BLOCK_FRAMES = 1024, MAX_TIMINGS = 512, RECORD_WIDTH = 160 };

static const double TIMED_S = 0.2, USUAL_RATE_HZ = 48000.0;

/* A start state is settled if the output then moves by less than this (-80 dB) on silence. */
static const double SETTLED = 1e-4;

struct info_options {
    double sample_rate_hz;
    bool json;
};

/* What is found out by playing the model. */
struct findings {
    double silence[TC_MAX_AUDIO]; /* mean output in the second half of a second of silence */
    double noise[TC_MAX_AUDIO];   /* RMS of what moves around that */
    double drift;                 /* how far the output moved within the whole second */
    bool stored;                  /* the start state is not zero */
    double ns_per_sample, core_percent, rate_hz;
    struct settling settling;
    double half_esr; /* of half precision; 0 if no layer takes it */
};

/* A player of one channel with its blocks. */
struct bench {
    struct tc_player *player;
    struct tc_controls controls;
    float samples[2 * TC_MAX_AUDIO][BLOCK_FRAMES];
    const float *in[TC_MAX_AUDIO];
    float *out[TC_MAX_AUDIO];
};

/* ------------------------------------------------------------------------- finding out */

static void play_block(struct bench *bench)
{
    tc_player_process(bench->player, &bench->controls, bench->in, bench->out, BLOCK_FRAMES);
}

/* What an output did so far. Sums are of differences from the first sample that counts, so that a
 * constant output has no noise at all. */
struct quiet {
    double low, high, from, sum, squares;
    unsigned n;
};

static void hear_block(const float *samples, bool counts, struct quiet *quiet)
{
    for (unsigned i = 0; i < BLOCK_FRAMES; ++i) {
        const double y = (double)samples[i];

        quiet->low = fmin(quiet->low, y);
        quiet->high = fmax(quiet->high, y);
        if (!counts)
            continue;
        if (quiet->n++ == 0)
            quiet->from = y;
        quiet->sum += y - quiet->from;
        quiet->squares += (y - quiet->from) * (y - quiet->from);
    }
}

static void hear_silence(struct bench *bench, unsigned outputs, struct findings *found)
{
    struct quiet quiet[TC_MAX_AUDIO];
    const unsigned blocks = (unsigned)(found->rate_hz / BLOCK_FRAMES) + 1;

    for (unsigned o = 0; o < outputs; ++o)
        quiet[o] = (struct quiet){.low = (double)INFINITY, .high = (double)-INFINITY};
    for (unsigned b = 0; b < blocks; ++b) {
        play_block(bench);
        for (unsigned o = 0; o < outputs; ++o)
            hear_block(bench->out[o], b >= blocks / 2, &quiet[o]);
    }
    for (unsigned o = 0; o < outputs; ++o) {
        const double mean = quiet[o].sum / quiet[o].n;

        found->silence[o] = quiet[o].from + mean;
        found->noise[o] = sqrt(fmax(quiet[o].squares / quiet[o].n - mean * mean, 0.0));
        found->drift = fmax(found->drift, quiet[o].high - quiet[o].low);
    }
}

/* The median over blocks of noise: other programs may have disturbed some of them. */
static void time_noise(struct bench *bench, unsigned inputs, struct findings *found)
{
    double timing[MAX_TIMINGS];
    const double begin = now_s();
    uint32_t random = 1;
    size_t n = 0;

    for (unsigned a = 0; a < inputs; ++a)
        noise_fill(bench->samples[a], BLOCK_FRAMES, &random);
    while (n < MAX_TIMINGS && (n == 0 || now_s() - begin < TIMED_S)) {
        const double start = now_s();

        play_block(bench);
        timing[n++] = now_s() - start;
    }
    found->ns_per_sample = 1e9 * quantile(timing, n, 0.5) / BLOCK_FRAMES;
    found->core_percent = found->ns_per_sample * found->rate_hz * 1e-7;
}

static bool has_start_state(const struct tc_model *model)
{
    struct tc_tensor tensor[TC_MAX_TENSORS];
    const unsigned n = tc_architecture_tensors(tc_model_architecture(model), tensor, NULL);
    const float *const values = tc_model_parameters(model);

    for (unsigned t = 0; t < n; ++t)
        if (strncmp(tensor[t].name, "rec.h0", 6) == 0 || strncmp(tensor[t].name, "rec.c0", 6) == 0)
            for (size_t i = 0; i < tensor[t].rows * tensor[t].cols; ++i)
                if (values[tensor[t].offset + i] != 0.0f)
                    return true;
    return false;
}

static enum tc_status find_out(const struct tc_model *model, struct findings *found,
                               struct tc_error *error)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);
    const double rate_hz = tc_model_metadata(model)->sample_rate_hz;
    struct bench *const bench = calloc(1, sizeof *bench);
    enum tc_status status;

    *found = (struct findings){.stored = has_start_state(model),
                               .rate_hz = rate_hz > 0.0 ? rate_hz : USUAL_RATE_HZ};
    if (!bench)
        return tc_fail(error, TC_NO_MEMORY, "out of memory");
    for (unsigned i = 0; i < TC_MAX_AUDIO; ++i) {
        bench->in[i] = bench->samples[i];
        bench->out[i] = bench->samples[TC_MAX_AUDIO + i];
    }
    tc_controls_init(&bench->controls, model);
    status = tc_player_new(&bench->player, model, 1, found->rate_hz, error);
    if (status == TC_OK) {
        hear_silence(bench, arch->outputs, found);
        time_noise(bench, arch->audio_inputs, found);
        tc_player_free(bench->player);
        status = settling_measure(model, found->rate_hz, &found->settling, error);
    }
    if (status == TC_OK)
        status = half_error_measure(model, found->rate_hz, &found->half_esr, error);
    free(bench);
    return status;
}

/* Weights of a layer, or of the readout after the last one: all that training fits. */
static size_t layer_weights(const struct tc_model *model, unsigned layer)
{
    struct tc_tensor tensor[TC_MAX_TENSORS];
    const unsigned n = tc_architecture_tensors(tc_model_architecture(model), tensor, NULL);
    size_t weights = 0;

    for (unsigned t = 0; t < n; ++t)
        if (tensor[t].layer == layer && strncmp(tensor[t].name, "rec.h0", 6) != 0 &&
            strncmp(tensor[t].name, "rec.c0", 6) != 0)
            weights += tensor[t].rows * tensor[t].cols;
    return weights;
}

/* ------------------------------------------------------------------------- for people */

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

static void print_network(const struct tc_model *model)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);

    printf("%-14s audio inputs %u, knobs %u, outputs %u\n", "Network", arch->audio_inputs,
           arch->knobs, arch->outputs);
    for (unsigned l = 0; l < arch->layers; ++l)
        printf("  layer %-6u %s (%s), inputs %u, units %u, weights %zu\n", l + 1,
               tc_cell_name(arch->layer[l].cell), tc_activation_name(arch->layer[l].activation),
               tc_layer_inputs(arch, l), arch->layer[l].hidden, layer_weights(model, l));
    printf("  %-12s %s, weights %zu\n", "readout", tc_readout_name(arch->readout),
           layer_weights(model, arch->layers));
    if (arch->residual)
        printf("  %-12s layers add what they hear, where the layer below is as wide\n", "residual");
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
}

static void print_settling(const char *key, double settled_s, const char *what)
{
    if (isnan(settled_s))
        printf("%-14s not within 2 s %s\n", key, what);
    else
        printf("%-14s within %.3f s %s\n", key, settled_s, what);
}

static void print_findings(const struct findings *found, unsigned outputs)
{
    printf("%-14s %s, %s: the output moves by %.2g in a second of silence\n", "Start state",
           found->stored ? "stored" : "zero", found->drift < SETTLED ? "settled" : "not settled",
           found->drift);
    print_settling("Settles", found->settling.start_s, "of silence from its start state");
    print_settling("", found->settling.burst_s, "of silence after a loud burst");
    for (unsigned o = 0; o < outputs; ++o)
        printf("%-14s DC %.3g, noise %.2g RMS\n", o ? "" : "On silence", found->silence[o],
               found->noise[o]);
    printf("%-14s %.1f ns per sample, %.2f %% of one core at %g Hz\n", "Cost here",
           found->ns_per_sample, found->core_percent, found->rate_hz);
    if (found->half_esr > 0.0)
        printf("%-14s ESR %.2g (%.1f dB) against full precision, on noise\n", "Half precision",
               found->half_esr, 10.0 * log10(found->half_esr));
}

static void print_training(json_t *training)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)training, key, value)
    {
        char *const text = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(6));

        if (text)
            printf("  %-22s %.*s\n", key, RECORD_WIDTH, text);
        free(text);
    }
}

static void print_facts(const struct tc_file_facts *facts)
{
    print_text("Format", facts->format);
    if (isnan(facts->selftest_error))
        print_text("Self-test", "none in the file");
    else
        printf("%-14s %s, the output is %.2g from the file's\n", "Self-test",
               selftest_verdict(facts), facts->selftest_error);
}

static void print_all(const char *path, const struct tc_model *model,
                      const struct tc_file_facts *facts, json_t *training,
                      const struct findings *found, double size)
{
    printf("%-14s %s, %.1f KiB\n", "File", path, size / 1024.0);
    print_facts(facts);
    print_metadata(model, facts->rate_assumed);
    print_network(model);
    print_findings(found, tc_model_architecture(model)->outputs);
    printf("%-14s %s\n", "Training", training ? "" : "unknown");
    print_training(training);
}

/* ------------------------------------------------------------------------- for programs */

static json_t *layers_json(const struct tc_model *model)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);
    json_t *const layers = json_array();

    for (unsigned l = 0; l < arch->layers; ++l)
        json_array_append_new(layers, json_pack("{s:s, s:s, s:i, s:i, s:I}", "cell",
                                                tc_cell_name(arch->layer[l].cell), "activation",
                                                tc_activation_name(arch->layer[l].activation),
                                                "inputs", (int)tc_layer_inputs(arch, l), "hidden",
                                                (int)arch->layer[l].hidden, "weights",
                                                (json_int_t)layer_weights(model, l)));
    return layers;
}

static json_t *knobs_json(const struct tc_metadata *meta, unsigned n)
{
    json_t *const knobs = json_array();

    for (unsigned i = 0; i < n; ++i) {
        const struct tc_knob *const k = &meta->knob[i];

        json_array_append_new(knobs, json_pack("{s:s, s:s, s:f, s:f, s:f}", "name", k->name, "unit",
                                               k->unit, "min", (double)k->min, "max",
                                               (double)k->max, "default", (double)k->initial));
    }
    return knobs;
}

static json_t *metadata_json(const struct tc_model *model)
{
    const struct tc_metadata *const meta = tc_model_metadata(model);
    const double rate_hz = meta->sample_rate_hz;

    return json_pack("{s:s, s:s, s:s, s:s, s:o, s:f, s:f, s:o, s:o, s:o, s:o}", "name", meta->name,
                     "author", meta->author, "licence", meta->licence, "label", meta->label,
                     "sample_rate", rate_hz > 0.0 ? json_real(rate_hz) : json_null(), "in_gain_db",
                     (double)meta->in_gain_db, "out_gain_db", (double)meta->out_gain_db,
                     "loudness_db", json_number((double)meta->loudness_db), "input_level_dbu",
                     json_number((double)meta->input_level_dbu), "output_level_dbu",
                     json_number((double)meta->output_level_dbu), "knobs",
                     knobs_json(meta, tc_model_architecture(model)->knobs));
}

static json_t *numbers_json(const double *values, unsigned n)
{
    json_t *const numbers = json_array();

    for (unsigned i = 0; i < n; ++i)
        json_array_append_new(numbers, json_number(values[i]));
    return numbers;
}

static json_t *findings_json(const struct findings *found, unsigned outputs)
{
    json_t *const start =
        json_pack("{s:b, s:b, s:o}", "stored", found->stored, "settled",
                  (int)(found->drift < SETTLED), "drift", json_number(found->drift));
    json_t *const settling =
        json_pack("{s:o, s:o}", "start_s", json_number(found->settling.start_s), "burst_s",
                  json_number(found->settling.burst_s));

    return json_pack("{s:o, s:o, s:o, s:o, s:f, s:f, s:f, s:o}", "start_state", start, "settling",
                     settling, "silence", numbers_json(found->silence, outputs), "silence_noise",
                     numbers_json(found->noise, outputs), "ns_per_sample", found->ns_per_sample,
                     "core_percent", found->core_percent, "core_percent_rate", found->rate_hz,
                     "half_precision_esr",
                     found->half_esr > 0.0 ? json_number(found->half_esr) : json_null());
}

static int write_json(const char *path, const struct tc_model *model,
                      const struct tc_file_facts *facts, json_t *training,
                      const struct findings *found, double size)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);
    json_t *const all = json_pack(
        "{s:o, s:I, s:s, s:o, s:b, s:i, s:i, s:f, s:s, s:b, s:o, s:I, s:O?}", "file",
        json_path(path), "size", (json_int_t)size, "format", facts->format, "selftest_error",
        json_number(facts->selftest_error), "sample_rate_assumed", facts->rate_assumed,
        "audio_inputs", (int)arch->audio_inputs, "outputs", (int)arch->outputs, "direct",
        (double)arch->direct, "readout", tc_readout_name(arch->readout), "residual",
        (int)arch->residual, "layers", layers_json(model), "weights",
        (json_int_t)tc_model_weights(model), "training", training);
    json_t *const metadata = metadata_json(model);
    json_t *const played = findings_json(found, arch->outputs);
    const bool whole = all && metadata && played && json_object_update(all, metadata) == 0 &&
                       json_object_update(all, played) == 0 && json_print(all);

    json_decref(played);
    json_decref(metadata);
    json_decref(all);
    if (!whole)
        talk_error(path, "its texts cannot be written as JSON");
    return whole ? 0 : 1;
}

/* ------------------------------------------------------------------------- the command */

/* A folder of NAM 0.4 is a model of two files. */
static double size_of(const char *path)
{
    static const char *const parts[] = {"config.json", "weights.npy"};
    struct stat st = {0};
    double size = 0.0;

    if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
        return (double)st.st_size;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; ++i) {
        char *part;

        if (asprintf(&part, "%s/%s", path, parts[i]) < 0)
            continue;
        size += size_of(part);
        free(part);
    }
    return size;
}

static int describe(const char *path, const struct tc_model *model,
                    const struct tc_file_facts *facts, bool as_json)
{
    const char *const record = tc_model_metadata(model)->training;
    json_t *const training = record ? json_loads(record, 0, NULL) : NULL;
    struct findings found;
    struct tc_error error;
    int status = 0;

    if (find_out(model, &found, &error) != TC_OK) {
        talk_error(path, "%s", error.message);
        status = 1;
    } else if (as_json) {
        status = write_json(path, model, facts, training, &found, size_of(path));
    } else {
        print_all(path, model, facts, training, &found, size_of(path));
    }
    json_decref(training);
    return status;
}

static int info_one(const char *path, const struct info_options *o)
{
    struct tc_file_facts facts;
    struct tc_model *const model = load_model(path, o->sample_rate_hz, &facts);
    int status;

    if (!model)
        return 1;
    status = describe(path, model, &facts, o->json);
    tc_model_free(model);
    return status;
}

static int info(const struct command *self, const void *options, unsigned n, char **operands)
{
    const struct info_options *const o = options;

    if (n == 1 && !info_is_folder(operands[0]))
        return info_one(operands[0], o);
    if (o->sample_rate_hz > 0.0)
        return usage_error(self, "--sample-rate is for one model");
    return info_list(n, operands, o->json);
}

#define AT(field) offsetof(struct info_options, field)

static const struct opt opts[] = {
    SAMPLE_RATE_OPTION(AT(sample_rate_hz)),
    {0, "json", OPT_FLAG, AT(json), 0, 0, NULL, "print one JSON object"},
};

static const struct example examples[] = {
    {"amp.safetensors", "Describes a model."},
    {"captures", "Lists the models in a folder."},
    {"--json amp.safetensors | jq .ns_per_sample", "One number of it, for a script."},
};

static const struct info_options defaults = {0};

const struct command cmd_info = {
    .name = "info",
    .synopsis = "MODEL [--sample-rate HZ] [--json]\nMODEL... [--json]",
    OPERANDS("MODEL", 1, OPERANDS_ANY),
    .summary = "what a model is, and what it costs on this CPU",
    .description =
        "Shows the format, the network layer by layer, sample rate, gains, knobs, texts and how "
        "the model was made; whether its start state is settled, how long it takes to settle from "
        "there and after a loud burst, and what it gives on silence: a constant (DC), and noise; "
        "the measured time of one sample of one channel on this machine, with the part of a core "
        "that a mono plugin takes at the model's sample rate; and, of a model with layers that "
        "take half precision, how far its output then is from that of full precision.\n\n"
        "Of several models, or those in a folder, it prints a line each, where ? marks a rate that "
        "is assumed; with --json an object whose list models has an entry each.",
    OPTS(opts),
    EXAMPLES(examples),
    DEFAULTS(defaults),
    .run = info,
};
