#include "config.h"
#include "bench/bench_train.h"
#include "cli/commands.h"
#include "cli/json_result.h"
#include "cli/load_model.h"
#include "bench/machine_limits.h"
#include "bench/noise.h"
#include "tasks/train_options.h"
#include "cli/talk.h"
#include "bench/timed_stream.h"
#include "tonecell.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const unsigned widths[] = {8, 16, 20, 24, 32, 40, 64, 96, 128};
static const unsigned channel_counts[] = {1, 2, 16};
static const unsigned rates_hz[] = {44100, 48000, 96000};
static const unsigned block_frames[] = {32, 64};

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum {
    MAX_MODELS = TC_CELLS * COUNT(widths),
    MAX_KERNELS = 8,
    MAX_ROWS = MAX_MODELS * COUNT(channel_counts) * MAX_KERNELS,
    ROUNDS = 3,         /* over all rows, so that a disturbance does not meet all runs of one */
    PLUGIN_CHANNELS = 2 /* what the time of single blocks matters to */
};

struct bench_options {
    int precision;
    bool json, train;
    struct bench_train_options training;
};

/* A stream and what it took. */
struct row {
    const struct tc_model *model;
    const char *kernels;
    unsigned channels;
    bool best;
    double ns_per_sample; /* of a channel */
    struct block_times block[COUNT(block_frames)];
};

struct bench {
    const char *path; /* of the user's model, or NULL */
    enum tc_precision precision;
    struct tc_model *model[MAX_MODELS];
    struct row row[MAX_ROWS]; /* those of all kernels follow each other, the best first */
    size_t n_models, n_rows, n_kernels;
    struct machine_limits limits;
    char cpu[CPU_NAME_SIZE];
};

/* ------------------------------------------------------------------ what is measured */

/* One layer with weights as training begins with; the time does not depend on them. */
static enum tc_status make_model(struct tc_model **model, enum tc_cell cell, unsigned hidden,
                                 struct tc_error *error)
{
    const struct tc_architecture arch = {.audio_inputs = 1,
                                         .outputs = 1,
                                         .layers = 1,
                                         .direct = 1.0f,
                                         .layer = {{cell, TC_TANH, hidden}}};
    struct tc_metadata meta;
    uint32_t random = 1;
    enum tc_status status;
    float *parameters;
    size_t n;

    tc_architecture_tensors(&arch, NULL, &n);
    parameters = calloc(n, sizeof *parameters);
    if (!parameters)
        return tc_fail(error, TC_NO_MEMORY, "out of memory");
    noise_fill(parameters, n, &random);
    for (size_t i = 0; i < n; ++i)
        parameters[i] *= 2.0f / sqrtf((float)hidden);
    tc_metadata_init(&meta);
    status = tc_model_new(model, &arch, &meta, parameters, error);
    free(parameters);
    return status;
}

static enum tc_status make_models(struct bench *bench, struct tc_error *error)
{
    for (unsigned c = 0; c < TC_CELLS; ++c)
        for (size_t w = 0; w < COUNT(widths); ++w) {
            struct tc_model **const model = &bench->model[bench->n_models];
            const enum tc_status status = make_model(model, (enum tc_cell)c, widths[w], error);

            if (status != TC_OK)
                return status;
            ++bench->n_models;
        }
    return TC_OK;
}

/* The kernels that a stream takes by itself. */
static enum tc_status find_best(const struct tc_model *model, const char **kernels,
                                struct tc_error *error)
{
    struct tc_stream *stream;
    const enum tc_status status = tc_stream_new(&stream, model, 1, error);

    if (status != TC_OK)
        return status;
    *kernels = tc_stream_kernels(stream);
    tc_stream_free(stream);
    return TC_OK;
}

static void list_rows(struct bench *bench, const char *best)
{
    const char *name;

    for (size_t m = 0; m < bench->n_models; ++m)
        for (size_t c = 0; c < COUNT(channel_counts); ++c)
            for (unsigned k = 0; k < MAX_KERNELS && (name = tc_kernels_name(k)); ++k)
                bench->row[bench->n_rows++] = (struct row){.model = bench->model[m],
                                                           .kernels = name,
                                                           .channels = channel_counts[c],
                                                           .best = strcmp(name, best) == 0,
                                                           .ns_per_sample = INFINITY};
    bench->n_kernels = bench->n_rows / (bench->n_models * COUNT(channel_counts));
}

