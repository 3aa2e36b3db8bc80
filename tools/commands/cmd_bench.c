#include "bench/stream_benchmark.h"
#include "bench/training_benchmark.h"
#include "cli/commands.h"
#include "cli/given.h"
#include "cli/json_result.h"
#include "cli/load_model.h"
#include "cli/talk.h"
#include "tasks/train_arguments.h"
#include "tonecell-train.h"

struct bench_options {
    int precision;
    bool json, train;
    struct training_benchmark_options training;
};

static int report_streams(const struct stream_benchmark *benchmark, bool json)
{
    if (!json) {
        stream_benchmark_print(benchmark);
    } else if (!stream_benchmark_print_json(benchmark)) {
        talk_error(benchmark->path, "its name cannot be written as JSON");
        return 1;
    }
    return 0;
}

/* `path` is NULL without a model. */
static int bench_streams(const struct bench_options *o, const char *path)
{
    struct tc_model *const model = path ? load_model(path, REAL_NOT_GIVEN, NULL) : NULL;
    struct stream_benchmark benchmark;
    struct tc_error error;
    int status = 1;

    if (path && !model)
        return 1;
    if (model && tc_find_eigenvalues(model, &error) != TC_OK) {
        talk_error(path, "%s", error.message);
        tc_model_free(model);
        return 1;
    }
    if (stream_benchmark_run(&benchmark, path, model, (enum tc_precision)o->precision, &error) ==
        TC_OK)
        status = report_streams(&benchmark, o->json);
    else
        talk_error(path, "%s", error.message);
    stream_benchmark_free(&benchmark);
    return status;
}

static int bench_training(const struct bench_options *o)
{
    struct training_benchmark benchmark;
    struct tc_error error;

    if (training_benchmark_run(&benchmark, &o->training, &error) != TC_OK) {
        talk_error(NULL, "%s", error.message);
        return 1;
    }
    if (o->json)
        return training_benchmark_print_json(&benchmark) ? 0 : 1;
    training_benchmark_print(&benchmark);
    return 0;
}

static int bench_command(const struct command *self, const void *options, unsigned n,
                         char **operands)
{
    const struct bench_options *const o = options;
    const struct training_benchmark_options *const t = &o->training;
    int wrong;

    if (!o->train && (cell_choice_given(&t->cell) || t->hidden.n || is_given(t->batch) ||
                      is_given(t->truncate) || is_given(t->threads)))
        return usage_error(self, "--cell, --peephole, --reset, --hidden, --batch, --truncate and "
                                 "--threads are for --train");
    if (o->train && n > 0)
        return usage_error(self, "--train takes no MODEL: the time does not depend on weights");
    wrong = cell_choice_check(self, &t->cell);
    if (wrong)
        return wrong;
    return o->train ? bench_training(o) : bench_streams(o, n ? operands[0] : NULL);
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
    BATCH_OPTION(AT(training.batch), "32"),
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
    .training = {.cell = {.cell = CHOICE_NOT_GIVEN, .reset = CHOICE_NOT_GIVEN},
                 .batch = UINT_NOT_GIVEN,
                 .truncate = UINT_NOT_GIVEN,
                 .threads = UINT_NOT_GIVEN}};

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
        "A second table has the whole player of MODEL, or of LSTMs: at the model's own rate, at "
        "another usual rate with its resampling, or with delayed states where that is stable, and "
        "with oversampling by 2 and 4.\n\n"
        "With --train it trains a network on noise, as train does on recordings, and shows the "
        "frames per second over all sequences of the batch (forward pass, backward pass and update "
        "of the weights), the percentage of the peak of as many cores as there are threads, and "
        "the RAM it takes. Multiplications and additions are counted as 6 times the weights of the "
        "recurrent layers for each frame.\n\n"
        "Times are the best of several runs. Other programs that run meanwhile disturb them, the "
        "percentile most: leave the machine idle for a good measurement.",
    OPTS(opts),
    EXAMPLES(examples),
    DEFAULTS(defaults),
    .run = bench_command,
};
