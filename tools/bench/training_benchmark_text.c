#include "bench/training_benchmark.h"

#include <stdio.h>

void training_benchmark_print(const struct training_benchmark *benchmark)
{
    const struct training_benchmark *const b = benchmark;

    printf("%-10s %s\n", "CPU", b->cpu);
    printf("%-10s %.1f GFLOP/s of one core (float32 multiply and add, %s)\n", "Peak",
           b->limits.peak_gflops, b->time.kernels);
    printf("%-10s %s of %u", "Network", tc_cell_name(b->arch.layer[0].cell),
           b->arch.layer[0].hidden);
    for (unsigned l = 1; l < b->arch.layers; ++l)
        printf(", %u", b->arch.layer[l].hidden);
    printf(" units; batch %u, %u frames in a chunk, %u threads\n", b->options.batch,
           b->options.truncate, b->options.threads);
    printf("%-10s %.0f thousand frames per second\n", "Training", 1e-3 * b->time.frames_per_second);
    printf("%-10s %.1f GFLOP/s, %.1f %% of the peak of %u cores\n", "", b->gflops, b->percent,
           b->options.threads);
    printf("%-10s %.0f MB, %.0f bytes per frame of a sequence\n", "Memory",
           1e-6 * (double)b->time.memory_bytes, b->bytes_per_frame);
}