static bool has_blocks(const struct row *row)
{
    return row->best && row->channels <= PLUGIN_CHANNELS;
}

/* ------------------------------------------------------------------ measuring */

static enum tc_status time_row(struct row *row, enum tc_precision precision, bool blocks,
                               struct tc_error *error)
{
    struct timed_stream *timed;
    const enum tc_status status =
        timed_stream_new(&timed, row->model, row->channels, row->kernels, precision, error);

    if (status != TC_OK)
        return status;
    row->ns_per_sample =
        fmin(row->ns_per_sample, 1e9 * timed_stream_frame_s(timed) / row->channels);
    for (size_t b = 0; blocks && b < COUNT(block_frames); ++b)
        row->block[b] = timed_stream_blocks(timed, block_frames[b]);
    timed_stream_free(timed);
    return TC_OK;
}

static enum tc_status time_rows(struct bench *bench, struct tc_error *error)
{
    enum tc_status status = TC_OK;

    for (unsigned round = 0; status == TC_OK && round < ROUNDS; ++round) {
        status = machine_limits_measure(&bench->limits, NULL, error);
        for (size_t r = 0; status == TC_OK && r < bench->n_rows; ++r) {
            struct row *const row = &bench->row[r];

            status = time_row(row, bench->precision, round == 0 && has_blocks(row), error);
            talk_progress((double)(round * bench->n_rows + r) / (double)(ROUNDS * bench->n_rows),
                          "round %u of %d", round + 1, ROUNDS);
        }
    }
    return status;
}

/* Products and sums of a frame of one channel, in its layers' matrices. */
static double flops(const struct tc_model *model)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);
    double sum = 0.0;

    for (unsigned l = 0; l < arch->layers; ++l)
        sum += 2.0 * tc_cell_gates(arch->layer[l].cell) * arch->layer[l].hidden *
               (tc_layer_inputs(arch, l) + arch->layer[l].hidden);
    return sum;
}

static double percent_of_peak(const struct bench *bench, const struct row *row)
{
    return 100.0 * flops(row->model) / (row->ns_per_sample * bench->limits.peak_gflops);
}

/* Of the whole stream. */
static double core_percent(const struct row *row, unsigned rate_hz)
{
    return 1e-7 * row->ns_per_sample * row->channels * rate_hz;
}

/* ------------------------------------------------------------------ for people */

static void print_heading(const struct bench *bench)
{
    printf("%31s%9s%*s  %% of  %% of a core at kHz    32 frames, us    64 frames, us\n", "",
           "ns/sample", (int)(9 * (bench->n_kernels - 1)), "");
    printf("%-16s units channels", "cell");
    for (size_t k = 0; k < bench->n_kernels; ++k)
        printf(" %7s%s", bench->row[k].kernels, bench->row[k].best ? "*" : " ");
    printf("  peak   44.1     48     96   median  99.9 %%   median  99.9 %%\n");
}

static void print_blocks(const struct row *row)
{
    for (size_t b = 0; has_blocks(row) && b < COUNT(block_frames); ++b)
        printf("  %7.1f %7.1f", 1e6 * row->block[b].median_s, 1e6 * row->block[b].p999_s);
}

/* The rows of all kernels as one line. */
static void print_line(const struct bench *bench, const struct row *rows)
{
    const struct tc_architecture *const arch = tc_model_architecture(rows->model);
    const struct row *best = rows;

    printf("%-16s %5u %8u ", tc_cell_name(arch->layer[0].cell), arch->layer[0].hidden,
           rows->channels);
    for (size_t k = 0; k < bench->n_kernels; ++k) {
        printf(" %7.1f ", rows[k].ns_per_sample);
        if (rows[k].best)
            best = &rows[k];
    }
    printf(" %5.1f", percent_of_peak(bench, best));
    for (size_t r = 0; r < COUNT(rates_hz); ++r)
        printf(" %6.2f", core_percent(best, rates_hz[r]));
    print_blocks(best);
    putchar('\n');
}

static void print_machine(const struct bench *bench)
{
    printf("%-10s %s\n", "CPU", bench->cpu);
    printf("%-10s %.1f GFLOP/s of one core (float32 multiply and add, %s)\n", "Peak",
           bench->limits.peak_gflops, tc_kernels_name(0));
    printf("%-10s %.0f GB/s from the first cache, %.0f GB/s from the second\n", "Loads",
           bench->limits.l1_gb_per_s, bench->limits.l2_gb_per_s);
    printf("%-10s other programs that run meanwhile make these numbers worse\n\n", "Beware");
}

