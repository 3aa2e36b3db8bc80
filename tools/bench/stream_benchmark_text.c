#include "bench/stream_benchmark.h"

#include <stdio.h>

static void print_machine(const struct stream_benchmark *b)
{
    printf("%-10s %s\n", "CPU", b->cpu);
    printf("%-10s %.1f GFLOP/s of one core (float32 multiply and add, %s)\n", "Peak",
           b->limits.peak_gflops, tc_kernels_name(0));
    printf("%-10s %.0f GB/s from the first-level cache, %.0f GB/s from the second\n", "Loads",
           b->limits.l1_gb_per_s, b->limits.l2_gb_per_s);
    printf("%-10s other programs running at the same time make these numbers worse\n\n", "Note");
}

static void print_heading(const struct stream_benchmark *b)
{
    printf("%31s%9s%*s  %% of  %% of a core at kHz    32 frames, us    64 frames, us\n", "",
           "ns/sample", (int)(9 * (b->n_kernels - 1)), "");
    printf("%-16s units channels", "cell");
    for (size_t k = 0; k < b->n_kernels; ++k)
        printf(" %7s%s", b->timing[k].kernels, b->timing[k].best ? "*" : " ");
    printf("  peak   44.1     48     96   median  99.9 %%   median  99.9 %%\n");
}

/* The timings of one stream with all kernels as one line. */
static void print_line(const struct stream_benchmark *b, const struct stream_timing *timings)
{
    const struct tc_architecture *const arch = tc_model_architecture(timings->model);
    const struct stream_timing *best = timings;

    printf("%-16s %5u %8u ", tc_cell_name(arch->layer[0].cell), arch->layer[0].hidden,
           timings->channels);
    for (size_t k = 0; k < b->n_kernels; ++k) {
        printf(" %7.1f ", timings[k].ns_per_sample);
        if (timings[k].best)
            best = &timings[k];
    }
    printf(" %5.1f", stream_percent_of_peak(b, best));
    for (size_t r = 0; r < BENCHMARK_RATES; ++r)
        printf(" %6.2f", stream_core_percent(best, benchmark_rates_hz[r]));
    for (size_t i = 0; best->has_blocks && i < BENCHMARK_BLOCKS; ++i)
        printf("  %7.1f %7.1f", 1e6 * best->block[i].median_s, 1e6 * best->block[i].p999_s);
    putchar('\n');
}

static void print_player_setting(const struct player_timing *player, enum player_setting setting)
{
    if (player->rate_hz[setting] == 0.0)
        printf("  %17s", "-");
    else
        printf("  %6.2f (%4.2f) %3u", player_core_percent(player, setting),
               player_times_own_rate(player, setting), player->time[setting].latency_frames);
}

static void print_players(const struct stream_benchmark *b)
{
    printf(
        "\nWhole player, one channel: %% of a core, in brackets the ratio to the model at its own "
        "rate,\nand the latency in frames. The other rate is 48 kHz, or 44.1 kHz for a model of "
        "48 kHz.\n\n");
    printf("%-16s units  %8s  %17s  %17s  %17s  %17s\n", "cell", "own rate", "resampled",
           "states delayed", "oversampled 2", "oversampled 4");
    for (size_t i = 0; i < b->n_players; ++i) {
        const struct player_timing *const player = &b->player[i];
        const struct tc_architecture *const arch = tc_model_architecture(player->model);

        printf("%-16s %5u  %8.2f", tc_cell_name(arch->layer[0].cell), arch->layer[0].hidden,
               player_core_percent(player, PLAYER_OWN_RATE));
        for (unsigned s = PLAYER_OWN_RATE + 1; s < PLAYER_SETTINGS; ++s)
            print_player_setting(player, (enum player_setting)s);
        putchar('\n');
    }
}

void stream_benchmark_print(const struct stream_benchmark *benchmark)
{
    print_machine(benchmark);
    if (benchmark->path)
        printf("%s, layers %u; cell and units are those of the first.\n", benchmark->path,
               tc_model_architecture(benchmark->model[0])->layers);
    printf(
        "ns/sample is the time of one sample of one channel. Streams use the kernels marked with "
        "*;\nthe columns to the right are theirs, for all channels together.\n\n");
    print_heading(benchmark);
    for (size_t i = 0; i < benchmark->n_timings; i += benchmark->n_kernels)
        print_line(benchmark, &benchmark->timing[i]);
    if (benchmark->n_players > 0)
        print_players(benchmark);
}
