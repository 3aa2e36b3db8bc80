/** @file
 *  What `tonecell bench` measures of playing: the time of streams with every kernel set, for models
 *  of several sizes and numbers of channels, and of players at other rates, beside the limits of
 *  the machine in the same run. */
#ifndef TONECELL_STREAM_BENCHMARK_H
#define TONECELL_STREAM_BENCHMARK_H

#include "bench/machine_limits.h"
#include "bench/player_timing.h"
#include "bench/timed_stream.h"

enum { BENCHMARK_RATES = 3, BENCHMARK_BLOCKS = 2 };

extern const unsigned benchmark_rates_hz[BENCHMARK_RATES];      /* for the percentage of a core */
extern const unsigned benchmark_block_frames[BENCHMARK_BLOCKS]; /* of the blocks that are timed */

/** One stream and its times. */
struct stream_timing {
    const struct tc_model *model;
    const char *kernels;
    unsigned channels;
    bool best;            /* streams choose these kernels by themselves */
    double ns_per_sample; /* of one channel */
    bool has_blocks;      /* blocks are timed of the best kernels with one or two channels */
    struct block_times block[BENCHMARK_BLOCKS];
};

struct stream_benchmark {
    const char *path; /* of the user's model; NULL: networks of all cells and several sizes */
    enum tc_precision precision;
    struct tc_model **model; /* [n_models] */
    size_t n_models;
    struct stream_timing
        *timing; /* [n_timings]; those of all kernels follow each other, best first */
    size_t n_timings, n_kernels;
    struct player_timing *player; /* [n_players]: of the user's model, or of the LSTMs */
    size_t n_players;
    struct machine_limits limits;
    char cpu[CPU_NAME_SIZE];
};

/** Measure streams and players of `model`, which is owned from here on, or if it is NULL of
 *  networks with random weights. Takes up to half a minute and shows progress.
 *  stream_benchmark_free() in any case. Errors: TC_NO_MEMORY and those of tc_stream_new_with(). */
enum tc_status stream_benchmark_run(struct stream_benchmark *benchmark, const char *path,
                                    struct tc_model *model, enum tc_precision precision,
                                    struct tc_error *error);

void stream_benchmark_free(struct stream_benchmark *benchmark);

/** Percentage of the arithmetic peak that the matrix products of the layers reach. */
double stream_percent_of_peak(const struct stream_benchmark *benchmark,
                              const struct stream_timing *timing);

/** Percentage of one core that all channels take at a sample rate. */
double stream_core_percent(const struct stream_timing *timing, unsigned rate_hz);

/** Print it as a table. */
void stream_benchmark_print(const struct stream_benchmark *benchmark);

/** Print it as one JSON object. False if the path is not UTF-8, or without memory. */
bool stream_benchmark_print_json(const struct stream_benchmark *benchmark);

#endif