static void print_all(const struct bench *bench)
{
    print_machine(bench);
    if (bench->path)
        printf("%s, layers %u; cell and units are those of the first.\n", bench->path,
               tc_model_architecture(bench->model[0])->layers);
    printf("ns/sample is that of one channel. A stream takes the kernels with the star, and the "
           "columns\nto the right are about them: all channels together.\n\n");
    print_heading(bench);
    for (size_t r = 0; r < bench->n_rows; r += bench->n_kernels)
        print_line(bench, &bench->row[r]);
}

/* ------------------------------------------------------------------ for programs */

static json_t *blocks_json(const struct row *row)
{
    json_t *const blocks = json_array();

    for (size_t b = 0; has_blocks(row) && b < COUNT(block_frames); ++b)
        json_array_append_new(blocks, json_pack("{s:i, s:f, s:f}", "frames", (int)block_frames[b],
                                                "median_us", 1e6 * row->block[b].median_s,
                                                "p999_us", 1e6 * row->block[b].p999_s));
    return blocks;
}

static json_t *core_json(const struct row *row)
{
    json_t *const core = json_object();
    char rate[16];

    for (size_t r = 0; r < COUNT(rates_hz); ++r) {
        snprintf(rate, sizeof rate, "%u", rates_hz[r]);
        json_object_set_new(core, rate, json_real(core_percent(row, rates_hz[r])));
    }
    return core;
}

static json_t *row_json(const struct bench *bench, const struct row *row)
{
    const struct tc_architecture *const arch = tc_model_architecture(row->model);

    return json_pack("{s:s, s:i, s:i, s:i, s:s, s:f, s:b, s:f, s:o, s:o}", "cell",
                     tc_cell_name(arch->layer[0].cell), "hidden", (int)arch->layer[0].hidden,
                     "layers", (int)arch->layers, "channels", (int)row->channels, "kernels",
                     row->kernels, "ns_per_sample", row->ns_per_sample, "best", row->best,
                     "percent_of_peak", percent_of_peak(bench, row), "core_percent", core_json(row),
                     "blocks", blocks_json(row));
}

static json_t *rows_json(const struct bench *bench)
{
    json_t *const rows = json_array();

    for (size_t r = 0; r < bench->n_rows; ++r)
        json_array_append_new(rows, row_json(bench, &bench->row[r]));
    return rows;
}

static int write_json(const struct bench *bench)
{
    json_t *const all =
        json_pack("{s:s, s:s?, s:s, s:s, s:f, s:f, s:f, s:o}", "cpu", bench->cpu, "model",
                  bench->path, "precision", bench->precision == TC_PRECISION_HALF ? "half" : "full",
                  "limits_kernels", tc_kernels_name(0), "peak_gflops", bench->limits.peak_gflops,
                  "l1_gb_per_s", bench->limits.l1_gb_per_s, "l2_gb_per_s",
                  bench->limits.l2_gb_per_s, "streams", rows_json(bench));
    const bool whole = json_print(all);

    json_decref(all);
    if (!whole)
        talk_error(bench->path, "its name cannot be written as JSON");
    return whole ? 0 : 1;
}

/* ------------------------------------------------------------------ the command */

static enum tc_status measure(struct bench *bench, struct tc_error *error)
{
    const char *best;
    enum tc_status status = bench->path ? TC_OK : make_models(bench, error);

    if (status == TC_OK)
        status = find_best(bench->model[0], &best, error);
    if (status != TC_OK)
        return status;
    list_rows(bench, best);
    machine_cpu_name(bench->cpu);
    talk_progress_begin(false);
    status = time_rows(bench, error);
    talk_progress_end();
    return status;
}

static int run_bench(struct bench *bench, bool as_json)
{
    struct tc_error error;

    if (measure(bench, &error) != TC_OK) {
        talk_error(bench->path, "%s", error.message);
        return 1;
    }
    if (as_json)
        return write_json(bench);
    print_all(bench);
    return 0;
}

static bool load(struct bench *bench, const char *path)
{
    bench->path = path;
    bench->model[0] = load_model(path, 0.0, NULL);
    bench->n_models = 1;
    return bench->model[0] != NULL;
}

static int time_streams(bool json, enum tc_precision precision, const char *path)
{
    struct bench *const bench = calloc(1, sizeof *bench);
    int status = 1;

    if (!bench) {
        talk_error(NULL, "out of memory");
    } else if (!path || load(bench, path)) {
        bench->precision = precision;
        status = run_bench(bench, json);
    }
    for (size_t m = 0; bench && m < bench->n_models; ++m)
        tc_model_free(bench->model[m]);
    free(bench);
    return status;
}

static int bench_command(const struct command *self, const void *options, unsigned n,
                         char **operands)
{
    const struct bench_options *const o = options;
    const struct bench_train_options *const t = &o->training;
    int wrong;

    if (!o->train &&
        (cell_choice_given(&t->cell) || t->hidden.n || t->batch || t->truncate || t->threads))
        return usage_error(self, "--cell, --peephole, --reset, --hidden, --batch, --truncate and "
                                 "--threads are for --train");
    if (o->train && n > 0)
        return usage_error(self, "--train takes no MODEL: the time does not depend on weights");
    wrong = cell_choice_check(self, &t->cell);
    if (wrong)
        return wrong;
    return o->train
               ? bench_train(t, o->json)
               : time_streams(o->json, (enum tc_precision)o->precision, n ? operands[0] : NULL);
}

#define AT(field) offsetof(struct bench_options, field)

static const struct opt opts[] = {
    PRECISION_OPTION(AT(precision)),
    CELL_OPTION(AT(training.cell)),
    {'H', "hidden", OPT_LIST, AT(training.hidden), 1, TC_MAX_UNITS, "N[,N...]",
     "hidden size: units of each layer [32]", GROUP_NETWORK, EVERYDAY},
    CELL_VARIANT_OPTIONS(AT(training.cell)),
    {0, "train", OPT_FLAG, AT(train), 0, 0, NULL, "measure training instead of playing",
     GROUP_TRAINING, EVERYDAY},
    BATCH_OPTION(AT(training.batch)),
    TRUNCATE_OPTION(AT(training.truncate)),
    JSON_OPTION(AT(json)),
    THREADS_OPTION(AT(training.threads)),
};

static const struct example examples[] = {
    {"", "Times networks of all cells and common sizes; takes about 30 seconds."},
    {"amp.safetensors", "Times a model."},
    {"--json amp.safetensors | jq '.streams[] | select(.best)'",
     "What streams of it take here, for a script."},
    {"--train --hidden 40 --batch 64", "Times the training of such a network."},
};

static const struct bench_options defaults = {
    .training = {.cell = {.cell = CELL_NOT_GIVEN, .reset = CELL_NOT_GIVEN}}};

const struct command cmd_bench = {
    .name = "bench",
    .synopsis = "[MODEL] [--precision full|half] [--json]\n"
                "--train [--cell C] [--peephole] [--reset after|before] [--hidden H] [--batch B] "
                "[--truncate T] [--threads N] [--json]",
    OPERANDS("MODEL", 0, 1),
    .summary = "measure the speed on this machine",
    .description =
        "Measures the time per sample and channel (ns_per_sample) with each kernel set, the code "
        "for one instruction set, that this CPU supports, with 1, 2 and 16 channels processed "
        "together: of MODEL, or else of layers of every cell type with 8 to 128 units. The kernel "
        "set that is chosen by default is marked with a star, in JSON as best; the environment "
        "variable TONECELL_KERNELS chooses another.\n\n"
        "In the same run it measures the limits of one core with its widest instructions: float32 "
        "multiplications and additions, and loads from the first and second level cache. The "
        "results are the percentage of this arithmetic peak that the matrix products of the layers "
        "reach, the percentage of one core that all channels together take at common sample rates, "
        "and, for one and two channels, as plugins have, the median and the 99.9th percentile of "
        "the time for blocks of 32 and 64 frames.\n\n"
        "With --train it trains a network on noise, as train does on recordings, and shows the "
        "frames per second over all sequences of the batch (forward pass, backward pass and update "
        "of the weights), the percentage of the peak of as many cores as there are threads, and "
        "the memory. Multiplications and additions are counted as 6 times the weights of the "
        "recurrent layers for each frame.\n\n"
        "Times are the best of several runs. Other programs that run meanwhile disturb them, the "
        "percentile most: leave the machine idle for a good measurement.",
    OPTS(opts),
    EXAMPLES(examples),
    DEFAULTS(defaults),
    .run = bench_command,
};
